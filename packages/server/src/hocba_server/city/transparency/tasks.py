"""Jobs of the public log: publish what was appended, ask the witnesses, keep the head fresh."""

from __future__ import annotations

from procrastinate import RetryStrategy

from hocba.errors import Unavailable
from hocba_server.adapters.clock import SystemClock
from hocba_server.city.transparency.publication import publish_log
from hocba_server.city.transparency.services import PUBLISH_JOB, freshen_head
from hocba_server.city.transparency.witnessing import collect_cosignatures
from hocba_server.config.jobs import city_jobs

AGAIN = RetryStrategy(max_attempts=6, exponential_wait=2, retry_exceptions=[Unavailable, OSError])
LOCK = "public-log"
"""One of these jobs at a time; whoever comes later finds the work done."""


@city_jobs.task(name=PUBLISH_JOB, retry=AGAIN, lock=LOCK)
def publish() -> None:
    """Publish the newest head, then again with the cosignatures that it gets."""
    work_on_log()


@city_jobs.periodic(cron="*/10 * * * *")
@city_jobs.task(
    name="city.transparency.freshen", retry=AGAIN, lock=LOCK, queueing_lock="freshen-log"
)
def freshen(timestamp: int) -> None:
    """Sign an old head again, and ask witnesses that were away."""
    del timestamp  # what is old now is signed, whenever the job comes to run
    freshen_head(at=SystemClock().now())
    work_on_log()


def work_on_log() -> None:
    """Publish what may be published, collect cosignatures, publish what they allow."""
    try:
        publish_log()
    except Unavailable as fault:
        if fault.code != "no_checkpoint":  # no head has enough witnesses yet: ask them first
            raise
    if collect_cosignatures(at=SystemClock().now()):
        publish_log()
