"""Packages that were acknowledged but have neither a result nor a job that will bring one.

It should not happen: package and job are committed together, and a job whose worker or database
went away is tried again. But a fault in our own checks ends a job, and what was acknowledged must
not wait for ever (invariant 4).
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from procrastinate.contrib.django.models import ProcrastinateJob

from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.gateway.models import IncomingPackage, PackageKind, PackageState
from hocba_server.city.gateway.services import PROCESS_JOB, RECALL_JOB
from hocba_server.config.jobs import city_jobs
from hocba_server.web.accounts.actor import platform_actor
from hocba_server.web.audit.services import record_event

PATIENCE: Final = dt.timedelta(minutes=15)
"""How long a package may be without a job before anybody wonders."""
_JOBS: Final = {PackageKind.SUBMIT: PROCESS_JOB, PackageKind.RECALL: RECALL_JOB}


def take_up_forgotten(*, at: dt.datetime) -> int:
    """Give each forgotten package a new job; answers how many there were.

    Only a package without a result is forgotten: a recall that waits for the officer was checked.
    """
    with city_transaction():
        waiting = IncomingPackage.objects.select_for_update(skip_locked=True).filter(
            state=PackageState.RECEIVED, received_at__lt=at - PATIENCE
        )
        working = set(
            ProcrastinateJob.objects.using(CITY_DATABASE)
            .filter(task_name__in=_JOBS.values(), status__in=("todo", "doing"))
            .values_list("args__package_id", flat=True)
        )
        forgotten = [row for row in waiting.defer("content") if row.pk not in working]
        for row in forgotten:
            job = _JOBS[PackageKind(row.kind)]
            city_jobs.configure_task(job, allow_unknown=True).defer(package_id=row.pk)
            record_event(
                using=CITY_DATABASE,
                by=platform_actor("city"),
                at=at,
                action="take_up_package",
                subject=f"package:{row.pk}",
                detail={"unit": row.unit_code},
            )
    return len(forgotten)
