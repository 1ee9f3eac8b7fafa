"""Where a finding is mended: the very cell of the entry grid that it speaks of."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from hocba.assessment.periods import Period
from hocba.record.completeness import Finding
from hocba_server.school.assessments.entries import COMMENT_FIELDS
from hocba_server.school.assessments.selectors import PupilCheck
from hocba_server.school.assessments.sheets import (
    HOMEROOM_SHEET,
    TRAITS_SHEET,
    Sheet,
    columns_of,
)
from hocba_server.school.registry.models import Classroom

_SUBJECT_FIELDS = {
    "subject_missing": "level",
    "test_missing": "test_score",
    "unusual_test": "level",
}


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding and the address of its cell; empty where no cell can mend it."""

    finding: Finding
    url: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One pupil of the check page."""

    check: PupilCheck
    errors: tuple[PlacedFinding, ...]
    warnings: tuple[PlacedFinding, ...]


def check_line(room: Classroom, check: PupilCheck) -> CheckLine:
    """The findings of a pupil, each with the way to its cell."""

    def placed(findings: tuple[Finding, ...]) -> tuple[PlacedFinding, ...]:
        return tuple(PlacedFinding(each, _address(room, check, each)) for each in findings)

    return CheckLine(check, placed(check.year.errors), placed(check.year.warnings))


def _address(room: Classroom, check: PupilCheck, finding: Finding) -> str:
    place = _cell(room, finding)
    if place is None:
        return ""
    sheet, field = place
    page = reverse("school_assessments:grid", args=[room.pk, sheet.slug, Period.YEAR_END.value])
    return f"{page}#o-{check.enrolment.pk}-{field}"


def _cell(room: Classroom, finding: Finding) -> tuple[Sheet, str] | None:
    if finding.code in _SUBJECT_FIELDS:
        return Sheet.of_subject(finding.where), _SUBJECT_FIELDS[finding.code]
    if finding.code == "traits_missing":
        return TRAITS_SHEET, columns_of(TRAITS_SHEET, room.grade, Period.YEAR_END)[0].field
    if finding.code == "trait_missing" or finding.where in COMMENT_FIELDS:
        return TRAITS_SHEET, finding.where
    homeroom = columns_of(HOMEROOM_SHEET, room.grade, Period.YEAR_END)
    if finding.where in {column.field for column in homeroom}:
        return HOMEROOM_SHEET, finding.where
    return None
