from __future__ import annotations

import pytest

from hocba.errors import Refused
from hocba_server.school.assessments.entries import SubjectEntry
from hocba_server.school.assessments.models import (
    SubjectAssessment,
    ValueChange,
    YearConclusion,
)
from hocba_server.school.assessments.selectors import class_findings, compose_comment
from hocba_server.school.assessments.services import (
    decide_promotion,
    set_subject_result,
    set_subject_results,
)
from hocba_server.school.tests.cast import AT, Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry


def _set(cast: Cast, by: Actor, level: str = "T", score: int | None = 9) -> None:
    set_subject_result(
        by=by,
        at=AT,
        enrolment_id=cast.enrolments[0],
        subject_code="01",
        level=level,
        test_score=score,
        comment="  Tốt   lắm. ",
        reason="chấm lại",
    )


def test_the_assigned_teacher_sets_a_result(cast: Cast) -> None:
    _set(cast, cast.homeroom)
    row = SubjectAssessment.objects.get()
    assert (row.level, row.test_score, row.comment) == ("T", 9, "Tốt lắm.")


def test_others_are_refused_with_the_reason(cast: Cast) -> None:
    for by in (cast.music, cast.registrar, cast.principal, cast.administrator):
        with pytest.raises(Refused) as refusal:
            _set(cast, by)
        assert refusal.value.code == "role"
    assert "giáo viên bộ môn" in str(refusal.value).lower()


def test_a_pupil_of_another_school_does_not_exist(cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        _set(cast, cast.stranger)
    assert refusal.value.code == "not_found"


@pytest.mark.parametrize(("level", "score"), [("X", 9), ("T", 11), ("T", None), ("M", 5)])
def test_a_wrong_value_is_refused(cast: Cast, level: str, score: int | None) -> None:
    with pytest.raises(Refused) as refusal:
        _set(cast, cast.homeroom, level, score)
    assert refusal.value.code == "entry"
    assert not SubjectAssessment.objects.exists()


def test_one_wrong_row_keeps_the_whole_class_unchanged(cast: Cast) -> None:
    rows = cast.enrolments
    with pytest.raises(Refused):
        set_subject_results(
            by=cast.homeroom,
            at=AT,
            classroom_id=cast.classroom_id,
            subject_code="01",
            entries=[SubjectEntry(rows[0], "T", 9), SubjectEntry(rows[1], "T", 77)],
        )
    assert not SubjectAssessment.objects.exists()


def test_the_same_value_twice_changes_nothing_and_a_change_keeps_the_old(cast: Cast) -> None:
    _set(cast, cast.homeroom)
    _set(cast, cast.homeroom)
    _set(cast, cast.homeroom, "H", 7)
    entries = AuditEntry.objects.using("school").filter(action="enter_results")
    details = [entry.detail for entry in entries.order_by("pk")]
    assert [detail["pupils"] for detail in details] == [1, 1]
    assert details[1]["reason"] == "chấm lại"
    changes = ValueChange.objects.filter(field="level").order_by("pk")
    assert [(row.old, row.new, row.reason) for row in changes] == [
        ("", "T", "chấm lại"),
        ("T", "H", "chấm lại"),
    ]


def test_the_class_check_names_what_is_missing(cast: Cast) -> None:
    _set(cast, cast.homeroom)
    checks = class_findings(SubjectAssessment.objects.get().enrolment.classroom)
    assert [check.enrolment.pupil.full_name for check in checks] == [
        "Nguyễn Thị Ánh",
        "Lê Thị Đào",
        "Trần Văn Tí",
    ]
    codes = {finding.code for finding in checks[0].year.errors}
    assert {"subject_missing", "traits_missing", "weight_kg_missing"} <= codes
    assert checks[0].year.result is None


def test_a_complete_year_has_a_result_and_no_finding(results: Cast) -> None:
    row = YearConclusion.objects.first()
    assert row is not None
    for check in class_findings(row.enrolment.classroom):
        assert check.year.findings == ()
        assert check.year.result is not None
        assert check.year.result.result.value == "Hoàn thành xuất sắc"
        assert check.year.promotion is not None
        assert check.year.promotion.promoted


def test_an_unusual_test_is_a_warning_only(results: Cast) -> None:
    _set(results, results.homeroom, "T", 6)
    row = YearConclusion.objects.get(enrolment=results.enrolments[0])
    [check] = [
        item
        for item in class_findings(row.enrolment.classroom)
        if item.enrolment.pk == results.enrolments[0]
    ]
    assert check.year.errors == ()
    assert [finding.code for finding in check.year.warnings] == ["unusual_test"]


def test_the_principal_decides_on_promotion_with_a_reason(results: Cast) -> None:
    _set(results, results.homeroom, "C", 3)
    room = YearConclusion.objects.get(enrolment=results.enrolments[0]).enrolment.classroom

    def errors() -> list[str]:
        return [finding.code for check in class_findings(room) for finding in check.year.errors]

    def decide(by: Actor, reason: str) -> None:
        decide_promotion(
            by=by, at=AT, enrolment_id=results.enrolments[0], promoted=True, reason=reason
        )

    assert errors() == ["promotion_open"]
    for by, reason, code in (
        (results.homeroom, "đã ôn tập", "role"),
        (results.stranger, "đã ôn tập", "not_found"),
        (results.principal, "  ", "reason_missing"),
    ):
        with pytest.raises(Refused) as refusal:
            decide(by, reason)
        assert refusal.value.code == code
    decide(results.principal, "đã ôn tập")
    assert errors() == []


def test_the_comment_of_the_year_is_composed_within_its_limit() -> None:
    text = compose_comment(1, {"01": "a" * 1500, "02": "Đọc tốt.", "03": "b" * 600})
    assert text.startswith("Tiếng Việt: Đọc tốt.")
    assert len(text) <= 2000
