from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Sequence

import xlsxwriter

from hocba_server.school.registry.models import StaffMember
from hocba_server.school.staffing.import_services import (
    StaffPreview,
    preview_staff,
    save_staff,
    staff_preview,
)
from hocba_server.school.staffing.models import StaffProfile
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, MUSIC_ID, Cast

Sheet = Callable[[Sequence[str], Sequence[Sequence[object]]], bytes]
HEADERS = ("STT", "Họ và tên *", "Ngày sinh (dd/mm/yyyy)", "Giới tính", "Số CMND/CCCD", "Email")


def _upload(cast: Cast, content: bytes) -> StaffPreview:
    key = preview_staff(
        by=cast.administrator,
        at=AT,
        school_id=cast.school_id,
        content=content,
        filename="CSDL_GiaoVien.xlsx",
    )
    return staff_preview(cast.administrator, key)


def test_a_file_is_shown_then_saved(cast: Cast, sheet: Sheet) -> None:
    rows: list[Sequence[object]] = [
        (1, "Cao Thị Một", 31234, "Nữ", 190000100, "mot@truong.edu.vn"),
        (2, "Võ Văn Nhạc", "12/3/1980", "nam", MUSIC_ID, ""),
        HEADERS,
        (3, "Tô Văn Ba", "01/02/1990", 1, "000090000300", ""),
    ]
    found = _upload(cast, sheet(HEADERS, rows))
    assert [row.status for row in found.rows] == ["new", "changed", "new"]
    assert found.row.missing == ["Chức vụ", "Môn dạy"]
    before = StaffMember.objects.count()
    counts = save_staff(by=cast.administrator, at=AT, preview_id=found.row.pk)
    assert counts == {"new": 2, "changed": 1, "same": 0}
    assert StaffMember.objects.count() == before + 2
    one = StaffProfile.objects.get(staff__personal_id="000190000100")
    assert (one.birth_date, one.gender, one.email) == ("06/07/1985", "Nữ", "mot@truong.edu.vn")
    assert StaffMember.objects.get(personal_id=MUSIC_ID).title == "Giáo viên"
    assert entries("import_staff")[0].detail["new"] == 2


def test_the_same_file_again_changes_nothing_and_is_saved_once(cast: Cast, sheet: Sheet) -> None:
    content = sheet(HEADERS, [(1, "Cao Thị Một", "", "Nữ", "000190000100", "")])
    first = _upload(cast, content)
    save_staff(by=cast.administrator, at=AT, preview_id=first.row.pk)
    assert [row.status for row in _upload(cast, content).rows] == ["same"]
    again = refusal_of(save_staff, by=cast.administrator, at=AT, preview_id=first.row.pk)
    assert again == "preview_saved"


def test_every_wrong_cell_is_named_and_nothing_is_saved(cast: Cast, sheet: Sheet) -> None:
    rows = [
        (1, "Cao Thị Một", "31/02/1980", "Nữ", "000190000100", "khong"),
        (2, "", "", "Bà", "000190000101", ""),
        (3, "Tô Văn Ba", "", "", "123", ""),
        (4, "Cao Thị Một", "", "", "000190000100", ""),
    ]
    found = _upload(cast, sheet(HEADERS, rows))
    places = [(fault.row, fault.column) for fault in found.faults]
    assert places == [
        (5, "Ngày sinh (dd/mm/yyyy)"),
        (5, "Email"),
        (6, "Họ và tên *"),
        (6, "Giới tính"),
        (7, "Số CMND/CCCD"),
        (8, "Số CMND/CCCD"),
    ]
    assert not found.can_save
    refused = refusal_of(save_staff, by=cast.administrator, at=AT, preview_id=found.row.pk)
    assert refused == "preview_faults"


def test_the_sheet_is_found_among_catalogues(cast: Cast) -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.add_worksheet("DM chức vụ").write_row(0, 0, ["Mã", "Tên"])
    page = book.add_worksheet("Giáo viên")
    page.write_row(4, 0, ["Mã", "Họ tên", "Vị trí việc làm", "Số định danh cá nhân"])
    page.write_row(5, 0, ["1", "Cao Thị Một", "Văn thư", "000190000100"])
    book.close()
    found = _upload(cast, target.getvalue())
    assert found.rows[0].values["title"] == "Văn thư"
    assert "Email" in found.row.missing


def test_other_files_and_other_people_are_refused(cast: Cast, sheet: Sheet) -> None:
    def upload(content: bytes, by: object = cast.administrator) -> str:
        return refusal_of(
            preview_staff, by=by, at=AT, school_id=cast.school_id, content=content, filename="a"
        )

    assert upload(b"hello") == "not_xlsx"
    assert upload(sheet(("STT", "Lớp"), [(1, "1A")])) == "no_header"
    good = sheet(HEADERS, [(1, "Cao Thị Một", "", "Nữ", "000190000100", "")])
    assert upload(good, cast.registrar) == "role"
    assert upload(good, cast.stranger) == "not_found"
    key = _upload(cast, good).row.pk
    assert refusal_of(save_staff, by=cast.stranger, at=AT, preview_id=key) == "not_found"
    missing = refusal_of(save_staff, by=cast.administrator, at=AT, preview_id=uuid.uuid4())
    assert missing == "not_found"
