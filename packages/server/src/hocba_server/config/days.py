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
