"""Signing sessions: one activation signs the records of a class, a grade or the school.

A session is a list of records. The work itself is in `running` (keys that the platform reaches)
and in `rounds` (the signer's own device). QĐ 1789 Đ20.5 gives the order of the signatures.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError

from hocba.errors import Refused, Sentence
from hocba.record.model import SignerRole
from hocba.workflow.transitions import Denial
from hocba_server.config.jobs import school_jobs
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.models import IssueBatch
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import not_found, own_school
from hocba_server.school.signing.key_sources import key_sources
from hocba_server.school.signing.models import (
    OPEN_STATES,
    ItemState,
    KeySource,
    SessionState,
    SigningItem,
    SigningSession,
)
from hocba_server.school.signing.rights import deny_step
from hocba_server.school.signing.scopes import (
    SigningScope,
    WaitingRecords,
    batches_in,
    nothing_to_sign,
    waiting_in,
)
from hocba_server.school.signing.selectors import session_by_id
from hocba_server.school.signing.turns import tell_next_signers
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

SIGN_JOB = "school.signing.sign"


def start_session(
    *,
    by: Actor,
    at: dt.datetime,
    role: str,
    batch_id: int | None = None,
    scope: SigningScope | None = None,
    key_source: KeySource = KeySource.SERVER,
) -> int:
    """Begin signing: the session, its records and its job are committed together.

    Either one class (`batch_id`) or a `scope`. Raises `Refused`: wrong person, too early, nothing
    waits, or somebody is signing these records already.
    """
    step = SignerRole(role)
    if key_source not in key_sources(step, by.unit_code):
        raise Refused(
            "key_source",
            "Không ký được bằng loại khoá này. Chọn thiết bị ký hoặc dịch vụ ký từ xa.",
            "This kind of key cannot be used here.",
        )
    wanted = scope or SigningScope(batch_ids=(batch_id,) if batch_id is not None else ())
    with school_transaction():
        batches = batches_in(by, wanted)
        if batch_id is not None and not batches:
            raise not_found()
        # Always in the same order, so that two sessions never wait for each other.
        list(
            IssueBatch.objects.select_for_update()
            .filter(pk__in=[batch.pk for batch in batches])
            .order_by("pk")
        )
        waiting, denial = waiting_in(by, step, batches)
        if not waiting:
            raise nothing_to_sign(denial)
        waiting = _not_busy(waiting)
        session = _open_session(by, at, step, wanted, waiting, key_source)
        if key_source == KeySource.SERVER:
            defer_session(session)
    return session.pk


def _open_session(
    by: Actor,
    at: dt.datetime,
    step: SignerRole,
    wanted: SigningScope,
    waiting: Sequence[WaitingRecords],
    key_source: KeySource,
) -> SigningSession:
    """Write the session with the list of its records."""
    records = [record for each in waiting for record in each.records]
    scope = wanted.name_of(waiting)
    session = SigningSession.objects.create(
        school=own_school(by),
        scope=scope.vi,
        scope_en=scope.en,
        role=step.value,
        signer_name=by.name,
        signer_personal_id=by.personal_id or "",
        key_source=key_source,
        state=SessionState.WAITING,
        total=len(records),
        actor=by.to_json(),
        started_by=by.user_id,
        started_at=at,
    )
    try:
        SigningItem.objects.bulk_create(
            [SigningItem(session=session, record=record) for record in records]
        )
    except IntegrityError as error:
        raise _busy("") from error
    detail: dict[str, object] = {
        "role": step.value,
        "records": len(records),
        "classes": [each.batch.pk for each in waiting],
        "key": str(key_source),
    }
    _audit(by, at, "start_signing", session, detail)
    return session


def _not_busy(waiting: Sequence[WaitingRecords]) -> list[WaitingRecords]:
    """Classes in which nobody else signs now; one person at a time signs a class.

    A colleague who signs in one class holds up nobody in the others. Raises `Refused` when
    somebody signs in all of them.
    """
    busy = dict(
        SigningItem.objects.filter(
            record__batch__in=[each.batch for each in waiting],
            state=ItemState.WAITING,
            session__state__in=OPEN_STATES,
        ).values_list("record__batch_id", "session__signer_name")
    )
    free = [each for each in waiting if each.batch.pk not in busy]
    if not free:
        raise _busy(next(iter(busy.values())))
    return free


def _busy(name: str) -> Refused:
    return Refused(
        "session_open",
        f"{name or 'Có người'} đang ký các học bạ này. Chờ phiên ký đó xong rồi ký tiếp.",
        f"{name or 'Somebody'} is signing these records. Wait for that session.",
    )


def stop_session(*, by: Actor, at: dt.datetime, session_id: int) -> None:
    """Ask a session to stop after the records it is just signing; what is signed stays signed."""
    with school_transaction():
        session = own_session(by, session_id)
        if session.finished_at is not None:
            raise Refused("session_over", "Phiên ký này đã kết thúc.", "The session is over.")
        session.stop_asked = True
        # A job that is just signing holds this row until its chunk is kept, then sees the wish.
        session.state = SessionState.STOPPED
        session.save(update_fields=["stop_asked", "state"])
        _audit(by, at, "stop_signing", session, {"done": session.done})


def resume_session(*, by: Actor, at: dt.datetime, session_id: int) -> None:
    """Go on with a stopped session where it was."""
    with school_transaction():
        session = own_session(by, session_id)
        if session.state != SessionState.STOPPED:
            raise Refused("not_stopped", "Phiên ký này không dừng.", "The session is not stopped.")
        require(_still_allowed(by, session))
        session.stop_asked, session.state = False, SessionState.WAITING
        session.save(update_fields=["stop_asked", "state"])
        _audit(by, at, "resume_signing", session, {"done": session.done})
        if session.key_source == KeySource.SERVER:
            defer_session(session)


def close_session(*, by: Actor, at: dt.datetime, session_id: int) -> None:
    """Give a stopped session up: its unsigned records are free for another session."""
    with school_transaction():
        session = own_session(by, session_id)
        if session.state != SessionState.STOPPED:
            raise Refused("not_stopped", "Phiên ký này không dừng.", "The session is not stopped.")
        finish_session(session, at, by, problem=None)


def finish_session(
    session: SigningSession, at: dt.datetime, by: Actor, *, problem: Sentence | None
) -> None:
    """Write the end of a session, once; records that were not signed are free again.

    In a transaction: a job and the person may both come to the end of it.
    """
    locked = SigningSession.objects.select_for_update().get(pk=session.pk)
    if locked.finished_at is not None:
        return
    session.done, session.failed = locked.done, locked.failed
    left = SigningItem.objects.filter(session=session, state=ItemState.WAITING)
    whole = not problem and session.failed == 0 and not left.exists()
    left.update(state=ItemState.LEFT)
    session.state = SessionState.DONE if whole else SessionState.FAILED
    session.set_problem(problem)
    session.activation = ""
    session.finished_at = at
    session.save(update_fields=["state", "problem", "problem_en", "activation", "finished_at"])
    detail: dict[str, object] = {
        "role": session.role,
        "done": session.done,
        "failed": session.failed,
    }
    if problem:
        detail["problem"] = problem.vi
    _audit(by, at, "finish_signing", session, detail)
    if session.done:
        tell_next_signers(session, by, at)


def own_session(by: Actor, session_id: int, *, lock: bool = True) -> SigningSession:
    """A session that this very person started: nobody steers another person's signing.

    With `lock` inside a transaction only; what merely reads asks without.
    """
    session = session_by_id(by, session_id, lock=lock)
    if session.started_by != by.user_id or session.signer_personal_id != (by.personal_id or ""):
        raise Refused(
            "role",
            f"Phiên ký này của {session.signer_name}: chỉ người đó dừng hoặc ký tiếp được.",
            f"This session belongs to {session.signer_name}; only that person may steer it.",
        )
    return session


def _still_allowed(by: Actor, session: SigningSession) -> Denial | None:
    item = (
        SigningItem.objects.filter(session=session, state=ItemState.WAITING)
        .select_related("record__batch__classroom__school", "record__batch__signing_leader")
        .defer("record__document")
        .first()
    )
    if item is None:
        return None
    return deny_step(by, item.record.batch, SignerRole(session.role), [item.record])


def defer_session(session: SigningSession) -> None:
    """Enqueue the job of a session, inside the caller's transaction."""
    school_jobs.configure_task(SIGN_JOB, allow_unknown=True).defer(session_id=session.pk)


def _audit(
    by: Actor, at: dt.datetime, action: str, session: SigningSession, detail: dict[str, object]
) -> None:
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"signing:{session.pk}",
        detail=detail,
    )
