"""JSON bodies of the API, read strictly. Pure."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Final

from hocba_agent.certificates import ALGORITHMS
from hocba_agent.refusals import Refusal
from hocba_agent.settings import DIGEST_BYTES, MAX_DIGESTS, MAX_PURPOSE, MAX_SIGNATURES

Body = dict[str, object]

_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CODE: Final = re.compile(r"\d{6}", re.ASCII)


def read_body(raw: bytes) -> Body:
    """A JSON object. Raises `bad-json`."""
    try:
        value = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refusal("bad-json") from None
    if not isinstance(value, dict):
        raise Refusal("bad-json")
    return value


def _bad(field: str, rule_vi: str, rule_en: str) -> Refusal:
    return Refusal("bad-field", field=field, rule_vi=rule_vi, rule_en=rule_en)


def text_of(body: Body, field: str, longest: int) -> str:
    """A short text. Raises `bad-field`."""
    value = body.get(field)
    if not isinstance(value, str) or not 1 <= len(value) <= longest:
        raise _bad(field, f"phải là chữ, dài 1 đến {longest} ký tự", f"text, 1 to {longest} long")
    return value


def code_of(body: Body) -> str | None:
    """Six digits, spaces between them allowed; None when the page brings no code."""
    value = body.get("code")
    if value is None:
        return None
    code = re.sub(r"[ \-]", "", value) if isinstance(value, str) else ""
    if not _CODE.fullmatch(code):
        raise _bad("code", "mã ghép nối gồm 6 chữ số", "a pairing code has 6 digits")
    return code


def certificate_of(body: Body) -> str:
    """SHA-256 of the certificate in lower-case hexadecimal. Raises `bad-field`."""
    value = body.get("certificate")
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise _bad(
            "certificate",
            "phải là mã SHA-256 của chứng thư số, 64 chữ số thập lục phân",
            "SHA-256 of the certificate, 64 hexadecimal digits",
        )
    return value


def purpose_of(body: Body) -> str:
    """What the person will be shown: one line without invisible characters. Raises `bad-field`."""
    value = text_of(body, "purpose", MAX_PURPOSE)
    if not value.isprintable() or not value.strip():
        raise _bad(
            "purpose",
            "phải là một dòng chữ đọc được, không có ký tự ẩn",
            "one readable line without hidden characters",
        )
    return value.strip()


def count_of(body: Body) -> int:
    """Number of signatures that the session is to allow. Raises `bad-field`."""
    value = body.get("count")
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_SIGNATURES:
        raise _bad(
            "count",
            f"phải là số nguyên từ 1 đến {MAX_SIGNATURES}",
            f"a whole number from 1 to {MAX_SIGNATURES}",
        )
    return value


def algorithm_of(body: Body) -> str:
    """Name of an algorithm. Raises `bad-field`."""
    value = body.get("algorithm")
    if not isinstance(value, str) or value not in ALGORITHMS:
        names = ", ".join(ALGORITHMS)
        raise _bad("algorithm", f"phải là một trong {names}", f"one of {names}")
    return value


def digests_of(body: Body) -> list[bytes]:
    """SHA-256 digests; nothing of another length is ever signed. Raises `bad-field`."""
    values = body.get("digests")
    if not isinstance(values, list) or not 1 <= len(values) <= MAX_DIGESTS:
        raise _bad(
            "digests",
            f"phải là danh sách 1 đến {MAX_DIGESTS} mã băm",
            f"a list of 1 to {MAX_DIGESTS} digests",
        )
    return [_digest(value, place) for place, value in enumerate(values)]


def _digest(value: object, place: int) -> bytes:
    refusal = _bad(
        f"digests[{place}]",
        f"phải là mã băm SHA-256 ({DIGEST_BYTES} byte) viết theo Base64",
        f"a SHA-256 digest ({DIGEST_BYTES} bytes) in Base64",
    )
    if not isinstance(value, str):
        raise refusal
    try:
        digest = base64.b64decode(value.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise refusal from None
    if len(digest) != DIGEST_BYTES or base64.b64encode(digest).decode() != value:
        raise refusal
    return digest
