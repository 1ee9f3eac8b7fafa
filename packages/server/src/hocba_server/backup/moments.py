"""Moments as an operator writes them, in Viet Nam's time."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from hocba.errors import Malformed
from hocba.record.values import VIETNAM

NEWEST: Final = "moi-nhat"
"""Instead of a moment: as new as there is."""


def read_moment(text: str) -> datetime:
    """Read "dd/mm/yyyy HH:MM" or with seconds, in Viet Nam's time. Raises `Malformed`."""
    for form in ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"):
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=VIETNAM)
        except ValueError:
            continue
    raise Malformed(
        "moment",
        f"“{text}” không phải thời điểm; viết như 28/11/2026 09:30.",
        f"“{text}” is no moment; write it like 28/11/2026 09:30.",
    )
