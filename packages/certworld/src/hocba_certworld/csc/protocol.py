"""Requests and answers, and reading parameters with the errors that the specification prescribes.

Source: CSC API v2 (2.0.0.2), section 10 and the tables of errors in section 11.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

Json = dict[str, Any]
SHA256: Final = "2.16.840.1.101.3.4.2.1"
DIGEST_SIZE: Final = 32
MAX_HASHES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; names of headers are in lower case, the path begins after `/csc/v2/`."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class CscError(Exception):
    """An error of the specification: status, code and description."""

    def __init__(self, description: str, error: str = "invalid_request", status: int = 400) -> None:
        super().__init__(description)
        self.description = description
        self.error = error
        self.status = status


_NEVER_KEPT: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def answer_json(content: Json, status: int = 200) -> Answered:
    """An object as JSON."""
    headers = {"Content-Type": "application/json;charset=UTF-8"} | _NEVER_KEPT
    return Answered(status, headers, json.dumps(content, ensure_ascii=False).encode())


def answer_nothing() -> Answered:
    """204."""
    return Answered(204, _NEVER_KEPT)


def answer_error(fault: CscError) -> Answered:
    """An error in the format of section 10.2."""
    content = {"error": fault.error, "error_description": fault.description}
    return answer_json(content, fault.status)


def read_json(asked: Asked) -> Json:
    """The object in the body; an empty body is an empty object."""
    kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise CscError("The content type has to be application/json")
    try:
        read = json.loads(asked.body or b"{}")
    except (ValueError, RecursionError):
        raise CscError("Malformed request") from None
    if not isinstance(read, dict):
        raise CscError("Malformed request")
    return read


def read_form(asked: Asked) -> dict[str, str]:
    """The form in the body, each name once (RFC 6749 section 3.2)."""
    kind = asked.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise CscError("The content type has to be application/x-www-form-urlencoded")
    return once(asked.body.decode("utf-8", "replace"))


def once(encoded: str) -> dict[str, str]:
    """Parameters of a form or a query; a repeated one is an error."""
    pairs = parse_qsl(encoded, keep_blank_values=True)
    found = dict(pairs)
    if len(found) != len(pairs):
        raise CscError("Repeated parameter")
    return found


def text(source: Json, name: str) -> str:
    """A text that has to be there."""
    value = source.get(name)
    if not isinstance(value, str) or not value:
        raise CscError(f"Missing (or invalid type) string parameter {name}")
    return value


def truth(source: Json, name: str) -> bool:
    """True or false; false when absent."""
    value = source.get(name, False)
    if not isinstance(value, bool):
        raise CscError(f"Invalid parameter {name}")
    return value


def whole(source: Json, name: str) -> int:
    """A whole number that has to be there, at least 1."""
    value = source.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise CscError(f"Missing (or invalid type) integer parameter {name}")
    if value < 1:
        raise CscError(f"Invalid value for parameter {name}")
    return value


def hashes(source: Json, *, required: bool) -> tuple[bytes, ...]:
    """The digests in `hashes`, SHA-256 and in plain Base64."""
    values = source.get("hashes")
    if values is None and not required:
        return ()
    if not isinstance(values, list):
        raise CscError("Missing (or invalid type) array parameter hashes")
    if not values:
        raise CscError("Empty hash array")
    if len(values) > MAX_HASHES:
        raise CscError("Invalid parameter hashes")
    return tuple(_digest(value) for value in values)


def _digest(value: object) -> bytes:
    try:
        digest = base64.b64decode(str(value).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise CscError("Invalid Base64 hash string parameter") from None
    if not isinstance(value, str) or base64.b64encode(digest).decode() != value:
        raise CscError("Invalid Base64 hash string parameter")
    return sized(digest)


def sized(digest: bytes) -> bytes:
    """A digest of the length of SHA-256."""
    if len(digest) != DIGEST_SIZE:
        raise CscError("Invalid digest value length")
    return digest


def sha256_named(source: Json, *, required: bool) -> None:
    """`hashAlgorithmOID`, which has to be SHA-256."""
    value = source.get("hashAlgorithmOID")
    if value is None and not required:
        return
    if not isinstance(value, str) or not value:
        raise CscError("Missing (or invalid type) string parameter hashAlgorithmOID")
    if value != SHA256:
        raise CscError("Invalid parameter hashAlgorithmOID")
