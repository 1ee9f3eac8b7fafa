"""Actions: awards that follow from the result, and the head's decision on promotion."""

from __future__ import annotations

import pytest

from hocba.assessment.levels import YearResult
from hocba.assessment.periods import Period
from hocba.assessment.promotion import award_contradiction
from hocba.errors import Refused
from hocba_server.school.assessments.entering import CellChange, save_cells
from hocba_server.school.assessments.grid import open_grid, proposals
from hocba_server.school.assessments.models import YearConclusion
from hocba_server.school.assessments.selectors import PupilCheck, class_findings
from hocba_server.school.assessments.services import decide_promotion, set_subject_result
from hocba_server.school.assessments.sheets import HOMEROOM_SHEET
from hocba_server.school.registry.models import Classroom
from hocba_server.school.tests.cast import AT, Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

EXCELLENT = "Đạt danh hiệu Học sinh Xuất sắc"


def room_of(cast: Cast) -> Classroom:
    return Classroom.objects.get(pk=cast.classroom_id)


def check_of(cast: Cast) -> PupilCheck:
    checks = {check.enrolment.pk: check for check in class_findings(room_of(cast))}
    return checks[cast.enrolments[0]]


def set_maths(cast: Cast, level: str, score: int) -> None:
    set_subject_result(
        by=cast.homeroom,
        at=AT,
        enrolment_id=cast.enrolments[0],
        subject_code="01",
        level=level,
        test_score=score,
    )


def award(cast: Cast, text: str) -> None:
    save_cells(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        sheet=HOMEROOM_SHEET,
        period=Period.YEAR_END,
        changes=[CellChange(cast.enrolments[0], "award_text", text)],
    )


def decide(
    cast: Cast, promoted: bool, by: Actor | None = None, reason: str = "cần học lại"
) -> None:
    decide_promotion(
        by=by or cast.principal,
        at=AT,
        enrolment_id=cast.enrolments[0],
        promoted=promoted,
        reason=reason,
    )


@pytest.mark.parametrize(
    ("text", "result", "expected"),
    [
        (EXCELLENT, YearResult.EXCELLENT, None),
        (EXCELLENT, YearResult.WELL_COMPLETED, "Học sinh Xuất sắc"),
        ("HỌC SINH  XUẤT SẮC", YearResult.NOT_COMPLETED, "Học sinh Xuất sắc"),
        ("Học sinh Tiêu biểu hoàn thành tốt trong học tập", YearResult.WELL_COMPLETED, None),
        ("Học sinh tiêu biểu", YearResult.COMPLETED, "Học sinh Tiêu biểu"),
        ("Đạt giải Nhì hội giao lưu An toàn giao thông", YearResult.COMPLETED, None),
        ("", YearResult.NOT_COMPLETED, None),
    ],
)
def test_an_award_must_fit_the_result(text: str, result: YearResult, expected: str | None) -> None:
    assert award_contradiction(text, result) == expected


def test_awards_are_proposed_by_the_result(results: Cast) -> None:
    set_maths(results, "T", 8)
    opened = open_grid(results.homeroom, room_of(results), HOMEROOM_SHEET, Period.YEAR_END, AT)
    assert proposals(opened)["award_text"] == dict.fromkeys(results.enrolments[1:], EXCELLENT)


def test_an_award_without_its_result_holds_the_record_back(results: Cast) -> None:
    award(results, EXCELLENT)
    assert check_of(results).year.errors == ()
    set_maths(results, "T", 8)
    [finding] = check_of(results).year.errors
    assert finding.code == "award_contradiction"
    award(results, "")
    assert check_of(results).year.errors == ()


def test_the_head_decides_only_on_a_pupil_who_has_not_completed(results: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        decide(results, promoted=False)
    assert refusal.value.code == "promotion_contradiction"
    set_maths(results, "C", 3)
    for by in (results.homeroom, results.administrator, results.registrar):
        with pytest.raises(Refused) as refusal:
            decide(results, promoted=False, by=by)
        assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        decide(results, promoted=False, reason="  ")
    assert refusal.value.code == "reason_missing"
    decide(results, promoted=False)
    decide(results, promoted=True, reason="đã tiến bộ sau bồi dưỡng")
    assert YearConclusion.objects.get(enrolment=results.enrolments[0]).promoted_by_head is True
    assert AuditEntry.objects.using("school").filter(action="decide_promotion").count() == 2
    assert check_of(results).year.errors == ()


def test_a_decision_becomes_moot_when_the_grade_is_completed(results: Cast) -> None:
    set_maths(results, "C", 3)
    decide(results, promoted=False)
    set_maths(results, "H", 6)
    check = check_of(results)
    assert check.year.errors == ()
    assert [finding.code for finding in check.year.warnings] == ["decision_moot"]
    assert check.year.promotion is not None
    assert check.year.promotion.promoted
