"""One value of a record as text and back. Every function names the tag in its error.

Source: CV 2088/BGDĐT-GDTH II.1.3 (numbers, dates); birth dates as in its recall example.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from hocba.assessment.catalogue import subject
from hocba.assessment.levels import SubjectLevel
from hocba.errors import Malformed
from hocba.ids import SubjectCode

VIETNAM: Final = timezone(timedelta(hours=7))
"""Viet Nam has one time zone and no summer time."""

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:[0-5]\d)", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
_MONTH = re.compile(r"(\d{2})/(\d{4})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_DECIMAL = re.compile(r"(?:0|[1-9]\d{0,3})(?:\.\d{1,4})?", re.ASCII)
_COUNT = re.compile(r"0|[1-9]\d{0,3}", re.ASCII)
_SCORE = re.compile(r"\d|10", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_LARGEST_OFFSET: Final = timedelta(hours=14)

_E = TypeVar("_E", bound=StrEnum)


def is_normal(text: str) -> bool:
    """Tell whether the text is in Unicode NFC."""
    return unicodedata.is_normalized("NFC", text)


def has_control(text: str) -> bool:
    """Tell whether the text holds characters that no reader shows (line feed and tab are fine)."""
    return _CONTROL.search(text) is not None


def read_code(kind: type[_E], text: str, where: str) -> _E:
    """Read a letter or word of a catalogue. Raises `Malformed` with code `field_catalogue`."""
    try:
        return kind(text)
    except ValueError:
        allowed = ", ".join(member.value for member in kind)
        raise Malformed(
            "field_catalogue",
            f"giá trị “{text[:40]}” không có trong danh mục ({allowed}).",
            f"“{text[:40]}” is not one of {allowed}.",
            where=where,
        ) from None


def check_subject_code(text: str, where: str) -> SubjectCode:
    """Read the code of a primary subject. Raises `Malformed` with code `field_catalogue`."""
    try:
        return subject(text).code
    except Malformed as error:
        raise Malformed(
            "field_catalogue", error.sentence.vi, error.sentence.en, where=where
        ) from None


def read_moment(text: str, where: str) -> datetime:
    """Read `YYYY-MM-DDThh:mm:ssTZD`. Raises `Malformed` with code `date`."""
    if _MOMENT.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise _date(text, where) from None
        offset = moment.utcoffset()
        in_range = offset is not None and abs(offset) <= _LARGEST_OFFSET
        if in_range and _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            return moment
    raise _date(text, where)


def read_foreign_day(text: str) -> datetime | None:
    """Read a day without time, as other software writes dates: ISO or dd/MM/yyyy; else None."""
    if found := _ISO_DAY.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif found := _DAY.fullmatch(text):
        year, month, day = int(found[3]), int(found[2]), int(found[1])
    else:
        return None
    try:
        moment = datetime(year, month, day, tzinfo=VIETNAM)
    except ValueError:
        return None
    return moment if _FIRST_YEAR <= year <= _LAST_YEAR else None


def write_moment(moment: datetime) -> str:
    """Write a moment with its own offset, whole seconds."""
    return moment.isoformat(timespec="seconds")


def read_birth_date(text: str, where: str) -> str:
    """Check dd/MM/yyyy, MM/yyyy or yyyy. Raises `Malformed` with code `date`."""
    parts: tuple[str, str, str] | None = None
    if found := _DAY.fullmatch(text):
        parts = (found[3], found[2], found[1])
    elif found := _MONTH.fullmatch(text):
        parts = (found[2], found[1], "01")
    elif _YEAR.fullmatch(text):
        parts = (text, "01", "01")
    if parts is None:
        raise _date(text, where)
    try:
        day = date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        raise _date(text, where) from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise _date(text, where)
    return text


def read_decimal(text: str, where: str) -> Decimal:
    """Read a number with at most 4 decimals and a decimal point."""
    if not _DECIMAL.fullmatch(text):
        raise _number(text, where)
    return Decimal(text)


def write_decimal(number: Decimal) -> str:
    """Write a number without exponent."""
    return format(number, "f")


def read_count(text: str, where: str) -> int:
    """Read an integer of 0 or more."""
    if not _COUNT.fullmatch(text):
        raise _number(text, where)
    return int(text)


def read_flag(text: str, where: str) -> bool:
    """Read 1 or 0."""
    if text not in {"0", "1"}:
        raise Malformed("field_type", "phải là 1 hoặc 0.", "must be 1 or 0.", where=where)
    return text == "1"


def write_flag(value: bool) -> str:
    """Write 1 or 0."""
    return "1" if value else "0"


def read_score(text: str, where: str) -> int | SubjectLevel:
    """Read a whole score 0 to 10, or M for an exempt pupil (TT 27/2020 Điều 7.1d)."""
    if text == SubjectLevel.EXEMPT:
        return SubjectLevel.EXEMPT
    if not _SCORE.fullmatch(text):
        raise Malformed(
            "field_type",
            f"điểm “{text[:20]}” phải là số nguyên từ 0 đến 10, hoặc M khi miễn học.",
            f"“{text[:20]}” must be a whole score 0 to 10, or M.",
            where=where,
        )
    return int(text)


def _date(text: str, where: str) -> Malformed:
    return Malformed(
        "date",
        f"“{text[:40]}” không phải ngày đúng (mẫu: 29/05/2016, hoặc 2026-05-29T14:30:00+07:00).",
        f"“{text[:40]}” is not a right date.",
        where=where,
    )


def _number(text: str, where: str) -> Malformed:
    return Malformed(
        "field_type",
        f"“{text[:20]}” không phải số đúng dạng (dấu chấm thập phân, tối đa 4 chữ số lẻ).",
        f"“{text[:20]}” is not a number in the right form.",
        where=where,
    )
