"""Reading the JSON of transactions: bounded, strict about types, with the field in every error."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from hocba.errors import Malformed
from hocba.packet.envelope import MAX_REQUEST, check_request_size

MAX_TEXT_FIELD = 2000

_MAX_NUMBER = 10**15
_MAX_VALUES = 200_000
"""Objects, lists and separators of a body: each empty list takes 60 bytes of memory. The longest
answer, 10,000 records of 9 fields, has half as many."""


_HALF_LETTER = re.compile(rb"\\u[dD][89a-fA-F]")
"""A UTF-16 surrogate as an escape: good as one of a pair only (RFC 8259, 8.2)."""


def read_json(body: bytes) -> Any:
    """Read a request or answer body: UTF-8 JSON of at most 10,000,000 bytes, no key twice.

    Raises `Malformed` with code `request_too_large` or `json`.
    """
    check_request_size(len(body))
    try:
        if sum(body.count(sign) for sign in (b"[", b"{", b",")) > _MAX_VALUES:
            raise ValueError("too many values")
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
        if _HALF_LETTER.search(body):
            write_json(value)  # raises for half a letter, which no answer could repeat
        return value
    except (ValueError, RecursionError):
        raise Malformed(
            "json", "Nội dung gửi đến không phải JSON hợp lệ.", "The body is not valid JSON."
        ) from None


def write_json(value: object) -> bytes:
    """Return compact UTF-8 JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


class Fields:
    """The fields of one JSON object. Unknown fields are read over: others may send more."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, Mapping):
            raise _wrong_type(where, "một đối tượng", "an object")
        self._values = value

    def has(self, name: str) -> bool:
        """Is the field there and not null?"""
        return self._values.get(name) is not None

    def text(self, name: str, *, empty: bool = False, limit: int = MAX_TEXT_FIELD) -> str:
        """Return a required text."""
        value = self._required(name)
        if not isinstance(value, str):
            raise _wrong_type(name, "chuỗi ký tự", "text")
        if len(value) > limit:
            raise _wrong_type(name, f"chuỗi tối đa {limit} ký tự", f"at most {limit} characters")
        if limit <= MAX_TEXT_FIELD and not _storable(value):
            raise _wrong_type(name, "chuỗi Unicode hợp lệ", "valid Unicode text")
        if not value.strip() and not empty:
            raise _missing(name)
        return value

    def content(self, name: str = "content") -> str:
        """Return the packed content; its emptiness is the envelope's own error."""
        return self.text(name, empty=True, limit=MAX_REQUEST)

    def answer_text(self, *names: str) -> str:
        """Return the first of these fields of an answer; missing counts as empty, numbers as text.

        Answers of other gateways are read leniently: they decide nothing by their wording.
        """
        for name in names:
            value = self._values.get(name)
            if isinstance(value, int) and not isinstance(value, bool):
                return str(value)[:MAX_TEXT_FIELD] if abs(value) < _MAX_NUMBER else ""
            if value is not None:
                return self.text(name, empty=True)
        return ""

    def number(self, name: str) -> int:
        """Return a required whole number."""
        value = self._required(name)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= _MAX_NUMBER:
            raise _wrong_type(name, "số nguyên", "a whole number")
        return value

    def date(self, name: str) -> date:
        """Return a required date, YYYY-MM-DD (our choice for the type Date of CV 2088)."""
        text = self.text(name)
        try:
            value = date.fromisoformat(text)
        except ValueError:
            value = None
        if value is None or value.isoformat() != text:
            raise _wrong_type(name, "ngày dạng 2026-05-29", "a date such as 2026-05-29")
        return value

    def sub(self, name: str) -> Fields:
        """Return a required object inside this one."""
        return Fields(self._required(name), name)

    def items(self, name: str) -> list[object]:
        """Return a required list."""
        value = self._required(name)
        if not isinstance(value, list):
            raise _wrong_type(name, "danh sách", "a list")
        return value

    def _required(self, name: str) -> object:
        value: object = self._values.get(name)
        if value is None:
            raise _missing(name)
        return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key stands twice")
    return values


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _storable(text: str) -> bool:
    """JSON can carry NUL and halves of surrogate pairs, which no database keeps."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _missing(name: str) -> Malformed:
    return Malformed(
        "field_missing", "Thiếu trường bắt buộc.", "A required field is missing.", where=name
    )


def _wrong_type(name: str, vi: str, en: str) -> Malformed:
    return Malformed("field_type", f"Giá trị phải là {vi}.", f"The value must be {en}.", where=name)
