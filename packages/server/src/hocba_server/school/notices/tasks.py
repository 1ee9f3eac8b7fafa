"""Jobs of the notices: one mail per notice, and one mail a day for those who prefer it."""

from __future__ import annotations

from procrastinate import RetryStrategy

from hocba.errors import Unavailable
from hocba_server.adapters.clock import SystemClock
from hocba_server.config.jobs import school_jobs
from hocba_server.school.notices.mailing import send_daily, send_notice
from hocba_server.school.notices.services import MAIL_JOB

PATIENCE = RetryStrategy(max_attempts=12, exponential_wait=2, retry_exceptions=[Unavailable])
"""A mail server that is away is asked again after 2, 4, 8 … seconds, for about two hours."""


@school_jobs.task(name=MAIL_JOB, retry=PATIENCE)
def mail(notice_id: int) -> None:
    """Send the mail of one notice."""
    send_notice(notice_id, clock=SystemClock())


@school_jobs.periodic(cron="0 10 * * *")  # 17:00 in Việt Nam; the worker counts in UTC
@school_jobs.task(name="school.notices.daily", retry=PATIENCE, queueing_lock="notices-daily")
def daily(timestamp: int) -> None:
    """Send the mails of the day, after the last lesson."""
    del timestamp  # what waits now is sent, whenever the job comes to run
    send_daily(clock=SystemClock())
