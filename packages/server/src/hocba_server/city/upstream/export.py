"""National rows and differences as files: JSON Lines, CSV and Excel.

Rows are personal data of many pupils at once: who takes them says what for, and that is written
down before anything is given away.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import xlsxwriter

from hocba.errors import Refused
from hocba.record.national.columns import COLUMNS, Event, Problem, Table
from hocba.record.national.rows import Row
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import deny_role, require
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.role import only_department
from hocba_server.city.upstream.collecting import of_record
from hocba_server.city.upstream.models import Handover, Kind, Reconciliation, State
from hocba_server.city.upstream.registration import SENDERS
from hocba_server.city.upstream.selectors import difference_groups
from hocba_server.city.upstream.tables import derive
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

MOST_RECORDS: Final = 5000
"""Records in one file that a page makes; the largest schools have some three thousand."""
_CHUNK: Final = 200
_PROBLEMS: Final = "khong-gui-duoc"


class FileForm(StrEnum):
    """Forms of the files."""

    JSON_LINES = "jsonl"
    CSV = "csv"
    EXCEL = "xlsx"


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file to hand out."""

    name: str
    media_type: str
    content: bytes
    records: int


def export_rows(
    *, by: Actor, at: dt.datetime, school_year: str, unit_code: str, form: str, purpose: str
) -> MadeFile:
    """The rows of a school's records of one year, with a list of what cannot be sent and why.

    Rows carry the version under which they were last sent, or will be. Raises `Refused`: `role`,
    `purpose`, `form`, `nothing`, `too_many`.
    """
    only_department()
    require(deny_role(by, *SENDERS))
    purpose = " ".join(purpose.split())[:300]
    if not purpose:
        raise Refused(
            "purpose",
            "Cần ghi lý do xuất dữ liệu của học sinh; lý do được lưu lại.",
            "Say what the pupils' data are exported for; it is kept.",
        )
    if form not in list(FileForm):
        raise Refused("form", "Chọn dạng tệp.", "Choose the form of the file.")
    records = StoredRecord.objects.filter(school_year=school_year, unit_code=unit_code)
    count = records.count()
    if not count:
        raise Refused(
            "nothing", "Kho chưa có học bạ của trường và năm học này.", "There are no records."
        )
    if count > MOST_RECORDS:
        raise Refused("too_many", f"Tối đa {MOST_RECORDS} học bạ một tệp.", "Too many records.")
    with city_transaction():
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="export_national_rows",
            subject=f"school:{unit_code}:{school_year}",
            detail={"purpose": purpose, "records": count, "form": form},
        )
    rows, problems = _derived(list(records.select_related("in_force").order_by("pk")), at)
    name = f"du-lieu-quoc-gia-{unit_code}-{school_year}"
    write = {
        FileForm.JSON_LINES: _json_lines,
        FileForm.CSV: _csv,
        FileForm.EXCEL: _excel,
    }[FileForm(form)]
    suffix, media_type, content = write(rows, problems)
    return MadeFile(f"{name}.{suffix}", media_type, content, count)


def _derived(
    records: Sequence[StoredRecord], at: dt.datetime
) -> tuple[list[Row], list[tuple[str, Problem]]]:
    sent = {
        row.subject: row
        for row in Handover.objects.filter(
            kind=Kind.ROWS, subject__in=[record.record_uuid for record in records]
        )
        .exclude(state=State.UNNEEDED)
        .order_by("version")
    }
    rows: list[Row] = []
    problems: list[tuple[str, Problem]] = []
    for start in range(0, len(records), _CHUNK):
        pairs = [
            (sent.get(one.record_uuid) or _first(one, at), one)
            for one in records[start : start + _CHUNK]
        ]
        for row, made in derive(pairs, at=at):
            rows += made.rows
            problems += [(row.pupil_name, problem) for problem in made.problems]
    return rows, problems


def _first(record: StoredRecord, at: dt.datetime) -> Handover:
    return of_record(record, Kind.ROWS, at, version=1, event=Event.NEW)


Written = tuple[str, str, bytes]


def _json_lines(rows: Sequence[Row], problems: Sequence[tuple[str, Problem]]) -> Written:
    """One object a line: `bang` and the columns, as in our messages to the store."""
    lines = [
        json.dumps({"bang": row.table.value, **row.values}, ensure_ascii=False) for row in rows
    ]
    files = {"dong-du-lieu.jsonl": "\n".join(lines) + "\n", **_problem_file(problems)}
    return "zip", "application/zip", _zip(files)


def _csv(rows: Sequence[Row], problems: Sequence[tuple[str, Problem]]) -> Written:
    """One file for each table, UTF-8 with a mark, so that spreadsheets read Vietnamese."""
    files = {f"{table.value}.csv": _csv_text(_head(table), _lines(table, rows)) for table in Table}
    return "zip", "application/zip", _zip({**files, **_problem_file(problems)})


def _excel(rows: Sequence[Row], problems: Sequence[tuple[str, Problem]]) -> Written:
    """One sheet for each table, and one for what cannot be sent. Everything is text."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True})
    sheets: list[tuple[str, list[str], Iterator[list[str]]]] = [
        (table.value, _head(table), _lines(table, rows)) for table in Table
    ]
    sheets.append((_PROBLEMS, _PROBLEM_HEAD, _problem_lines(problems)))
    for name, head, lines in sheets:
        _write_sheet(book.add_worksheet(name[:31]), bold, head, lines)
    book.close()
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return "xlsx", media_type, target.getvalue()


def export_differences(*, by: Actor, reconciliation: Reconciliation) -> MadeFile:
    """The differences of one comparison as an Excel sheet."""
    groups = difference_groups(by=by, reconciliation=reconciliation, most=20_000)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    head = ["Khác ở", "Trường", "Mã trường", "Lớp", "Học sinh", "Mã tra cứu", "Việc cần làm"]
    lines = (
        [
            str(group.kind.label),
            *(row.school_name, row.unit_code, row.classroom_name, row.pupil_name),
            row.record_uuid,
            group.advice.vi,
        ]
        for group in groups
        for row in group.rows
    )
    _write_sheet(book.add_worksheet("Khác nhau"), book.add_format({"bold": True}), head, lines)
    book.close()
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    name = f"doi-chieu-{reconciliation.school_year}-{reconciliation.pk}.xlsx"
    count = sum(group.count for group in groups)
    return MadeFile(name, media_type, target.getvalue(), count)


def _write_sheet(sheet: Any, bold: Any, head: Sequence[str], lines: Iterator[list[str]]) -> None:
    for column, text in enumerate(head):
        sheet.write_string(0, column, text, bold)
    for place, line in enumerate(lines, start=1):
        for column, text in enumerate(line):
            sheet.write_string(place, column, text)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(head) - 1, 18)


def _head(table: Table) -> list[str]:
    return [column.name for column in COLUMNS[table]]


def _lines(table: Table, rows: Sequence[Row]) -> Iterator[list[str]]:
    names = _head(table)
    for row in rows:
        if row.table is table:
            yield [_text(row.values.get(name)) for name in names]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


_PROBLEM_HEAD: Final = ["Học sinh", "Bảng", "idbanghi", "Cột", "Lý do", "Cả học bạ"]


def _problem_lines(problems: Sequence[tuple[str, Problem]]) -> Iterator[list[str]]:
    for name, each in problems:
        whole = "không gửi được" if each.blocks else "chỉ dòng này"
        yield [name, each.table.value, each.row_id, each.column, each.sentence.vi, whole]


def _problem_file(problems: Sequence[tuple[str, Problem]]) -> dict[str, str]:
    return {f"{_PROBLEMS}.csv": _csv_text(_PROBLEM_HEAD, _problem_lines(problems))}


def _csv_text(head: Sequence[str], lines: Iterator[list[str]]) -> str:
    target = io.StringIO()
    target.write("\ufeff")
    writer = csv.writer(target)
    writer.writerow(head)
    writer.writerows([[_harmless(text) for text in line] for line in lines])
    return target.getvalue()


def _harmless(text: str) -> str:
    """A spreadsheet takes a text that begins so for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _zip(files: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()
