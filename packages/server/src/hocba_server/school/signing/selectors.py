from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hocba.errors import Sentence
from hocba_server.school.issuing.models import IssueBatch
from hocba_server.school.registry.models import School, SchoolRole
from hocba_server.school.registry.permissions import OFFICE, deny_other_school, deny_role, require
from hocba_server.school.registry.selectors import not_found
from hocba_server.school.signing.models import (
    ItemState,
    SeenCertificate,
    SessionState,
    SigningItem,
    SigningSession,
)
from hocba_server.web.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One record that could not be signed, and why."""

    pupil_name: str
    record_uuid: str
    code: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class SessionProgress:
    """How far a signing session is."""

    session_id: int
    scope: Sentence
    role: str
    signer_name: str
    state: str
    state_name: str
    total: int
    done: int
    failed: int
    problem: Sentence | None
    warnings: tuple[Sentence, ...]
    key_source: str
    started_by: int
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


def session_by_id(by: Actor, session_id: int, *, lock: bool = False) -> SigningSession:
    """A session of this person's school. Raises `Refused`: `not_found`, `role`.

    It names pupils, so it is open to who started it and to the school's office alone.
    """
    rows = SigningSession.objects.select_related("school")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=session_id).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.school.code))
    if found.started_by != by.user_id or SchoolRole.ADMINISTRATOR.value in by.roles:
        require(deny_role(by, *OFFICE))
    return found


def session_progress(session_id: int) -> SessionProgress:
    """Progress of a session with the reason for every record that failed."""
    found = SigningSession.objects.filter(pk=session_id).first()
    if found is None:
        raise not_found()
    return _progress(found)


def sessions_of(batch: IssueBatch) -> list[SessionProgress]:
    """The sessions of a batch, newest first."""
    rows = SigningSession.objects.filter(items__record__batch=batch).distinct()
    return [_progress(row) for row in rows]


def sessions_by(by: Actor, school: School) -> list[SessionProgress]:
    """The sessions that this person started, newest first."""
    rows = SigningSession.objects.filter(school=school, started_by=by.user_id)
    return [_progress(row) for row in rows[:50]]


def _progress(row: SigningSession) -> SessionProgress:
    faults = SigningItem.objects.none()
    if row.failed:
        faults = (
            SigningItem.objects.filter(session=row, state=ItemState.FAILED)
            .select_related("record__enrolment__pupil")
            .defer("record__document")
        )
    return SessionProgress(
        session_id=row.pk,
        scope=Sentence(row.scope, row.scope_en),
        role=row.role,
        signer_name=row.signer_name,
        state=row.state,
        state_name=str(SessionState(row.state).label),
        total=row.total,
        done=row.done,
        failed=row.failed,
        problem=row.why,
        warnings=tuple(Sentence(each["vi"], each["en"]) for each in row.warnings),
        key_source=row.key_source,
        started_by=row.started_by,
        started_at=row.started_at,
        finished_at=row.finished_at,
        faults=tuple(
            FaultLine(
                fault.record.enrolment.pupil.full_name,
                fault.record.record_uuid,
                fault.code,
                Sentence(fault.sentence, fault.sentence_en),
            )
            for fault in faults
        ),
    )


def seen_certificates(school: School) -> list[SeenCertificate]:
    """The certificates that signed or wanted to sign for a school, those that end soon first."""
    return list(SeenCertificate.objects.filter(school=school).order_by("valid_until"))
