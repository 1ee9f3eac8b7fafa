from __future__ import annotations

import pytest

from hocba.errors import Refused
from hocba_server.school.assessments.models import (
    SubjectAssessment,
    TraitAssessment,
    ValueChange,
)
from hocba_server.school.conftest import Sheet
from hocba_server.school.spreadsheets.previews import Preview
from hocba_server.school.spreadsheets.services import (
    preview_class_list,
    preview_subject_results,
    preview_trait_results,
    save_subject_results,
    save_trait_results,
)
from hocba_server.school.spreadsheets.tests.files import (
    SUBJECT_HEADERS,
    TRAIT_HEADERS,
    subject_cells,
    trait_cells,
)
from hocba_server.school.tests.cast import (
    AT,
    CLASS_LIST_HEADERS,
    YEAR,
    Cast,
    class_list_cells,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry


def _preview(cast: Cast, content: bytes, by: Actor | None = None, code: str = "01") -> Preview:
    return preview_subject_results(
        by=by or cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        subject_code=code,
        content=content,
        filename=f"diem-{code}.xlsx",
    )


def test_results_are_previewed_saved_and_told_apart(cast: Cast, sheet: Sheet) -> None:
    preview = _preview(cast, sheet(SUBJECT_HEADERS, [subject_cells(order) for order in range(3)]))
    assert preview.counts["new"] == 3
    assert save_subject_results(by=cast.homeroom, at=AT, preview_id=preview.preview_id) == 3
    again = _preview(
        cast, sheet(SUBJECT_HEADERS, [subject_cells(0, **{"Điểm KTĐK": 8}), subject_cells(1)])
    )
    assert [row.status for row in again.rows] == ["changed", "same"]
    assert [text.vi for text in again.rows[0].reasons] == ["Điểm KTĐK: “9” thành “8”"]
    assert len(again.warnings) == 1
    assert save_subject_results(by=cast.homeroom, at=AT, preview_id=again.preview_id) == 1
    assert SubjectAssessment.objects.get(enrolment=cast.enrolments[0]).test_score == 8


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("Điểm KTĐK", 7.5, "7,5"),
        ("Điểm KTĐK", 11, "11"),
        ("Điểm KTĐK", "", ""),
        ("Mức đạt được", "X", "X"),
        ("Mức đạt được", "", ""),
        ("Mức đạt được", "Đ", "Đ"),
        ("Mã học sinh", "7999999999", "7999999999"),
        ("Họ và tên", "Ai Đó Khác", "Ai Đó Khác"),
        ("Ngày sinh", "09/09/2019", "09/09/2019"),
        ("Lớp", "2B", "2B"),
        ("Thời điểm đánh giá", "Giữa kỳ I", "Giữa kỳ I"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_saved(
    cast: Cast, sheet: Sheet, column: str, value: object, shown: str
) -> None:
    preview = _preview(
        cast, sheet(SUBJECT_HEADERS, [subject_cells(0), subject_cells(1, **{column: value})])
    )
    [fault] = preview.faults
    assert (fault.file, fault.row, fault.column, fault.value) == ("diem-01.xlsx", 6, column, shown)
    with pytest.raises(Refused) as refusal:
        save_subject_results(by=cast.homeroom, at=AT, preview_id=preview.preview_id)
    assert refusal.value.code == "has_faults"
    assert not SubjectAssessment.objects.exists()


def test_a_subject_without_a_test_takes_no_score(cast: Cast, sheet: Sheet) -> None:
    preview = _preview(cast, sheet(SUBJECT_HEADERS, [subject_cells(0)]), code="03")
    assert [fault.column for fault in preview.faults] == ["Điểm KTĐK"]


def test_only_the_assigned_teacher_imports(cast: Cast, sheet: Sheet) -> None:
    content = sheet(SUBJECT_HEADERS, [subject_cells(0)])
    for by in (cast.music, cast.registrar, cast.principal, cast.administrator):
        with pytest.raises(Refused) as refusal:
            _preview(cast, content, by)
        assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        _preview(cast, content, cast.stranger)
    assert refusal.value.code == "not_found"


def test_saving_twice_is_refused_and_each_change_is_audited(cast: Cast, sheet: Sheet) -> None:
    preview = _preview(cast, sheet(SUBJECT_HEADERS, [subject_cells(0)]))
    save_subject_results(by=cast.homeroom, at=AT, preview_id=preview.preview_id)
    with pytest.raises(Refused) as refusal:
        save_subject_results(by=cast.homeroom, at=AT, preview_id=preview.preview_id)
    assert refusal.value.code == "saved_already"
    entry = AuditEntry.objects.using("school").get(action="enter_results")
    assert entry.detail["reason"] == "Nhập từ tệp diem-01.xlsx"
    changes = ValueChange.objects.filter(enrolment=cast.enrolments[0])
    assert {row.field: (row.old, row.new) for row in changes} == {
        "level": ("", "T"),
        "test_score": ("", "9"),
        "comment": ("", "Tốt lắm."),
    }


def _preview_traits(cast: Cast, content: bytes) -> Preview:
    return preview_trait_results(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        content=content,
        filename="nl-pc.xlsx",
    )


def test_traits_are_imported_with_both_codings_of_the_letter_d(cast: Cast, sheet: Sheet) -> None:
    rows = [trait_cells(0, **{"Yêu nước": "\u00d0"}), trait_cells(1), trait_cells(2)]
    preview = _preview_traits(cast, sheet(TRAIT_HEADERS, rows))
    assert preview.faults == ()
    assert save_trait_results(by=cast.homeroom, at=AT, preview_id=preview.preview_id) == 3
    marks = TraitAssessment.objects.get(enrolment=cast.enrolments[0]).marks
    assert set(marks.values_list("level", flat=True)) == {"\u0110"}
    again = _preview_traits(cast, sheet(TRAIT_HEADERS, rows))
    assert again.counts["same"] == 3


@pytest.mark.parametrize(
    ("column", "value"),
    [("Yêu nước", "H"), ("Nhận xét NL Chung", "x" * 501), ("Công nghệ", "T"), ("Thể chất", "")],
)
def test_a_wrong_trait_cell_is_named(cast: Cast, sheet: Sheet, column: str, value: str) -> None:
    preview = _preview_traits(cast, sheet(TRAIT_HEADERS, [trait_cells(0, **{column: value})]))
    assert [(fault.row, fault.column) for fault in preview.faults] == [(5, column)]


def test_results_can_be_checked_before_the_list_is_saved(cast: Cast, sheet: Sheet) -> None:
    listed = preview_class_list(
        by=cast.registrar,
        at=AT,
        school_id=cast.school_id,
        school_year=YEAR,
        content=sheet(CLASS_LIST_HEADERS, [class_list_cells(0, **{"Giới tính": "?"})]),
        filename="danh-sach-lop.xlsx",
    )
    preview = preview_subject_results(
        by=cast.registrar,
        at=AT,
        class_list_preview_id=listed.preview_id,
        subject_code="01",
        content=sheet(SUBJECT_HEADERS, [subject_cells(0), subject_cells(1)]),
        filename="diem-01.xlsx",
    )
    assert [(fault.row, fault.column) for fault in preview.faults] == [(6, "Mã học sinh")]
    with pytest.raises(Refused):
        save_subject_results(by=cast.homeroom, at=AT, preview_id=preview.preview_id)
