"""Charts drawn on the server, lines as SVG: no script, so they work under the strict content
policy, in print and without motion. Each stands beside the table of its numbers, which is its text.

Lines differ by their dash and end label and not by colour alone. All lengths are in units of the
viewBox; the page scales them.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 720
_LEFT, _RIGHT, _TOP, _BOTTOM = 96, 24, 20, 40
_HEIGHT: Final = 260
_MOST_DAYS_LABELLED: Final = 7


@dataclass(frozen=True, slots=True)
class Point:
    """One place on the sheet."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place of an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a trend: its path, its last value and its name in the style sheet."""

    name: str
    title: str
    path: str
    end: Point
    last: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Numbers over days, with the date that they are to be reached by."""

    title: str
    lines: tuple[Line, ...]
    days: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    due: Tick | None
    width: int = WIDTH
    height: int = _HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = _HEIGHT - _BOTTOM

    @property
    def label_y(self) -> int:
        """Where the days are written."""
        return self.bottom + 28


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind, one for each day."""

    name: str
    title: str
    values: Sequence[int]


def trend(
    title: str, days: Sequence[dt.date], series: Sequence[Series], due: dt.date | None
) -> Trend | None:
    """Draw numbers over days; None with fewer than two days, which make no line."""
    if len(days) < 2:
        return None
    first = days[0]
    last = max(days[-1], due) if due is not None and due >= first else days[-1]
    span = max((last - first).days, 1)
    most = _round_up(max((value for one in series for value in one.values), default=0))

    def x(day: dt.date) -> float:
        return round(_LEFT + (day - first).days / span * (WIDTH - _LEFT - _RIGHT), 1)

    def y(value: float) -> float:
        return round(_HEIGHT - _BOTTOM - value / most * (_HEIGHT - _TOP - _BOTTOM), 1)

    lines = []
    for one in series:
        points = [Point(x(day), y(value)) for day, value in zip(days, one.values, strict=True)]
        # Steps: between two days on which something changed, nothing did.
        path = f"M{points[0].x} {points[0].y}" + "".join(f" H{p.x} V{p.y}" for p in points[1:])
        lines.append(Line(one.name, one.title, path, points[-1], _number(one.values[-1])))
    step = max(math.ceil(span / _MOST_DAYS_LABELLED), 1)
    ticks = [first + dt.timedelta(days=each) for each in range(0, span + 1, step)]
    return Trend(
        title=title,
        lines=tuple(lines),
        days=tuple(Tick(x(day), f"{day:%d/%m}") for day in ticks),
        levels=tuple(Tick(y(most * part / 4), _number(most * part // 4)) for part in range(5)),
        due=Tick(x(due), f"{due:%d/%m/%Y}") if due is not None and first <= due else None,
    )


@dataclass(frozen=True, slots=True)
class Amount:
    """What one bar shows: a part of a whole, or a number alone (`whole` 0)."""

    name: str
    part: int
    whole: int = 0
    link: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its name and number; `share` of it is filled, 0 to 1."""

    name: str
    number: str
    share: float
    link: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars under one another, each of the page's own element for it."""

    title: str
    bars: tuple[Bar, ...]


def bars(title: str, amounts: Sequence[Amount]) -> Bars | None:
    """One bar for each amount; None where there is nothing to show.

    With wholes a bar is filled by its share; alone, the biggest number fills its bar.
    """
    if not amounts:
        return None
    most = max(each.part for each in amounts) or 1
    made = [
        Bar(
            each.name,
            f"{_number(each.part)}/{_number(each.whole)}" if each.whole else _number(each.part),
            round(min(each.part / (each.whole or most), 1), 4),
            each.link,
        )
        for each in amounts
    ]
    return Bars(title, tuple(made))


def _number(value: float) -> str:
    return f"{int(value):,}".replace(",", ".")


def _round_up(most: int) -> int:
    """A round number that is not smaller, and can be cut in four."""
    if most <= 4:
        return 4
    size = int(10 ** (len(str(most)) - 1))
    for step in (1, 2, 3, 4, 5, 6, 8, 10):
        if most <= step * size and step * size % 4 == 0:
            return step * size
    return math.ceil(most / 4) * 4
