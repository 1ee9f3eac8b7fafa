"""Days of the year as an operator writes them."""

from __future__ import annotations

import datetime as dt
import re

_DAY_AND_MONTH = re.compile(r"(\d{1,2})/(\d{1,2})", re.ASCII)


def is_day_and_month(text: str) -> bool:
    """Is this a day of every year as "30/06"? 29/02 is none."""
    found = _DAY_AND_MONTH.fullmatch(text)
    if found is None:
        return False
    try:
        dt.date(2001, int(found[2]), int(found[1]))
    except ValueError:
        return False
    return True


def read_step_dates(text: str) -> dict[str, str]:
    """Dates of a school year's steps, as in "certificate=30/04,received=20/06".

    A step that is not named keeps its default. Raises ValueError for another step or no day.
    """
    dates = {
        "certificate": "30/04",
        "complete": "25/05",
        "issued": "30/05",
        "received": "20/06",
    }
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, day = part.partition("=")
        if name not in dates or not is_day_and_month(day):
            msg = f"HOCBA_OVERSIGHT_DATES: {part!r} không đúng dạng received=20/06"
            raise ValueError(msg)
        dates[name] = day
    return dates
