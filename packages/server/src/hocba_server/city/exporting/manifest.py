"""What an export holds: one line for each record, one index over all lists."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hocba.errors import Malformed
from hocba_server.city.repository.models import ChangeKind, StoredRecord

INDEX = "danh-muc/index.json"
FORMAT = "hocba-export/v1"


@dataclass(frozen=True, slots=True)
class Group:
    """The records of one school and year stand in one list."""

    school_year: str
    unit_code: str

    @property
    def list_path(self) -> str:
        """Where the list stands."""
        return f"danh-muc/{self.school_year}/{self.unit_code}.jsonl"

    def original_path(self, record_uuid: str) -> str:
        """Where an original of this group stands."""
        return f"hoc-ba/{self.school_year}/{self.unit_code}/{record_uuid}.xml"


def evidence_path(digest: str) -> str:
    """Where a certificate, OCSP answer or CRL stands, once however many records need it."""
    return f"bang-chung/{digest[:2]}/{digest}"


def describe(
    row: StoredRecord, group: Group, entries: Sequence[tuple[int, bytes]]
) -> dict[str, Any]:
    """One line: the files of a record, and all that opens and proves its entries in the log.

    With the log's files it is enough to verify the record, and to build its rows anew.
    """
    changes = list(row.changes.all())
    ended = next((each for each in changes if each.kind != ChangeKind.REPLACE), None)
    successor = next((each.successor for each in changes if each.successor is not None), None)
    return {
        "record": row.record_uuid,
        "path": group.original_path(row.record_uuid),
        "sha256": row.sha256,
        "size": row.size,
        "evidence": [{"path": evidence_path(digest)} for digest in row.evidence],
        "accepted_at": row.accepted_at.isoformat(),
        "message": row.message_id,
        "salt": base64.b64encode(bytes(row.salt)).decode("ascii"),
        "log": [{"index": index, "entry": entry.decode("ascii")} for index, entry in entries],
        "ended": {
            "kind": ended.kind,
            "at": ended.changed_at.isoformat(),
            "salt": base64.b64encode(bytes(ended.salt)).decode("ascii"),
        }
        if ended
        else None,
        "replaced_by": successor.record_uuid if successor else None,
    }


def write_lines(lines: Sequence[dict[str, Any]]) -> bytes:
    """A list: one JSON object a line."""
    text = "".join(f"{json.dumps(line, ensure_ascii=False, sort_keys=True)}\n" for line in lines)
    return text.encode()


def read_lines(content: bytes) -> list[dict[str, Any]]:
    """Read a list. Raises `Malformed` with code `manifest`."""
    try:
        lines = [json.loads(line) for line in content.splitlines()]
        whole = all(
            isinstance(line["path"], str) and isinstance(line["sha256"], str) for line in lines
        )
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise Malformed("manifest", "Danh mục xuất bị hỏng.", "The export's list is damaged.")
    return lines


def sha256(content: bytes) -> str:
    """Hash as lists carry it."""
    return hashlib.sha256(content).hexdigest()
