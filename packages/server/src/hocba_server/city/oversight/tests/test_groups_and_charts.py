"""Small groups stay hidden, also by subtraction; charts draw what the numbers are."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_server.city.oversight.charts import Amount, Series, bars, trend
from hocba_server.city.oversight.statistics import Counted, hidden_groups
from hocba_server.city.oversight.tables import (
    Column,
    Kind,
    Row,
    Table,
    percent,
    shown,
    sum_row,
)

LEAST = 5
_GROUPS = st.lists(
    st.dictionaries(st.sampled_from(["A", "B", "C"]), st.integers(0, 30)), min_size=1, max_size=12
)


@given(_GROUPS)
def test_no_small_number_can_be_read_or_computed(numbers: list[dict[str, int]]) -> None:
    groups = [Counted((str(at),), pupils) for at, pupils in enumerate(numbers)]
    hidden = hidden_groups(groups, LEAST)
    for each in groups:
        if each.group not in hidden:
            assert not any(0 < number < LEAST for number in each.pupils.values())
    rest = [each for each in groups if each.group in hidden]
    if rest and len(hidden) < len(groups):
        assert len(rest) > 1
        for result in "ABC":
            together = sum(each.pupils.get(result, 0) for each in rest)
            assert not 0 < together < LEAST


def test_one_small_group_takes_another_with_it() -> None:
    groups = [
        Counted(("a",), {"x": 40, "y": 2}),
        Counted(("b",), {"x": 30, "y": 9}),
        Counted(("c",), {"x": 90, "y": 20}),
    ]
    assert hidden_groups(groups, LEAST) == {("a",), ("b",)}
    assert hidden_groups(groups[2:], LEAST) == set()


def test_a_trend_ends_where_its_numbers_end() -> None:
    days = [dt.date(2026, 5, day) for day in (1, 2, 5)]
    drawn = trend("Theo ngày", days, [Series("in-force", "a", [0, 10, 40])], dt.date(2026, 5, 9))
    assert drawn is not None
    [line] = drawn.lines
    assert line.last == "40"
    assert line.path.startswith("M96")
    assert line.end.y == drawn.top, "40 is the top of the scale"
    assert drawn.due is not None
    assert drawn.due.at == drawn.right
    assert trend("x", days[:1], [Series("a", "a", [1])], None) is None


def test_bars_are_parts_of_their_whole() -> None:
    drawn = bars("x", [Amount("a", 3, 4), Amount("b", 9, 4)])
    assert drawn is not None
    assert [(bar.share, bar.number) for bar in drawn.bars] == [(0.75, "3/4"), (1, "9/4")]
    alone = bars("x", [Amount("a", 50), Amount("b", 25)])
    assert alone is not None
    assert [bar.share for bar in alone.bars] == [1, 0.5]
    assert bars("x", []) is None


@pytest.mark.parametrize(
    ("share", "words"), [(1.0, "100,0"), (0.99999, "99,9"), (0.0, "0,0"), (1.005, "100,5")]
)
def test_a_hundred_per_cent_means_that_nothing_is_missing(share: float, words: str) -> None:
    assert percent(share) == words


def test_cells_read_as_people_here_write() -> None:
    assert shown(1234567, Kind.NUMBER) == "1.234.567"
    assert shown(dt.date(2026, 5, 7), Kind.DAY) == "07/05/2026"
    assert shown(dt.datetime(2026, 5, 7, 1, tzinfo=dt.UTC), Kind.MOMENT) == "08:00 07/05/2026"
    assert shown(None, Kind.TEXT) == "–"


def test_a_table_survives_its_json() -> None:
    columns = (
        Column("a", "A"),
        Column("n", "N", Kind.NUMBER),
        Column("d", "D", Kind.DAY),
        Column("m", "M", Kind.MOMENT),
        Column("s", "S", Kind.SHARE),
    )
    moment = dt.datetime(2026, 5, 7, 1, tzinfo=dt.UTC)
    rows = (
        Row(("x", 2, dt.date(2026, 5, 7), moment, 0.5)),
        Row(("y", None, None, None, None)),
    )
    table = Table("t", "T", columns, rows, total=sum_row("Cộng", columns, rows))
    assert Table.from_json(table.to_json()) == table
    assert table.total == ("Cộng", 2, None, None, None)
    assert [row.cells[0] for row in table.sorted_by("n").rows] == ["x", "y"]
