from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hocba_server.school.issuing.models import IssueBatch
from hocba_server.school.registry.permissions import deny_other_school, require
from hocba_server.school.registry.selectors import not_found
from hocba_server.school.signing.models import SessionState, SigningFault, SigningSession
from hocba_server.web.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One record that could not be signed, and why."""

    pupil_name: str
    record_uuid: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SessionProgress:
    """How far a signing session is."""

    session_id: int
    batch_id: int
    role: str
    signer_name: str
    state: str
    state_name: str
    total: int
    done: int
    failed: int
    problem: str
    started_at: dt.datetime
    finished_at: dt.datetime | None
    faults: tuple[FaultLine, ...]

    @property
    def finished(self) -> bool:
        """Nothing more will happen in this session."""
        return self.state in {SessionState.DONE.value, SessionState.FAILED.value}

    @property
    def percent(self) -> int:
        """Share of records looked at, 0 to 100."""
        return 100 * (self.done + self.failed) // self.total if self.total else 100


def session_by_id(by: Actor, session_id: int) -> SigningSession:
    """A session of this person's school."""
    found = (
        SigningSession.objects.filter(pk=session_id)
        .select_related("batch__classroom__school")
        .first()
    )
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.batch.classroom.school.code))
    return found


def session_progress(session_id: int) -> SessionProgress:
    """Progress of a session with the reason for every record that failed."""
    found = SigningSession.objects.filter(pk=session_id).first()
    if found is None:
        raise not_found()
    return _progress(found)


def sessions_of(batch: IssueBatch) -> list[SessionProgress]:
    """The sessions of a batch, newest first."""
    return [_progress(row) for row in SigningSession.objects.filter(batch=batch)]


def _progress(row: SigningSession) -> SessionProgress:
    faults = SigningFault.objects.filter(session=row).select_related("record__enrolment__pupil")
    return SessionProgress(
        session_id=row.pk,
        batch_id=row.batch_id,
        role=row.role,
        signer_name=row.signer_name,
        state=row.state,
        state_name=SessionState(row.state).label,
        total=row.total,
        done=row.done,
        failed=row.failed,
        problem=row.problem,
        started_at=row.started_at,
        finished_at=row.finished_at,
        faults=tuple(
            FaultLine(
                fault.record.enrolment.pupil.full_name,
                fault.record.record_uuid,
                fault.code,
                fault.sentence,
            )
            for fault in faults
        ),
    )
