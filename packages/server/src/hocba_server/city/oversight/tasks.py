from __future__ import annotations

from hocba_server.adapters.clock import SystemClock
from hocba_server.city.oversight.mailing import send_daily_reports
from hocba_server.city.oversight.services import COUNT_JOB
from hocba_server.city.oversight.tallying import (
    LONGEST_RUN,
    count_changes,
    count_everything,
    years_in_work,
)
from hocba_server.city.role import is_store
from hocba_server.config.jobs import city_jobs

MINUTE_JOB = "city.oversight.each_minute"
NIGHTLY_JOB = "city.oversight.each_night"
MAIL_JOB = "city.oversight.mail"


@city_jobs.periodic(cron="* * * * *")
@city_jobs.task(name=MINUTE_JOB, queueing_lock=MINUTE_JOB, lock=MINUTE_JOB)
def each_minute(timestamp: int) -> None:
    """Count the schools of which something changed."""
    del timestamp  # what changed is counted whenever the job comes to run
    if not is_store():
        now = SystemClock().now()
        count_changes(at=now, deadline=now + LONGEST_RUN)


@city_jobs.periodic(cron="40 16 * * *")  # 23:40 in Viet Nam: the day's row of every school
@city_jobs.task(name=NIGHTLY_JOB, queueing_lock=NIGHTLY_JOB)
def each_night(timestamp: int) -> None:
    """Count everything of the years in work, so that days and dates show without a change."""
    del timestamp
    if not is_store():
        now = SystemClock().now()
        for year in years_in_work(now):
            count_everything(at=now, school_year=year)


@city_jobs.task(name=COUNT_JOB)
def count_year(school_year: str) -> None:
    """Count a year anew because somebody asked."""
    count_everything(at=SystemClock().now(), school_year=school_year)


@city_jobs.periodic(cron="30 23 * * *")  # 06:30 in Viet Nam
@city_jobs.task(name=MAIL_JOB, queueing_lock=MAIL_JOB)
def mail(timestamp: int) -> None:
    """Send the progress of the day to the officers who asked for it."""
    del timestamp
    if not is_store():
        send_daily_reports(at=SystemClock().now())
