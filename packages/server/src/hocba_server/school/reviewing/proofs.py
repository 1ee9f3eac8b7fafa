"""Proofreading: one pupil's record as the finished pages, one after the other through a class."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from hocba_server.adapters.pictures import page_pictures
from hocba_server.school.database import SCHOOL_DATABASE
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.issuing.selectors import (
    deny_reading,
    record_by_uuid,
    records_of,
    stamps_of,
)
from hocba_server.school.issuing.services import note_reading
from hocba_server.school.registry.permissions import require
from hocba_server.school.signing.downloads import render_unsealed
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.selectors import read_lately


@dataclass(frozen=True, slots=True)
class Proof:
    """One record to read through, and its neighbours in the class."""

    record: AnnualRecordDraft
    pages: int
    number: int
    of: int
    before: str | None
    after: str | None


def open_proof(*, by: Actor, at: dt.datetime, record_uuid: str) -> Proof:
    """Open the finished pages of a record; the reading is recorded."""
    row = record_by_uuid(by, record_uuid)
    require(deny_reading(by, row))
    note_reading(by=by, at=at, record=row, purpose="đọc soát")
    roll = [each.record_uuid for each in records_of(row.batch)]
    at_index = roll.index(record_uuid)
    return Proof(
        row,
        len(_pictures(row.pk, _mark(row))),
        at_index + 1,
        len(roll),
        roll[at_index - 1] if at_index else None,
        roll[at_index + 1] if at_index + 1 < len(roll) else None,
    )


def proof_page(*, by: Actor, at: dt.datetime, record_uuid: str, page: int) -> bytes | None:
    """One page as PNG, or None where there is none.

    The pages of a proof are one reading, recorded when it was opened; a picture that is opened
    by itself is another.
    """
    row = record_by_uuid(by, record_uuid)
    require(deny_reading(by, row))
    if not read_lately(using=SCHOOL_DATABASE, by=by, at=at, subject=f"record:{record_uuid}"):
        note_reading(by=by, at=at, record=row, purpose="đọc soát")
    pictures = _pictures(row.pk, _mark(row))
    return pictures[page - 1] if 1 <= page <= len(pictures) else None


def _mark(row: AnnualRecordDraft) -> str:
    """Changes whenever the pages do."""
    return f"{row.state}-{row.state_since}-{len(row.document)}-{len(stamps_of(row))}"


@lru_cache(maxsize=16)
def _pictures(record_id: int, _mark: str) -> tuple[bytes, ...]:
    row = AnnualRecordDraft.objects.select_related(
        "batch__classroom__school", "enrolment__pupil"
    ).get(pk=record_id)
    return tuple(page_pictures(render_unsealed(row)))
