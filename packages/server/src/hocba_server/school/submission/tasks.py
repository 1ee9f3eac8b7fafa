from __future__ import annotations

from procrastinate import RetryStrategy

from hocba.errors import Unavailable
from hocba_server.adapters.clock import SystemClock
from hocba_server.config.jobs import school_jobs
from hocba_server.school.submission.services import (
    POLL_JOB,
    SEND_JOB,
    poll_results,
    send_package,
    send_registration,
)

PATIENCE = RetryStrategy(max_attempts=30, exponential_wait=2, retry_exceptions=[Unavailable])
"""A gateway that is away is asked again after 2, 4, 8 … seconds with the same message id."""


@school_jobs.task(name=SEND_JOB, retry=PATIENCE)
def send(package_id: int | None = None, registration_id: int | None = None) -> None:
    """Send one message of the outbox."""
    if package_id is not None:
        send_package(package_id, clock=SystemClock())
    if registration_id is not None:
        send_registration(registration_id, clock=SystemClock())


@school_jobs.task(name=POLL_JOB, retry=RetryStrategy(max_attempts=60, wait=1))
def poll(package_id: int) -> None:
    """Ask for the answers to a package until every record has one."""
    poll_results(package_id, clock=SystemClock())
