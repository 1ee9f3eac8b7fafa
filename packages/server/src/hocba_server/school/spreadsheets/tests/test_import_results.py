from __future__ import annotations

import pytest

from hocba.assessment.catalogue import TRAITS
from hocba.errors import Refused
from hocba_server.school.assessments.models import SubjectAssessment, TraitAssessment
from hocba_server.school.conftest import Sheet
from hocba_server.school.spreadsheets.previews import Preview
from hocba_server.school.spreadsheets.services import (
    preview_class_list,
    preview_subject_results,
    preview_trait_results,
    save_subject_results,
    save_trait_results,
)
from hocba_server.school.tests.cast import (
    AT,
    CLASS_LIST_HEADERS,
    NAMES,
    YEAR,
    Cast,
    class_list_cells,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

HEADERS = (
    "STT",
    "Lớp",
    "Mã học sinh",
    "Họ và tên",
    "Ngày sinh",
    "Mức đạt được",
    "Điểm KTĐK",
    "Mã nhận xét",
    "Nội dung nhận xét",
    "Thời điểm đánh giá",
)
TRAIT_HEADERS = (
    "Lớp",
    "Mã định danh",
    "Họ và tên",
    "Ngày sinh",
    "Nhận xét NL Chung",
    "Nhận xét NL Đặc thù",
    "Nhận xét Phẩm chất",
    "Thời điểm đánh giá",
    *(trait.name for trait in TRAITS),
)


def _cells(order: int, **changes: object) -> list[object]:
    cells: dict[str, object] = {
        "STT": order + 1,
        "Lớp": "1A1",
        "Mã học sinh": f"790000000{order}",
        "Họ và tên": NAMES[order],
        "Ngày sinh": f"0{order + 1}/02/2019",
        "Mức đạt được": "T",
        "Điểm KTĐK": 9.0,
        "Mã nhận xét": "",
        "Nội dung nhận xét": "Tốt lắm.",
        "Thời điểm đánh giá": "Cuối năm học",
    }
    return list({**cells, **changes}.values())


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
    preview = _preview(cast, sheet(HEADERS, [_cells(order) for order in range(3)]))
    assert preview.counts["new"] == 3
    assert save_subject_results(by=cast.homeroom, at=AT, preview_id=preview.preview_id) == 3
    again = _preview(cast, sheet(HEADERS, [_cells(0, **{"Điểm KTĐK": 8}), _cells(1)]))
    assert [row.status for row in again.rows] == ["changed", "same"]
    assert again.rows[0].reasons == ("Điểm KTĐK: “9” thành “8”",)
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
    preview = _preview(cast, sheet(HEADERS, [_cells(0), _cells(1, **{column: value})]))
    [fault] = preview.faults
    assert (fault.file, fault.row, fault.column, fault.value) == ("diem-01.xlsx", 6, column, shown)
    with pytest.raises(Refused) as refusal:
        save_subject_results(by=cast.homeroom, at=AT, preview_id=preview.preview_id)
    assert refusal.value.code == "has_faults"
    assert not SubjectAssessment.objects.exists()


def test_a_subject_without_a_test_takes_no_score(cast: Cast, sheet: Sheet) -> None:
    preview = _preview(cast, sheet(HEADERS, [_cells(0)]), code="03")
    assert [fault.column for fault in preview.faults] == ["Điểm KTĐK"]


def test_only_the_assigned_teacher_imports(cast: Cast, sheet: Sheet) -> None:
    content = sheet(HEADERS, [_cells(0)])
    for by in (cast.music, cast.registrar, cast.principal, cast.administrator):
        with pytest.raises(Refused) as refusal:
            _preview(cast, content, by)
        assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        _preview(cast, content, cast.stranger)
    assert refusal.value.code == "not_found"


def test_saving_twice_is_refused_and_each_change_is_audited(cast: Cast, sheet: Sheet) -> None:
    preview = _preview(cast, sheet(HEADERS, [_cells(0)]))
    save_subject_results(by=cast.homeroom, at=AT, preview_id=preview.preview_id)
    with pytest.raises(Refused) as refusal:
        save_subject_results(by=cast.homeroom, at=AT, preview_id=preview.preview_id)
    assert refusal.value.code == "saved_already"
    entry = AuditEntry.objects.using("school").get(action="set_subject_results")
    [change] = entry.detail["changes"]
    assert change["old"] is None
    assert change["new"] == {"level": "T", "test_score": 9, "comment": "Tốt lắm."}


def _trait_cells(order: int, **changes: object) -> list[object]:
    absent = {"Công nghệ", "Tin học"}
    cells: dict[str, object] = {
        "Lớp": "1A1",
        "Mã định danh": f"790000000{order}",
        "Họ và tên": NAMES[order],
        "Ngày sinh": f"0{order + 1}/02/2019",
        "Nhận xét NL Chung": "Tự giác.",
        "Nhận xét NL Đặc thù": "Tính nhanh.",
        "Nhận xét Phẩm chất": "Chăm ngoan.",
        "Thời điểm đánh giá": "Cuối năm học",
        **{trait.name: "" if trait.name in absent else "Đ" for trait in TRAITS},
    }
    return list({**cells, **changes}.values())


def _preview_traits(cast: Cast, content: bytes) -> Preview:
    return preview_trait_results(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        content=content,
        filename="nl-pc.xlsx",
    )


def test_traits_are_imported_with_both_codings_of_the_letter_d(cast: Cast, sheet: Sheet) -> None:
    rows = [_trait_cells(0, **{"Yêu nước": "\u00d0"}), _trait_cells(1), _trait_cells(2)]
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
    preview = _preview_traits(cast, sheet(TRAIT_HEADERS, [_trait_cells(0, **{column: value})]))
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
        content=sheet(HEADERS, [_cells(0), _cells(1)]),
        filename="diem-01.xlsx",
    )
    assert [(fault.row, fault.column) for fault in preview.faults] == [(6, "Mã học sinh")]
    with pytest.raises(Refused):
        save_subject_results(by=cast.homeroom, at=AT, preview_id=preview.preview_id)
