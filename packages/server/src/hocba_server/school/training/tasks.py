from __future__ import annotations

from hocba_server.adapters.clock import SystemClock
from hocba_server.config.jobs import school_jobs
from hocba_server.school.training.building import build
from hocba_server.school.training.services import BUILD_JOB


@school_jobs.task(name=BUILD_JOB)
def build_training_school(training_id: int) -> None:
    """Make a training school; a job that was cut off goes on with the next class."""
    build(training_id, SystemClock())
