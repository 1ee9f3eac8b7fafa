"""Cells of a board in a template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import template

from hocba_server.city.oversight.tables import Column, Kind, Value, percent, shown

register = template.Library()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the page shows it."""

    text: str
    numeric: bool
    share: float | None
    """Of one, at most one, for the little bar beside the number."""


@register.filter
def cells(values: Sequence[Value], columns: Sequence[Column]) -> list[Cell]:
    """The values of a row under its columns."""
    return [
        Cell(
            text=shown(value, column.kind),
            numeric=column.kind.numeric,
            share=min(float(value), 1.0)
            if column.kind is Kind.SHARE and isinstance(value, int | float)
            else None,
        )
        for value, column in zip(values, columns, strict=False)
    ]


@register.filter
def per_cent(share: float | None) -> str:
    """A share in per cent, or a dash."""
    return "–" if share is None else f"{percent(share)} %"


@register.filter
def dotted(number: int | None) -> str:
    """A whole number with points between thousands."""
    return shown(number, Kind.NUMBER)
