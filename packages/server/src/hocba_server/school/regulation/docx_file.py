"""The document as an editable .docx in the form of NĐ 30/2020/NĐ-CP annex I."""

from __future__ import annotations

import datetime as dt
import io
from typing import Final

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from hocba_server.school.regulation.document import Article, RegulationDocument

FONT: Final = "Times New Roman"
CENTRE, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
_LETTERS: Final = "abcdđeghik"


def write_docx(content: RegulationDocument, *, at: dt.datetime) -> bytes:
    """Write the decision, the regulation and the annexes."""
    file = docx.Document()
    _page(file, content, at)
    _letterhead(file, content)
    _decision(file, content)
    _regulation(file, content)
    _annexes(file, content)
    target = io.BytesIO()
    file.save(target)
    return target.getvalue()


def _page(file: Document, content: RegulationDocument, at: dt.datetime) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(18)
    section.different_first_page_header_footer = True
    _page_number(section.header.paragraphs[0])
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(14)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.1
    for level, size in ((1, 14), (2, 14)):
        style = file.styles[f"Heading {level}"]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), True
        style.font.color.rgb = None
        style.element.rPr.rFonts.set(qn("w:asciiTheme"), "")
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            style.element.rPr.rFonts.attrib.pop(qn(f"w:{kind}"), None)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(12), Pt(6)
        style.paragraph_format.keep_with_next = True
    properties = file.core_properties
    properties.title = f"Quy chế tạo lập, quản lý và sử dụng học bạ số của {content.place.school}"
    properties.author = content.place.school
    properties.language = "vi-VN"
    properties.comments = ""
    properties.created = properties.modified = at.replace(tzinfo=None)


def _page_number(paragraph: Paragraph) -> None:
    """Number at the head of the page, from the second page on (NĐ 30/2020, annex I)."""
    paragraph.alignment = CENTRE
    run = paragraph.add_run()
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        if kind is not None:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def _line(
    paragraph: Paragraph, text: str, *, bold: bool = False, italic: bool = False, size: float = 14
) -> None:
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def _centred(
    file: Document | _Cell,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: float = 14,
    after: float = 0,
) -> Paragraph:
    paragraph: Paragraph = file.add_paragraph()
    paragraph.alignment = CENTRE
    paragraph.paragraph_format.space_after = Pt(after)
    _line(paragraph, text, bold=bold, italic=italic, size=size)
    return paragraph


def _rule(paragraph: Paragraph, width: float) -> None:
    """A short line under a heading, drawn as the lower edge of a narrow paragraph."""
    paragraph.paragraph_format.left_indent = Mm(width)
    paragraph.paragraph_format.right_indent = Mm(width)
    paragraph.paragraph_format.space_after = Pt(6)
    paragraph.paragraph_format.line_spacing = Pt(3)
    border = OxmlElement("w:pBdr")
    edge = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        edge.set(qn(f"w:{name}"), value)
    border.append(edge)
    paragraph._p.get_or_add_pPr().append(border)


def _first(cell: _Cell) -> Paragraph:
    paragraph: Paragraph = cell.paragraphs[0]
    paragraph.alignment = CENTRE
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def _letterhead(file: Document, content: RegulationDocument) -> None:
    table = file.add_table(rows=2, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for row in table.rows:
        row.cells[0].width, row.cells[1].width = Mm(68), Mm(96)
    left, right = table.rows[0].cells
    _line(_first(left), content.place.upper_body.upper(), size=12)
    _centred(left, content.place.school.upper(), bold=True, size=12)
    _rule(left.add_paragraph(), 20)
    _line(_first(right), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold=True, size=12)
    _centred(right, "Độc lập - Tự do - Hạnh phúc", bold=True, size=13)
    _rule(right.add_paragraph(), 24)
    left, right = table.rows[1].cells
    _line(_first(left), f"Số: {content.number}", size=13)
    _line(_first(right), content.place_and_date, italic=True, size=13)


def _decision(file: Document, content: RegulationDocument) -> None:
    _centred(file, "", after=6)
    _centred(file, "QUYẾT ĐỊNH", bold=True)
    _centred(file, "Ban hành Quy chế tạo lập, quản lý và sử dụng học bạ số", bold=True, after=2)
    _rule(file.add_paragraph(), 55)
    _centred(file, f"HIỆU TRƯỞNG {content.place.school.upper()}", bold=True, after=8)
    for ground in content.grounds:
        _body(file, ground, italic=True)
    _centred(file, "QUYẾT ĐỊNH:", bold=True, after=6)
    for number, text in enumerate(content.articles_of_decision, start=1):
        paragraph = _body(file, "")
        _line(paragraph, f"Điều {number}. ", bold=True)
        _line(paragraph, text)
    table = file.add_table(rows=1, cols=2)
    table.autofit = False
    left, right = table.rows[0].cells
    left.width, right.width = Mm(82), Mm(82)
    paragraph = left.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    _line(paragraph, "Nơi nhận:", bold=True, italic=True, size=12)
    for receiver in content.receivers:
        item = left.add_paragraph()
        item.paragraph_format.space_after = Pt(0)
        _line(item, f"- {receiver}", size=11)
    _line(_first(right), content.place.head_title.upper(), bold=True)
    for _ in range(4):
        _centred(right, "")
    _centred(right, content.place.head_name, bold=True)


def _body(file: Document, text: str, *, italic: bool = False, indent: float = 10) -> Paragraph:
    paragraph = file.add_paragraph()
    paragraph.alignment = JUSTIFY
    paragraph.paragraph_format.first_line_indent = Mm(indent)
    if text:
        _line(paragraph, text, italic=italic)
    return paragraph


def _new_page(file: Document) -> None:
    file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _regulation(file: Document, content: RegulationDocument) -> None:
    _new_page(file)
    _centred(file, "QUY CHẾ", bold=True)
    _centred(
        file,
        f"Tạo lập, quản lý và sử dụng học bạ số của {content.place.school}",
        bold=True,
    )
    _centred(
        file,
        f"(Ban hành kèm theo Quyết định số {content.number} {content.short_date} của Hiệu trưởng "
        f"{content.place.school})",
        italic=True,
        size=13,
        after=4,
    )
    _rule(file.add_paragraph(), 55)
    for number, title, articles in content.numbered:
        heading = file.add_heading(level=1)
        heading.alignment = CENTRE
        heading.add_run(f"Chương {number}").add_break()
        heading.add_run(title)
        for count, article in articles:
            _article(file, count, article)


def _article(file: Document, count: int, article: Article) -> None:
    heading = file.add_heading(level=2)
    heading.paragraph_format.first_line_indent = Mm(10)
    heading.add_run(f"Điều {count}. {article.title}")
    alone = len(article.points) == 1
    for number, point in enumerate(article.points, start=1):
        text, items = point if isinstance(point, tuple) else (point, ())
        _body(file, text if alone else f"{number}. {text}")
        for letter, item in zip(_LETTERS, items, strict=False):
            _body(file, f"{letter}) {item}")


def _annexes(file: Document, content: RegulationDocument) -> None:
    _new_page(file)
    _annex(
        file,
        "Phụ lục I",
        "Ban quản trị học bạ số",
        ("TT", "Họ và tên", "Chức vụ", "Nhiệm vụ trong Ban"),
        [(str(count), *row) for count, row in enumerate(content.board, start=1)]
        or [("1", "", "", "")],
    )
    _annex(
        file,
        "Phụ lục II",
        "Lịch thực hiện trong năm học " + content.choices.school_year,
        ("TT", "Thời gian", "Việc", "Người thực hiện"),
        [(str(count), *row) for count, row in enumerate(content.calendar, start=1)],
    )


def _annex(
    file: Document, label: str, title: str, headers: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    heading = file.add_heading(level=1)
    heading.alignment = CENTRE
    heading.add_run(label).add_break()
    heading.add_run(title.upper())
    table = file.add_table(rows=1, cols=len(headers), style="Table Grid")
    table.autofit = False
    widths = (12, 52, 56, 44)
    for row in [headers, *rows]:
        cells = table.rows[0].cells if row is headers else table.add_row().cells
        for cell, text, width in zip(cells, row, widths, strict=True):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(2)
            _line(paragraph, text, bold=row is headers, size=13)
            if row is headers:
                paragraph.alignment = CENTRE
    _repeat_header(table.rows[0]._tr)
    file.add_paragraph()


def _repeat_header(row: object) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row.get_or_add_trPr().append(mark)  # type: ignore[attr-defined]  # python-docx has no type here
