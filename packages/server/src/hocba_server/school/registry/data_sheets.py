"""Phiếu thông tin học sinh of a class: what is to check, who has done it, and the sheet itself.

Grade 1 begins a record, so every field is checked; in the other grades the year inherits the data
of the year before and only what differs from it is checked (QĐ 1789 Đ20.4).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hocba.errors import Refused, Sentence
from hocba.ids import PersonalId, RecordUuid, SchoolYear, UnitCode
from hocba.record.model import IssuingSchool, Person
from hocba.record.pupil_sheet import PupilSheet, pupil_data
from hocba.record.values import VIETNAM
from hocba_server.school.registry.models import (
    Classroom,
    Enrolment,
    Pupil,
    PupilDataReview,
    ReviewState,
    School,
)
from hocba_server.school.registry.pupil_rights import STANDING_RECORD
from hocba_server.school.registry.pupil_selectors import missing_words, signed_values
from hocba_server.school.registry.pupil_values import (
    LABELS,
    ValueChange,
    changes_between,
    values_of,
)
from hocba_server.school.registry.selectors import class_roll

FIRST_GRADES: Final = frozenset({1, 6, 10})
"""Grades that begin a level: a new record is initialised there."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One pupil of the class with what is left to check."""

    enrolment: Enrolment
    state: ReviewState
    missing: tuple[Sentence, ...]
    whole: bool
    """Every field is to be checked: the level begins, or nothing of last year is known."""
    changes: tuple[ValueChange, ...]
    values: tuple[tuple[Sentence, str], ...]

    @property
    def may_confirm(self) -> bool:
        """The homeroom teacher can confirm this pupil now."""
        return self.state is ReviewState.OPEN and not self.missing


def sheet_lines(room: Classroom) -> list[SheetLine]:
    """The pupils of the class in name order."""
    roll = class_roll(room)
    reviews = {row.enrolment_id: row for row in PupilDataReview.objects.filter(enrolment__in=roll)}
    return [_line(row, room, reviews.get(row.pk)) for row in roll]


def _line(row: Enrolment, room: Classroom, review: PupilDataReview | None) -> SheetLine:
    now = values_of(row.pupil)
    before = {} if room.grade in FIRST_GRADES else values_of_year_before(row)
    state = ReviewState(review.state) if review else ReviewState.OPEN
    return SheetLine(
        enrolment=row,
        state=state,
        missing=missing_words(row.pupil),
        whole=not before,
        changes=changes_between(before, now),
        values=tuple((label, now[name]) for name, label in LABELS.items()),
    )


def values_of_year_before(row: Enrolment) -> Mapping[str, str]:
    """The data of the newest earlier year: from its record, else from its data sheet, else none."""
    rows = Enrolment.objects.filter(pupil_id=row.pupil_id, school_year__lt=row.school_year)
    for earlier in rows.order_by("-school_year"):
        record = earlier.records.filter(state__in=STANDING_RECORD).order_by("-pk").first()
        if record is not None:
            return signed_values(bytes(record.document))
        review = PupilDataReview.objects.filter(enrolment=earlier).exclude(values={}).first()
        if review is not None:
            return dict(review.values)
    return {}


def sheet_of(row: Enrolment) -> PupilSheet:
    """The data sheet from the values that were frozen when the teacher confirmed.

    Raises `Refused` with code `not_initialised` before the registrar has initialised it.
    """
    review = PupilDataReview.objects.filter(enrolment=row).first()
    states = {ReviewState.INITIALISED.value, ReviewState.SIGNED.value}
    if review is None or review.state not in states:
        raise Refused(
            "not_initialised",
            f"Phiếu thông tin của {row.pupil.full_name} chưa được học vụ khởi tạo.",
            f"The data sheet of {row.pupil.full_name} is not initialised yet.",
        )
    if review.confirmed_at is None or review.initialised_at is None:
        raise AssertionError("the database keeps who and when together")
    return PupilSheet(
        sheet_id=RecordUuid(review.sheet_id),
        school=issuing_school(row.classroom.school),
        school_year=SchoolYear.parse(row.school_year),
        grade=row.classroom.grade,
        classroom_name=row.classroom.name,
        pupil=pupil_data(review.values),
        confirmed_by=_person(review.confirmed_person),
        confirmed_on=_vietnam_time(review.confirmed_at),
        initialised_by=_person(review.initialised_person),
        initialised_on=_vietnam_time(review.initialised_at),
    )


def _vietnam_time(moment: dt.datetime) -> dt.datetime:
    """Whole seconds in Vietnam, as records write their times."""
    return moment.astimezone(VIETNAM).replace(microsecond=0)


def _person(kept: Mapping[str, str]) -> Person:
    return Person(kept["full_name"], PersonalId(kept["personal_id"]))


def issuing_school(school: School) -> IssuingSchool:
    """The school as it stands on papers."""
    return IssuingSchool(
        department_code=school.department_code,
        department_name=school.department_name,
        school_code=UnitCode(school.code),
        school_name=school.name,
        ward_name=school.ward_name,
        province_name=school.province_name,
    )


def differs_from_sheet(pupil: Pupil, review: PupilDataReview) -> tuple[ValueChange, ...]:
    """What of the pupil's data differs from the frozen sheet."""
    return changes_between(dict(review.values), values_of(pupil))
