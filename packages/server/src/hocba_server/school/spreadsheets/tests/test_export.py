"""What is written out comes back unchanged; who may take it out; every reading is kept."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from hocba.assessment.periods import Period
from hocba.errors import Refused
from hocba.ids import SchoolYear
from hocba_server.school.assessments.entries import clean_text
from hocba_server.school.assessments.sheets import (
    HOMEROOM_SHEET,
    TRAITS_SHEET,
    CellKind,
    Column,
    Sheet,
    columns_of,
)
from hocba_server.school.registry.class_list import FIELD_LABELS
from hocba_server.school.registry.models import (
    Classroom,
    Enrolment,
    Pupil,
    PupilStatus,
    School,
)
from hocba_server.school.spreadsheets.bundle_pages import bundle_page
from hocba_server.school.spreadsheets.bundle_services import UploadedFile, preview_class_files
from hocba_server.school.spreadsheets.class_exports import filled_list, filled_sheet
from hocba_server.school.spreadsheets.class_list import Place, Roll, read_class_list
from hocba_server.school.spreadsheets.export_services import export_class
from hocba_server.school.spreadsheets.layouts import CLASS_LIST_COLUMNS, SUBJECT_COLUMNS
from hocba_server.school.spreadsheets.models import ImportKind
from hocba_server.school.spreadsheets.recognition import recognise
from hocba_server.school.spreadsheets.results import (
    Roster,
    RosterPupil,
    file_period,
    read_results,
)
from hocba_server.school.spreadsheets.selectors import stored_bundle
from hocba_server.school.spreadsheets.services import preview_class_list
from hocba_server.school.spreadsheets.tests.files import xlsx
from hocba_server.school.spreadsheets.writing import write_workbook
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, YEAR, Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry
from hocba_server.web.spreadsheets.cells import cell_text
from hocba_server.web.spreadsheets.grids import read_grids
from hocba_server.web.spreadsheets.legacy_text import is_legacy_text


def _export(cast: Cast, by: Actor, what: str, period: Period = Period.YEAR_END) -> bytes:
    return export_class(
        by=by, at=AT, classroom_id=cast.classroom_id, what=what, period=period
    ).content


def test_a_whole_class_comes_back_unchanged(results: Cast) -> None:
    content = _export(results, results.homeroom, "ca-lop")
    names = [grid.name for grid in read_grids(content)]
    assert names[0] == "Danh sách lớp"
    assert names[-2:] == ["Phẩm chất, năng lực", "Dữ liệu chủ nhiệm"]
    bundle_id = preview_class_files(
        by=results.homeroom,
        at=AT,
        classroom_id=results.classroom_id,
        files=[UploadedFile("lop.xlsx", content)],
    )
    page = bundle_page(stored_bundle(results.homeroom, bundle_id))
    assert page.faults == 0
    assert page.totals["same"] == 3 * len(page.parts) == 27
    assert sum(page.totals.values()) == page.totals["same"]
    listed = preview_class_list(
        by=results.registrar,
        at=AT,
        school_id=results.school_id,
        school_year=YEAR,
        content=_export(results, results.registrar, "danh-sach"),
        filename="danh-sach.xlsx",
    )
    assert listed.counts["same"] == 3


def test_an_empty_template_imports_without_faults(cast: Cast) -> None:
    content = _export(cast, cast.homeroom, "ca-lop", Period.MID_TERM_1)
    bundle_id = preview_class_files(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        files=[UploadedFile("lop.xlsx", content)],
    )
    page = bundle_page(stored_bundle(cast.homeroom, bundle_id))
    assert page.faults == 0
    assert page.totals["empty"] == sum(page.totals.values()) > 0
    assert "Dữ liệu chủ nhiệm" in {part.sheet_name for part in page.parts}


def test_the_official_layout_stands_where_schools_expect_it(results: Cast) -> None:
    [listed] = read_grids(_export(results, results.registrar, "danh-sach"))
    assert listed.rows[0][0] == "SỞ GIÁO DỤC VÀ ĐÀO TẠO THÀNH PHỐ HỒ CHÍ MINH"
    assert listed.rows[1][0] == "DANH SÁCH HỌC SINH LỚP 1A1"
    assert tuple(listed.rows[3]) == CLASS_LIST_COLUMNS
    [marks] = read_grids(_export(results, results.homeroom, "mon-01"))
    assert marks.rows[1][0] == "BẢNG ĐIỂM MÔN TOÁN - LỚP 1A1 - CUỐI NĂM HỌC 2025-2026"
    assert tuple(marks.rows[3]) == SUBJECT_COLUMNS
    assert marks.rows[4][5:7] == ["T", 9.0]
    assert marks.rows[4][4] == "03/02/2019"  # the birth date is text, in name order


@pytest.mark.parametrize("sign", ["=1+1", "+84", "-5", "@SUM(A1)"])
def test_no_text_becomes_a_formula(cast: Cast, sign: str) -> None:
    Pupil.objects.filter(pupil_code="7900000000").update(mother_name=sign)
    content = _export(cast, cast.registrar, "danh-sach")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
        styles = archive.read("xl/styles.xml")
    assert b"<f>" not in sheet
    assert b'quotePrefix="1"' in styles
    assert sign in {cell_text(cell) for row in read_grids(content)[0].rows for cell in row}


def test_who_may_take_what(results: Cast) -> None:
    for by in (results.registrar, results.principal, results.clerk, results.homeroom):
        assert len(read_grids(_export(results, by, "ca-lop"))) == 11
    assert [grid.name for grid in read_grids(_export(results, results.music, "ca-lop"))] != []
    for by, what, code in (
        (results.administrator, "ca-lop", "role"),
        (results.administrator, "mon-01", "role"),
        (results.music, "danh-sach", "role"),
        (results.music, "mon-01", "role"),
        (results.stranger, "ca-lop", "not_found"),
        (results.homeroom, "mon-77", "not_found"),
    ):
        with pytest.raises(Refused) as refusal:
            _export(results, by, what)
        assert refusal.value.code == code
    with pytest.raises(Refused) as refusal:
        _export(results, results.homeroom, "chu-nhiem", Period.REASSESSMENT)
    assert refusal.value.code == "sheet_of_period"


def test_every_pupil_sees_that_the_class_was_taken_out(results: Cast) -> None:
    _export(results, results.principal, "mon-01")
    reads = AuditEntry.objects.using("school").filter(kind="read", action="export_class")
    pupils = {f"pupil:{pk}" for pk in Pupil.objects.values_list("pk", flat=True)}
    assert set(reads.values_list("subject", flat=True)) == pupils


def test_the_pages(results: Cast, browse: Browse) -> None:
    client = browse(results.homeroom)
    address = f"/truong/lop/{results.classroom_id}/"
    answer = client.get(f"{address}xuat/?bang=mon-01&thoi-diem=CN")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="lop-1A1-mon-01-CN-')
    page = client.get(f"{address}nhap/mon/01/").content.decode()
    assert "xuat/?bang=mon-01&amp;thoi-diem=CN" in page
    sent = {"file": SimpleUploadedFile("diem.xlsx", answer.content), "period": "", "sheet": ""}
    preview = client.post(f"{address}nhap/mon/01/", sent, follow=True).content.decode()
    assert "Giữ nguyên" in preview
    assert "Toán, Cuối năm học" in preview
    two = xlsx({"A": read_grids(answer.content)[0].rows, "B": read_grids(answer.content)[0].rows})
    sent = {"file": SimpleUploadedFile("hai.xlsx", two)}
    asked = client.post(f"{address}nhap/mon/01/", sent).content.decode()
    assert '<select id="sheet"' in asked
    assert client.get(f"{address}xuat/?bang=mon-01&thoi-diem=XX").status_code == 302
    assert client.get(f"{address}nhap/chu-nhiem/").status_code == 200
    assert client.get(f"{address}nhap/pham-chat-nang-luc/").status_code == 200
    assert browse(results.music).get(f"{address}nhap/mon/01/").status_code == 403


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), max_size=80
).map(lambda text: clean_text(cell_text(text)))
NAMES = (
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=80)
    .map(cell_text)
    .filter(lambda text: not is_legacy_text(text))
)
"""What a register may hold: other signs are refused when they come in."""
ROOM = Classroom(
    pk=1, school=School(pk=1, name="Trường Mẫu"), school_year=YEAR, name="4A1", grade=4
)


def _value(column: Column) -> st.SearchStrategy[str]:
    match column.kind:
        case CellKind.SUBJECT_LEVEL:
            return st.sampled_from(["", "T", "H", "C"])
        case CellKind.TRAIT_LEVEL:
            return st.sampled_from(["", "T", "Đ", "C"])
        case CellKind.DECIMAL:
            tenths = st.integers(1, column.limit * 10)
            return st.just("") | tenths.map(lambda number: str(Decimal(number) / 10)).map(
                lambda text: text if "." in text else f"{text}.0"
            )
        case CellKind.SCORE | CellKind.WHOLE:
            return st.just("") | st.integers(0, column.limit).map(str)
        case CellKind.TEXT:
            return TEXTS


@st.composite
def kept_sheets(
    draw: st.DrawFn,
) -> tuple[Sheet, Period, dict[int, dict[str, str]]]:
    sheet = draw(st.sampled_from([Sheet.of_subject("01"), TRAITS_SHEET, HOMEROOM_SHEET]))
    periods = [period for period in Period if columns_of(sheet, ROOM.grade, period)]
    period = draw(st.sampled_from(periods))
    columns = columns_of(sheet, ROOM.grade, period)
    values = st.fixed_dictionaries({column.field: _value(column) for column in columns})
    return sheet, period, dict(enumerate(draw(st.lists(values, min_size=1, max_size=4)), start=1))


def _roll(count: int) -> list[Enrolment]:
    return [
        Enrolment(
            pk=number,
            classroom=ROOM,
            position=number,
            pupil=Pupil(
                pupil_code=f"79000000{number:02d}",
                full_name=f"Trần Thị Mẫu {number}",
                birth_date=f"0{number}/02/2016",
            ),
        )
        for number in range(1, count + 1)
    ]


@given(kept_sheets())
def test_any_kept_results_come_back_unchanged(
    drawn: tuple[Sheet, Period, dict[int, dict[str, str]]],
) -> None:
    sheet, period, kept = drawn
    roll = _roll(len(kept))
    content = write_workbook([filled_sheet(ROOM, sheet, period, roll, kept)])
    known = recognise(read_grids(content)[0])
    assert known is not None
    assert file_period(known.table, known.table.titles, None) is period
    pupils = {
        row.pupil.pupil_code: RosterPupil(
            row.pk, row.pupil.full_name, row.pupil.birth_date, kept[row.pk]
        )
        for row in roll
    }
    read = read_results(known.table, "a.xlsx", sheet, period, Roster("4A1", 4, pupils))
    assert read.faults == []
    assert read.warnings == []
    expected = ["same" if any(kept[row.pk].values()) else "empty" for row in roll]
    assert [row.status for row in read.rows] == expected


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(FIELD_LABELS, NAMES)), min_size=1, max_size=4))
def test_any_kept_class_list_comes_back_unchanged(drawn: list[dict[str, str]]) -> None:
    roll = _roll(len(drawn))
    for row, fields in zip(roll, drawn, strict=True):
        row.status = PupilStatus.STUDYING
        for field in ("birth_place", "home_town", "current_address", "mother_name", "father_name"):
            setattr(row.pupil, field, fields[field])
        row.pupil.gender, row.pupil.ethnic_group = "Nữ", "Kinh"
    content = write_workbook([filled_list(ROOM, roll)])
    known = recognise(read_grids(content)[0])
    assert known is not None
    assert known.layout.kind == ImportKind.CLASS_LIST
    pupils = {
        row.pupil.pupil_code: {field: str(getattr(row.pupil, field)) for field in FIELD_LABELS}
        for row in roll
    }
    places = {code: Place("4A1", 4, "studying") for code in pupils}
    read = read_class_list(known.table, "a.xlsx", SchoolYear.parse(YEAR), Roll(pupils, places))
    assert read.faults == []
    assert {row.status for row in read.rows} == {"same"}
