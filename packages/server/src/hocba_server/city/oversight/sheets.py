"""The word of several schools as a spreadsheet: the empty one, and reading what came back.

One row is one grade of one school. What holds for the whole school stands in any row of it, and
may stand in all of them. Nothing is kept here: a fault in any row, and nothing of the file is.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import xlsxwriter

from hocba.errors import Malformed
from hocba.ids import SchoolYear
from hocba.packet.situation import (
    GRADES,
    MOST_CLASSES,
    MOST_PUPILS,
    GradeLine,
    OnPaper,
    Situation,
    check_reached,
)
from hocba_server.city.certificates.models import Unit
from hocba_server.city.oversight.grades import grades_of_unit
from hocba_server.city.oversight.models import SchoolSituation
from hocba_server.web.spreadsheets.cells import CellFault, FaultList, birth_date_value
from hocba_server.web.spreadsheets.grids import read_grids
from hocba_server.web.spreadsheets.workbook import (
    Heading,
    TableRow,
    check_letters,
    find_tables,
    sound_rows,
)

CODE, NAME, GRADE = "Mã trường", "Tên trường", "Khối"
CLASSES, PUPILS = "Số lớp", "Số học sinh"
STEPS: Final = (
    "Lớp đã nhập",
    "Lớp đủ kết quả",
    "Lớp đã ký",
    "Lớp đã phát hành",
    "Lớp đã nộp",
)
STAFF, TRAINED = "Cán bộ, giáo viên", "Đã tập huấn"
PAPER, REASON, PLAN, JOIN = "Học bạ giấy", "Lý do", "Kế hoạch", "Ngày tham gia"
HEADINGS: Final = (
    Heading(CODE, ("Mã đơn vị",)),
    Heading(NAME, ("Trường",), required=False),
    Heading(GRADE),
    Heading(CLASSES),
    Heading(PUPILS, ("Số HS",)),
    *(Heading(name, required=False) for name in STEPS),
    *(Heading(name, required=False) for name in (STAFF, TRAINED, PAPER, REASON, PLAN, JOIN)),
)
_YES: Final = {"x", "có", "1", "yes", "true"}
_NO: Final = {"", "không", "0", "no", "false"}
_WIDTHS: Final = {NAME: 42, REASON: 30, PLAN: 36, CODE: 16, JOIN: 14, STAFF: 18}


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """What a file says, and every fault; with a fault nothing of it is used."""

    situations: dict[str, Situation]
    names: dict[str, str]
    faults: list[CellFault]


def empty_sheet(units: Iterable[Unit], school_year: str) -> bytes:
    """The spreadsheet to fill in: a row for each grade of each school, with what is known."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
        text = book.add_format({"num_format": "@"})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Tình hình")
        sheet.write(0, 0, f"TÌNH HÌNH HỌC BẠ SỐ CỦA CÁC TRƯỜNG, NĂM HỌC {school_year}")
        sheet.write(
            1,
            0,
            "Mỗi dòng là một khối của một trường. Số liệu chung của trường (cán bộ, học bạ giấy) "
            "chỉ cần ghi ở dòng đầu của trường. Cột Học bạ giấy: ghi x nếu trường còn dùng.",
        )
        for column, heading in enumerate(HEADINGS):
            sheet.write(3, column, heading.name, head)
            sheet.set_column(column, column, _WIDTHS.get(heading.name, 11))
        sheet.freeze_panes(4, 2)
        for number, cells in enumerate(_known_rows(list(units), school_year), start=4):
            for column, value in enumerate(cells):
                if isinstance(value, dt.date):
                    sheet.write_datetime(number, column, value, day)
                elif isinstance(value, str):
                    sheet.write_string(number, column, value, text)
                elif value is not None:
                    sheet.write_number(number, column, value)
    return buffer.getvalue()


def _known_rows(units: Sequence[Unit], school_year: str) -> Iterable[list[Any]]:
    known = {
        row.unit_code: row
        for row in SchoolSituation.objects.filter(
            school_year=school_year, unit_code__in=[unit.code for unit in units]
        ).prefetch_related("grades")
    }
    for unit in units:
        word = known.get(unit.code)
        lines = {line.grade: line for line in word.grades.all()} if word else {}
        for at, grade in enumerate(sorted({*grades_of_unit(unit), *lines})):
            line = lines.get(grade)
            numbers: list[Any] = (
                [
                    *(line.classes, line.pupils, line.entering, line.complete),
                    *(line.signing, line.issued, line.sent),
                ]
                if line
                else [None] * 7
            )
            school: list[Any] = [None] * 6
            if at == 0 and word is not None:
                paper = "x" if word.on_paper else ""
                school = [word.staff_total, word.staff_trained, paper]
                school += [word.paper_reason, word.paper_plan, word.join_on]
            yield [unit.code, unit.name, grade, *numbers, *school]


def read_sheet(
    content: bytes, *, filename: str, units: Iterable[Unit], school_year: str, at: dt.datetime
) -> ReadSheet:
    """Read a filled-in spreadsheet. Raises `Malformed` when it is none."""
    known = {unit.code: unit for unit in units}
    faults = FaultList(filename)
    table = find_tables(read_grids(content), HEADINGS)[0]
    rows = sound_rows(table, faults)
    by_school: dict[str, list[TableRow]] = {}
    for row in rows:
        check_letters(table, row, faults)
        code = row.text(CODE)
        if code not in known:
            faults.add(
                row.number,
                CODE,
                code,
                "không phải mã trường thuộc quyền của Anh/Chị.",
                "is no code of a school of yours.",
            )
        by_school.setdefault(code, []).append(row)
    if not rows and not faults.faults:
        raise Malformed("empty", "Tệp không có dòng số liệu nào.", "The file has no rows.")
    situations = {
        code: _situation(lines, faults, school_year, at) for code, lines in by_school.items()
    }
    names = {code: known[code].name for code in situations if code in known}
    return ReadSheet({} if faults.faults else situations, names, faults.faults)


def _situation(
    rows: Sequence[TableRow], faults: FaultList, school_year: str, at: dt.datetime
) -> Situation:
    grades: dict[int, GradeLine] = {}
    for row in rows:
        line = _grade(row, faults)
        if line is None:
            continue
        if line.grade in grades:
            faults.add(row.number, GRADE, row.text(GRADE), "đã có ở dòng trên.", "stands twice.")
        grades[line.grade] = line
    total = _of_school(rows, STAFF, faults)
    trained = _of_school(rows, TRAINED, faults)
    staff = _whole(total, STAFF, faults, most=MOST_PUPILS) if total else 0
    had = _whole(trained, TRAINED, faults, most=MOST_PUPILS) if trained else 0
    if had > staff:
        faults.add(
            (trained or rows[0]).number,
            TRAINED,
            str(had),
            "nhiều hơn số cán bộ, giáo viên của trường.",
            "is more than the school's staff.",
        )
    return Situation(
        school_year=SchoolYear.parse(school_year),
        said_at=at,
        staff_total=staff,
        staff_trained=min(had, staff),
        grades=tuple(line for _, line in sorted(grades.items())),
        on_paper=_paper(rows, faults),
    )


def _grade(row: TableRow, faults: FaultList) -> GradeLine | None:
    """One row; a row without classes and pupils says nothing of its grade."""
    grade = _whole(row, GRADE, faults, least=GRADES[0], most=GRADES[-1])
    if not row.text(CLASSES) and not row.text(PUPILS):
        return None
    classes = _whole(row, CLASSES, faults, most=MOST_CLASSES)
    pupils = _whole(row, PUPILS, faults, most=MOST_PUPILS)
    reached = [_whole(row, name, faults, most=MOST_CLASSES) for name in STEPS]
    # A later step that is filled in says that the earlier ones were passed.
    for at in range(len(reached) - 2, -1, -1):
        if not row.text(STEPS[at]):
            reached[at] = max(reached[at], reached[at + 1])
    try:
        check_reached(classes, reached, GRADE)
    except Malformed as fault:
        place = next(
            (
                name
                for name, number, most in zip(STEPS, reached, [classes, *reached], strict=False)
                if number > most
            ),
            STEPS[0],
        )
        faults.add(row.number, place, row.text(place), fault.sentence.vi, fault.sentence.en)
    return GradeLine(grade, classes, pupils, tuple(reached))  # type: ignore[arg-type]


def _whole(row: TableRow | None, name: str, faults: FaultList, *, least: int = 0, most: int) -> int:
    text = row.text(name) if row else ""
    if row is None or (not text and least == 0):
        return 0
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        faults.add(
            row.number,
            name,
            text,
            f"phải là số nguyên từ {least} đến {most}.",
            f"must be a whole number from {least} to {most}.",
        )
        return least
    return int(text)


def _of_school(rows: Sequence[TableRow], name: str, faults: FaultList) -> TableRow | None:
    """The row that says this of the whole school; two that disagree are a fault."""
    said = [row for row in rows if row.text(name)]
    if len({row.text(name) for row in said}) > 1:
        faults.add(
            said[1].number,
            name,
            said[1].text(name),
            f"khác với dòng {said[0].number} của cùng trường.",
            f"differs from row {said[0].number} of the same school.",
        )
    return said[0] if said else None


def _paper(rows: Sequence[TableRow], faults: FaultList) -> OnPaper | None:
    marked = _of_school(rows, PAPER, faults)
    word = marked.text(PAPER).casefold() if marked else ""
    if word not in _YES | _NO and marked is not None:
        faults.add(marked.number, PAPER, word, "ghi x hoặc để trống.", "write x or nothing.")
    if word not in _YES or marked is None:
        return None
    reason, plan, join = (_of_school(rows, name, faults) for name in (REASON, PLAN, JOIN))
    if reason is None:
        faults.add(
            marked.number,
            REASON,
            "",
            "trường còn dùng học bạ giấy thì cần ghi lý do.",
            "say why the school still keeps paper records.",
        )
    return OnPaper(
        reason=reason.text(REASON)[:500] if reason else "-",
        plan=plan.text(PLAN)[:1000] if plan else "",
        join_on=_day(join, faults) if join else None,
    )


def _day(row: TableRow, faults: FaultList) -> dt.date | None:
    text = birth_date_value(row.raw(JOIN)) or ""
    try:
        return dt.datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a day
    except ValueError:
        faults.add(
            row.number,
            JOIN,
            row.text(JOIN),
            "không phải ngày dạng 05/09/2027.",
            "is no day such as 05/09/2027.",
        )
        return None
