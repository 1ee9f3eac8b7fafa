"""The boards: how far every school is, by ward, by grade and step, for whom the person sees.

Only counted numbers are read (`tallying`), a few grouped questions for a whole city; whose rows
they are is asked of the list of units that the person sees, and of the database (row security).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from hocba_server.city.certificates.models import (
    CertificateRegistration,
    Holder,
    RegistrationState,
    Unit,
)
from hocba_server.city.certificates.offices import units_of
from hocba_server.city.closing.calendar import vietnam_day
from hocba_server.city.oversight.grades import FINAL_GRADES
from hocba_server.city.oversight.models import (
    ClassTally,
    CountedSchool,
    Counting,
    GradeSituation,
    ResultTally,
    SchoolSituation,
)
from hocba_server.city.permissions import READERS, deny_role, require
from hocba_server.city.vendors.models import Vendor
from hocba_server.web.accounts.actor import Actor

STEP_NUMBERS = ("entering", "complete", "signing", "issued", "sent")
Codes = QuerySet[Unit, Any]
"""Codes of units, as a question inside another."""
_TALLY_NUMBERS = ("in_force", "unfinished", "missing", "waiting", "refused")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a board is narrowed to; empty means everything that the person sees."""

    school_year: str
    ward: str = ""
    level: str = ""
    grade: int = 0
    words: str = ""

    def units(self, by: Actor) -> QuerySet[Unit]:
        """The schools of the choice among those that the person sees."""
        rows = units_of(by)
        if self.ward:
            rows = rows.filter(ward_code=self.ward)
        if self.level:
            rows = rows.filter(levels__contains=[self.level])
        if self.words:
            rows = rows.filter(Q(name__icontains=self.words) | Q(code__startswith=self.words))
        return rows


@dataclass(frozen=True, slots=True)
class Seal:
    """How the certificate of a school stands, with which it seals."""

    approved_until: dt.datetime | None = None
    """The latest end of an approved one that has not been ended; None: there is none."""
    waiting: int = 0
    waiting_since: dt.datetime | None = None

    def holds(self, at: dt.datetime) -> bool:
        """Can the school issue now?"""
        return self.approved_until is not None and self.approved_until > at


@dataclass(slots=True)
class SchoolLine:
    """One school's year in numbers."""

    unit: Unit
    seal: Seal
    situation: SchoolSituation | None = None
    vendor: str = ""
    expected: int = 0
    expected_classes: int = 0
    reached: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STEP_NUMBERS, 0))
    """Classes that the school says are at a step or further."""
    counted: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_TALLY_NUMBERS, 0))
    seen_classes: int = 0
    """Classes of which the repository holds or was sent something."""
    closed: int = 0
    last_accepted_at: dt.datetime | None = None
    counted_at: dt.datetime | None = None

    @property
    def in_force(self) -> int:
        """Records in force."""
        return self.counted["in_force"]

    @property
    def on_paper(self) -> bool:
        """Does the school say that it still keeps paper records?"""
        return self.situation is not None and self.situation.on_paper

    @property
    def classes(self) -> int:
        """Classes as the school says, or those that were seen, if these are more."""
        return max(self.expected_classes, self.seen_classes)

    @property
    def due_pupils(self) -> int:
        """The denominator of progress: of a school on paper nothing is expected."""
        return 0 if self.on_paper else self.expected

    @property
    def left(self) -> int:
        """Records that are still to come."""
        return max(self.due_pupils - self.in_force, 0)

    @property
    def received_classes(self) -> int:
        """Classes of which records were received."""
        return self.seen_classes


@dataclass(frozen=True)
class Board:
    """Every school of a choice, read at once."""

    choice: Choice
    at: dt.datetime
    lines: tuple[SchoolLine, ...]

    @cached_property
    def by_ward(self) -> Mapping[tuple[str, str], list[SchoolLine]]:
        """(Ward code, ward name) -> schools, by the ward's name."""
        found: dict[tuple[str, str], list[SchoolLine]] = defaultdict(list)
        for line in self.lines:
            found[line.unit.ward_code, line.unit.ward_name].append(line)
        return dict(sorted(found.items(), key=lambda pair: pair[0][1].casefold()))

    @property
    def today(self) -> dt.date:
        """The day in Viet Nam."""
        return vietnam_day(self.at)

    def total(self, name: str) -> int:
        """The sum of a number over all schools: a field of `SchoolLine`, or of its counts."""
        return total_of(self.lines, name)


def total_of(lines: Sequence[SchoolLine], name: str) -> int:
    """The sum of one number of some schools."""
    if name in _TALLY_NUMBERS:
        return sum(line.counted[name] for line in lines)
    if name in STEP_NUMBERS:
        return sum(line.reached[name] for line in lines)
    return sum(int(getattr(line, name)) for line in lines)


def read_board(*, by: Actor, at: dt.datetime, choice: Choice) -> Board:
    """Read the numbers of every school of the choice. Raises `Refused` (`role`)."""
    require(deny_role(by, *READERS))
    units = choice.units(by).order_by("name", "code")
    codes = units.order_by().values("code")
    seals = _seals(units)
    lines = {unit.code: SchoolLine(unit, seals.get(unit.pk, Seal())) for unit in units}
    words = SchoolSituation.objects.filter(school_year=choice.school_year, unit_code__in=codes)
    for word in words.select_related("report"):
        lines[word.unit_code].situation = word
    _add_situations(lines, choice, codes)
    _add_tallies(lines, choice, codes, vietnam_day(at))
    for code, moment in CountedSchool.objects.filter(
        school_year=choice.school_year, unit_code__in=codes
    ).values_list("unit_code", "counted_at"):
        lines[code].counted_at = moment
    for code, names in vendor_names().items():
        if code in lines:
            lines[code].vendor = ", ".join(names)
    return Board(choice, at, tuple(lines.values()))


def _seals(units: QuerySet[Unit]) -> dict[int, Seal]:
    rows = (
        CertificateRegistration.objects.filter(
            unit__in=units.order_by().values("pk"), holder=Holder.ORGANISATION
        )
        .order_by()
        .values("unit_id")
        .annotate(
            until=Max(
                "valid_until",
                filter=Q(state=RegistrationState.APPROVED, ended_from__isnull=True),
            ),
            waiting=Count("pk", filter=Q(state=RegistrationState.WAITING)),
            since=Min("received_at", filter=Q(state=RegistrationState.WAITING)),
        )
    )
    return {row["unit_id"]: Seal(row["until"], row["waiting"], row["since"]) for row in rows}


def _add_situations(lines: Mapping[str, SchoolLine], choice: Choice, codes: Codes) -> None:
    rows = GradeSituation.objects.filter(
        situation__school_year=choice.school_year, situation__unit_code__in=codes
    ).order_by()
    if choice.grade:
        rows = rows.filter(grade=choice.grade)
    numbers = {name: Sum(name) for name in ("classes", "pupils", *STEP_NUMBERS)}
    for row in rows.values(code=F("situation__unit_code")).annotate(
        **{f"n_{name}": value for name, value in numbers.items()}
    ):
        line = lines[row["code"]]
        line.expected, line.expected_classes = row["n_pupils"], row["n_classes"]
        line.reached = {name: row[f"n_{name}"] for name in STEP_NUMBERS}


def closed_today(today: dt.date) -> Q:
    """A class that is closed today: closed, and not open again by decision."""
    return Q(closed_at__isnull=False) & (
        Q(reopened_until__isnull=True) | Q(reopened_until__lt=today)
    )


def _add_tallies(
    lines: Mapping[str, SchoolLine],
    choice: Choice,
    codes: Codes,
    today: dt.date,
) -> None:
    rows = ClassTally.objects.filter(school_year=choice.school_year, unit_code__in=codes).order_by()
    if choice.grade:
        rows = rows.filter(grade=choice.grade)
    for row in rows.values("unit_code").annotate(
        n_classes=Count("pk"),
        n_closed=Count("pk", filter=closed_today(today)),
        last=Max("last_accepted_at"),
        **{f"n_{name}": Sum(name) for name in _TALLY_NUMBERS},
    ):
        line = lines[row["unit_code"]]
        line.seen_classes, line.closed = row["n_classes"], row["n_closed"]
        line.last_accepted_at = row["last"]
        line.counted = {name: row[f"n_{name}"] for name in _TALLY_NUMBERS}


def vendor_names() -> dict[str, list[str]]:
    """Code of a unit -> vendors whose software submits for it. Who serves whom is no secret."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = Vendor.objects.filter(accounts__account__active=True).order_by("name")
    for code, name in rows.values_list("accounts__account__unit_code", "name").distinct():
        found[code].append(name)
    return dict(found)


@dataclass(frozen=True, slots=True)
class GradeTotal:
    """One grade of the whole choice."""

    grade: int
    classes: int = 0
    expected: int = 0
    in_force: int = 0
    refused: int = 0
    closed: int = 0
    seen_classes: int = 0
    reached: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(STEP_NUMBERS, 0))

    @property
    def final(self) -> bool:
        """Does it end a level?"""
        return self.grade in FINAL_GRADES


def grade_totals(board: Board) -> list[GradeTotal]:
    """The grades of the choice. Records are counted by the grade that they say themselves."""
    codes = [line.unit.code for line in board.lines]
    expecting = [line.unit.code for line in board.lines if not line.on_paper]
    year = board.choice.school_year
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    names = ("classes", "pupils", *STEP_NUMBERS)
    said = GradeSituation.objects.filter(
        situation__school_year=year, situation__unit_code__in=expecting
    ).order_by()
    for row in said.values("grade").annotate(**{f"n_{name}": Sum(name) for name in names}):
        numbers[row["grade"]].update({name: row[f"n_{name}"] for name in names})
    held = ResultTally.objects.filter(
        tally__school_year=year, tally__unit_code__in=codes
    ).order_by()
    for row in held.values("grade").annotate(n=Sum("pupils")):
        numbers[row["grade"]]["in_force"] = row["n"]
    tallies = ClassTally.objects.filter(school_year=year, unit_code__in=codes).order_by()
    for row in tallies.values("grade").annotate(
        n=Count("pk"), closed=Count("pk", filter=closed_today(board.today)), r=Sum("refused")
    ):
        numbers[row["grade"]].update(seen=row["n"], closed=row["closed"], refused=row["r"])
    return [
        GradeTotal(
            grade=grade,
            classes=max(row.get("classes", 0), row.get("seen", 0)),
            expected=row.get("pupils", 0),
            in_force=row.get("in_force", 0),
            refused=row.get("refused", 0),
            closed=row.get("closed", 0),
            seen_classes=row.get("seen", 0),
            reached={name: row.get(name, 0) for name in STEP_NUMBERS},
        )
        for grade, row in sorted(numbers.items())
        if grade and board.choice.grade in {0, grade}
    ]


def classes_of_school(board: Board) -> list[ClassTally]:
    """The classes of a board of one school."""
    [line] = board.lines
    rows = ClassTally.objects.filter(school_year=board.choice.school_year, unit_code=line.unit.code)
    return list(rows.order_by("grade", "classroom_name"))


def sees_unit(by: Actor, unit_code: str) -> bool:
    """Is it a school of the department's list that the person sees?"""
    # PostgreSQL takes no NUL, not even to look for it.
    return "\0" not in unit_code and units_of(by).filter(code=unit_code).exists()


def one_school(*, by: Actor, at: dt.datetime, school_year: str, unit_code: str) -> Board | None:
    """The board of one school; None where the person sees no such school."""
    require(deny_role(by, *READERS))
    if not sees_unit(by, unit_code):
        return None
    board = read_board(by=by, at=at, choice=Choice(school_year, words=unit_code))
    lines = tuple(line for line in board.lines if line.unit.code == unit_code)
    return Board(board.choice, at, lines)


def wards_of(by: Actor) -> list[tuple[str, str]]:
    """Code and name of every ward that has a school that the person sees."""
    rows = units_of(by).order_by("ward_name").values_list("ward_code", "ward_name").distinct()
    return list(rows)


def counted_until() -> dt.datetime | None:
    """When changes were last counted."""
    row = Counting.objects.first()
    return row.finished_at if row else None


def years_of(*, by: Actor, this_year: str) -> list[str]:
    """Years of which something was counted or said, and this one; newest first."""
    codes = units_of(by).order_by().values("code")
    years = {this_year}
    for model in (CountedSchool, SchoolSituation):
        rows = model.objects.filter(unit_code__in=codes).order_by()
        years.update(rows.values_list("school_year", flat=True).distinct())
    return sorted(years, reverse=True)


def has_numbers(*, by: Actor, school_year: str) -> bool:
    """Is there a counted class, or a school's word, of the year?"""
    codes = units_of(by).order_by().values("code")
    return any(
        model.objects.filter(school_year=school_year, unit_code__in=codes).exists()
        for model in (ClassTally, SchoolSituation)
    )
