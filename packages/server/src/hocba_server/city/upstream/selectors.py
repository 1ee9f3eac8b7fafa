"""What was reported, what waits since when, what was refused and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet

from hocba.errors import Refused, Sentence
from hocba_server.city.certificates.models import Unit
from hocba_server.city.permissions import DEPARTMENT_READERS, deny_role, require
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.role import only_department
from hocba_server.city.upstream.client import is_connected, takes_supplements
from hocba_server.city.upstream.models import (
    OPEN,
    Difference,
    DifferenceKind,
    Handover,
    Kind,
    Message,
    Reconciliation,
    Standstill,
    State,
    StoreRegistration,
)
from hocba_server.city.upstream.registration import SENDERS, approved_registration
from hocba_server.city.upstream.remedies import REMEDIES, Remedy
from hocba_server.web.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind of thing in one year, counted by state."""

    kind: Kind
    accepted: int
    waiting: int
    sent: int
    refused: int
    blocked: int
    unneeded: int

    @property
    def total(self) -> int:
        """Everything of this kind that has to be there in the end."""
        return self.accepted + self.waiting + self.sent + self.refused + self.blocked


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page of reporting."""

    connected: bool
    supplements: bool
    registration: StoreRegistration | None
    approved: bool
    standstill: Standstill | None
    years: tuple[str, ...]
    school_year: str
    lines: tuple[KindLine, ...]
    oldest: dt.datetime | None
    """Since when the oldest thing waits."""
    messages: tuple[Message, ...]
    may_send: bool
    demo_store: str
    """Address of the store's pages, in the demo only."""

    @property
    def refused(self) -> int:
        """What needs somebody."""
        return sum(line.refused + line.blocked for line in self.lines)


def overview(*, by: Actor, at: dt.datetime, school_year: str = "") -> Overview:
    """How reporting stands for one school year, the newest unless another is asked for."""
    _may_look(by)
    years = school_years()
    year = school_year if school_year in years else (years[0] if years else "")
    counted: dict[tuple[str, str], int] = {}
    rows = Handover.objects.filter(school_year=year).order_by().values_list("kind", "state")
    for kind, state, count in rows.annotate(count=Count("pk")):
        counted[kind, state] = count
    kinds = [kind for kind in Kind if any(key[0] == kind for key in counted)]
    return Overview(
        connected=is_connected(),
        supplements=takes_supplements(),
        registration=StoreRegistration.objects.first(),
        approved=approved_registration(at) is not None,
        standstill=Standstill.objects.first(),
        years=years,
        school_year=year,
        lines=tuple(_line(kind, counted) for kind in kinds),
        oldest=Handover.objects.filter(state__in=OPEN).aggregate(oldest=Min("found_at"))["oldest"],
        messages=tuple(Message.objects.defer("request")[:20]),
        may_send=deny_role(by, *SENDERS) is None,
        demo_store=settings.UPSTREAM_URL.partition("/api/")[0] if _is_demo() else "",
    )


def _is_demo() -> bool:
    return bool(settings.HOCBA_MODE == "demo")


def _line(kind: Kind, counted: dict[tuple[str, str], int]) -> KindLine:
    def count(state: State) -> int:
        return counted.get((kind, state), 0)

    return KindLine(
        kind,
        accepted=count(State.ACCEPTED),
        waiting=count(State.WAITING),
        sent=count(State.SENT),
        refused=count(State.REFUSED),
        blocked=count(State.BLOCKED),
        unneeded=count(State.UNNEEDED),
    )


def school_years() -> tuple[str, ...]:
    """School years of which anything was found, newest first.

    Asked from year to year: each answer is one look into the index, and the table is large.
    """
    found: list[str] = []
    rows = Handover.objects.all()
    while newest := rows.aggregate(newest=Max("school_year"))["newest"]:
        found.append(newest)
        rows = Handover.objects.filter(school_year__lt=newest)
    return tuple(found)


def schools() -> dict[str, str]:
    """Code -> name of the department's schools, to choose one."""
    return dict(Unit.objects.order_by("name").values_list("code", "name"))


def schools_with_records(school_year: str) -> dict[str, str]:
    """Code -> name of the schools whose records of a year the repository has."""
    kept = StoredRecord.objects.filter(unit_code=OuterRef("code"), school_year=school_year)
    rows = Unit.objects.filter(Exists(kept)).order_by("name")
    return dict(rows.values_list("code", "name"))


def handovers(
    *, by: Actor, school_year: str, kind: str = "", state: str = "", unit_code: str = ""
) -> QuerySet[Handover]:
    """Things to report, chosen by what they are and how they stand."""
    _may_look(by)
    rows = Handover.objects.select_related("message").defer("message__request")
    rows = rows.filter(school_year=school_year)
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    if state in State.values:
        rows = rows.filter(state=state)
    if unit_code:
        rows = rows.filter(unit_code=unit_code)
    return rows.order_by("-pk")


def message_by_id(*, by: Actor, message_id: int) -> Message:
    """One message. Raises `Refused` with code `not_found`."""
    _may_look(by)
    row = Message.objects.defer("request").filter(pk=message_id).first()
    if row is None:
        raise _not_found()
    return row


def parts_of(*, by: Actor, message: Message) -> QuerySet[Handover]:
    """What a message holds, refusals first."""
    _may_look(by)
    return message.handovers.order_by("-state", "pk")


def reconciliations(*, by: Actor) -> QuerySet[Reconciliation]:
    """Comparisons with the number of their differences, newest first."""
    _may_look(by)
    return Reconciliation.objects.annotate(found=Count("differences"))


def reconciliation_by_id(*, by: Actor, reconciliation_id: int) -> Reconciliation:
    """One comparison. Raises `Refused` with code `not_found`."""
    row = reconciliations(by=by).filter(pk=reconciliation_id).first()
    if row is None:
        raise _not_found()
    return row


@dataclass(frozen=True, slots=True)
class DifferenceGroup:
    """The differences of one kind and what can be done about them."""

    kind: DifferenceKind
    remedy: Remedy
    rows: tuple[Difference, ...]
    count: int

    @property
    def open(self) -> bool:
        """Is anything left to choose?"""
        return any(row.remedied_at is None for row in self.rows)

    @property
    def advice(self) -> Sentence:
        """What to do, for a person."""
        return self.remedy.advice


def difference_groups(
    *, by: Actor, reconciliation: Reconciliation, most: int = 500
) -> list[DifferenceGroup]:
    """Differences by kind, the gravest first."""
    _may_look(by)
    groups = []
    for kind in _GRAVEST_FIRST:
        rows = reconciliation.differences.filter(kind=kind)
        count = rows.count()
        if count:
            groups.append(DifferenceGroup(kind, REMEDIES[kind], tuple(rows[:most]), count))
    return groups


_GRAVEST_FIRST = (
    DifferenceKind.OTHER_CONTENT,
    DifferenceKind.UNKNOWN_HERE,
    DifferenceKind.ENDED_THERE,
    DifferenceKind.NOT_ENDED,
    DifferenceKind.MISSING,
    DifferenceKind.ROW_MISSING,
    DifferenceKind.ROW_OLD,
)


def waiting_report(*, by: Actor) -> tuple[int, int] | None:
    """For the department's home page: what waits or was sent, and what needs somebody; None where
    nothing is reported or the person may not look."""
    if not is_connected() or deny_role(by, *DEPARTMENT_READERS) is not None:
        return None
    # Each has a partial index of its own: these are few, the table is large.
    waits = Handover.objects.filter(state__in=OPEN).count()
    return waits, Handover.objects.filter(state__in=[State.REFUSED, State.BLOCKED]).count()


def _may_look(by: Actor) -> None:
    only_department()
    require(deny_role(by, *DEPARTMENT_READERS))


def _not_found() -> Refused:
    return Refused("not_found", "Không tìm thấy mục này.", "There is no such thing.")
