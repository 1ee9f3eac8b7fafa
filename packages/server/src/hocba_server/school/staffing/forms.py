"""Reading what pages send: numbers, days and people, without surprises."""

from __future__ import annotations

import datetime as dt

from django.http import QueryDict

from hocba.errors import Refused
from hocba_server.school.staffing.services import PersonData
from hocba_server.web.spreadsheets.cells import birth_date_value


def number(text: object) -> int | None:
    """A row number, or None when nothing was chosen."""
    if not isinstance(text, str) or not text.isascii() or not text.isdecimal() or len(text) > 18:
        return None
    return int(text)


def day(text: str | None) -> dt.date:
    """A day as dd/mm/yyyy or as browsers send it. Raises `Refused` with code `day`."""
    text = (text or "").strip()
    try:
        if len(text) == 10 and text[4] == "-":
            return dt.date.fromisoformat(text)
        found = birth_date_value(text)
        if found and len(found) == 10:
            return dt.date(int(found[6:]), int(found[3:5]), int(found[:2]))
    except ValueError:
        pass
    raise Refused(
        "day",
        "Ngày phải có dạng ngày/tháng/năm, ví dụ 05/09/2026.",
        "A day has the form dd/mm/yyyy.",
    )


def person(data: QueryDict) -> PersonData:
    """The form of a person."""
    return PersonData(
        full_name=data.get("full_name", "")[:150],
        personal_id=data.get("personal_id", "").strip(),
        title=data.get("title", "")[:150],
        birth_date=data.get("birth_date", "")[:10],
        gender=data.get("gender", ""),
        subjects=data.get("subjects", "")[:250],
        email=data.get("email", "")[:200],
        campus_id=number(data.get("campus")),
    )


def text(value: str | None, limit: int) -> str:
    """A line of text, trimmed and cut."""
    return (value or "").strip()[:limit]
