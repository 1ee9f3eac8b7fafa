from __future__ import annotations

from typing import Any

import pytest

from hocba_server.school.registry.class_services import set_class_subjects
from hocba_server.school.registry.models import Classroom
from hocba_server.school.registry.services import open_classroom
from hocba_server.school.registry.taught import combined_rooms, subject_title, taught_subjects
from hocba_server.school.registry.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, YEAR, Cast


@pytest.fixture
def form(cast: Cast) -> dict[str, Any]:
    return {
        "by": cast.registrar,
        "at": AT,
        "classroom_id": cast.classroom_id,
        "electives": ["11", "14"],
        "foreign_language": "Tiếng Pháp",
        "ethnic_language": "Tiếng Khmer",
    }


def test_chosen_electives_are_taught_and_carry_their_language(form: dict[str, Any]) -> None:
    room = Classroom.objects.get()
    assert "11" not in [str(each.code) for each in taught_subjects(room)]
    assert set_class_subjects(**form) is True
    assert set_class_subjects(**form) is False
    room.refresh_from_db()
    titles = [subject_title(room, each) for each in taught_subjects(room)]
    assert "Ngoại ngữ 1 (Tiếng Pháp)" in titles
    assert "Tiếng dân tộc (Tiếng Khmer)" in titles
    [entry] = entries("set_class_subjects")
    assert entry.detail["old"]["elective_subjects"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"electives": ["01"]}, "not_elective"),
        ({"foreign_language": ""}, "language"),
        ({"ethnic_language": " "}, "language"),
    ],
)
def test_refusals(form: dict[str, Any], change: dict[str, Any], code: str) -> None:
    assert refusal_of(set_class_subjects, **{**form, **change}) == code


def test_a_subject_with_results_is_not_dropped(results: Cast, form: dict[str, Any]) -> None:
    set_class_subjects(**form)
    from hocba_server.school.assessments.models import SubjectAssessment

    row = SubjectAssessment.objects.filter(enrolment_id=results.enrolments[0]).first()
    assert row is not None
    row.pk, row.subject_code = None, "11"
    row.save()
    dropped = {**form, "electives": ["14"]}
    assert refusal_of(set_class_subjects, **dropped) == "has_results"


def test_nothing_while_records_exist(created: int, form: dict[str, Any]) -> None:
    assert refusal_of(set_class_subjects, **form) == "locked"


def test_a_combined_class_knows_its_grades(cast: Cast) -> None:
    other = open_classroom(
        by=cast.registrar,
        at=AT,
        school_id=cast.school_id,
        school_year=YEAR,
        name="1A1",
        grade=2,
    )
    room = Classroom.objects.get(pk=cast.classroom_id)
    assert [each.pk for each in combined_rooms(room)] == [other]


def test_who_may(cast: Cast, form: dict[str, Any]) -> None:
    for by, code in (
        (cast.homeroom, "role"),
        (cast.administrator, "role"),
        (cast.stranger, "not_found"),
    ):
        assert refusal_of(set_class_subjects, **{**form, "by": by}) == code
