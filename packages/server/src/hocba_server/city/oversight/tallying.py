"""Counting: one school and year at a time, whenever something of it changed.

Pages read these numbers, so that a board of the whole city costs the same whatever the repository
holds. Everything here can be counted anew from the repository; nothing else is kept. It reads the
results of records to count them (TT 27/2020 Điều 9) and keeps numbers only: no pupil's name, number
or row leaves this file.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Exists, Max, Min, OuterRef, Sum

from hocba.errors import HocBaError
from hocba.ids import SchoolYear
from hocba.record.codec import read_record
from hocba_server.city.certificates.models import Unit
from hocba_server.city.closing.calendar import vietnam_day
from hocba_server.city.closing.models import ClassClosing, Reopening
from hocba_server.city.closing.open_items import OpenClass, classes_of_year
from hocba_server.city.database import city_transaction
from hocba_server.city.gateway.models import IncomingPackage, RecordOutcome
from hocba_server.city.oversight.models import (
    ClassTally,
    CountedSchool,
    Counting,
    DaySnapshot,
    GradeSituation,
    RefusalTally,
    ResultTally,
    SchoolSituation,
    SituationReport,
)
from hocba_server.city.recalls.models import RecallCase
from hocba_server.city.repository.models import RecordInForce, StatusChange, StoredRecord
from hocba_server.city.repository.selectors import original_of, with_originals

OVERLAP: Final = dt.timedelta(minutes=3)
"""Longer than the transaction of a package: what was committed late is still seen."""
LONGEST_RUN: Final = dt.timedelta(seconds=50)
_COUNTED: Final = ("in_force", "unfinished", "unlisted", "missing", "waiting", "refused")

SchoolYearKey = tuple[str, str]
"""Unit code, school year."""


@dataclass(frozen=True, slots=True)
class _Content:
    """The records of one class that are in force."""

    grade: int
    last_accepted_at: dt.datetime | None
    fingerprint: str


def count_school(*, unit_code: str, school_year: str, at: dt.datetime) -> int:
    """Count one school's year anew; answers how many classes it has.

    The row of the school is the lock: two workers count one after the other.
    """
    with city_transaction():
        CountedSchool.objects.get_or_create(
            unit_code=unit_code, school_year=school_year, defaults={"counted_at": at}
        )
        CountedSchool.objects.select_for_update().get(unit_code=unit_code, school_year=school_year)
        rooms = classes_of_year(school_year, at, unit_code=unit_code)
        contents = _contents(unit_code, school_year)
        before = {
            row.classroom_name: row.fingerprint
            for row in ClassTally.objects.filter(unit_code=unit_code, school_year=school_year)
        }
        tallies = [_tally(room, contents.get(room.classroom_name), at) for room in rooms]
        _write(unit_code, school_year, tallies)
        for row in ClassTally.objects.filter(unit_code=unit_code, school_year=school_year):
            if before.get(row.classroom_name, "") != row.fingerprint:
                _count_results(row)
        _count_refusals(unit_code, school_year)
        _snapshot(unit_code, school_year, at)
        CountedSchool.objects.filter(unit_code=unit_code, school_year=school_year).update(
            counted_at=at
        )
    return len(rooms)


def _contents(unit_code: str, school_year: str) -> Mapping[str, _Content]:
    rows = (
        StoredRecord.objects.filter(
            unit_code=unit_code, school_year=school_year, in_force__isnull=False
        )
        .order_by()
        .values("classroom_name")
        .annotate(
            n=Count("pk"), first=Min("grade"), last=Max("accepted_at"), top=Max("pk"), sum=Sum("pk")
        )
    )
    return {
        row["classroom_name"]: _Content(
            row["first"], row["last"], f"{row['n']}:{row['top']}:{row['sum']}"
        )
        for row in rows
    }


def _tally(room: OpenClass, content: _Content | None, at: dt.datetime) -> ClassTally:
    unit_code, school_year, name = room.key
    closing = room.state.closing if room.state else None
    reopening = room.state.reopening if room.state else None
    return ClassTally(
        unit_code=unit_code,
        school_year=school_year,
        classroom_name=name,
        grade=content.grade if content else grade_of_name(name),
        last_accepted_at=content.last_accepted_at if content else None,
        closed_at=closing.closed_at if closing else None,
        closed_round=closing.round if closing else "",
        reopened_until=reopening.until if reopening else None,
        fingerprint=content.fingerprint if content else "",
        counted_at=at,
        **{field: getattr(room, field) for field in _COUNTED},
    )


def grade_of_name(classroom_name: str) -> int:
    """The grade that the name of a class begins with, as schools write it; 0 when it does not."""
    digits = ""
    for sign in classroom_name.strip():
        if not sign.isascii() or not sign.isdigit():
            break
        digits += sign
    return int(digits) if digits and len(digits) <= 2 and 1 <= int(digits) <= 12 else 0


def _write(unit_code: str, school_year: str, tallies: list[ClassTally]) -> None:
    ClassTally.objects.filter(unit_code=unit_code, school_year=school_year).exclude(
        classroom_name__in=[row.classroom_name for row in tallies]
    ).delete()
    keys = ("school_year", "unit_code", "classroom_name")
    fields = [
        field.name for field in ClassTally._meta.concrete_fields if field.name not in {"id", *keys}
    ]
    ClassTally.objects.bulk_create(
        tallies, update_conflicts=True, unique_fields=keys, update_fields=fields
    )


def _count_results(tally: ClassTally) -> None:
    rows = StoredRecord.objects.filter(
        unit_code=tally.unit_code,
        school_year=tally.school_year,
        classroom_name=tally.classroom_name,
        in_force__isnull=False,
    )
    counted = Counter(_result_of(row) for row in with_originals(rows.order_by("pk")))
    tally.results.all().delete()
    ResultTally.objects.bulk_create(
        [
            ResultTally(tally=tally, grade=grade, sex=sex, result=result, pupils=pupils)
            for (grade, sex, result), pupils in sorted(counted.items())
        ]
    )


def _result_of(row: StoredRecord) -> tuple[int, str, str]:
    """Grade, sex and year result of one record; what is not understood is counted as unknown."""
    try:
        record = read_record(original_of(row), strict=False).record
        sex = record.pupil.gender if record.pupil.gender in {"Nam", "Nữ"} else ""
        result = str(record.summary.year_result.value)
    except (HocBaError, AttributeError):
        return row.grade, "", ""
    return row.grade, sex, result


def _count_refusals(unit_code: str, school_year: str) -> None:
    force = RecordInForce.objects.filter(
        personal_id=OuterRef("personal_id"), school_year=school_year
    )
    outcomes = RecordOutcome.objects.filter(
        package__unit_code=unit_code,
        package__first_year=SchoolYear.parse(school_year).first,
        accepted=False,
    ).order_by()
    found = {
        row["code"]: row
        for row in outcomes.values("code").annotate(
            records=Count("pk"), newest_at=Max("package__received_at")
        )
    }
    still = dict(
        outcomes.filter(~Exists(force))
        .values("code")
        .annotate(open=Count("personal_id", distinct=True))
        .values_list("code", "open")
    )
    RefusalTally.objects.filter(unit_code=unit_code, school_year=school_year).delete()
    RefusalTally.objects.bulk_create(
        [
            RefusalTally(
                unit_code=unit_code,
                school_year=school_year,
                code=code,
                records=row["records"],
                open=still.get(code, 0),
                newest_at=row["newest_at"],
            )
            for code, row in sorted(found.items())
        ]
    )


def _snapshot(unit_code: str, school_year: str, at: dt.datetime) -> None:
    """How the school stands today: the row of the day is written over until the day is over."""
    today = vietnam_day(at)
    rows = ClassTally.objects.filter(unit_code=unit_code, school_year=school_year)
    sums = rows.aggregate(in_force=Sum("in_force"), refused=Sum("refused"))
    closed = [
        row
        for row in rows
        if row.closed_at and not (row.reopened_until and today <= row.reopened_until)
    ]
    word = GradeSituation.objects.filter(
        situation__unit_code=unit_code, situation__school_year=school_year
    ).aggregate(pupils=Sum("pupils"), classes=Sum("classes"))
    numbers = {
        "expected": word["pupils"] or 0,
        "in_force": sums["in_force"] or 0,
        "refused": sums["refused"] or 0,
        "classes": max(word["classes"] or 0, len(rows)),
        "closed": len(closed),
    }
    newest = (
        DaySnapshot.objects.filter(unit_code=unit_code, school_year=school_year)
        .order_by("-day")
        .first()
    )
    standing = {name: getattr(newest, name) if newest else 0 for name in numbers}
    if numbers == standing:
        return  # a day without a row stands as the day before
    DaySnapshot.objects.update_or_create(
        day=today, school_year=school_year, unit_code=unit_code, defaults=numbers
    )


def count_changes(*, at: dt.datetime, deadline: dt.datetime | None = None) -> int:
    """Count every school of which something changed since the last time; answers how many.

    A change is counted again until it is `OVERLAP` old, because what was committed late carries
    an earlier moment. Where time runs out the mark stays, and the next run goes on.
    """
    mark = Counting.objects.first()
    since = mark.until if mark else dt.datetime.min.replace(tzinfo=dt.UTC)
    counted_at = {
        (row.unit_code, row.school_year): row.counted_at for row in CountedSchool.objects.all()
    }
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    done = 0
    for key, changed_at in sorted(_changes(since), key=lambda pair: pair[1]):
        if counted_at.get(key, never) > changed_at + OVERLAP:
            continue
        if deadline is not None and dt.datetime.now(dt.UTC) > deadline:
            return done
        count_school(unit_code=key[0], school_year=key[1], at=at)
        done += 1
    Counting.objects.update_or_create(pk=1, defaults={"until": at - OVERLAP, "finished_at": at})
    return done


def _changes(since: dt.datetime) -> Iterator[tuple[SchoolYearKey, dt.datetime]]:
    """Schools and years of which something changed, each with its newest change."""
    newest: dict[SchoolYearKey, dt.datetime] = {}

    def note(unit: str | None, year: str | None, moment: dt.datetime | None) -> None:
        if unit and year and moment:
            key = (unit, year)
            newest[key] = max(newest.get(key, moment), moment)

    packages = IncomingPackage.objects.order_by().values("unit_code", "first_year")
    for field in ("received_at", "processed_at"):
        for row in packages.filter(**{f"{field}__gte": since}).annotate(last=Max(field)):
            year = f"{row['first_year']}-{row['first_year'] + 1}"
            note(row["unit_code"], year, row["last"])
    sources: tuple[tuple[Any, str, str], ...] = (
        (StatusChange.objects, "record__", "changed_at"),
        (ClassClosing.objects, "", "closed_at"),
        (Reopening.objects, "closing__", "opened_at"),
        (RecallCase.objects, "record__", "decided_at"),
        (SituationReport.objects, "", "received_at"),
    )
    for source, path, field in sources:
        rows = source.filter(**{f"{field}__gte": since}).order_by()
        for unit, year, last in rows.values_list(f"{path}unit_code", f"{path}school_year").annotate(
            last=Max(field)
        ):
            note(unit, year, last)
    yield from newest.items()


def schools_to_count(school_year: str) -> list[str]:
    """Codes of every school that has anything of a year, or is in the department's list."""
    stored = StoredRecord.objects.filter(school_year=school_year).order_by()
    codes = {
        *Unit.objects.values_list("code", flat=True),
        *stored.values_list("unit_code", flat=True).distinct(),
        *SchoolSituation.objects.filter(school_year=school_year).values_list(
            "unit_code", flat=True
        ),
    }
    return sorted(codes)


def count_everything(*, at: dt.datetime, school_year: str) -> int:
    """Count every school of a year anew; answers how many. Safe to run twice, or to break off."""
    codes = schools_to_count(school_year)
    for code in codes:
        count_school(unit_code=code, school_year=school_year, at=at)
    return len(codes)


def years_in_work(at: dt.datetime) -> list[str]:
    """The school year of today and the one before it, whose second closing may be near."""
    this = current_year(vietnam_day(at))
    first = int(this[:4])
    before = f"{first - 1}-{first}"
    return [this, before]


def current_year(today: dt.date) -> str:
    """The school year that runs: it begins in September."""
    first = today.year if today.month >= 9 else today.year - 1
    return f"{first}-{first + 1}"
