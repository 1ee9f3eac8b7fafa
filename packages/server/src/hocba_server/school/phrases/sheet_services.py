from __future__ import annotations

import datetime as dt
import hashlib
import uuid

from hocba.errors import Refused
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.phrases.entries import PhraseEntry
from hocba_server.school.phrases.models import Phrase, PhraseImport, PhraseOrigin
from hocba_server.school.phrases.rights import deny_own_bank, deny_school_bank
from hocba_server.school.phrases.selectors import PhraseFilter, phrases_of, stored_import
from hocba_server.school.phrases.services import (
    change_phrase,
    lock_school,
    new_phrase,
    refuse_full_bank,
)
from hocba_server.school.phrases.sheets import (
    CHANGED,
    NEW,
    KnownPhrase,
    PhraseRow,
    read_phrases,
)
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import own_school
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


def preview_phrases(*, by: Actor, at: dt.datetime, content: bytes, filename: str) -> uuid.UUID:
    """Read a file of phrases and keep the preview. Raises `Malformed` when it is no such file."""
    require(deny_own_bank(by))
    known = [_known(phrase) for phrase in phrases_of(by, PhraseFilter())]
    leader = deny_school_bank(by) is None
    rows, faults = read_phrases(content, filename, known, leader=leader)
    stored = PhraseImport.objects.create(
        school=own_school(by),
        owner=by.personal_id,
        filename=filename[:255],
        content_sha256=hashlib.sha256(content).hexdigest(),
        rows=[row.to_json() for row in rows],
        faults=[fault.to_json() for fault in faults.faults],
        created_by=by.user_id,
        created_at=at,
    )
    return stored.pk


def save_phrases(*, by: Actor, at: dt.datetime, preview_id: uuid.UUID) -> int:
    """Save a previewed file, everything or nothing; answers how many phrases were written."""
    require(deny_own_bank(by))
    with school_transaction():
        lock_school(by)
        stored = _claim(by, at, preview_id)
        rows = [PhraseRow.from_json(row) for row in stored.rows]
        if any(row.for_school for row in rows if row.status in {NEW, CHANGED}):
            require(deny_school_bank(by))
        added = [row for row in rows if row.status == NEW]
        for for_school in (False, True):
            count = sum(row.for_school == for_school for row in added)
            owner = "" if for_school else str(by.personal_id)
            refuse_full_bank(stored.school, owner, adding=count)
        Phrase.objects.bulk_create(
            (
                new_phrase(
                    stored.school,
                    "" if row.for_school else str(by.personal_id),
                    row.entry,
                    PhraseOrigin.IMPORTED,
                    by,
                    at,
                )
                for row in added
            ),
            ignore_conflicts=True,  # somebody typed the same in the meantime: it is there
        )
        changed = [row for row in rows if row.status == CHANGED]
        _change(changed, by, at)
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="import_phrases",
            subject=f"phrases:{stored.pk}",
            detail={
                "file": stored.filename,
                "sha256": stored.content_sha256,
                "added": len(added),
                "changed": len(changed),
            },
        )
    return len(added) + len(changed)


def _change(rows: list[PhraseRow], by: Actor, at: dt.datetime) -> None:
    wanted = {row.phrase_id: row for row in rows}
    phrases = Phrase.objects.select_for_update().filter(
        school__code=by.unit_code,
        owner__in={"", by.personal_id},
        pk__in=list(wanted),
        removed_at__isnull=True,
    )
    found = list(phrases.order_by("pk"))
    if len(found) != len(wanted):
        raise Refused(
            "changed_meanwhile",
            "Có câu đã bị xoá sau khi xem trước. Tải lại tệp để xem trước lần nữa.",
            "A phrase was removed after the preview. Upload the file again.",
        )
    for phrase in found:
        change_phrase(phrase, wanted[phrase.pk].entry, by, at)


def _claim(by: Actor, at: dt.datetime, preview_id: uuid.UUID) -> PhraseImport:
    """Take a preview for saving, once. Refuses with faults or twice."""
    stored = stored_import(by, preview_id, lock=True)
    if stored.saved_at is not None:
        raise Refused(
            "saved_already",
            f"Tệp {stored.filename} đã được lưu trước đó.",
            f"The file {stored.filename} was saved before.",
        )
    if stored.faults or not stored.rows:
        raise Refused(
            "has_faults",
            f"Tệp {stored.filename} còn {len(stored.faults)} lỗi nên chưa lưu gì. Sửa rồi tải lại.",
            f"The file {stored.filename} has {len(stored.faults)} faults; nothing was saved.",
        )
    stored.saved_by, stored.saved_at = by.user_id, at
    stored.save(update_fields=["saved_by", "saved_at"])
    return stored


def _known(phrase: Phrase) -> KnownPhrase:
    values = {name: getattr(phrase, name) for name in PhraseEntry.__slots__}
    return KnownPhrase(phrase.pk, not phrase.owner, PhraseEntry(**values))
