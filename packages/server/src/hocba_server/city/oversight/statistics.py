"""Year results by grade, ward and sex: groups only, and none so small that it names a child.

Source: TT 27/2020/TT-BGDĐT Điều 9 (the four results), Điều 16.1b (results are told in private, with
no comparing of pupils); QĐ 1789/QĐ-SGDĐT Đ28.4. Disability is not in the record (CV 2088) and is
therefore not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _

from hocba.assessment.levels import YearResult
from hocba_server.city.oversight.boards import Board
from hocba_server.city.oversight.models import ResultTally
from hocba_server.city.oversight.tables import Column, Kind, Row, Table, Value

RESULTS: tuple[str, ...] = (*(result.value for result in YearResult), "")
"""The results in order; the last: not one of these."""
Group = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """Pupils of one group by result."""

    group: Group
    pupils: Mapping[str, int]

    @property
    def all(self) -> int:
        """Every pupil of the group."""
        return sum(self.pupils.values())


def result_tables(board: Board) -> list[Table]:
    """By grade, by grade and sex, by ward, by ward and grade."""
    wards = {line.unit.code: line.unit.ward_name for line in board.lines}
    rows = (
        ResultTally.objects.filter(
            tally__school_year=board.choice.school_year, tally__unit_code__in=list(wards)
        )
        .order_by()
        .values_list("tally__unit_code", "grade", "sex", "result")
        .annotate(n=Sum("pupils"))
    )
    if board.choice.grade:
        rows = rows.filter(grade=board.choice.grade)
    counts: dict[str, dict[Group, dict[str, int]]] = {
        name: defaultdict(lambda: defaultdict(int))
        for name in ("grade", "sex", "ward", "ward-grade")
    }
    for code, grade, sex, result, n in rows:
        known = result if result in RESULTS else ""
        named = _("Khối %(grade)d") % {"grade": grade}
        for name, group in (
            ("grade", (named,)),
            ("sex", (named, sex or _("không rõ"))),
            ("ward", (wards[code],)),
            ("ward-grade", (wards[code], named)),
        ):
            counts[name][group][known] += n
    titles = {
        "grade": (_("Kết quả theo khối"), (_("Khối"),)),
        "sex": (_("Kết quả theo khối và giới tính"), (_("Khối"), _("Giới tính"))),
        "ward": (_("Kết quả theo phường, xã"), (_("Phường, xã"),)),
        "ward-grade": (_("Kết quả theo phường, xã và khối"), (_("Phường, xã"), _("Khối"))),
    }
    return [
        _table(name, *titles[name], [Counted(group, dict(n)) for group, n in groups.items()])
        for name, groups in counts.items()
    ]


def _table(name: str, title: str, heads: tuple[str, ...], groups: Sequence[Counted]) -> Table:
    columns = (
        *(Column(f"nhom-{at}", head) for at, head in enumerate(heads)),
        Column("hoc-sinh", _("Học sinh"), Kind.NUMBER),
        *(
            Column(f"kq-{at}", result or _("không rõ"), Kind.NUMBER)
            for at, result in enumerate(RESULTS)
        ),
    )
    least = settings.OVERSIGHT_SMALLEST_GROUP
    ordered = sorted(groups, key=lambda each: each.group)
    hidden = hidden_groups(ordered, least)
    rows = []
    for each in ordered:
        numbers: list[Value] = [each.pupils.get(result, 0) for result in RESULTS]
        if each.group in hidden:
            numbers = [None] * len(RESULTS)
        rows.append(Row((*each.group, each.all, *numbers)))
    sums: tuple[Value, ...] = ()
    if rows:
        by_result = [sum(each.pupils.get(result, 0) for each in groups) for result in RESULTS]
        shown_sums: list[Value] = list(by_result)
        if any(0 < number < least for number in by_result):
            shown_sums = [None] * len(RESULTS)
        sums = (_("Cộng"), *([None] * (len(heads) - 1)), sum(by_result), *shown_sums)
    return Table(
        name,
        title,
        columns,
        tuple(rows),
        total=sums,
        note=_(
            "Nhóm có kết quả nào dưới %(least)d học sinh thì không ghi chi tiết (–), để không nhận "
            "ra từng em."
        )
        % {"least": least},
        empty=_("Kho chưa có học bạ nào của năm học này."),
    )


def hidden_groups(groups: Sequence[Counted], least: int) -> set[Group]:
    """Groups whose results are not shown, so that no number under `least` can be read or computed.

    A group is hidden when one of its results has fewer than `least` pupils, but some. Because the
    sums stand below, more are hidden, the smallest first, until what is hidden together has no such
    number either: then nothing can be got by taking the rest from the sum.
    """

    def small(numbers: Mapping[str, int]) -> bool:
        return any(0 < number < least for number in numbers.values())

    hidden = {each.group for each in groups if small(each.pupils)}
    rest = sorted((each for each in groups if each.group not in hidden), key=lambda each: each.all)

    def together() -> dict[str, int]:
        sums: dict[str, int] = defaultdict(int)
        for each in groups:
            if each.group in hidden:
                for result, number in each.pupils.items():
                    sums[result] += number
        return sums

    while hidden and rest and (len(hidden) == 1 or small(together())):
        hidden.add(rest.pop(0).group)
    return hidden
