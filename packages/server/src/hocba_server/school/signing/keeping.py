"""Keeping signed records: document, state and stamp of a chunk, in the caller's transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from cryptography import x509

from hocba.errors import Sentence
from hocba.ports import TimestampSource
from hocba.record.model import SignerRole, SlotId
from hocba.trust.identity import issuer_name, signer_name
from hocba.workflow.transitions import RecordState
from hocba_server.school.issuing.models import AnnualRecordDraft, SignatureStamp
from hocba_server.school.signing.chunks import Outcome, Signer, sign_documents, stamp_seals
from hocba_server.school.signing.models import ItemState, SigningItem, SigningSession
from hocba_server.school.signing.rights import (
    next_state,
    slots_for,
    waits_for,
)
from hocba_server.web.accounts.actor import Actor

MOVED_ON = Sentence(
    "Học bạ này không còn chờ chữ ký (đã ký hoặc đã trả lại).",
    "This record no longer waits for the signature (signed, or returned).",
)
UNKNOWN = Sentence("Không rõ lý do; ký lại học bạ này.", "The reason is unknown; sign it again.")


def next_records(
    session: SigningSession, limit: int, ids: Sequence[int] | None = None
) -> list[AnnualRecordDraft]:
    """The next records of a session, locked; those that no longer wait are left out for good."""
    role = SignerRole(session.role)
    items = SigningItem.objects.filter(session=session, state=ItemState.WAITING)
    if ids is not None:
        items = items.filter(record_id__in=ids)
    wanted = list(items.order_by("pk").values_list("record_id", flat=True)[:limit])
    rows = list(
        AnnualRecordDraft.objects.select_for_update(of=("self",))
        .select_related("batch__classroom", "batch__signing_leader")
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    ready = [row for row in rows if waits_for(row, role, session.signer_personal_id)]
    gone = {row.pk for row in rows} - {row.pk for row in ready}
    if gone:
        mark_failed(session, gone, "moved_on", MOVED_ON)
    return ready


def slots_of(
    session: SigningSession, rows: Sequence[AnnualRecordDraft]
) -> list[tuple[tuple[SlotId, ...], list[AnnualRecordDraft]]]:
    """Groups of records that are signed in the same slots."""
    role = SignerRole(session.role)

    def slots(row: AnnualRecordDraft) -> tuple[SlotId, ...]:
        return tuple(slots_for(row, role, session.signer_personal_id))

    ordered = sorted(rows, key=lambda row: (repr(slots(row)), row.pk))
    return [(group, list(each)) for group, each in groupby(ordered, key=slots)]


def sign_records(
    session: SigningSession,
    rows: Sequence[AnnualRecordDraft],
    signer: Signer,
    timestamp: TimestampSource,
    at: dt.datetime,
    by: Actor,
) -> None:
    """Sign these records and keep the outcome. Raises what the key or the time-stamp raises."""
    for slots, group in slots_of(session, rows):
        outcomes = sign_documents([bytes(row.document) for row in group], slots, signer, at)
        if session.role == SignerRole.ORGANISATION.value:
            outcomes = stamp_seals(outcomes, timestamp)
        _keep(session, group, slots, outcomes, signer.key.certificate, at, by)
    session.save(update_fields=["done", "failed"])


def _keep(
    session: SigningSession,
    records: Sequence[AnnualRecordDraft],
    slots: Sequence[SlotId],
    outcomes: Sequence[Outcome],
    certificate: x509.Certificate,
    at: dt.datetime,
    by: Actor,
) -> None:
    role = SignerRole(session.role)
    names = (signer_name(certificate), issuer_name(certificate))
    stamps: list[SignatureStamp] = []
    signed_ids: set[int] = set()
    for record, outcome in zip(records, outcomes, strict=True):
        if outcome.document is None or outcome.fault is not None:
            fault = outcome.fault
            code, why = (fault.code, fault.sentence) if fault else ("unknown", UNKNOWN)
            mark_failed(session, {record.pk}, code, why)
            continue
        signed = {slot.subject for slot in slots}
        after = next_state(record, role)
        record.document = outcome.document
        record.pending_subjects = [code for code in record.pending_subjects if code not in signed]
        if isinstance(after, RecordState) and not record.pending_subjects:
            record.state, record.state_since = after.value, at
        if role is SignerRole.ORGANISATION:
            record.issued_by, record.issued_at = by.user_id, at
        session.done += 1
        signed_ids.add(record.pk)
        stamps.extend(
            SignatureStamp(
                record=record,
                role=slot.role.value,
                subject_code=slot.subject or "",
                signer_name=names[0],
                issuer_name=names[1],
                signed_at=at,
            )
            for slot in slots
        )
        record.save(
            update_fields=[
                *("document", "pending_subjects", "state", "state_since"),
                *("issued_by", "issued_at"),
            ]
        )
    SignatureStamp.objects.bulk_create(stamps)
    SigningItem.objects.filter(session=session, record_id__in=signed_ids).update(
        state=ItemState.SIGNED
    )


def mark_failed(session: SigningSession, record_ids: set[int], code: str, why: Sentence) -> None:
    SigningItem.objects.filter(session=session, record_id__in=record_ids).update(
        state=ItemState.FAILED,
        code=code[:50],
        sentence=why.vi[:1000],
        sentence_en=why.en[:1000],
    )
    session.failed += len(record_ids)
    session.save(update_fields=["failed"])
