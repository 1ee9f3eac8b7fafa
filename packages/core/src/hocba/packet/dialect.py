"""What a vendor's software writes and reads differently where the official texts are silent.

A dialect never touches what is signed: it rewrites the fields of a request before they are read,
and the form of an answer after it was decided. Which record is accepted, and why one is refused,
is the same for everybody. Source of the ambiguities: CV 2088/BGDĐT-GDTH II.2 and its annex 3, of
which only the contents page is known (docs/formats/vendors.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_SENDER = "authenticationRequest"
_YEAR_FIELDS = ("nam_hoc", "ma_nam_hoc")
_YEAR = re.compile(r"(\d{4})(?:-\d{4})?", re.ASCII)
_DATE_FIELD = "ngay_hieu_luc"
_VIETNAMESE_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})T[0-9:.+Z-]{1,20}", re.ASCII)
_CODE_FIELDS = frozenset({"Error", "ResponseCode", "error"})
_TITLES = ("error_field_title", "error_filed_title")
_OUR_FIELDS = frozenset({"pending_count", "ngay_chot"})
_OK = "0"


class Title(StrEnum):
    """How the field of the error's tag is spelt (II.2.5 writes error_filed_title)."""

    BOTH = "both"
    OFFICIAL = "official"
    """As each table of the text has it: misspelt in the answer to 3, right everywhere else."""
    RIGHT = "right"


class Success(StrEnum):
    """Which code says: received. The text gives none."""

    ZERO = "0"
    DOUBLE_ZERO = "00"
    HTTP = "200"


class Numbers(StrEnum):
    """How codes are written: the text says String."""

    TEXT = "text"
    NUMBER = "number"


class Results(StrEnum):
    """The answer to 2 and 6: the text says "a list"."""

    OBJECT = "object"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The switches of one vendor; the defaults are those of docs/formats/envelope.md."""

    year_as_text: bool = False
    """nam_hoc may be "2025" or "2025-2026" (the text: Number, one or two years not said)."""
    type_as_number: bool = False
    """type may be the number 1 (the text: String)."""
    other_dates: bool = False
    """ngay_hieu_luc may be dd/MM/yyyy or a date-time (the text: Date; gap G3)."""
    capital_hash: bool = False
    """password may be upper-case hexadecimal (the text: SHA256, letters not said)."""
    title: Title = Title.BOTH
    success: Success = Success.ZERO
    codes: Numbers = Numbers.TEXT
    results: Results = Results.OBJECT
    own_fields: bool = True
    """May answers hold our extra fields pending_count and ngay_chot?"""


STANDARD = Dialect()


def read_tolerantly(value: object, dialect: Dialect) -> object:
    """Return the request in our own form. What cannot be read so is left for the reader to name."""
    if dialect == STANDARD or not isinstance(value, Mapping):
        return value
    request: dict[str, Any] = dict(value)
    sender = request.get(_SENDER)
    if isinstance(sender, Mapping):
        request[_SENDER] = _fields(dict(sender), dialect)
        return request
    return _fields(request, dialect)


def dress_answer(answer: Mapping[str, Any], dialect: Dialect) -> Any:
    """Return the answer in the vendor's form: an object, or for 2 and 6 a list when asked so."""
    if dialect == STANDARD:
        return dict(answer)
    results = answer.get("danh_sach")
    if isinstance(results, list):
        entries = [_answer(entry, dialect, official=_TITLES[0]) for entry in results]
        if dialect.results is Results.LIST:
            return entries
        return {**_answer(answer, dialect, official=_TITLES[0]), "danh_sach": entries}
    is_registration = _TITLES[1] in answer
    return _answer(answer, dialect, official=_TITLES[1 if is_registration else 0])


def _fields(fields: dict[str, Any], dialect: Dialect) -> dict[str, Any]:
    if dialect.year_as_text:
        for name in _YEAR_FIELDS:
            found = _YEAR.fullmatch(fields[name]) if isinstance(fields.get(name), str) else None
            if found:
                fields[name] = int(found[1])
    kind = fields.get("type")
    if dialect.type_as_number and isinstance(kind, int) and not isinstance(kind, bool):
        fields["type"] = str(kind)[:10]
    day = fields.get(_DATE_FIELD)
    if dialect.other_dates and isinstance(day, str):
        fields[_DATE_FIELD] = _day(day)
    password = fields.get("password")
    if dialect.capital_hash and isinstance(password, str):
        fields["password"] = password.lower()
    return fields


def _day(text: str) -> str:
    if found := _VIETNAMESE_DAY.fullmatch(text):
        return f"{found[3]}-{found[2]}-{found[1]}"
    if found := _MOMENT.fullmatch(text):
        return found[1]
    return text


def _answer(answer: Mapping[str, Any], dialect: Dialect, *, official: str) -> dict[str, Any]:
    dressed: dict[str, Any] = {}
    for name, value in answer.items():
        if name in _OUR_FIELDS and not dialect.own_fields:
            continue
        dressed[name] = _code(value, dialect) if name in _CODE_FIELDS else value
    title = next((dressed[name] for name in _TITLES if name in dressed), None)
    if title is not None and dialect.title is not Title.BOTH:
        for name in _TITLES:
            dressed.pop(name, None)
        dressed[official if dialect.title is Title.OFFICIAL else _TITLES[0]] = title
    return dressed


def _code(value: Any, dialect: Dialect) -> Any:
    text = dialect.success.value if value == _OK else value
    if dialect.codes is Numbers.NUMBER and isinstance(text, str) and text.isdecimal():
        return int(text)
    return text
