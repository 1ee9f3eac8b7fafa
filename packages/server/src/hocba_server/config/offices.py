"""Settings about the approval of certificates, read from the environment."""

from __future__ import annotations

from typing import Final

OFFICES: Final = ("ward", "department")
DEFAULT_OFFICES: Final = {
    "primary": "ward",
    "lower_secondary": "ward",
    "upper_secondary": "department",
    "continuing": "department",
}
"""QĐ 1789 Đ9.3 and Đ20.3 name the district office for primary and lower secondary schools; since
1/7/2025 there is none, and its schools are the wards' (decision 0026)."""


def read_offices(text: str) -> dict[str, str]:
    """Read `primary=ward,upper_secondary=department`; what is not named stays as it is by default.

    Raises ValueError for an unknown level or office.
    """
    offices = dict(DEFAULT_OFFICES)
    for pair in filter(None, (part.strip() for part in text.split(","))):
        level, _, office = pair.partition("=")
        if level not in offices or office not in OFFICES:
            raise ValueError(
                "HOCBA_CERTIFICATE_OFFICES: cấp học=ward hoặc department, ví dụ "
                f"primary=ward,upper_secondary=department (got {pair})"
            )
        offices[level] = office
    return offices


def read_days(text: str) -> tuple[int, ...]:
    """Read `60,30,7`, longest first. Raises ValueError."""
    days = tuple(sorted({int(part) for part in text.split(",") if part.strip()}, reverse=True))
    if any(not 0 < day < 1000 for day in days):
        raise ValueError("HOCBA_CERTIFICATE_REMINDER_DAYS: số ngày từ 1 đến 999, ví dụ 60,30,7")
    return days
