"""Boards of progress as tables: steps against their dates, wards, schools, grades, classes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from hocba.packet.situation import read_situation
from hocba_server.city.closing.models import Round
from hocba_server.city.oversight.boards import (
    Board,
    GradeTotal,
    SchoolLine,
    classes_of_school,
    total_of,
)
from hocba_server.city.oversight.dates import Due
from hocba_server.city.oversight.grades import FINAL_GRADES
from hocba_server.city.oversight.models import Step
from hocba_server.city.oversight.tables import (
    Column,
    Kind,
    Row,
    Table,
    Value,
    share,
    sum_row,
)
from hocba_server.web.design.language import in_page_language


@dataclass(frozen=True, slots=True)
class StepLine:
    """How far the choice is with one step, against its date."""

    due: Due
    done: int
    whole: int
    unit: str
    """What is counted: schools, classes or records."""
    days_left: int
    """Until the date; negative when it is over."""

    @property
    def share(self) -> float | None:
        """What is done, as a part of one."""
        return share(self.done, self.whole)

    @property
    def mark(self) -> str:
        """Good when everything is done, danger when the date is over and something is left."""
        if self.whole and self.done >= self.whole:
            return "good"
        return "danger" if self.days_left < 0 and self.whole else "waiting"

    @property
    def words(self) -> str:
        """How it stands, for a person."""
        if not self.whole:
            return _("chưa có số liệu để so")
        left = self.whole - self.done
        if left <= 0:
            return _("đã xong")
        if self.days_left < 0:
            return _("quá hạn %(days)d ngày, còn %(left)s") % {
                "days": -self.days_left,
                "left": f"{left:,}".replace(",", "."),
            }
        return _("còn %(days)d ngày, còn %(left)s") % {
            "days": self.days_left,
            "left": f"{left:,}".replace(",", "."),
        }


def step_lines(board: Board, dates: dict[Step, Due]) -> list[StepLine]:
    """Every step of the year. Schools on paper are in none of them."""
    digital = [line for line in board.lines if not line.on_paper]
    classes = total_of(digital, "classes")
    certified = sum(line.seal.holds(board.at) for line in digital)
    counted = {
        Step.CERTIFICATE: (certified, len(digital), _("trường")),
        Step.COMPLETE: (total_of(digital, "complete"), classes, _("lớp")),
        Step.ISSUED: (total_of(digital, "issued"), classes, _("lớp")),
        Step.RECEIVED: (
            sum(min(line.in_force, line.expected) for line in digital),
            total_of(digital, "expected"),
            _("học bạ"),
        ),
        Step.CLOSED: (total_of(digital, "closed"), classes, _("lớp")),
    }
    final = board.choice.grade in FINAL_GRADES
    return [
        StepLine(dates[step], done, whole, unit, (dates[step].day_for(final) - board.today).days)
        for step, (done, whole, unit) in counted.items()
    ]


def steps_table(lines: Sequence[StepLine]) -> Table:
    """The steps against their dates."""
    columns = (
        Column("buoc", _("Bước")),
        Column("han", _("Hạn"), Kind.DAY),
        Column("cuoi-cap", _("Hạn khối 5, 9, 12"), Kind.DAY),
        Column("tinh", _("Tính theo")),
        Column("dat", _("Đã đạt"), Kind.NUMBER),
        Column("tren", _("Trên"), Kind.NUMBER),
        Column("ty-le", _("Tỷ lệ"), Kind.SHARE),
        Column("tinh-trang", _("Tình trạng")),
    )
    rows = tuple(
        Row(
            (
                _(line.due.step.label),
                line.due.on,
                line.due.final_on,
                line.unit,
                line.done,
                line.whole,
                line.share,
                line.words,
            ),
            mark=line.mark,
        )
        for line in lines
    )
    return Table("buoc", _("Các bước so với hạn"), columns, rows)


_PROGRESS = (
    ("hoc-sinh", Kind.NUMBER),
    ("luu-hanh", Kind.NUMBER),
    ("ty-le", Kind.SHARE),
    ("bi-tu-choi", Kind.NUMBER),
    ("thieu-thay", Kind.NUMBER),
    ("lop", Kind.NUMBER),
    ("phat-hanh", Kind.NUMBER),
    ("chot", Kind.NUMBER),
    ("mo", Kind.NUMBER),
)


def _progress_columns() -> tuple[Column, ...]:
    titles = {
        "hoc-sinh": _("Học sinh"),
        "luu-hanh": _("Học bạ lưu hành"),
        "ty-le": _("Tỷ lệ"),
        "bi-tu-choi": _("Bị từ chối, chưa nộp lại"),
        "thieu-thay": _("Đã thu hồi, chưa thay"),
        "lop": _("Lớp"),
        "phat-hanh": _("Lớp đã phát hành"),
        "chot": _("Lớp đã chốt"),
        "mo": _("Lớp còn mở"),
    }
    return tuple(Column(name, titles[name], kind) for name, kind in _PROGRESS)


def _progress(lines: Sequence[SchoolLine]) -> tuple[Value, ...]:
    expected, in_force = total_of(lines, "due_pupils"), total_of(lines, "in_force")
    classes, closed = total_of(lines, "classes"), total_of(lines, "closed")
    return (
        expected,
        in_force,
        share(in_force, expected),
        total_of(lines, "refused"),
        total_of(lines, "missing"),
        classes,
        total_of(lines, "issued"),
        closed,
        classes - closed,
    )


def wards_table(board: Board) -> Table:
    """The wards of the choice."""
    columns = (
        Column("xa", _("Phường, xã")),
        Column("truong", _("Trường"), Kind.NUMBER),
        Column("giay", _("Học bạ giấy"), Kind.NUMBER),
        *_progress_columns(),
    )
    year = board.choice.school_year
    rows = tuple(
        Row(
            (name, len(lines), total_of(lines, "on_paper"), *_progress(lines)),
            link=f"{reverse('city_oversight:schools', args=[year])}?xa={code}",
        )
        for (code, name), lines in board.by_ward.items()
    )
    total: tuple[Value, ...] = (
        _("Cộng"),
        len(board.lines),
        board.total("on_paper"),
        *_progress(board.lines),
    )
    return Table(
        "xa",
        _("Theo phường, xã"),
        columns,
        rows,
        total=total if rows else (),
        empty=_("Chưa có trường nào trong danh sách đơn vị. Quản trị viên của Sở thêm trường."),
    )


def state_of(line: SchoolLine, at: dt.datetime) -> tuple[str, str]:
    """One school in one word and its meaning."""
    if line.on_paper:
        return _("học bạ giấy"), ""
    if not line.seal.holds(at):
        if line.seal.waiting:
            return _("chứng thư chờ duyệt"), "waiting"
        return _("chưa có chứng thư còn hạn"), "danger"
    if line.counted["refused"] or line.counted["missing"]:
        return _("có học bạ cần nộp lại"), "danger"
    if not line.in_force:
        return _("chưa nộp"), "waiting"
    if not line.expected:
        return _("đang nộp, chưa báo số học sinh"), "waiting"
    if line.left:
        return _("đang nộp"), "waiting"
    if line.closed < line.classes:
        return _("đã nộp đủ"), "good"
    return _("đã chốt"), "good"


def schools_table(board: Board) -> Table:
    """Every school of the choice."""
    columns = (
        Column("truong", _("Trường")),
        Column("xa", _("Phường, xã")),
        Column("tinh-trang", _("Tình trạng")),
        *_progress_columns(),
        Column("nop", _("Nộp gần nhất"), Kind.MOMENT),
        Column("phan-mem", _("Phần mềm của")),
    )
    rows = []
    for line in board.lines:
        words, mark = state_of(line, board.at)
        cells = (
            line.unit.name,
            line.unit.ward_name,
            words,
            *_progress([line]),
            line.last_accepted_at,
            line.vendor,
        )
        link = reverse("city_oversight:school", args=[board.choice.school_year, line.unit.code])
        rows.append(Row(cells, link=link, mark=mark))
    total: tuple[Value, ...] = (
        _("Cộng %(count)d trường") % {"count": len(rows)},
        None,
        None,
        *_progress(board.lines),
        None,
        None,
    )
    return Table(
        "truong",
        _("Theo trường"),
        columns,
        tuple(rows),
        total=total if rows else (),
        empty=_("Không có trường nào như đã chọn. Bỏ bớt điều kiện lọc."),
    )


def grades_table(grades: Sequence[GradeTotal]) -> Table:
    """The grades of the choice, with the steps that schools report."""
    columns = (
        Column("khoi", _("Khối")),
        Column("lop", _("Lớp"), Kind.NUMBER),
        Column("nhap", _("Đã nhập"), Kind.NUMBER),
        Column("du", _("Đủ kết quả"), Kind.NUMBER),
        Column("ky", _("Đã ký"), Kind.NUMBER),
        Column("phat-hanh", _("Đã phát hành"), Kind.NUMBER),
        Column("chot", _("Đã chốt"), Kind.NUMBER),
        Column("hoc-sinh", _("Học sinh"), Kind.NUMBER),
        Column("luu-hanh", _("Học bạ lưu hành"), Kind.NUMBER),
        Column("ty-le", _("Tỷ lệ"), Kind.SHARE),
        Column("bi-tu-choi", _("Bị từ chối, chưa nộp lại"), Kind.NUMBER),
    )
    rows = tuple(
        Row(
            (
                _("Khối %(grade)d") % {"grade": each.grade},
                each.classes,
                *(each.reached[name] for name in ("entering", "complete", "signing", "issued")),
                each.closed,
                each.expected,
                each.in_force,
                share(each.in_force, each.expected),
                each.refused,
            )
        )
        for each in grades
    )
    total = list(sum_row(_("Cộng"), columns, rows))
    if total:
        expected, in_force = (sum(getattr(g, n) for g in grades) for n in ("expected", "in_force"))
        total[9] = share(in_force, expected)
    return Table(
        "khoi",
        _("Theo khối"),
        columns,
        rows,
        total=tuple(total),
        note=_(
            "Bước nhập, đủ kết quả, ký và phát hành do trường báo; học bạ lưu hành và chốt do Sở "
            "đếm."
        ),
        empty=_("Chưa trường nào báo số lớp hay nộp học bạ của năm học này."),
    )


def _class_columns() -> tuple[Column, ...]:
    return (
        Column("lop", _("Lớp")),
        Column("khoi", _("Khối"), Kind.NUMBER),
        Column("buoc", _("Trường báo")),
        Column("hoc-sinh", _("Học sinh"), Kind.NUMBER),
        Column("luu-hanh", _("Học bạ lưu hành"), Kind.NUMBER),
        Column("bi-tu-choi", _("Bị từ chối, chưa nộp lại"), Kind.NUMBER),
        Column("thieu-thay", _("Đã thu hồi, chưa thay"), Kind.NUMBER),
        Column("cho", _("Yêu cầu chờ quyết định"), Kind.NUMBER),
        Column("chot", _("Chốt")),
        Column("nop", _("Nộp gần nhất"), Kind.MOMENT),
    )


def classes_table(board: Board) -> Table:
    """The classes of a board of one school: what was received, and what the school says."""
    [line] = board.lines
    said = _said_classes(line)
    rows = []
    for tally in classes_of_school(board):
        step, pupils, grade = said.pop(tally.classroom_name, ("", None, 0))
        open_again = tally.reopened_until is not None and board.today <= tally.reopened_until
        rows.append(
            Row(
                (
                    tally.classroom_name,
                    tally.grade or grade or None,
                    step,
                    pupils,
                    tally.in_force,
                    tally.refused,
                    tally.missing,
                    tally.waiting,
                    _closing_words(tally.closed_at, tally.closed_round, open_again=open_again),
                    tally.last_accepted_at,
                ),
                link=reverse(
                    "city_repository:classroom",
                    args=[line.unit.code, board.choice.school_year, tally.classroom_name],
                )
                if tally.in_force
                else "",
                mark="danger" if tally.refused or tally.missing else "",
            )
        )
    for name, (step, pupils, grade) in said.items():
        rows.append(Row((name, grade, step, pupils, 0, 0, 0, 0, _("còn mở"), None)))
    return Table(
        "lop",
        _("Các lớp"),
        _class_columns(),
        tuple(sorted(rows, key=lambda row: (row.cells[1] or 0, str(row.cells[0])))),
        empty=_("Trường chưa báo lớp nào và chưa nộp học bạ nào của năm học này."),
    )


def _closing_words(closed_at: dt.datetime | None, round_: str, *, open_again: bool) -> str:
    if closed_at is None:
        return _("còn mở")
    if open_again:
        return _("đang mở lại")
    return _("đã chốt lần hai") if round_ == Round.REASSESSED else _("đã chốt")


def _said_classes(line: SchoolLine) -> dict[str, tuple[str, int | None, int]]:
    """Name of a class -> its step, pupils and lowest grade, as the school's software said."""
    if line.situation is None:
        return {}
    found: dict[str, tuple[str, int | None, int]] = {}
    for each in read_situation(line.situation.report.body).classes:
        before = found.get(each.name)
        pupils = each.pupils + ((before[1] or 0) if before else 0)
        grade = min(each.grade, before[2]) if before else each.grade
        found[each.name] = (in_page_language(each.step.words), pupils, grade)
    return found
