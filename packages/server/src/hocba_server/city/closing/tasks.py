from __future__ import annotations

from typing import Any

from hocba_server.adapters.clock import SystemClock
from hocba_server.city.closing.services import CLOSE_JOB, close_due, order_by_calendar
from hocba_server.config.jobs import city_jobs
from hocba_server.web.accounts.actor import Actor

NIGHTLY_JOB = "city.closing.order_by_calendar"


@city_jobs.periodic(cron="20 17 * * *")  # 00:20 in Viet Nam, when a new day has begun
@city_jobs.task(name=NIGHTLY_JOB, queueing_lock=NIGHTLY_JOB)
def order_each_night(timestamp: int) -> None:  # noqa: ARG001 - the library tells when it was meant
    """Order the closing of what is due of the years that close by themselves."""
    order_by_calendar(at=SystemClock().now())


@city_jobs.task(name=CLOSE_JOB)
def close_school(actor: dict[str, Any], school_year: str, unit_code: str) -> None:
    """Close the classes of one school that are due, in the name of whoever ordered it.

    Run twice it closes nothing twice; a class that is stuck stays due and shows its reason.
    """
    close_due(
        by=Actor.from_json(actor),
        at=SystemClock().now(),
        school_year=school_year,
        unit_code=unit_code,
    )
