"""Asking the department's portal about one record: its status, and the evidence if it is missing.

Sent: the record's number and the SHA-256 of the file. The portal answers only who has the file.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from hocba.errors import Malformed, Unavailable
from hocba.record.codec import read_any
from hocba.trust.evidence import Evidence, read_container
from hocba.verify.policy import RecordStatus, StatusAnswer

DEFAULT_PORTAL = "http://127.0.0.1:8000"
TIMEOUT_SECONDS = 10
_MAX_ANSWER = 15_000_000


@dataclass(frozen=True, slots=True)
class PortalAnswer:
    """What the portal says about one file."""

    status: StatusAnswer
    evidence: Evidence | None


def portal(given: str | None) -> str:
    """Address of the portal: the argument, else `HOCBA_PORTAL`, else the demo's."""
    return (given or os.environ.get("HOCBA_PORTAL") or DEFAULT_PORTAL).rstrip("/")


def ask(address: str, document: bytes) -> PortalAnswer:
    """Ask about a signed XML. Raises `Unavailable` when the portal cannot be asked, `Malformed`
    when the document or the answer cannot be read."""
    record_uuid = read_any(document).record.record_uuid
    digest = hashlib.sha256(document).hexdigest()
    return ask_about(address, record_uuid, digest)


def ask_about(address: str, record_uuid: str, digest: str) -> PortalAnswer:
    """Ask about the file with this SHA-256 (hexadecimal). Raises as `ask`."""
    url = f"{address}/api/v1/hoc-ba/{record_uuid}/trang-thai?sha256={digest}"
    if urlsplit(url).scheme not in {"http", "https"}:
        raise _unavailable(address)
    try:
        with urlopen(Request(url), timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - see above
            content = answer.read(_MAX_ANSWER)
    except (HTTPError, URLError, OSError, ValueError):
        raise _unavailable(address) from None
    return read_answer(content)


def read_answer(content: bytes) -> PortalAnswer:
    """Read what the portal answered. Raises `Malformed` with code `portal_answer`."""
    try:
        answer: dict[str, Any] = json.loads(content)
        status = StatusAnswer(
            status=RecordStatus(answer["status"]),
            as_of=datetime.fromisoformat(answer["as_of"]),
            sha256=bytes.fromhex(answer["sha256"]) if answer.get("sha256") else None,
            approved_seals=tuple(bytes.fromhex(seal) for seal in answer["approved_seals"]),
            ended_seals=tuple(
                (bytes.fromhex(seal), datetime.fromisoformat(ended))
                for seal, ended in answer.get("ended_seals", ())
            ),
            replaced_by=answer.get("replaced_by"),
            reason=answer.get("reason"),
            since=datetime.fromisoformat(answer["since"]) if answer.get("since") else None,
        )
        packed = answer.get("evidence")
        evidence = read_container(base64.b64decode(packed))[1] if packed else None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Malformed(
            "portal_answer", "Cổng của Sở trả lời sai dạng.", "The portal's answer cannot be read."
        ) from None
    return PortalAnswer(status, evidence)


def _unavailable(address: str) -> Unavailable:
    return Unavailable(
        "portal",
        f"Không hỏi được cổng của Sở tại {address}.",
        f"The portal at {address} cannot be asked.",
    )
