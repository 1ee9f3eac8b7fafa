"""What goes into the messages of each kind: exact originals, recall lists, rows, signed lists."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from hocba.ids import SchoolYear
from hocba.packet.package import MAX_RECORDS, split_records
from hocba.packet.recall import RecallItem
from hocba.packet.supplement import SupplementKind
from hocba.packet.transactions import TransactionType
from hocba.ports import Key
from hocba.record.codec import read_record
from hocba_server.city.closing.models import ClassClosing
from hocba_server.city.repository.models import ENDING, StoredRecord
from hocba_server.city.repository.selectors import original_of, with_originals
from hocba_server.city.upstream import messages
from hocba_server.city.upstream.client import Json
from hocba_server.city.upstream.models import Handover, Kind, State
from hocba_server.city.upstream.tables import Derived, derive

_MAX_BODY = 8_000_000
"""Bytes of JSON in one message; packed it is a tenth of that."""
_MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Content:
    """One message before it is signed."""

    kind: Kind
    handovers: tuple[Handover, ...]
    documents: tuple[bytes, ...] = ()
    body: Mapping[str, Any] | None = None

    def request(self, *, school_year: str, message_id: str, key: Key, at: dt.datetime) -> Json:
        """Sign it. Raises `Unavailable` or `Refused` when the key cannot."""
        if self.body is not None:
            kind = SupplementKind.ROWS if self.kind == Kind.ROWS else SupplementKind.CLOSING
            return messages.supplement_request(
                kind, self.body, message_id=message_id, key=key, at=at
            )
        return messages.package_request(
            self.documents,
            kind=TransactionType.SUBMIT if self.kind == Kind.SUBMIT else TransactionType.RECALL,
            school_year=school_year,
            message_id=message_id,
            key=key,
            at=at,
        )


def contents_of(kind: Kind, rows: Sequence[Handover], at: dt.datetime) -> Iterator[Content]:
    """Yield messages of at most 500 things and 10 MB, in the given order.

    Rows of the dictionary that cannot be sent are marked as blocked and left out.
    """
    if kind == Kind.CLOSING:
        yield from _closings(rows)
        return
    stored = _stored(rows)
    if kind == Kind.ROWS:
        yield from _tables(rows, stored, at)
        return
    make = original_of if kind == Kind.SUBMIT else _recall_item
    documents = [make(stored[row.subject]) for row in rows]
    start = 0
    for group in split_records(documents):
        end = start + len(group)
        yield Content(kind, tuple(rows[start:end]), group)
        start = end


def _stored(rows: Sequence[Handover]) -> dict[str, StoredRecord]:
    found = StoredRecord.objects.filter(record_uuid__in=[row.subject for row in rows])
    return {row.record_uuid: row for row in with_originals(found.select_related("in_force"))}


def _recall_item(row: StoredRecord) -> bytes:
    """The eight tags of the Ministry, from the original; its own tags for nothing else."""
    record = read_record(original_of(row)).record
    reason = ""
    if settings.UPSTREAM_REASON:
        change = row.changes.filter(kind__in=ENDING).first()
        reason = change.reason[:_MAX_REASON] if change else ""
    return RecallItem(
        record.record_uuid,
        record.pupil.full_name,
        record.pupil.gender,
        record.pupil.birth_date,
        record.pupil.personal_id,
        record.school.school_name,
        record.school.school_code,
        SchoolYear(record.school_year),
        reason or None,
    ).to_xml()


def _tables(
    rows: Sequence[Handover], stored: Mapping[str, StoredRecord], at: dt.datetime
) -> Iterator[Content]:
    derived = derive([(row, stored[row.subject]) for row in rows], at=at)
    group: list[Handover] = []
    items: list[dict[str, Any]] = []
    size = 0
    for row, made in derived:
        if not made.rows:
            _block(row, made)
            continue
        row.row_state = str(made.rows[0].values["trangthaithongtinhocba"])
        item = {
            "ma_tra_cuu_uuid": row.subject,
            "dong": [{"bang": one.table.value, "gia_tri": dict(one.values)} for one in made.rows],
        }
        weight = len(json.dumps(item, ensure_ascii=False).encode())
        if group and (len(group) >= MAX_RECORDS or size + weight > _MAX_BODY):
            yield Content(Kind.ROWS, tuple(group), body={"hoc_ba": items})
            group, items, size = [], [], 0
        group.append(row)
        items.append(item)
        size += weight
    if group:
        yield Content(Kind.ROWS, tuple(group), body={"hoc_ba": items})


def _block(row: Handover, made: Derived) -> None:
    first = made.problems[0]
    row.state, row.waiting_for = State.BLOCKED, ""
    row.code, row.field_title = first.code, first.column
    row.sentence = " ".join(each.sentence.vi for each in made.problems if each.blocks)[:1000]
    row.save(update_fields=["state", "waiting_for", "code", "field_title", "sentence"])


def _closings(rows: Sequence[Handover]) -> Iterator[Content]:
    lists = {
        row.sha256: bytes(row.signed_list)
        for row in ClassClosing.objects.filter(sha256__in=[row.subject for row in rows])
    }
    group: list[Handover] = []
    items: list[dict[str, str]] = []
    size = 0
    for row in rows:
        packed = base64.b64encode(lists[row.subject]).decode("ascii")
        if group and (len(group) >= MAX_RECORDS or size + len(packed) > _MAX_BODY):
            yield Content(Kind.CLOSING, tuple(group), body={"chot": items})
            group, items, size = [], [], 0
        group.append(row)
        items.append({"ma_bam": row.subject, "ban_ke": packed})
        size += len(packed)
    if group:
        yield Content(Kind.CLOSING, tuple(group), body={"chot": items})
