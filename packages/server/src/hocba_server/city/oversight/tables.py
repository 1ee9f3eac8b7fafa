"""A board as a table of typed cells: the page, the Excel file and the report are made of the same.

A table can be written as JSON and read again, so that a report stays as it was made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from hocba.record.values import VIETNAM

Value = str | int | float | dt.date | dt.datetime | None


class Kind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    NUMBER = "number"
    SHARE = "share"
    """A part of one, shown in per cent with one decimal."""
    DAY = "day"
    MOMENT = "moment"

    @property
    def numeric(self) -> bool:
        """Is it set to the right?"""
        return self in {Kind.NUMBER, Kind.SHARE}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `name` stands in addresses, `title` on the page."""

    name: str
    title: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `link` leads from its first cell to what it is about."""

    cells: tuple[Value, ...]
    link: str = ""
    mark: str = ""
    """Meaning of the row: "danger", "waiting", "good" or nothing; a word stands in a cell too."""


@dataclass(frozen=True, slots=True)
class Table:
    """A board."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    total: tuple[Value, ...] = ()
    """The sum row; empty where the rows do not add up."""
    note: str = ""
    empty: str = ""
    """What will stand here, and how it comes, while there are no rows."""
    filters: tuple[tuple[str, str], ...] = field(default=())
    """Name and value of what the rows were chosen by, for the file."""

    def sorted_by(self, wish: str) -> Table:
        """The rows in the order of a column; `-` before its name turns it round. Empty cells last.

        A wish that is no column of the table changes nothing.
        """
        name = wish.removeprefix("-")
        at = next((i for i, column in enumerate(self.columns) if column.name == name), None)
        if at is None:
            return self
        filled = [row for row in self.rows if row.cells[at] not in {None, ""}]
        blank = [row for row in self.rows if row.cells[at] in {None, ""}]
        filled.sort(key=lambda row: _order(row.cells[at]), reverse=wish.startswith("-"))
        return replace(self, rows=(*filled, *blank))

    def to_json(self) -> dict[str, Any]:
        """Plain values, without links: a report leads nowhere."""
        return {
            "name": self.name,
            "title": self.title,
            "columns": [[column.name, column.title, column.kind.value] for column in self.columns],
            "rows": [[_plain(cell) for cell in row.cells] for row in self.rows],
            "total": [_plain(cell) for cell in self.total],
            "note": self.note,
            "empty": self.empty,
            "filters": [list(pair) for pair in self.filters],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Table:
        """Read what `to_json` wrote."""
        columns = tuple(Column(name, title, Kind(kind)) for name, title, kind in value["columns"])
        return cls(
            name=value["name"],
            title=value["title"],
            columns=columns,
            rows=tuple(Row(_cells(columns, cells)) for cells in value["rows"]),
            total=_cells(columns, value["total"]),
            note=value["note"],
            empty=value["empty"],
            filters=tuple((name, text) for name, text in value["filters"]),
        )


def _order(value: Value) -> Any:
    if isinstance(value, str):
        return value.casefold()
    return value


def _plain(value: Value) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _cells(columns: Sequence[Column], values: Sequence[Any]) -> tuple[Value, ...]:
    return tuple(_read(column.kind, value) for column, value in zip(columns, values, strict=False))


def _read(kind: Kind, value: Any) -> Value:
    if isinstance(value, str) and kind is Kind.DAY:
        return dt.date.fromisoformat(value)
    if isinstance(value, str) and kind is Kind.MOMENT:
        return dt.datetime.fromisoformat(value)
    plain: Value = value
    return plain


def shown(value: Value, kind: Kind) -> str:
    """A cell as a person reads it: decimal comma, points between thousands, dd/mm/yyyy."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if kind is Kind.SHARE:
        return f"{percent(float(value))} %"
    if isinstance(value, float):
        return f"{value:.1f}".replace(".", ",")
    return f"{value:,}".replace(",", ".")


def percent(share: float) -> str:
    """Per cent with one decimal, cut and never rounded up: 100 means that nothing is missing."""
    tenths = int(share * 1000 + 1e-9)
    whole, tenth = divmod(tenths, 10)
    return f"{whole},{tenth}"


def share(part: int, whole: int) -> float | None:
    """A part of a whole; None where there is no whole. More than the whole stays more than one."""
    return part / whole if whole else None


def sum_row(title: str, columns: Sequence[Column], rows: Sequence[Row]) -> tuple[Value, ...]:
    """The sums of the numbers; shares stay empty for the caller to fill in."""
    if not rows:
        return ()
    cells: list[Value] = [title or _("Cộng")]
    for at, column in enumerate(columns[1:], start=1):
        if column.kind is not Kind.NUMBER:
            cells.append(None)
            continue
        numbers = [row.cells[at] for row in rows]
        cells.append(sum(n for n in numbers if isinstance(n, int)))
    return tuple(cells)
