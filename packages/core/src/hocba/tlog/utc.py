"""The one written form of a moment in the log: `YYYY-MM-DDThh:mm:ssZ`, UTC, whole seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hocba.errors import Malformed

_UTC = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def format_utc(moment: datetime) -> str:
    """Write a moment; it must carry a time zone. Fractions of a second are cut off."""
    if moment.tzinfo is None:
        raise ValueError("a moment without time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_utc(text: str) -> datetime:
    """Read a moment. Raises `Malformed` with code `utc_time`."""
    if _UTC.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return moment
    raise Malformed(
        "utc_time",
        "Thời điểm trong nhật ký phải có dạng 2026-05-29T08:00:00Z.",
        "A moment in the log looks like 2026-05-29T08:00:00Z.",
    )
