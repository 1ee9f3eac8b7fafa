from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from hocba.errors import HocBaError, Refused, Unavailable
from hocba.ids import PersonalId
from hocba.ports import Clock, Key, TimestampSource
from hocba.record.model import SignerRole, SlotId
from hocba.trust.identity import issuer_name, signer_name
from hocba.workflow.transitions import RecordState
from hocba_server.adapters.keystores import KeyStore
from hocba_server.config.jobs import school_jobs
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.composition import vietnam_time
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch, SignatureStamp
from hocba_server.school.issuing.selectors import batch_by_id, records_of
from hocba_server.school.registry.permissions import require
from hocba_server.school.signing.chunks import (
    Outcome,
    Signer,
    check_certificate,
    sign_documents,
    stamp_seals,
)
from hocba_server.school.signing.models import SessionState, SigningFault, SigningSession
from hocba_server.school.signing.rights import (
    deny_now,
    next_state,
    own_subjects,
    slots_for,
    waits_for,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

SIGN_CLASS_JOB = "school.signing.sign_class"
CHUNK = 15
"""Records per commit: progress three times in a class of 45, and one key call per slot."""


def start_session(*, by: Actor, at: dt.datetime, batch_id: int, role: str) -> int:
    """Begin signing a class: the session and its job are committed together."""
    step = SignerRole(role)
    with school_transaction():
        batch = batch_by_id(by, batch_id, lock=True)
        records = records_of(batch)
        require(deny_now(by, batch, step, records))
        running = SigningSession.objects.filter(
            batch=batch, state__in=[SessionState.WAITING, SessionState.RUNNING]
        ).first()
        if running is not None:
            raise Refused(
                "session_open",
                f"{running.signer_name} đang ký lớp này. Chờ phiên ký đó xong rồi ký tiếp.",
                f"{running.signer_name} is signing this class. Wait for that session.",
            )
        subjects = own_subjects(by.personal_id or "", batch)
        total = sum(1 for record in records if waits_for(record, step, subjects))
        session = SigningSession.objects.create(
            batch=batch,
            role=step.value,
            signer_name=by.name,
            signer_personal_id=by.personal_id or "",
            state=SessionState.WAITING,
            total=total,
            actor=by.to_json(),
            started_by=by.user_id,
            started_at=at,
        )
        _audit(by, at, "start_signing", batch, {"role": step.value, "records": total})
        school_jobs.configure_task(SIGN_CLASS_JOB, allow_unknown=True).defer(session_id=session.pk)
    return session.pk


def run_session(
    session_id: int, keystore: KeyStore, timestamp: TimestampSource, clock: Clock
) -> None:
    """Do the work of a session in chunks. Each chunk is one commit, so a cut-off job goes on.

    A crash inside a chunk leaves that chunk unsigned; running again signs what still waits.
    """
    session = _take(session_id)
    if session is None:
        return
    role = SignerRole(session.role)
    by = Actor.from_json(session.actor)
    try:
        signer = _signer(session, role, keystore, clock.now())
        while _sign_chunk(session, role, signer, timestamp, clock, by):
            pass
    except HocBaError as fault:
        # Key, certificate or time-stamp service: nothing wrong with any one record.
        _finish(session, clock.now(), by, problem=fault.sentence.vi)
        if isinstance(fault, Unavailable | Refused):
            return
        raise
    _finish(session, clock.now(), by, problem="")


def _take(session_id: int) -> SigningSession | None:
    with school_transaction():
        session = (
            SigningSession.objects.select_for_update(of=("self",))
            .select_related("batch__classroom__school", "batch__signing_leader")
            .filter(pk=session_id)
            .first()
        )
        if session is None or session.finished_at is not None:
            return None
        session.state = SessionState.RUNNING
        session.save(update_fields=["state"])
    return session


def _signer(
    session: SigningSession, role: SignerRole, keystore: KeyStore, at: dt.datetime
) -> Signer:
    if role is SignerRole.ORGANISATION:
        unit = session.batch.classroom.school.code
        key: Key = keystore.organisation_key(unit)
        check_certificate(key, owner=unit, organisation=True, at=at)
        return Signer(key, None)
    owner = PersonalId(session.signer_personal_id)
    key = keystore.key_for(owner)
    check_certificate(key, owner=owner, organisation=False, at=at)
    return Signer(key, owner)


def _sign_chunk(
    session: SigningSession,
    role: SignerRole,
    signer: Signer,
    timestamp: TimestampSource,
    clock: Clock,
    by: Actor,
) -> bool:
    """Sign the next records that wait; False when none is left."""
    subjects = own_subjects(session.signer_personal_id, session.batch)
    with school_transaction():
        rows = _next_rows(session, role, subjects)
        if not rows:
            return False
        at = vietnam_time(clock.now())
        for slots, group in groupby(rows, key=lambda row: slots_for(row, role, subjects)):
            records = list(group)
            outcomes = sign_documents(
                [bytes(record.document) for record in records], slots, signer, at
            )
            if role is SignerRole.ORGANISATION:
                outcomes = stamp_seals(outcomes, timestamp)
            _keep(session, records, slots, outcomes, signer.key, at, by)
        session.save(update_fields=["done", "failed"])
    return True


def _next_rows(
    session: SigningSession, role: SignerRole, subjects: Sequence[str]
) -> list[AnnualRecordDraft]:
    failed = SigningFault.objects.filter(session=session).values_list("record_id", flat=True)
    waiting = [
        row.pk
        for row in records_of(session.batch)
        if row.pk not in set(failed) and waits_for(row, role, subjects)
    ]
    rows = AnnualRecordDraft.objects.select_for_update(of=("self",)).filter(pk__in=waiting[:CHUNK])
    return list(rows.order_by("pk"))


def _keep(
    session: SigningSession,
    records: Sequence[AnnualRecordDraft],
    slots: Sequence[SlotId],
    outcomes: Sequence[Outcome],
    key: Key,
    at: dt.datetime,
    by: Actor,
) -> None:
    role = SignerRole(session.role)
    names = (signer_name(key.certificate), issuer_name(key.certificate))
    stamps: list[SignatureStamp] = []
    for record, outcome in zip(records, outcomes, strict=True):
        if outcome.document is None or outcome.fault is not None:
            fault = outcome.fault
            SigningFault.objects.create(
                session=session,
                record=record,
                code=fault.code if fault else "unknown",
                sentence=(fault.sentence.vi if fault else "")[:1000],
            )
            session.failed += 1
            continue
        signed = {slot.subject for slot in slots}
        after = next_state(record, role)
        record.document = outcome.document
        record.pending_subjects = [code for code in record.pending_subjects if code not in signed]
        if isinstance(after, RecordState) and not record.pending_subjects:
            record.state = after.value
        if role is SignerRole.ORGANISATION:
            record.issued_by, record.issued_at = by.user_id, at
        session.done += 1
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
            update_fields=["document", "pending_subjects", "state", "issued_by", "issued_at"]
        )
    SignatureStamp.objects.bulk_create(stamps)


def _finish(session: SigningSession, at: dt.datetime, by: Actor, *, problem: str) -> None:
    with school_transaction():
        # A chunk that was rolled back must not leave its counts behind.
        session.refresh_from_db(fields=["done", "failed"])
        whole = not problem and session.failed == 0
        session.state = SessionState.DONE if whole else SessionState.FAILED
        session.problem = problem[:1000]
        session.finished_at = at
        session.save(update_fields=["state", "problem", "finished_at"])
        detail = {"role": session.role, "done": session.done, "failed": session.failed}
        if problem:
            detail["problem"] = problem
        _audit(by, at, "finish_signing", session.batch, detail)


def _audit(
    by: Actor, at: dt.datetime, action: str, batch: IssueBatch, detail: dict[str, object]
) -> None:
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"batch:{batch.pk}",
        detail=detail,
    )
