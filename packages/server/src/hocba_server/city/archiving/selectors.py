from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from hocba_server.city.archiving.ageing import renew_before, stands_until
from hocba_server.city.archiving.models import (
    ArchiveRun,
    RecordLeaf,
    SkippedRecord,
    StampKind,
    TreeStamp,
)
from hocba_server.city.archiving.permissions import deny_run, deny_view
from hocba_server.city.archiving.renewing import first_stamps, is_needed
from hocba_server.city.archiving.stamping import last_stamped
from hocba_server.city.permissions import require
from hocba_server.city.repository.models import StoredRecord
from hocba_server.web.accounts.actor import Actor

_RUNS = 20


@dataclass(frozen=True, slots=True)
class StampLine:
    """A stamp that records hang on now."""

    stamp: TreeStamp
    records: int
    until: dt.datetime
    """It stands by itself until then."""
    renew_on: dt.datetime
    """From then on every run tries to renew it."""
    state: str
    """`good`, `unproven`, `due` or `ended`."""


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """What is protected until when, what comes next, and what went wrong."""

    waiting: int
    """Accepted since the last run: they get their first stamp in the next one."""
    stamped: int
    skipped: int
    """Damaged: not stamped until they are repaired."""
    lines: tuple[StampLine, ...]
    protected_until: dt.datetime | None
    """The first of the lines ends then."""
    next_renewal: dt.datetime | None
    runs: tuple[ArchiveRun, ...]
    may_run: bool


def archive_state(*, by: Actor, at: dt.datetime) -> ArchiveState:
    """The keeping for life as a page shows it. Raises `Refused` with code `role`."""
    require(deny_view(by))
    tails = TreeStamp.objects.filter(renewal__isnull=True).select_related("proven").order_by("pk")
    lines = [_line(stamp, at) for stamp in tails if is_needed(stamp)]
    stamped = TreeStamp.objects.filter(kind=StampKind.FIRST).aggregate(n=Sum("leaf_count"))["n"]
    skipped = SkippedRecord.objects.filter(record__archive_leaves__isnull=True).count()
    newest_skipped = SkippedRecord.objects.order_by("-record_id").first()
    last = max(last_stamped(), newest_skipped.record_id if newest_skipped else 0)
    return ArchiveState(
        waiting=StoredRecord.objects.filter(pk__gt=last).count(),
        stamped=stamped or 0,
        skipped=skipped,
        lines=tuple(sorted(lines, key=lambda line: line.until)),
        protected_until=min((line.until for line in lines), default=None),
        next_renewal=min((line.renew_on for line in lines), default=None),
        runs=tuple(ArchiveRun.objects.order_by("-pk")[:_RUNS]),
        may_run=deny_run(by) is None,
    )


def _line(stamp: TreeStamp, at: dt.datetime) -> StampLine:
    until = stands_until(stamp)
    renew_on = until - renew_before()
    state = "good"
    if not hasattr(stamp, "proven"):
        state = "unproven"
    elif at > until:
        state = "ended"
    elif at >= renew_on:
        state = "due"
    hanging = RecordLeaf.objects.filter(batch__stamp__in=first_stamps(stamp))
    return StampLine(stamp, hanging.count(), until, renew_on, state)
