from __future__ import annotations

from procrastinate import JobContext, RetryStrategy

from hocba.errors import Unavailable
from hocba_server.adapters.clock import SystemClock
from hocba_server.adapters.revocation import HttpRevocation
from hocba_server.city.gateway.forgotten import take_up_forgotten
from hocba_server.city.gateway.processing import process_package
from hocba_server.city.gateway.services import PROCESS_JOB
from hocba_server.config.jobs import city_jobs

PATIENCE = 8
"""Attempts, after 2, 4, 8 … seconds, while a status service is away; then the records whose
certificates could not be checked are refused with code 2206 and may be sent again."""


@city_jobs.task(
    name=PROCESS_JOB,
    pass_context=True,
    retry=RetryStrategy(max_attempts=PATIENCE, exponential_wait=2, retry_exceptions=[Unavailable]),
)
def process(context: JobContext, package_id: int) -> None:
    """Check the records of one package and answer each of them."""
    attempts = context.job.attempts if context.job else 0
    process_package(
        package_id,
        clock=SystemClock(),
        revocation=HttpRevocation(),
        patient=attempts < PATIENCE - 1,
    )


@city_jobs.periodic(cron="*/5 * * * *")
@city_jobs.task(name="city.gateway.take_up_forgotten", queueing_lock="take-up-forgotten")
def look_for_forgotten(timestamp: int) -> None:
    """See that every acknowledged package has a job or a result."""
    del timestamp  # what is forgotten now is taken up, whenever the job comes to run
    take_up_forgotten(at=SystemClock().now())
