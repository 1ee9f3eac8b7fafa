"""What the address of a board asks for: year, ward, level, grade, words, order, page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from hocba.errors import Malformed
from hocba.ids import SchoolYear
from hocba_server.city.certificates.models import Level
from hocba_server.city.oversight.boards import Board, Choice, wards_of
from hocba_server.city.oversight.tables import Column, Table
from hocba_server.web.accounts.actor import Actor


def year_of(text: str) -> str:
    """The school year of an address. Raises `Http404`."""
    try:
        return str(SchoolYear.parse(text))
    except Malformed as fault:
        raise Http404(fault.sentence.vi) from fault


def choice_of(request: HttpRequest, school_year: str) -> Choice:
    """What the query narrows a board to; what it does not understand narrows nothing."""
    grade = request.GET.get("khoi", "")
    level = request.GET.get("cap", "")
    return Choice(
        school_year=year_of(school_year),
        ward=_plain(request.GET.get("xa", ""))[:5],
        level=level if level in Level.values else "",
        grade=int(grade) if grade.isascii() and grade.isdigit() and len(grade) <= 2 else 0,
        words=_plain(request.GET.get("tim", ""))[:60],
    )


def _plain(text: str) -> str:
    """Single spaces, and no NUL, which PostgreSQL does not take even to look for it."""
    return " ".join(text.replace("\0", " ").split())


def level_title(level: str) -> str:
    """A level in the page's language."""
    return _(Level(level).label) if level in Level.values else ""


def chosen_words(board: Board) -> list[tuple[str, str]]:
    """The filters in words, for a file."""
    choice = board.choice
    ward = next((name for code, name in board.by_ward if code == choice.ward), choice.ward)
    named = (
        (_("Phường, xã"), ward),
        (_("Cấp học"), level_title(choice.level)),
        (_("Khối"), str(choice.grade or "")),
        (_("Tìm"), choice.words),
    )
    return [(name, value) for name, value in named if value]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: a link that sorts by it."""

    column: Column
    query: str
    direction: str
    """"ascending", "descending" or "none", as aria-sort has it."""


def heads_of(request: HttpRequest, table: Table, order: str) -> list[Head]:
    """A heading for each column; numbers are sorted from the biggest first."""
    heads = []
    for column in table.columns:
        now = "none"
        wish = f"-{column.name}" if column.kind.numeric else column.name
        if order.removeprefix("-") == column.name:
            now = "descending" if order.startswith("-") else "ascending"
            wish = column.name if order.startswith("-") else f"-{column.name}"
        heads.append(Head(column, with_query(request, xep=wish, trang=None), now))
    return heads


def with_query(request: HttpRequest, **changes: Any) -> str:
    """The query of this page with some of its values changed; None takes one away."""
    values = {key: value for key, value in request.GET.items() if value}
    for key, value in changes.items():
        if value is None:
            values.pop(key, None)
        else:
            values[key] = str(value)
    return f"?{urlencode(values)}" if values else "?"


def filters_context(request: HttpRequest, by: Actor, choice: Choice) -> dict[str, Any]:
    """What the filter form needs."""
    wards = wards_of(by)
    return {
        "choice": choice,
        "wards": wards if len(wards) > 1 else [],
        "levels": [(level.value, _(level.label)) for level in Level],
        "grades": range(1, 13),
        "order": request.GET.get("xep", ""),
        "narrow": urlencode(
            {
                name: value
                for name, value in (
                    ("xa", choice.ward),
                    ("cap", choice.level),
                    ("khoi", choice.grade or ""),
                    ("tim", choice.words),
                )
                if value
            }
        ),
        "narrowed": bool(choice.ward or choice.level or choice.grade or choice.words),
    }
