"""Reading JSON that somebody else wrote: one type for each field, nothing guessed.

Everything here raises `Unavailable` with code `remote_answer` and names the field.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, Final, NoReturn

from hocba_server.adapters.remote_signing.faults import wrong_answer

Json = dict[str, Any]
_TOKEN: Final = re.compile(r"[\x21-\x7e]+\Z")
LONGEST_TEXT: Final = 2_000
LONGEST_TOKEN: Final = 8_000
MOST_SECONDS: Final = 10 * 365 * 24 * 3600
DEFAULT_SECONDS: Final = 3600
"""Lifetime of tokens and SADs that name none (CSC API v2, sections 8.4.4 and 11.6)."""


def read_object(content: bytes) -> Json:
    """One JSON object, each name once, numbers finite."""
    try:
        read = json.loads(
            content.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        raise wrong_answer("JSON") from None
    if not isinstance(read, dict):
        raise wrong_answer("JSON")
    return read


def _once(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def text(source: Json, name: str, *, longest: int = LONGEST_TEXT) -> str:
    """A text that has to be there."""
    value = source.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise wrong_answer(name)
    return value


def optional_text(source: Json, name: str, *, longest: int = LONGEST_TEXT) -> str:
    """A text, or nothing."""
    value = source.get(name)
    if value is None or value == "":
        return ""
    return text(source, name, longest=longest)


def token(source: Json, name: str) -> str:
    """A token: visible ASCII, so that it can stand in a header."""
    value = text(source, name, longest=LONGEST_TOKEN)
    if not _TOKEN.match(value):
        raise wrong_answer(name)
    return value


def whole(source: Json, name: str, *, least: int, most: int) -> int:
    """A whole number between two bounds."""
    value = source.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise wrong_answer(name)
    return value


def seconds(source: Json, name: str) -> int:
    """A lifetime; an hour when none is named."""
    if source.get(name) is None:
        return DEFAULT_SECONDS
    return whole(source, name, least=1, most=MOST_SECONDS)


def truth(source: Json, name: str) -> bool:
    """True or false; false when absent."""
    value = source.get(name, False)
    if not isinstance(value, bool):
        raise wrong_answer(name)
    return value


def inner(source: Json, name: str) -> Json:
    """An object that has to be there."""
    value = source.get(name)
    if not isinstance(value, dict):
        raise wrong_answer(name)
    return value


def items(source: Json, name: str, *, most: int) -> list[Any]:
    """A list that has to be there, of at most `most` entries."""
    value = source.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise wrong_answer(name)
    return value


def texts(source: Json, name: str, *, most: int) -> tuple[str, ...]:
    """A list of texts that has to be there."""
    values = items(source, name, most=most)
    if not all(isinstance(one, str) and 0 < len(one) <= LONGEST_TOKEN * 4 for one in values):
        raise wrong_answer(name)
    return tuple(values)


def octets(value: str, name: str) -> bytes:
    """Canonical Base64 with its padding (RFC 4648 section 4)."""
    try:
        read = base64.b64decode(value.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raise wrong_answer(name) from None
    if not read or base64.b64encode(read).decode() != value:
        raise wrong_answer(name)
    return read
