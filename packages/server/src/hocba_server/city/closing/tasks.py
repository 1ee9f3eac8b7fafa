from __future__ import annotations

from hocba_server.adapters.clock import SystemClock
from hocba_server.city.closing.services import close_by_calendar
from hocba_server.config.jobs import city_jobs

CLOSING_JOB = "city.closing.close_due"


@city_jobs.periodic(cron="20 17 * * *")  # 00:20 in Viet Nam, when a new day has begun
@city_jobs.task(name=CLOSING_JOB, queueing_lock=CLOSING_JOB)
def close_each_day(timestamp: int) -> None:  # noqa: ARG001 - the library tells when it was meant
    """Close what is due of the years that close by themselves."""
    close_by_calendar(at=SystemClock().now())
