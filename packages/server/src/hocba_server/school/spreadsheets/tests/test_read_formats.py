"""Every format that schools bring gives the same rows; every other file a sentence."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from hocba.assessment.periods import Period
from hocba.errors import Malformed
from hocba_server.school.spreadsheets.previews import Preview
from hocba_server.school.spreadsheets.recognition import SeveralSheets
from hocba_server.school.spreadsheets.services import (
    preview_class_list,
    preview_subject_results,
    preview_trait_results,
)
from hocba_server.school.spreadsheets.tests.files import (
    SUBJECT_HEADERS,
    TRAIT_HEADERS,
    Rows,
    delimited,
    html_xls,
    ods,
    subject_cells,
    trait_cells,
    xlsx,
)
from hocba_server.school.tests.cast import AT, YEAR, Cast
from hocba_server.web.spreadsheets.grids import read_grids

OLD = (Path(__file__).parent / "data" / "diem-toan.xls").read_bytes()


def _preview(cast: Cast, content: bytes, name: str = "diem.xlsx", **more: object) -> Preview:
    return preview_subject_results(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        subject_code="01",
        content=content,
        filename=name,
        **more,  # type: ignore[arg-type]
    )


def _table(**changes: object) -> list[list[object]]:
    rows = [subject_cells(order, **changes) for order in range(3)]
    return [["SỞ GIÁO DỤC"], [], list(SUBJECT_HEADERS), *rows]


@pytest.mark.parametrize(
    "write",
    [
        lambda rows: xlsx({"Trang 1": rows}),
        ods,
        html_xls,
        delimited,
        lambda rows: delimited(rows, ";"),
        lambda rows: delimited(rows, "\t", "utf-8-sig"),
        lambda rows: delimited(rows, "\t", "utf-16"),
    ],
    ids=["xlsx", "ods", "html", "csv", "csv-semicolon", "tsv-bom", "unicode-text"],
)
def test_every_format_gives_the_same_rows(cast: Cast, write: object) -> None:
    preview = _preview(cast, write(_table()))  # type: ignore[operator]
    assert preview.faults == ()
    assert preview.counts["new"] == 3
    values = {"level": "T", "test_score": "9", "comment": "Tốt lắm."}
    assert [row.values for row in preview.rows] == [values] * 3


def test_a_file_of_an_old_program_is_read(cast: Cast) -> None:
    """BIFF8, header over two rows with merged cells, serial dates, a sum below the table."""
    preview = _preview(cast, OLD, "diem-toan.xls")
    assert preview.faults == ()
    assert preview.counts["new"] == 3
    assert preview.title.vi == "Toán, Cuối học kỳ I"
    assert "Tổng cộng: 3 học sinh" in preview.warnings[0].vi


def test_a_header_over_two_rows_without_merged_cells(cast: Cast) -> None:
    rows = _table()
    upper: list[object] = [*SUBJECT_HEADERS[:5], "Đánh giá", "", *SUBJECT_HEADERS[7:]]
    lower: list[object] = ["", "", "", "", "", "Mức đạt được", "Điểm KTĐK", "", "", ""]
    rows[2:3] = [upper, lower]
    rows.insert(5, list(upper))
    rows.insert(6, list(lower))
    preview = _preview(cast, xlsx({"Toán": rows}))
    assert preview.faults == ()
    assert preview.counts["new"] == 3


def test_quirks_of_cells_are_read(cast: Cast) -> None:
    rows = _table(
        **{
            "Lớp": "Lớp 1\u00a0A1",
            "Điểm KTĐK": "9,0",
            "Nội dung nhận xét": unicodedata.normalize("NFD", "Tốt\u200b lắm."),
            "Thời điểm đánh giá": "Cuối kỳ II",
        }
    )
    rows[3][2] = 7900000000.0
    rows[4][4] = "43498"  # a serial date that became text
    rows.append(["", "", "", "Người lập bảng", "", "", "Hiệu trưởng"])
    preview = _preview(cast, xlsx({"Toán": rows}))
    assert preview.faults == ()
    assert preview.counts["new"] == 3
    assert preview.rows[0].values["comment"] == "Tốt lắm."


def test_formulas_give_their_last_value_and_hidden_rows_are_told(cast: Cast) -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet()
    for number, cells in enumerate(_table()):
        page.write_row(number, 0, cells)
    page.write_formula(3, 6, "=4+4", None, 8)
    page.set_row(4, None, None, {"hidden": True})
    book.close()
    preview = _preview(cast, target.getvalue())
    assert preview.faults == ()
    assert preview.rows[0].values["test_score"] == "8"
    assert [text.vi for text in preview.warnings] == [
        "Dòng 5 đang bị ẩn trong tệp nhưng vẫn được đọc."
    ]


def test_the_sheet_of_the_class_is_chosen_and_several_are_asked_about(cast: Cast) -> None:
    other = _table(Lớp="1A2")
    notes = [["Hướng dẫn"], ["Điền vào trang bên"]]
    chosen = _preview(cast, xlsx({"HD": notes, "Lop 1A2": other, "Lop 1A1": _table()}))
    assert chosen.faults == ()
    two = xlsx({"Bảng 1": _table(), "Bảng 2": _table(**{"Điểm KTĐK": 8})})
    with pytest.raises(SeveralSheets) as asked:
        _preview(cast, two)
    assert asked.value.sheets == ("Bảng 1", "Bảng 2")
    again = _preview(cast, two, sheet_name="Bảng 2")
    assert again.rows[0].values["test_score"] == "8"


def test_the_title_of_another_subject_is_a_warning(cast: Cast) -> None:
    rows = _table()
    rows[0] = ["BẢNG ĐIỂM MÔN TIẾNG VIỆT - LỚP 1A1"]
    assert "Tiếng Việt" in _preview(cast, xlsx({"A": rows})).warnings[0].vi


def test_the_official_layout_d_without_levels_is_read(cast: Cast) -> None:
    content = xlsx({"A": [TRAIT_HEADERS[:8], *(trait_cells(order)[:8] for order in range(3))]})
    preview = preview_trait_results(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        content=content,
        filename="nl-pc.xlsx",
    )
    assert preview.faults == ()
    assert set(preview.rows[0].values) == {
        "general_competence_comment",
        "specific_competence_comment",
        "quality_comment",
    }


TCVN3 = [["STT", "Líp", "M· häc sinh", "Hä vµ tªn", "Ngµy sinh"], [1, "1A1", "1", "TrÇn V¨n TÝ"]]
VNI = [["STT", "Lôùp", "Maõ hoïc sinh", "Hoï vaø teân", "Ngaøy sinh"], [1, "1A1", "1", "Leâ Ñaøo"]]


@pytest.mark.parametrize("rows", [TCVN3, VNI], ids=["tcvn3", "vni"])
@pytest.mark.parametrize(
    "write",
    [lambda rows: xlsx({"A": rows}), lambda rows: delimited(rows, ",", "latin-1")],
    ids=["xlsx", "csv"],
)
def test_old_fonts_are_refused_with_a_sentence(cast: Cast, rows: Rows, write: object) -> None:
    with pytest.raises(Malformed) as fault:
        _preview(cast, write(rows))  # type: ignore[operator]
    assert fault.value.code == "legacy_font"


def test_one_cell_in_an_old_font_is_named(cast: Cast) -> None:
    rows = _table()
    rows[4][8] = "Ch¨m chØ häc tËp"
    [fault] = _preview(cast, xlsx({"A": rows})).faults
    assert (fault.row, fault.column) == (5, "Nội dung nhận xét")
    assert "TCVN3" in fault.sentence.vi


def test_a_class_list_is_no_table_of_marks(cast: Cast) -> None:
    rows = [["Mã học sinh", "Họ tên", "Ngày sinh", "Giới tính", "Tên mẹ", "Lớp", "Chỗ ở hiện nay"]]
    with pytest.raises(Malformed) as fault:
        _preview(cast, xlsx({"A": rows}))
    assert fault.value.code == "other_layout"
    assert "Danh sách lớp" in fault.value.sentence.vi
    assert "Class list" in fault.value.sentence.en
    assert "Danh" not in fault.value.sentence.en


def test_marks_of_a_secondary_school_are_refused_by_name(cast: Cast) -> None:
    marks = ["ĐĐGtx", "", "", "", "", "ĐĐGgk", "ĐĐGck", "ĐTBmhk1", "ĐTBmhk2", "ĐTBmcn"]
    header = ["STT", "Mã học sinh", "Họ tên", "Ngày sinh", "Giới tính", *marks]
    rows: Rows = [
        ["BẢNG ĐIỂM MÔN TOÁN LỚP 6A"],
        header,
        [1, "7900000000", "Trần Văn Tí", "01/02/2013"],
    ]
    with pytest.raises(Malformed) as fault:
        _preview(cast, xlsx({"A": rows}))
    assert fault.value.code == "secondary_marks"
    assert "trung học" in fault.value.sentence.vi


def test_codes_of_comments_without_their_words_are_told(cast: Cast) -> None:
    table = _table(**{"Mã nhận xét": "NX01", "Nội dung nhận xét": ""})
    preview = _preview(cast, xlsx({"A": table}))
    assert preview.faults == ()
    assert ["3 dòng có “Mã nhận xét”" in text.vi for text in preview.warnings] == [True]
    assert _preview(cast, xlsx({"A": _table(**{"Mã nhận xét": "NX01"})})).warnings == ()


def test_a_file_without_any_period_asks_for_one(cast: Cast) -> None:
    rows = [cells[:-1] for cells in _table()]
    with pytest.raises(Malformed) as fault:
        _preview(cast, xlsx({"A": rows}))
    assert fault.value.code == "no_period"
    given = _preview(cast, xlsx({"A": rows}), period=Period.END_TERM_1)
    assert given.faults == ()
    assert given.title.vi == "Toán, Cuối học kỳ I"


XML_2003 = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Toán"><Table>
<Row><Cell ss:MergeAcross="3"><Data ss:Type="String">SỞ GIÁO DỤC</Data></Cell></Row>
<Row ss:Index="4">{header}</Row>
<Row><Cell><Data ss:Type="Number">1</Data></Cell><Cell><Data ss:Type="String">1A1</Data></Cell>
<Cell><Data ss:Type="Number">7900000000</Data></Cell>
<Cell><Data ss:Type="String">Trần Văn Tí</Data></Cell>
<Cell><Data ss:Type="DateTime">2019-02-01T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="String">T</Data></Cell><Cell><Data ss:Type="Number">9</Data></Cell>
<Cell ss:Index="9"><Data ss:Type="String">Tốt lắm.</Data></Cell>
<Cell><Data ss:Type="String">CN</Data></Cell></Row></Table></Worksheet></Workbook>"""


def test_the_xml_of_office_2003_is_read(cast: Cast) -> None:
    header = "".join(
        f'<Cell><Data ss:Type="String">{name}</Data></Cell>' for name in SUBJECT_HEADERS
    )
    preview = _preview(cast, XML_2003.format(header=header).encode(), "diem.xls")
    assert preview.faults == ()
    assert preview.rows[0].number == 5
    assert preview.rows[0].values == {"level": "T", "test_score": "9", "comment": "Tốt lắm."}


def test_the_ministrys_pupil_file_is_a_class_list(cast: Cast) -> None:
    """Layout b: the first sheet of many, other words in the header, no columns of grade."""
    headers = (
        "STT", "Mã học sinh *", "Họ và tên *", "Ngày sinh *", "Giới tính *", "Dân tộc *",
        "Nơi sinh", "Quê quán", "Chỗ ở hiện nay", "Họ tên cha", "Họ tên mẹ", "Tên lớp *",
        "Số định danh cá nhân/CCCD",
    )  # fmt: skip
    home = "Phường Mẫu, Thành phố Hồ Chí Minh"
    pupil = (
        1, "7900000000", "Trần Văn Tí", 43497, "Nam", "Kinh",
        "Bệnh viện Mẫu, Thành phố Hồ Chí Minh", home, "1 đường Mẫu, Phường Sài Gòn",
        "Nguyễn Văn Mẫu", "Trần Thị Mẫu", "1A1", "",
    )  # fmt: skip
    catalogue = [["Mã", "Tên"], ["1", "Nam"]]
    content = xlsx(
        {"C1-HocSinh": [["DANH SÁCH HỌC SINH"], headers, pupil], "DM giới tính": catalogue}
    )
    preview = preview_class_list(
        by=cast.registrar,
        at=AT,
        school_id=cast.school_id,
        school_year=YEAR,
        content=content,
        filename="C1-HocSinh.xlsx",
    )
    assert preview.faults == ()
    # The school has the number already; the two others of the class are only counted.
    assert ["2 em mà tệp không có" in text.vi for text in preview.warnings] == [True]
    assert [row.status for row in preview.rows] == ["same"]


def test_cells_far_away_and_other_bombs_are_refused_before_reading() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    page = book.add_worksheet()
    page.write(0, 0, "a")
    page.write(1_048_575, 16_383, "b")
    book.close()
    with pytest.raises(Malformed) as fault:
        read_grids(target.getvalue())
    assert fault.value.code == "too_wide"
    row = (
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell '
        'table:number-columns-repeated="16384" office:value-type="float" office:value="1">'
        "<text:p>1</text:p></table:table-cell></table:table-row>"
    )
    with pytest.raises(Malformed):
        read_grids(ods([["a"]], row))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 150_000_000)
    with pytest.raises(Malformed):
        read_grids(packed.getvalue())


def test_an_empty_tail_of_a_sheet_is_no_bomb() -> None:
    empty = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    [grid] = read_grids(ods([["a", "b"]], empty))
    assert grid.rows == [["a", "b"]]
