from __future__ import annotations

from django.conf import settings
from procrastinate import RetryStrategy

from hocba_server.adapters.clock import SystemClock
from hocba_server.config.jobs import school_jobs
from hocba_server.school.situation.services import SEND_JOB, TELL_JOB, send_situation, tell_all

PATIENCE = RetryStrategy(max_attempts=40, linear_wait=20)
"""For some hours; the next day's message says what holds then."""


@school_jobs.task(name=SEND_JOB, retry=PATIENCE)
def send(message_row: int) -> None:
    """Send one message of the outbox."""
    send_situation(message_row, clock=SystemClock())


@school_jobs.periodic(cron="15 15 * * *")  # 22:15 in Viet Nam, when the day's work is done
@school_jobs.task(name=TELL_JOB, queueing_lock=TELL_JOB)
def tell_each_day(timestamp: int) -> None:
    """Tell the department how every school stands of which the platform reaches the key."""
    del timestamp  # whenever the job comes to run, the numbers are of then
    if settings.SITUATION_AUTOMATIC:
        tell_all(at=SystemClock().now())
