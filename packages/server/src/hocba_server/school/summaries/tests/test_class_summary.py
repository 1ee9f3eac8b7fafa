"""Action: look at and take out the summary of a class."""

from __future__ import annotations

import io
import subprocess

import pytest
from python_calamine import CalamineWorkbook

from hocba.assessment.periods import Period
from hocba.errors import HocBaError, Refused
from hocba_server.school.assessments.services import plan_reassessment
from hocba_server.school.registry.models import Classroom, Enrolment
from hocba_server.school.summaries.selectors import class_summary
from hocba_server.school.summaries.services import summary_file
from hocba_server.school.tests.cast import AT, Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry


def take(cast: Cast, by: Actor, kind: str = "xlsx", period: Period = Period.YEAR_END) -> bytes:
    return summary_file(by=by, at=AT, classroom_id=cast.classroom_id, period=period, kind=kind)


def test_the_summary_holds_what_was_entered(results: Cast) -> None:
    found = class_summary(Classroom.objects.get(pk=results.classroom_id), Period.YEAR_END)
    assert found.form.number == 3
    first = found.pupils[0]
    assert (first.full_name, first.levels["01"], first.scores["01"]) == ("Nguyễn Thị Ánh", "T", 9)
    assert first.result is not None
    assert not first.held_back


def test_the_note_names_what_the_circular_asks_for(results: Cast) -> None:
    one = results.enrolments[0]
    Enrolment.objects.filter(pk=one).update(assessment_mode="adjusted")
    plan_reassessment(by=results.homeroom, at=AT, enrolment_id=one, planned=True)
    room = Classroom.objects.get(pk=results.classroom_id)
    notes = {pupil.full_name: pupil.note for pupil in class_summary(room, Period.YEAR_END).pupils}
    assert notes == {
        "Nguyễn Thị Ánh": "",
        "Lê Thị Đào": "",
        "Trần Văn Tí": "Học sinh khuyết tật, đánh giá theo kế hoạch giáo dục cá nhân; "
        "Chờ đánh giá bổ sung",
    }
    [middle] = {pupil.note for pupil in class_summary(room, Period.MID_TERM_1).pupils} - {""}
    assert middle == "Học sinh khuyết tật, đánh giá theo kế hoạch giáo dục cá nhân"


def test_excel_is_the_official_table(results: Cast) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(take(results, results.homeroom)))
    grid = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert grid[0][0] == "BẢNG TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ GIÁO DỤC"
    assert grid[4][2] == "Môn học và hoạt động giáo dục"
    assert [grid[7 + at][1] for at in range(3)] == [
        "Nguyễn Thị Ánh",
        "Lê Thị Đào",
        "Trần Văn Tí",
    ]
    assert grid[7][:5] == [1.0, "Nguyễn Thị Ánh", "T", 9.0, "T"]


def test_pdf_says_the_same(results: Cast) -> None:
    pdf = take(results, results.principal, "pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()
    assert "BẢNG TỔNG HỢP KẾT QUẢ ĐÁNH GIÁ GIÁO DỤC" in text
    assert "Nguyễn Thị Ánh" in text
    assert "Mẫu 3" in text


def test_who_may_take_it_and_that_it_is_recorded(results: Cast) -> None:
    for by, code in (
        (results.music, "role"),
        (results.clerk, "role"),
        (results.administrator, "role"),
        (results.stranger, "not_found"),
    ):
        with pytest.raises(Refused) as refusal:
            take(results, by)
        assert refusal.value.code == code
    take(results, results.registrar)
    entries = AuditEntry.objects.using("school").filter(subject=f"classroom:{results.classroom_id}")
    assert entries.filter(detail__purpose="bảng tổng hợp xlsx").count() == 1
    with pytest.raises(HocBaError):
        take(results, results.homeroom, period=Period.REASSESSMENT)
