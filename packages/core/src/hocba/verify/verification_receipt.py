"""A signed statement that a file was verified: what, when, with which verdict.

A signed note (C2SP signed-note) by the department's key of the public log. It names the file by its
SHA-256 only: who keeps it keeps nobody's data, and whoever has the file sees that it is the one:

    hocba-verification/v1
    file <SHA-256 of the file>
    verdict valid | invalid | undetermined
    check <number> <code> passed | failed | not_checked [reason]
    at 2026-06-02T00:00:00Z
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hocba.errors import Malformed
from hocba.tlog.note import parse_note, sign_note, verify_note
from hocba.tlog.utc import format_utc, parse_utc
from hocba.verify.report import Report
from hocba.verify.verdict import Verdict

HEADER: Final = "hocba-verification/v1"
_LEAST: Final = 4
"""Lines of a receipt: header, file, verdict, time; checks stand between."""


@dataclass(frozen=True, slots=True)
class VerificationReceipt:
    """What a receipt says."""

    sha256: bytes
    verdict: Verdict
    at: datetime
    checks: tuple[str, ...]
    """Lines of checks as they stand there."""


def sign_receipt(
    report: Report,
    data: bytes,
    *,
    name: str,
    key: Ed25519PublicKey,
    sign: Callable[[bytes], bytes],
) -> bytes:
    """State as `name` that `data` was verified with this report; the private key stays outside."""
    checks = [
        " ".join(
            filter(None, ("check", str(each.number), each.code, each.outcome.value, each.reason))
        )
        for each in report.checks
    ]
    lines = (
        HEADER,
        f"file {hashlib.sha256(data).hexdigest()}",
        f"verdict {report.verdict.value}",
        *checks,
        f"at {format_utc(report.checked_at)}",
    )
    return sign_note("".join(f"{line}\n" for line in lines), name, key, sign).encode()


def read_receipt(data: bytes, log_keys: Iterable[Ed25519PublicKey]) -> VerificationReceipt:
    """Verify and read a receipt. Raises `Malformed` (`receipt`, `note`) and `NotTrusted`."""
    note = parse_note(data)
    verify_note(note, log_keys, name=note.signatures[0].name)
    lines = note.text.removesuffix("\n").split("\n")
    if len(lines) < _LEAST or lines[0] != HEADER:
        raise _malformed()
    file, _, digest = lines[1].partition(" ")
    said, _, verdict = lines[2].partition(" ")
    at, _, moment = lines[-1].partition(" ")
    if (file, said, at) != ("file", "verdict", "at"):
        raise _malformed()
    try:
        return VerificationReceipt(
            bytes.fromhex(digest), Verdict(verdict), parse_utc(moment), tuple(lines[3:-1])
        )
    except ValueError:
        raise _malformed() from None


def _malformed() -> Malformed:
    return Malformed(
        "receipt", "Đây không phải biên nhận xác thực.", "This is no verification receipt."
    )
