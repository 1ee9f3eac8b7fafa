"""A secondary record must follow from its own marks before anybody signs it (TT 22/2021)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from documents import PROFILES
from hypothesis import HealthCheck, given, settings
from secondary_strategies import secondary_records

from hocba.assessment.secondary.catalogue import GRADES
from hocba.assessment.secondary.levels import CommentLevel, Mark, Result
from hocba.assessment.secondary.study_result import Reading, StudySettings
from hocba.errors import Malformed
from hocba.ids import SchoolYear, SubjectCode
from hocba.record.codec import read_any, write_any
from hocba.record.completeness import Finding
from hocba.record.model import FormatProfile
from hocba.record.sample import sample_record
from hocba.record.secondary.completeness import RuleSettings, check_any, check_secondary
from hocba.record.secondary.model import SecondaryRecord
from hocba.record.secondary.sample import sample_secondary

T, K, D, C = Result.GOOD, Result.FAIR, Result.SATISFACTORY, Result.UNSATISFACTORY


def errors(record: SecondaryRecord, **more: Any) -> set[str]:
    return {each.code for each in check_secondary(record, **more) if each.severity == "error"}


def with_marks(record: SecondaryRecord, code: str, mark: Mark) -> SecondaryRecord:
    """The subject with the same mark in both terms and the year."""
    return replace(
        record,
        subjects=tuple(
            replace(each, term_1=mark, term_2=mark, year=mark) if each.code == code else each
            for each in record.subjects
        ),
    )


def all_marks(record: SecondaryRecord, averages: str) -> SecondaryRecord:
    """The same mark in both terms for each scored subject, in the order of the form."""
    given = iter(averages.split())
    return replace(
        record,
        subjects=tuple(
            replace(each, term_1=mark, term_2=mark, year=mark)
            if isinstance(each.year, Decimal) and (mark := Decimal(next(given))) is not None
            else each
            for each in record.subjects
        ),
    )


def summed(record: SecondaryRecord, **changed: Any) -> SecondaryRecord:
    return replace(record, summary=replace(record.summary, **changed))


@pytest.mark.parametrize("grade", GRADES)
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", range(6))
def test_samples_are_complete(grade: int, profile: FormatProfile, seed: int) -> None:
    record = sample_secondary(grade, profile, seed=seed)
    assert check_any(record) == []
    assert check_secondary(read_any(write_any(record)).record, from_document=True) == []  # type: ignore[arg-type]


def test_every_level_has_its_own_check() -> None:
    assert check_any(sample_record(4)) == []
    assert [each.code for each in check_any(replace(sample_secondary(), grade=5))] == [
        "field_catalogue"
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"study_year": K}, "study_result"),
        ({"study_term_1": D}, "study_result"),
        ({"conduct_year": K}, "conduct_year"),
        ({"promoted": False}, "promotion"),
        ({"promotion_text": "Được lên lớp 12."}, "promotion"),
        ({"level_completed": True}, "promotion"),
        ({"completion_text": "Hoàn thành chương trình."}, "promotion"),
        ({"absences": 7}, "absences"),
        ({"study_again": T}, "study_again"),
        ({"conduct_again": T}, "again_without_need"),
        ({"homeroom_comment": " "}, "field_missing"),
        ({"contest_text": "x" * 2001}, "field_length"),
        ({"summer_text": "a\u0007"}, "field_text"),
    ],
)
def test_a_summary_that_does_not_follow(changed: dict[str, Any], code: str) -> None:
    assert code in errors(summed(sample_secondary(8), **changed))


def test_the_year_of_a_subject_follows_from_its_terms() -> None:
    record = sample_secondary(8)
    first = replace(record.subjects[0], year=Decimal("9.9"))
    wrong = replace(record, subjects=(first, *record.subjects[1:]))
    assert errors(wrong) == {"year_mark"}
    missing = replace(record.subjects[0], term_2=None)
    assert errors(replace(record, subjects=(missing, *record.subjects[1:]))) == {"mark_missing"}


@pytest.mark.parametrize("mark", ["8.45", "10.1", "-1.0", "NaN"])
def test_a_number_that_is_no_mark_is_never_rounded_away(mark: str) -> None:
    record = sample_secondary(8)
    first = replace(record.subjects[0], again=Decimal(mark))
    wrong = replace(record, subjects=(first, *record.subjects[1:]))
    assert errors(wrong) == {"mark"}
    with pytest.raises(Malformed) as caught:
        write_any(wrong)
    assert caught.value.code == "mark"


def test_a_subject_of_another_level_or_missing_or_twice() -> None:
    record = sample_secondary(8)
    other = replace(record.subjects[0], code=SubjectCode("47"))
    assert "subject_not_taught" in errors(replace(record, subjects=(*record.subjects, other)))
    assert "subject_missing" in errors(replace(record, subjects=record.subjects[1:]))
    twice = (*record.subjects, record.subjects[0])
    assert "subject_repeated" in errors(replace(record, subjects=twice))


def test_upper_secondary_needs_four_choices_and_three_clusters() -> None:
    record = sample_secondary(11)
    fewer = tuple(each for each in record.subjects if each.code != "38")
    assert errors(replace(record, subjects=fewer)) == {"subject_missing"}
    topics = tuple(
        replace(each, topics=None) if each.code == "36" else each for each in record.subjects
    )
    assert errors(replace(record, subjects=topics)) == {"topics"}


def test_a_teacher_is_needed_where_teachers_sign() -> None:
    record = sample_secondary(8)
    without = tuple(replace(each, teacher=None) for each in record.subjects)
    assert errors(replace(record, subjects=without)) == {"teacher_missing"}
    older = replace(record, profile=FormatProfile.V1_2024, subjects=without)
    assert errors(older) == set()


def test_a_title_must_be_deserved() -> None:
    record = all_marks(sample_secondary(8), "8.0 8.0 8.0 8.0 8.0 8.0 6.5 6.5")
    record = summed(record, award_text="Đạt danh hiệu Học sinh Xuất sắc")
    assert errors(record) == {"award"}
    assert errors(summed(record, award_text="Đạt danh hiệu Học sinh Giỏi")) == set()


def failing(grade: int = 8) -> SecondaryRecord:
    """A pupil with two averages of 3.0: study Chưa đạt, not promoted."""
    record = all_marks(sample_secondary(grade), "7.0 7.0 7.0 7.0 7.0 7.0 3.0 3.0")
    return summed(
        record,
        study_term_1=C,
        study_term_2=C,
        study_year=C,
        promoted=False,
        promotion_text="Không được lên lớp.",
        award_text=None,
    )


def test_a_pupil_who_stays_down() -> None:
    assert errors(failing()) == set()
    assert errors(summed(failing(), promoted=True)) == {"promotion"}


def test_the_summer_is_computed_again() -> None:
    record = failing()
    again = tuple(
        replace(each, again=Decimal("5.0")) if each.code in {"27", "32"} else each
        for each in record.subjects
    )
    record = replace(record, subjects=again)
    assert "study_again" in errors(record)
    promoted = {"promoted": True, "promotion_text": "Được lên lớp 9."}
    assert errors(summed(record, study_again=K, **promoted)) == set()
    assert errors(summed(record, study_again=T, **promoted)) == {"study_result"}
    allowed = tuple(
        replace(each, again=Decimal("9.0")) if each.code == "15" else each for each in again
    )
    wrong = summed(replace(record, subjects=allowed), study_again=K, **promoted)
    assert errors(wrong) == {"not_reassessable"}


def test_too_many_absences() -> None:
    record = sample_secondary(8)
    pupil = replace(record.pupil, excused_absences=40, unexcused_absences=6)
    record = summed(replace(record, pupil=pupil), absences=46)
    assert errors(record) == {"promotion"}
    stays = {"promoted": False, "promotion_text": "Không được lên lớp."}
    assert errors(summed(record, **stays)) == set()


def test_the_other_reading_of_article_9_3_is_told_and_not_refused() -> None:
    """Example S17: schools may read it so; a true record must not be refused."""
    record = all_marks(sample_secondary(8), "8.0 8.0 8.0 8.0 8.0 7.0 7.0 4.0")
    wide = {"study_term_1": K, "study_term_2": K, "study_year": K, "award_text": None}
    findings = check_secondary(summed(record, **wide))
    assert {(each.severity, each.code) for each in findings} == {("warning", "other_reading")}
    other = RuleSettings(study=StudySettings(reading=Reading.AS_IF_HIGH))
    assert check_secondary(summed(record, **wide), settings=other) == []
    neither = summed(record, **{**wide, "study_year": C})
    assert "study_result" in errors(neither)


def test_the_head_decides_for_a_pupil_excused_from_a_scored_subject() -> None:
    record = with_marks(sample_secondary(8), "05", CommentLevel.EXEMPT)
    assert errors(record) == set()
    held = summed(record, promoted=False, promotion_text="Không được lên lớp.")
    assert errors(held) == set()
    plan = summed(sample_secondary(8), promoted=False, promotion_text="Không được lên lớp.")
    assert errors(plan) == {"promotion"}
    assert errors(plan, settings=RuleSettings(individual_plan=True)) == set()


def test_years_before_the_circular_follow_other_rules() -> None:
    record = sample_secondary(9)
    history = (
        *record.history[:-1],
        replace(record.history[-1], school_year=SchoolYear("2023-2024")),
    )
    older = replace(record, school_year=SchoolYear("2023-2024"), history=history[-1:])
    assert errors(older) == {"circular"}


def test_completion_of_lower_secondary_is_confirmed_in_the_record() -> None:
    """TT 10/2026/TT-BGDĐT."""
    record = sample_secondary(9)
    assert record.summary.completion_text == "Xác nhận hoàn thành chương trình trung học cơ sở."
    assert record.summary.level_completed
    without = summed(record, completion_text=None)
    assert errors(without) == {"promotion"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=secondary_records())
def test_any_record_gets_findings_and_no_exception(record: SecondaryRecord) -> None:
    findings = check_secondary(record)
    assert all(isinstance(each, Finding) and each.sentence.vi for each in findings)
