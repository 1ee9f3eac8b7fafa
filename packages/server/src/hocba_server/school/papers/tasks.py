from __future__ import annotations

from hocba_server.adapters.clock import SystemClock
from hocba_server.config.jobs import school_jobs
from hocba_server.school.papers.class_prints import (
    EXPIRE_JOB,
    PRINT_JOB,
    expire_class_print,
    run_class_print,
)


@school_jobs.task(name=PRINT_JOB)
def print_class(job_id: int) -> None:
    """Make the file of a class; a job that was cut off starts anew."""
    run_class_print(job_id, SystemClock())


@school_jobs.task(name=EXPIRE_JOB)
def expire_print(job_id: int) -> None:
    """Drop a file after its 24 hours."""
    expire_class_print(job_id, SystemClock().now())
