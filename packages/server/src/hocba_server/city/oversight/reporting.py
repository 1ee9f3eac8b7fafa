"""The reports that an office makes: their tables are fixed when they are made, signed off by name,
and every file is made of these tables alone. Source: QĐ 1789/QĐ-SGDĐT Đ28.2, Đ28.4, Đ29.2."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from hocba.errors import Refused
from hocba.rendition.table_report import ReportTable, TableReport, render_table_report
from hocba_server.city.certificates.models import Unit
from hocba_server.city.certificates.offices import sees_whole_city
from hocba_server.city.closing.models import ClassClosing
from hocba_server.city.closing.open_items import OpenSchool, open_schools
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.oversight.boards import Board, Choice, grade_totals, read_board
from hocba_server.city.oversight.dates import due_dates
from hocba_server.city.oversight.models import MadeReport, ReportKind
from hocba_server.city.oversight.progress import grades_table, step_lines, steps_table, wards_table
from hocba_server.city.oversight.sides import paper_table, refusals_table
from hocba_server.city.oversight.statistics import result_tables
from hocba_server.city.oversight.stuck import find_stuck, stuck_table
from hocba_server.city.oversight.tables import Column, Kind, Row, Table, shown
from hocba_server.city.oversight.workbook import Heading, write_workbook
from hocba_server.city.permissions import READERS, CityRole, deny_role, require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

MAKERS: Final = (CityRole.OFFICER, CityRole.WARD_OFFICER)
MOST_NOTE: Final = 2000


def tables_of(*, by: Actor, at: dt.datetime, kind: ReportKind, school_year: str) -> list[Table]:
    """What a report says, in Vietnamese whatever the language of the page: it is sent on."""
    require(deny_role(by, *READERS))
    with translation.override("vi"):
        board = read_board(by=by, at=at, choice=Choice(school_year))
        if kind is ReportKind.RESULTS:
            return result_tables(board)
        if kind is ReportKind.CLOSING:
            return _closing_tables(by, board)
        dates = due_dates(school_year)
        return [
            steps_table(step_lines(board, dates)),
            wards_table(board),
            grades_table(grade_totals(board)),
            stuck_table(find_stuck(board, dates)),
            refusals_table(board),
            paper_table(board),
        ]


def make_report(
    *, by: Actor, at: dt.datetime, kind: str, school_year: str, note: str = ""
) -> MadeReport:
    """Fix a report and sign it off. Raises `Refused`: `role`, `kind`, `note`."""
    require(deny_role(by, *MAKERS))
    if kind not in ReportKind.values:
        raise Refused("kind", "Chọn loại báo cáo.", "Choose the kind of report.", where="kind")
    note = note.strip()
    if len(note) > MOST_NOTE:
        raise Refused(
            "note", f"Nhận xét tối đa {MOST_NOTE} chữ.", "The note is too long.", where="note"
        )
    tables = [
        table.to_json()
        for table in tables_of(by=by, at=at, kind=ReportKind(kind), school_year=school_year)
    ]
    content = json.dumps(tables, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    with city_transaction():
        row = MadeReport.objects.create(
            kind=kind,
            school_year=school_year,
            office_code=by.unit_code,
            office_name=office_of_person(by),
            tables=tables,
            sha256=hashlib.sha256(content.encode()).hexdigest(),
            note=note,
            made_by=by.user_id,
            made_by_name=by.name,
            made_at=at,
        )
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="make_report",
            subject=f"report:{row.pk}",
            detail={"kind": kind, "year": school_year, "sha256": row.sha256},
        )
    return row


def office_of_person(by: Actor) -> str:
    """The office in whose name the person reports."""
    if sees_whole_city(by):
        return settings.OVERSIGHT_OFFICE
    ward = Unit.objects.filter(ward_code=by.unit_code).values_list("ward_name", flat=True).first()
    return f"Phòng Văn hoá - Xã hội {ward or by.unit_code}"


def reports(*, by: Actor) -> QuerySet[MadeReport]:
    """Reports of the own office; the department sees the wards' too."""
    require(deny_role(by, *READERS))
    own = Q() if sees_whole_city(by) else Q(office_code=by.unit_code)
    return MadeReport.objects.filter(own).defer("tables")


def report_by_id(*, by: Actor, report_id: int) -> MadeReport:
    """One report with its tables. Raises `Refused`: `role`, `not_found`."""
    row = reports(by=by).filter(pk=report_id).first()
    if row is None:
        raise Refused("not_found", "Không tìm thấy báo cáo này.", "There is no such report.")
    return row


def report_tables(row: MadeReport) -> list[Table]:
    """The tables as they were fixed."""
    return [Table.from_json(value) for value in row.tables]


def report_workbook(*, by: Actor, at: dt.datetime, report_id: int) -> tuple[str, bytes]:
    """The report as Excel, and the name of its file; that somebody took it is written down."""
    row = report_by_id(by=by, report_id=report_id)
    _note_taken(row, by, at, "xlsx")
    heading = Heading(
        row.office_name, row.get_kind_display(), row.school_year, row.made_at, row.made_by_name
    )
    with translation.override("vi"):
        content = write_workbook(heading, report_tables(row))
    return _filename(row, "xlsx"), content


def report_pdf(*, by: Actor, at: dt.datetime, report_id: int) -> tuple[str, bytes]:
    """The report as PDF/A, and the name of its file. Raises `Refused` (`rendition`)."""
    row = report_by_id(by=by, report_id=report_id)
    _note_taken(row, by, at, "pdf")
    report = TableReport(
        office=row.office_name,
        title=row.get_kind_display(),
        school_year=row.school_year,
        made_by=row.made_by_name,
        made_at=row.made_at,
        note=row.note,
        digest=row.sha256,
        tables=tuple(_printed(table) for table in report_tables(row)),
    )
    content = render_table_report(report, fonts=settings.FONTS_DIR)
    return _filename(row, "pdf"), content


def _printed(table: Table) -> ReportTable:
    lines = [*(row.cells for row in table.rows), *([table.total] if table.total else [])]
    return ReportTable(
        title=table.title,
        columns=tuple((column.title, column.kind.numeric) for column in table.columns),
        rows=tuple(
            tuple(
                shown(value, column.kind)
                for value, column in zip(cells, table.columns, strict=True)
            )
            for cells in lines
        ),
        has_total=bool(table.total),
        note=table.note,
        empty=table.empty,
    )


def _filename(row: MadeReport, suffix: str) -> str:
    return f"bao-cao-{row.kind}-{row.school_year}-{row.made_at:%Y%m%d}-{row.pk}.{suffix}"


def _note_taken(row: MadeReport, by: Actor, at: dt.datetime, form: str) -> None:
    with city_transaction():
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="take_report",
            subject=f"report:{row.pk}",
            detail={"form": form},
        )


def _closing_tables(by: Actor, board: Board) -> list[Table]:
    schools = [
        school
        for school in open_schools(by=by, school_year=board.choice.school_year, at=board.at)
        if school.classes
    ]
    return [_closed_table(schools), _open_table(schools), _waiting_table(board, schools)]


def _closed_table(schools: Sequence[OpenSchool]) -> Table:
    columns = (
        Column("truong", _("Trường")),
        Column("lop", _("Lớp")),
        Column("dot", _("Đợt")),
        Column("luc", _("Chốt lúc"), Kind.MOMENT),
        Column("nguoi", _("Người chốt")),
        Column("hoc-ba", _("Học bạ trong bản kê"), Kind.NUMBER),
        Column("thieu", _("Còn thiếu"), Kind.NUMBER),
        Column("ly-do", _("Lý do chốt khi còn thiếu")),
    )
    rows = []
    for school in schools:
        for room in school.classes:
            if room.open or room.state is None:
                continue
            closing: ClassClosing = room.state.closing
            rows.append(
                Row(
                    (
                        school.name,
                        room.classroom_name,
                        closing.get_round_display(),
                        closing.closed_at,
                        closing.closed_by_name,
                        closing.record_count,
                        closing.missing,
                        closing.reason,
                    )
                )
            )
    return Table("da-chot", _("Lớp đã chốt"), columns, tuple(rows), empty=_("Chưa chốt lớp nào."))


def _open_table(schools: Sequence[OpenSchool]) -> Table:
    columns = (
        Column("truong", _("Trường")),
        Column("lop", _("Lớp")),
        Column("hoc-ba", _("Học bạ lưu hành"), Kind.NUMBER),
        Column("hai", _("Chờ chốt lần hai"), Kind.NUMBER),
        Column("vi-sao", _("Vì sao còn mở")),
    )
    rows = tuple(
        Row(
            (
                school.name,
                room.classroom_name,
                room.in_force,
                room.unfinished,
                "; ".join(
                    words
                    for number, words in (
                        (room.waiting, _("%(n)d yêu cầu chờ quyết định")),
                        (room.missing, _("%(n)d học bạ đã thu hồi, chưa thay")),
                        (room.refused, _("%(n)d học bạ bị từ chối, chưa nộp lại")),
                        (school.packages, _("%(n)d gói đang được kiểm tra")),
                    )
                    if number
                    for words in [words % {"n": number}]
                )
                or (_("đến hạn, chờ chuyên viên chốt") if room.due else _("chưa đến hạn")),
            ),
            link=reverse("city_closing:school", args=[room.key[1], school.unit_code]),
        )
        for school in schools
        for room in school.classes
        if room.open
    )
    return Table("con-mo", _("Lớp còn mở"), columns, rows, empty=_("Không còn lớp nào mở."))


def _waiting_table(board: Board, schools: Sequence[OpenSchool]) -> Table:
    seen = {school.unit_code for school in schools}
    columns = (
        Column("truong", _("Trường")),
        Column("xa", _("Phường, xã")),
        Column("hoc-sinh", _("Học sinh"), Kind.NUMBER),
        Column("vi-sao", _("Vì sao")),
    )
    rows = tuple(
        Row(
            (
                line.unit.name,
                line.unit.ward_name,
                line.expected,
                _("học bạ giấy: %(reason)s") % {"reason": line.situation.paper_reason}
                if line.on_paper and line.situation
                else _("chưa nộp học bạ nào"),
            )
        )
        for line in board.lines
        if line.unit.code not in seen
    )
    return Table(
        "chua-nop",
        _("Trường chưa có học bạ số"),
        columns,
        rows,
        empty=_("Mọi trường đều đã có học bạ số."),
    )
