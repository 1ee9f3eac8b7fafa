"""One value of a secondary record as text and back (TT 22/2021/TT-BGDĐT Điều 5.3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from hocba.assessment.secondary.catalogue import subject
from hocba.assessment.secondary.levels import CommentLevel, Mark, Result
from hocba.assessment.secondary.marks import check_mark
from hocba.errors import Malformed
from hocba.ids import SubjectCode
from hocba.record import values
from hocba.record.secondary.fields import Kind

_MARK: Final = re.compile(r"\d\.\d|10\.0", re.ASCII)
_FOREIGN_MARK: Final = re.compile(r"(?:\d|10)(?:[.,]\d)?", re.ASCII)
_LETTERS: Final = frozenset(level.value for level in CommentLevel)


def read_mark(text: str, where: str) -> Mark:
    """Read 0.0 to 10.0 with exactly one decimal, or Đ, CĐ, M. Raises `Malformed`: `field_type`."""
    if text in _LETTERS:
        return CommentLevel(text)
    if not _MARK.fullmatch(text):
        raise Malformed(
            "field_type",
            f"“{text[:20]}” phải là điểm từ 0.0 đến 10.0 với một chữ số thập phân, hoặc Đ, CĐ, M.",
            f"“{text[:20]}” must be a mark 0.0 to 10.0 with one decimal, or Đ, CĐ, M.",
            where=where,
        )
    return Decimal(text)


def read_foreign_mark(text: str) -> Decimal | None:
    """Read a mark as other software writes it, without the decimal or with a comma; else None."""
    if not _FOREIGN_MARK.fullmatch(text):
        return None
    mark = Decimal(text.replace(",", ".")).quantize(Decimal("0.1"))
    return mark if mark <= Decimal(10) else None


def write_mark(mark: Mark) -> str:
    """Write a mark with one decimal and a point, or its letter; nothing is rounded here.

    Raises `Malformed` with code `mark` for a number that is no mark.
    """
    return mark.value if isinstance(mark, CommentLevel) else str(check_mark(mark))


def check_subject_code(text: str, where: str, *, grade: int) -> SubjectCode:
    """Read the code of a subject of the grade's level. Raises `Malformed`: `field_catalogue`."""
    try:
        return subject(text, grade).code
    except Malformed as error:
        raise Malformed(
            "field_catalogue", error.sentence.vi, error.sentence.en, where=where
        ) from None


READERS: Final[dict[Kind, Callable[[str, str], Any]]] = {
    Kind.TEXT: lambda text, _where: text,
    Kind.FLAG: values.read_flag,
    Kind.COUNT: values.read_count,
    Kind.RESULT: lambda text, where: values.read_code(Result, text, where),
    Kind.MARK: read_mark,
}
"""Readers of the forms; a subject's code needs the grade as well."""


def write_value(kind: Kind, value: Any) -> str | None:
    """Write the value of an attribute; None when its tag is left out."""
    if value is None:
        return None
    if kind is Kind.FLAG:
        return values.write_flag(value)
    if kind is Kind.MARK:
        return write_mark(value)
    return value.value if kind is Kind.RESULT else str(value)
