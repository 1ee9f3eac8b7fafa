"""The job that keeps everything provable for life: each night, each hour for what waits."""

from __future__ import annotations

from typing import Any

from hocba.errors import Unavailable
from hocba.ports import TimestampSource
from hocba_server.adapters.clock import SystemClock
from hocba_server.adapters.revocation import revocation_source
from hocba_server.adapters.timestamp import archive_timestamp_source
from hocba_server.city.archiving.models import TreeStamp
from hocba_server.city.archiving.services import KEEP_JOB, keep_archive
from hocba_server.config.jobs import city_jobs
from hocba_server.web.accounts.actor import Actor, platform_actor

LOCK = "archive"
"""One run at a time; whoever comes later finds the work done."""
NIGHTLY_JOB = "city.archiving.keep_each_night"
HOURLY_JOB = "city.archiving.prove"


@city_jobs.task(name=KEEP_JOB, lock=LOCK)
def keep(actor: dict[str, Any]) -> None:
    """Do what is due now, in the name of whoever ordered it."""
    _keep(Actor.from_json(actor))


@city_jobs.periodic(cron="50 17 * * *")  # 00:50 in Viet Nam: the day's records in one tree
@city_jobs.task(name=NIGHTLY_JOB, lock=LOCK, queueing_lock=NIGHTLY_JOB)
def keep_each_night(timestamp: int) -> None:  # noqa: ARG001 - the library tells when it was meant
    """Do what is due every night."""
    _keep(platform_actor("city"))


@city_jobs.periodic(cron="35 * * * *")
@city_jobs.task(name=HOURLY_JOB, lock=LOCK, queueing_lock=HOURLY_JOB)
def prove_each_hour(timestamp: int) -> None:  # noqa: ARG001 - the library tells when it was meant
    """Go on when a stamp waits for an answer about its service."""
    if TreeStamp.objects.filter(proven__isnull=True).exists():
        _keep(platform_actor("city"))


def _keep(by: Actor) -> None:
    source: TimestampSource
    try:
        source = archive_timestamp_source()
    except Unavailable as fault:
        source = _Missing(fault)
    keep_archive(by=by, clock=SystemClock(), source=source, revocation=revocation_source())


class _Missing:
    """Stands for a service that nobody set: the run says so on the officer's page."""

    def __init__(self, fault: Unavailable) -> None:
        self._fault = fault

    def timestamp(self, digest: bytes) -> bytes:
        """Raise `Unavailable`."""
        del digest
        raise self._fault
