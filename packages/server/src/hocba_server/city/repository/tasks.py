from __future__ import annotations

from hocba_server.adapters.clock import SystemClock
from hocba_server.city.repository.dictionaries import train_missing
from hocba_server.config.jobs import city_jobs

TRAIN_JOB = "city.repository.train_dictionaries"


@city_jobs.periodic(cron="20 18 * * *")  # 01:20 in Viet Nam
@city_jobs.task(name=TRAIN_JOB, queueing_lock=TRAIN_JOB)
def train_each_night(timestamp: int) -> None:  # noqa: ARG001 - the library tells when it was meant
    """Train dictionaries for formats and years that are new and have enough records."""
    train_missing(at=SystemClock().now())
