"""What the charts show: the days of a year, wards, grades, reasons."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Sum
from django.utils.translation import gettext as _

from hocba_server.city.oversight import charts
from hocba_server.city.oversight.boards import Board, GradeTotal, total_of
from hocba_server.city.oversight.models import DaySnapshot, RefusalTally
from hocba_server.city.oversight.sides import reason_words
from hocba_server.city.oversight.tables import Column, Kind, Row, Table

MOST_DAYS: Final = 120
MOST_BARS: Final = 12
_REASONS: Final = 8


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart and the table that says the same."""

    chart: charts.Trend | charts.Bars | None
    table: Table


def days_drawing(board: Board, due: dt.date) -> Drawing:
    """Records in force and expected, day by day: the newest row of each school and day."""
    sums = _sums_of_days(board)
    days = sorted(sums)[-MOST_DAYS:]
    series = (
        charts.Series("in-force", _("học bạ lưu hành"), [sums[day][0] for day in days]),
        charts.Series("expected", _("học sinh phải có học bạ"), [sums[day][1] for day in days]),
    )
    columns = (
        Column("ngay", _("Ngày"), Kind.DAY),
        Column("luu-hanh", _("Học bạ lưu hành"), Kind.NUMBER),
        Column("hoc-sinh", _("Học sinh phải có học bạ"), Kind.NUMBER),
    )
    table = Table(
        "ngay",
        _("Học bạ lưu hành theo ngày"),
        columns,
        tuple(Row((day, *sums[day])) for day in reversed(days)),
        empty=_("Biểu đồ hiện ra khi đã đếm được hai ngày."),
    )
    return Drawing(charts.trend(table.title, days, series, due), table)


def _sums_of_days(board: Board) -> dict[dt.date, tuple[int, int]]:
    """Day -> records in force, pupils expected. A school that was not counted on a day stands as on
    the day before: it is the difference to its former row that is added."""
    codes = [line.unit.code for line in board.lines if not line.on_paper]
    rows = DaySnapshot.objects.filter(
        school_year=board.choice.school_year, unit_code__in=codes
    ).order_by("day")
    newest: dict[str, tuple[int, int]] = {}
    in_force = expected = 0
    sums: dict[dt.date, tuple[int, int]] = {}
    for day, code, held, said in rows.values_list(
        "day", "unit_code", "in_force", "expected"
    ).iterator(chunk_size=5000):
        before = newest.get(code, (0, 0))
        newest[code] = (held, said)
        in_force += held - before[0]
        expected += said - before[1]
        sums[day] = (in_force, expected)
    return sums


def wards_drawing(board: Board, *, link: str) -> Drawing:
    """The share of each ward; the furthest behind first, because these are asked about."""
    amounts = [
        charts.Amount(
            name,
            total_of(lines, "in_force"),
            total_of(lines, "due_pupils"),
            f"{link}?xa={code}",
        )
        for (code, name), lines in board.by_ward.items()
    ]
    wholes = [each for each in amounts if each.whole]
    wholes.sort(key=lambda each: each.part / each.whole)
    title = _("Tỷ lệ học bạ lưu hành theo phường, xã")
    if len(wholes) > MOST_BARS:
        title = _("%(count)d phường, xã còn thiếu nhiều nhất") % {"count": MOST_BARS}
    columns = (
        Column("xa", _("Phường, xã")),
        Column("luu-hanh", _("Học bạ lưu hành"), Kind.NUMBER),
        Column("hoc-sinh", _("Học sinh"), Kind.NUMBER),
    )
    rows = tuple(Row((each.name, each.part, each.whole)) for each in wholes)
    return Drawing(charts.bars(title, wholes[:MOST_BARS]), Table("xa", title, columns, rows))


def grades_drawing(grades: Sequence[GradeTotal]) -> Drawing:
    """The share of each grade."""
    title = _("Tỷ lệ học bạ lưu hành theo khối")
    amounts = [
        charts.Amount(_("Khối %(grade)d") % {"grade": each.grade}, each.in_force, each.expected)
        for each in grades
        if each.expected
    ]
    columns = (
        Column("khoi", _("Khối")),
        Column("luu-hanh", _("Học bạ lưu hành"), Kind.NUMBER),
        Column("hoc-sinh", _("Học sinh"), Kind.NUMBER),
    )
    rows = tuple(Row((each.name, each.part, each.whole)) for each in amounts)
    return Drawing(charts.bars(title, amounts), Table("khoi", title, columns, rows))


def reasons_drawing(board: Board) -> Drawing:
    """Refused records by reason, the most frequent first."""
    counted: Counter[str] = Counter()
    codes = [line.unit.code for line in board.lines]
    rows = RefusalTally.objects.filter(
        school_year=board.choice.school_year, unit_code__in=codes
    ).order_by()
    for row in rows.values("code").annotate(n=Sum("records")):
        counted[row["code"]] = row["n"]
    title = _("Học bạ bị từ chối theo lý do")
    amounts = [charts.Amount(reason_words(code), n) for code, n in counted.most_common(_REASONS)]
    columns = (
        Column("ly-do", _("Lý do")),
        Column("luot", _("Lượt bị từ chối"), Kind.NUMBER),
    )
    table_rows = tuple(Row((reason_words(code), n)) for code, n in counted.most_common())
    return Drawing(charts.bars(title, amounts), Table("ly-do", title, columns, table_rows))
