"""The work of a session whose key the platform reaches: in chunks, each of them one commit.

A crash inside a chunk leaves that chunk unsigned; running again signs what still waits. Memory
does not grow with the school: a chunk is all that is held.
"""

from __future__ import annotations

from collections.abc import Callable

from hocba.errors import HocBaError, Refused, Sentence, Unavailable
from hocba.ids import PersonalId
from hocba.ports import Clock, Key, TimestampSource
from hocba.record.model import SignerRole
from hocba_server.adapters.keystores import KeyStore
from hocba_server.adapters.remote_signing import (
    RemoteKey,
    RemoteSigningService,
    remote_signing_service,
    seal_activation,
)
from hocba_server.school.database import school_transaction
from hocba_server.school.issuing.composition import vietnam_time
from hocba_server.school.signing.approval import admitted_signer
from hocba_server.school.signing.certificate_checks import CertificateTrust
from hocba_server.school.signing.chunks import Signer
from hocba_server.school.signing.keeping import next_records, sign_records
from hocba_server.school.signing.models import (
    ItemState,
    KeySource,
    SessionState,
    SigningItem,
    SigningSession,
)
from hocba_server.school.signing.remote import records_of_activation, remote_key
from hocba_server.school.signing.services import finish_session
from hocba_server.web.accounts.actor import Actor

CHUNK = 15
"""Records per commit: progress three times in a class of 45, and one key call per slot."""
OUR_FAULT = Sentence(
    "Hệ thống gặp lỗi nên phiên ký dừng lại; các học bạ đã ký vẫn giữ nguyên.",
    "The system has a fault, so the session stopped; what was signed stays signed.",
)


def run_session(
    session_id: int,
    keystore: KeyStore,
    timestamp: TimestampSource,
    clock: Clock,
    trust: CertificateTrust,
    remote: Callable[[], RemoteSigningService] = remote_signing_service,
) -> None:
    """Sign what a session still has to sign, until it is done, stopped or stuck."""
    session = _take(session_id)
    if session is None:
        return
    by = Actor.from_json(session.actor)
    try:
        if session.key_source == KeySource.REMOTE:
            key: Key = remote_key(session, remote(), clock.now())
        else:
            key = _key(session, keystore)
        signer = admitted_signer(session, key, clock.now(), trust)
        while _sign_chunk(session, signer, timestamp, clock, by):
            pass
    except HocBaError as fault:
        # Key, certificate or time-stamp service: nothing wrong with any one record.
        with school_transaction():
            finish_session(session, clock.now(), by, problem=fault.sentence)
        if isinstance(fault, Unavailable | Refused):
            return
        raise
    except Exception:
        # A fault of ours must not leave the records held by a session that nobody works on.
        with school_transaction():
            finish_session(session, clock.now(), by, problem=OUR_FAULT)
        raise
    if session.state != SessionState.STOPPED:
        with school_transaction():
            finish_session(session, clock.now(), by, problem=None)


def _take(session_id: int) -> SigningSession | None:
    with school_transaction():
        session = (
            SigningSession.objects.select_for_update(of=("self",))
            .select_related("school")
            .filter(pk=session_id)
            .first()
        )
        if session is None or session.finished_at is not None or session.stop_asked:
            return None
        session.state = SessionState.RUNNING
        session.save(update_fields=["state"])
    return session


def _key(session: SigningSession, keystore: KeyStore) -> Key:
    if session.role == SignerRole.ORGANISATION.value:
        return keystore.organisation_key(session.school.code)
    return keystore.key_for(PersonalId(session.signer_personal_id))


def _sign_chunk(
    session: SigningSession,
    signer: Signer,
    timestamp: TimestampSource,
    clock: Clock,
    by: Actor,
) -> bool:
    """Sign the next records that wait; False when none is left or the person stopped."""
    with school_transaction():
        locked = SigningSession.objects.select_for_update().get(pk=session.pk)
        session.done, session.failed = locked.done, locked.failed
        if locked.finished_at is not None:
            # The person stopped the session and gave it up meanwhile: nothing to write any more.
            session.state = SessionState.STOPPED
            return False
        if locked.stop_asked:
            _stop(session, None)
            return False
        ids = None
        if session.key_source == KeySource.REMOTE:
            ids = records_of_activation(session)
        rows = next_records(session, CHUNK, ids=ids)
        if rows:
            at = vietnam_time(session.signing_time or clock.now())
            sign_records(session, rows, signer, timestamp, at, by)
            _keep_activation(session, signer)
            return True
        # Records that had moved on were set aside: others may still wait behind them.
        left = SigningItem.objects.filter(session=session, state=ItemState.WAITING)
        if ids is not None and not left.filter(record_id__in=ids).exists() and left.exists():
            again = Sentence(
                f"Còn {left.count()} học bạ cần kích hoạt khoá lần nữa.",
                f"{left.count()} records need the key to be activated once more.",
            )
            _stop(session, again)
            return False
        return left.exists()


def _stop(session: SigningSession, why: Sentence | None) -> None:
    session.state, session.activation = SessionState.STOPPED, ""
    session.set_problem(why)
    session.save(update_fields=["state", "problem", "problem_en", "activation"])


def _keep_activation(session: SigningSession, signer: Signer) -> None:
    """What is left of a remote activation, so that a job that is cut off can go on."""
    if isinstance(signer.key, RemoteKey) and signer.key.activation is not None:
        session.activation = seal_activation(signer.key.activation)
        session.save(update_fields=["activation"])
