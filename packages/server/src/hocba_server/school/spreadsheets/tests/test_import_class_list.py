from __future__ import annotations

import datetime as dt

import pytest

from hocba.errors import Malformed, Refused
from hocba_server.school.conftest import Sheet
from hocba_server.school.registry.models import Enrolment, Pupil
from hocba_server.school.spreadsheets.previews import Preview
from hocba_server.school.spreadsheets.services import preview_class_list, save_class_list
from hocba_server.school.tests.cast import (
    AT,
    CLASS_LIST_HEADERS,
    YEAR,
    Cast,
    class_list_cells,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

ROW_0 = 5
"""Excel row number of the first pupil in the files of `sheet`."""


def _preview(cast: Cast, content: bytes, by: Actor | None = None) -> Preview:
    return preview_class_list(
        by=by or cast.registrar,
        at=AT,
        school_id=cast.school_id,
        school_year=YEAR,
        content=content,
        filename="danh-sach-lop.xlsx",
    )


def test_new_changed_and_same_pupils_are_told_apart_and_saved(cast: Cast, sheet: Sheet) -> None:
    rows = [
        class_list_cells(0),
        class_list_cells(1, **{"Dân tộc": "Hoa"}),
        class_list_cells(
            2,
            **{"Mã định danh Bộ GD&ĐT *": "7900000009", "Số định danh cá nhân": "000319000009"},
        ),
    ]
    preview = _preview(cast, sheet(CLASS_LIST_HEADERS, rows))
    assert [row.status for row in preview.rows] == ["same", "changed", "new"]
    assert [text.vi for text in preview.rows[1].reasons] == ["Dân tộc: “Kinh” thành “Hoa”"]
    saved = save_class_list(by=cast.registrar, at=AT, preview_id=preview.preview_id)
    assert (saved.created, saved.changed, saved.same) == (1, 1, 1)
    assert Pupil.objects.get(pupil_code="7900000001").ethnic_group == "Hoa"
    assert Pupil.objects.get(pupil_code="7900000009").register_number == "00004/2026"


def test_quirks_of_real_files_are_read(cast: Cast, sheet: Sheet) -> None:
    serial = (dt.date(2019, 3, 5) - dt.date(1899, 12, 30)).days
    decomposed = "Le\u0302 Thi\u0323 \u0110a\u0300o "
    rows: list[list[object]] = [
        class_list_cells(
            0, **{"Mã định danh Bộ GD&ĐT *": 7900000000, "Ngày sinh (dd/mm/yyyy)": serial}
        ),
        list(CLASS_LIST_HEADERS),
        class_list_cells(1, **{"Họ tên": decomposed, "Số định danh cá nhân": 319000001}),
    ]
    preview = _preview(cast, sheet(CLASS_LIST_HEADERS, rows))
    assert preview.faults == ()
    assert preview.rows[0].values["birth_date"] == "05/03/2019"
    assert preview.rows[1].values["full_name"] == "Lê Thị Đào"
    assert preview.rows[1].status == "same"


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("Ngày sinh (dd/mm/yyyy)", "31/02/2019", "Ngày sinh"),
        ("Số định danh cá nhân", "12345", "Số định danh cá nhân"),
        ("Giới tính", "Khác", "Giới tính"),
        ("Họ tên", "", "Họ tên"),
        ("Khối học", "6", "Khối học"),
        ("Trạng thái", "Đi chơi", "Trạng thái"),
        ("Tên mẹ", "", "Tên mẹ"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_saved(
    cast: Cast, sheet: Sheet, column: str, value: str, shown: str
) -> None:
    changes = {"Mã định danh Bộ GD&ĐT *": "7900000008", "Số định danh cá nhân": "000319000008"}
    wrong = class_list_cells(1, **{**changes, column: value})
    preview = _preview(cast, sheet(CLASS_LIST_HEADERS, [class_list_cells(0), wrong]))
    [fault] = preview.faults
    assert (fault.file, fault.row, fault.column, fault.value) == (
        "danh-sach-lop.xlsx",
        ROW_0 + 1,
        shown,
        value,
    )
    assert preview.rows[1].status == "invalid"
    with pytest.raises(Refused) as refusal:
        save_class_list(by=cast.registrar, at=AT, preview_id=preview.preview_id)
    assert refusal.value.code == "has_faults"
    assert not Pupil.objects.filter(pupil_code="7900000008").exists()


def test_a_pupil_without_a_number_is_kept_and_named(cast: Cast, sheet: Sheet) -> None:
    changes = {"Mã định danh Bộ GD&ĐT *": "7900000008", "Số định danh cá nhân": ""}
    preview = _preview(cast, sheet(CLASS_LIST_HEADERS, [class_list_cells(1, **changes)]))
    assert preview.faults == ()
    assert "chưa có số định danh cá nhân" in preview.warnings[0].vi
    save_class_list(by=cast.registrar, at=AT, preview_id=preview.preview_id)
    assert Pupil.objects.get(pupil_code="7900000008").personal_id == ""


def test_pupils_whom_the_file_leaves_out_are_counted(cast: Cast, sheet: Sheet) -> None:
    preview = _preview(cast, sheet(CLASS_LIST_HEADERS, [class_list_cells(0)]))
    assert preview.faults == ()
    [warning] = [text.vi for text in preview.warnings]
    assert "Lớp 1A1 đang có 2 em mà tệp không có" in warning
    save_class_list(by=cast.registrar, at=AT, preview_id=preview.preview_id)
    assert Enrolment.objects.filter(classroom_id=cast.classroom_id).count() == 3
    whole = _preview(cast, sheet(CLASS_LIST_HEADERS, [class_list_cells(at) for at in range(3)]))
    assert whole.warnings == ()


def test_a_changed_status_is_shown(cast: Cast, sheet: Sheet) -> None:
    rows = [class_list_cells(0, **{"Trạng thái": "Bảo lưu"})]
    [row] = _preview(cast, sheet(CLASS_LIST_HEADERS, rows)).rows
    assert [text.vi for text in row.reasons] == ["Trạng thái: “Đang học” thành “Bảo lưu”"]


def test_somebody_changed_a_pupil_since_the_preview(cast: Cast, sheet: Sheet) -> None:
    rows = [class_list_cells(0, **{"Dân tộc": "Hoa"})]
    preview = _preview(cast, sheet(CLASS_LIST_HEADERS, rows))
    Pupil.objects.filter(pupil_code="7900000000").update(ethnic_group="Tày", mother_name="Khác")
    with pytest.raises(Refused) as refusal:
        save_class_list(by=cast.registrar, at=AT, preview_id=preview.preview_id)
    assert refusal.value.code == "overtaken"
    assert "Dân tộc (nay là “Tày”)" in refusal.value.sentence.vi
    assert Pupil.objects.get(pupil_code="7900000000").mother_name == "Khác"


def test_a_pupil_twice_in_the_file_is_a_duplicate(cast: Cast, sheet: Sheet) -> None:
    preview = _preview(cast, sheet(CLASS_LIST_HEADERS, [class_list_cells(0), class_list_cells(0)]))
    assert [row.status for row in preview.rows] == ["same", "duplicate"]
    assert preview.faults[0].row == ROW_0 + 1


def test_a_file_is_saved_only_once(cast: Cast, sheet: Sheet) -> None:
    preview = _preview(cast, sheet(CLASS_LIST_HEADERS, [class_list_cells(0)]))
    save_class_list(by=cast.registrar, at=AT, preview_id=preview.preview_id)
    with pytest.raises(Refused) as refusal:
        save_class_list(by=cast.registrar, at=AT, preview_id=preview.preview_id)
    assert refusal.value.code == "saved_already"


def test_only_the_registrar_imports(cast: Cast, sheet: Sheet) -> None:
    content = sheet(CLASS_LIST_HEADERS, [class_list_cells(0)])
    for by in (cast.homeroom, cast.principal, cast.clerk, cast.administrator):
        with pytest.raises(Refused) as refusal:
            _preview(cast, content, by)
        assert refusal.value.code == "role"


def test_another_school_does_not_exist_for_the_registrar(cast: Cast, sheet: Sheet) -> None:
    content = sheet(CLASS_LIST_HEADERS, [class_list_cells(0)])
    preview = _preview(cast, content)
    for work in (
        lambda: _preview(cast, content, cast.stranger),
        lambda: save_class_list(by=cast.stranger, at=AT, preview_id=preview.preview_id),
    ):
        with pytest.raises(Refused) as refusal:
            work()
        assert refusal.value.code == "not_found"


def test_saving_names_who_and_what(cast: Cast, sheet: Sheet) -> None:
    preview = _preview(cast, sheet(CLASS_LIST_HEADERS, [class_list_cells(0, **{"Dân tộc": "Hoa"})]))
    save_class_list(by=cast.registrar, at=AT, preview_id=preview.preview_id)
    actions = set(AuditEntry.objects.using("school").values_list("action", flat=True))
    assert {"import_file", "import_class_list", "change_pupil"} <= actions


@pytest.mark.parametrize("content", [b"", b"not a spreadsheet", b"PK\x03\x04broken"])
def test_any_bytes_give_a_sentence(cast: Cast, content: bytes) -> None:
    with pytest.raises(Malformed) as fault:
        _preview(cast, content)
    assert fault.value.code == "not_xlsx"


def test_a_missing_column_is_named(cast: Cast, sheet: Sheet) -> None:
    preview = _preview(cast, sheet(CLASS_LIST_HEADERS[:-1], [class_list_cells(0)[:-1]]))
    assert [fault.column for fault in preview.faults] == ["Số định danh cá nhân"]


def test_a_class_with_records_takes_no_new_list(cast: Cast, sheet: Sheet) -> None:
    preview = _preview(cast, sheet(CLASS_LIST_HEADERS, [class_list_cells(0)]))
    Enrolment.objects.update(results_locked_by=1, results_locked_at=AT)
    with pytest.raises(Refused) as refusal:
        save_class_list(by=cast.registrar, at=AT, preview_id=preview.preview_id)
    assert refusal.value.code == "locked"
