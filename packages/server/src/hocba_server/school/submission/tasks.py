from __future__ import annotations

from procrastinate import RetryStrategy

from hocba_server.adapters.clock import SystemClock
from hocba_server.config.jobs import school_jobs
from hocba_server.school.submission.endings import END_JOB, send_end
from hocba_server.school.submission.registrations import (
    ASK_JOB,
    REGISTER_JOB,
    await_decision,
    look_after_approved,
    send_registration,
)
from hocba_server.school.submission.services import (
    POLL_JOB,
    SEND_JOB,
    poll_results,
    send_package,
)

PATIENCE = RetryStrategy(max_attempts=2000, linear_wait=2)
"""A gateway that is away or has not decided is asked again after 2, 4, 6 … seconds: soon at first,
hourly at the end, for six weeks in all. The message id stays the same, so asking twice does no
harm, whatever went wrong before."""


LOOK_JOB = "school.submission.look_after_certificates"


@school_jobs.task(name=SEND_JOB, retry=PATIENCE)
def send(package_id: int) -> None:
    """Send one package of the outbox."""
    send_package(package_id, clock=SystemClock())


@school_jobs.task(name=POLL_JOB, retry=PATIENCE)
def poll(package_id: int) -> None:
    """Ask for the answers to a package until every record has one."""
    poll_results(package_id, clock=SystemClock())


@school_jobs.task(name=REGISTER_JOB, retry=PATIENCE)
def register(registration_id: int) -> None:
    """Declare the school's certificate."""
    send_registration(registration_id, clock=SystemClock())


@school_jobs.task(name=ASK_JOB, retry=PATIENCE)
def ask(registration_id: int) -> None:
    """Ask until the department has decided on the certificate."""
    await_decision(registration_id, clock=SystemClock())


@school_jobs.task(name=END_JOB, retry=PATIENCE)
def end(registration_id: int) -> None:
    """Send the wish that an approval end."""
    send_end(registration_id, clock=SystemClock())


@school_jobs.periodic(cron="35 0 * * *")  # 07:35 in Viet Nam
@school_jobs.task(name=LOOK_JOB, queueing_lock=LOOK_JOB)
def look_after(timestamp: int) -> None:
    """Ask about approved certificates: is one about to expire, has an approval ended?"""
    del timestamp  # whenever the job comes to run, the answer is of today
    look_after_approved()
