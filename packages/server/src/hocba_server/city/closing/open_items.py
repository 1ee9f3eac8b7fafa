"""What is still open of a school year: numbers by class, never a pupil's name.

Source: QĐ 1789/QĐ-SGDĐT Đ21.1-2 (what is closed), Đ28 (the department watches over it).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, QuerySet

from hocba_server.city.certificates.offices import own, sees_whole_city, units_of
from hocba_server.city.closing.calendar import Dates, dates_of, vietnam_day
from hocba_server.city.closing.models import ClosedRecord, Round
from hocba_server.city.closing.selectors import (
    ClassKey,
    ClassState,
    class_states,
)
from hocba_server.city.gateway.models import IncomingPackage, PackageState, RecordOutcome
from hocba_server.city.permissions import READERS, deny_role, require
from hocba_server.city.recalls.models import CaseState, RecallCase
from hocba_server.city.repository.models import (
    ENDING,
    ChangeKind,
    RecordInForce,
    StoredRecord,
)
from hocba_server.web.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class OpenClass:
    """One class of a year: what it has, what is open, and how it stands."""

    key: ClassKey
    dates: Dates
    today: dt.date
    state: ClassState | None
    in_force: int = 0
    unfinished: int = 0
    """In force, and the pupil has not completed the grade: for the second closing."""
    unlisted: int = 0
    """In force, and not on the newest list."""
    missing: int = 0
    """Recalled or corrected, and no record stands in its place."""
    waiting: int = 0
    """Requests to recall or correct that nobody decided."""
    refused: int = 0
    """Pupils whose record was refused and who have none in force."""

    @property
    def classroom_name(self) -> str:
        """Name of the class."""
        return self.key[2]

    @property
    def due(self) -> bool:
        """Should it be closed today?"""
        if self.state is None:
            return self.in_force > 0 and self.dates.due_on(self.today)
        if self.state.to_close_again:
            return True
        second = self.today >= self.dates.reassessed_on and self.unlisted > 0
        return self.state.closed and self.state.closing.round == Round.MAIN and second

    @property
    def closable(self) -> bool:
        """Can an officer close it now, due or not? Packages of the school are asked apart."""
        if self.waiting or not (self.in_force or self.state):
            return False
        return self.due or self.state is None or self.state.reopened

    @property
    def blocked(self) -> bool:
        """Something has to be decided or sent before it is closed without a word."""
        return bool(self.waiting or self.missing) and (self.due or self.open)

    @property
    def open(self) -> bool:
        """Is it open today?"""
        return self.state is None or self.state.reopened


@dataclass(slots=True)
class OpenSchool:
    """A school with its classes of a year."""

    unit_code: str
    name: str
    classes: list[OpenClass] = field(default_factory=list)
    packages: int = 0
    """Packages that are being worked on."""

    @property
    def closed_count(self) -> int:
        """Classes that are closed."""
        return sum(not room.open for room in self.classes)

    @property
    def due_count(self) -> int:
        """Classes to be closed today."""
        return sum(room.due for room in self.classes)

    @property
    def closable_count(self) -> int:
        """Classes that can be closed with one click."""
        return sum(room.closable and not room.missing for room in self.classes)

    @property
    def total(self) -> Mapping[str, int]:
        """What is open in all its classes together."""
        names = ("in_force", "unfinished", "missing", "waiting", "refused", "unlisted")
        return {name: sum(getattr(room, name) for room in self.classes) for name in names}


def school_years(*, by: Actor) -> list[str]:
    """The years of which the repository holds records that the person may see, newest first."""
    require(deny_role(by, *READERS))
    return _years(StoredRecord.objects.filter(own(by)))


def recorded_years() -> list[str]:
    """The same for the job."""
    return _years(StoredRecord.objects.all())


def _years(rows: QuerySet[StoredRecord]) -> list[str]:
    return list(rows.order_by("-school_year").values_list("school_year", flat=True).distinct())


def open_schools(
    *, by: Actor, school_year: str, at: dt.datetime, unit_code: str | None = None
) -> list[OpenSchool]:
    """Every school that the person sees with its classes of a year, by name."""
    require(deny_role(by, *READERS))
    units = units_of(by)
    if unit_code:
        units = units.filter(code=unit_code)
    schools = {unit.code: OpenSchool(unit.code, unit.name) for unit in units}
    for room in classes_of_year(school_year, at, unit_code=unit_code):
        code = room.key[0]
        if code in schools or sees_whole_city(by):
            schools.setdefault(code, OpenSchool(code, code)).classes.append(room)
    first = int(school_year[:4])
    for code, number in _packages(first, unit_code):
        if code in schools:
            schools[code].packages = number
    return sorted(schools.values(), key=lambda school: school.name)


def classes_of_year(
    school_year: str,
    at: dt.datetime,
    *,
    unit_code: str | None = None,
    classroom_name: str | None = None,
) -> list[OpenClass]:
    """The classes of a year that have records or closings, by school and name."""
    narrow = {"school_year": school_year}
    if unit_code is not None:
        narrow["unit_code"] = unit_code
    if classroom_name is not None:
        narrow["classroom_name"] = classroom_name
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for name, rows in _counted(narrow):
        for unit, room, number in rows:
            if unit and room:
                counts[unit, room][name] = number
    states = {
        (unit, room): state
        for (unit, _, room), state in class_states(
            school_year=school_year, at=at, unit_code=unit_code
        ).items()
        if classroom_name in {None, room}
    }
    dates, today = dates_of(school_year), vietnam_day(at)
    return [
        OpenClass((unit, school_year, room), dates, today, states.get((unit, room)), **numbers)
        for (unit, room), numbers in sorted(
            (place, counts.get(place, {})) for place in {*counts, *states}
        )
    ]


Counted = Iterable[tuple[str, str, int]]


def _counted(narrow: Mapping[str, str]) -> Iterable[tuple[str, Counted]]:
    stored = StoredRecord.objects.filter(**narrow)
    in_force = stored.filter(in_force__isnull=False)
    yield "in_force", _by_class(in_force)
    yield "unfinished", _by_class(in_force.filter(completed=False))
    listed = ClosedRecord.objects.filter(record=OuterRef("pk"), closing__later__isnull=True)
    yield "unlisted", _by_class(in_force.exclude(Exists(listed)))
    yield "missing", _by_class(missing_records().filter(**narrow))
    cases = RecallCase.objects.filter(state=CaseState.WAITING)
    yield "waiting", _by_class(stored.filter(recall_cases__in=cases))
    force = RecordInForce.objects.filter(
        personal_id=OuterRef("personal_id"), school_year=narrow["school_year"]
    )
    place = {"unit_code": "package__unit_code"}
    among = {place.get(name, name): value for name, value in narrow.items()}
    refusals = RecordOutcome.objects.filter(~Exists(force), accepted=False, **among)
    grouped = refusals.order_by().values("package__unit_code", "classroom_name")
    numbers = grouped.annotate(n=Count("personal_id", distinct=True))
    yield "refused", numbers.values_list("package__unit_code", "classroom_name", "n")


def missing_records() -> QuerySet[StoredRecord]:
    """Records out of force in whose place nothing stands."""
    ended = StoredRecord.objects.filter(changes__kind__in=ENDING)
    return ended.exclude(changes__kind=ChangeKind.REPLACE)


def _by_class(rows: QuerySet[StoredRecord]) -> Counted:
    grouped = rows.order_by().values("unit_code", "classroom_name")
    return grouped.annotate(n=Count("pk", distinct=True)).values_list(
        "unit_code", "classroom_name", "n"
    )


def _packages(first_year: int, unit_code: str | None) -> Iterable[tuple[str, int]]:
    rows = packages_in_work().filter(first_year=first_year)
    if unit_code:
        rows = rows.filter(unit_code=unit_code)
    return rows.order_by().values("unit_code").annotate(n=Count("pk")).values_list("unit_code", "n")


def packages_in_work() -> QuerySet[IncomingPackage]:
    """Packages and requests that were received and are not answered yet."""
    return IncomingPackage.objects.filter(state=PackageState.RECEIVED)
