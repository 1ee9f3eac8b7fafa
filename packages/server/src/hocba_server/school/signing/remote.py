"""Signing with a key at a remote service (CSC API v2): one activation for the digests of a session.

The digests of the records are worked out first, the person authorises exactly these with PIN and
one-time code or on the service's page, and a job signs. What one act of the person can cover is
the service's matter; the rest waits for the next activation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from hocba.errors import Refused
from hocba.record.model import SignerRole
from hocba.trust.identity import issuer_name, signer_personal_id, signer_unit
from hocba_server.adapters.remote_signing import (
    Activation,
    AuthMode,
    AuthorizationRequest,
    Credential,
    RemoteKey,
    RemoteSigningService,
    open_activation,
    seal_activation,
)
from hocba_server.school.database import school_transaction
from hocba_server.school.issuing.composition import vietnam_time
from hocba_server.school.signing.approval import admitted_signer
from hocba_server.school.signing.certificate_checks import CertificateTrust
from hocba_server.school.signing.keeping import next_records
from hocba_server.school.signing.models import (
    KeySource,
    SessionState,
    SigningRound,
    SigningSession,
)
from hocba_server.school.signing.rounds import prepare_records
from hocba_server.school.signing.services import defer_session, own_session
from hocba_server.web.accounts.actor import Actor

MOST_RECORDS = 2000
"""Records of one activation; a whole school of 1,800 pupils fits."""


@dataclass(frozen=True, slots=True)
class OfferedCredential:
    """A credential that belongs to the signer, and what has to be shown for it."""

    credential_id: str
    issuer: str
    valid_until: dt.datetime
    needs_pin: bool
    needs_otp: bool
    on_their_page: bool


def offered_credentials(
    *, by: Actor, session_id: int, service: RemoteSigningService, token: str
) -> list[OfferedCredential]:
    """The person's own credentials at the service; those of others are not offered."""
    session = own_session(by, session_id, lock=False)
    return offered(service, token, lambda credential: _belongs(session, credential))


def offered(
    service: RemoteSigningService, token: str, belongs: Callable[[Credential], bool]
) -> list[OfferedCredential]:
    """The credentials of an account that belong. Raises `Refused` (`no_key`) when none does."""
    found = []
    for credential_id in service.credential_ids(token):
        credential = service.credential(token, credential_id)
        if belongs(credential):
            auth = credential.auth
            found.append(
                OfferedCredential(
                    credential_id,
                    issuer_name(credential.certificate),
                    credential.certificate.not_valid_after_utc,
                    auth.pin is not None,
                    auth.otp is not None,
                    auth.mode is AuthMode.OAUTH2_CODE,
                )
            )
    if not found:
        raise Refused(
            "no_key",
            "Tài khoản ký từ xa này không có chứng thư số nào của người ký.",
            "This account has no certificate of the signer.",
        )
    return found


def _belongs(session: SigningSession, credential: Credential) -> bool:
    if session.role == SignerRole.ORGANISATION.value:
        return signer_unit(credential.certificate) == session.school.code
    return signer_personal_id(credential.certificate) == session.signer_personal_id


@dataclass(frozen=True, slots=True)
class PreparedActivation:
    """What is to be authorised: kept until the person has done so."""

    credential: Credential
    digests: tuple[bytes, ...]
    records: int


def prepare_activation(
    *,
    by: Actor,
    at: dt.datetime,
    session_id: int,
    service: RemoteSigningService,
    token: str,
    credential_id: str,
    trust: CertificateTrust,
) -> PreparedActivation:
    """Check the certificate and fix the records, their digests and the signing time."""
    credential = service.credential(token, credential_id)
    with school_transaction():
        session = _remote_session(by, session_id)
        key = RemoteKey(service, credential)
        signer = admitted_signer(session, key, at, trust)
        moment = vietnam_time(at)
        rows = next_records(session, MOST_RECORDS)
        digests, ids = prepare_records(session, rows, signer, moment, most=key.most_at_once)
        if not ids:
            raise Refused(
                "nothing_waits", "Không còn học bạ nào chờ ký.", "No record waits any more."
            )
        SigningRound.objects.filter(session=session).delete()
        SigningRound.objects.create(
            session=session,
            record_ids=ids,
            certificate=b"",
            algorithm=key.algorithm,
            digests=[digest.hex() for digest in digests],
            signing_time=moment,
        )
        session.credential, session.signing_time = credential_id, moment
        session.save(update_fields=["credential", "signing_time"])
    return PreparedActivation(credential, tuple(digests), len(ids))


def activate_with_code(
    *,
    by: Actor,
    session_id: int,
    service: RemoteSigningService,
    token: str,
    prepared: PreparedActivation,
    pin: str,
    otp: str,
) -> None:
    """Authorise with PIN and one-time code, then let the job sign. The codes are kept nowhere."""
    key = RemoteKey(service, prepared.credential)
    activation = key.authorize(
        prepared.digests,
        service_token=token,
        pin=pin,
        otp=otp,
        description=f"Học bạ số: {prepared.records} học bạ",
    )
    _begin(by, session_id, activation)


def prepared_again(
    *, by: Actor, session_id: int, service: RemoteSigningService, token: str
) -> PreparedActivation:
    """What was prepared for this session, after the person came back from elsewhere."""
    session = own_session(by, session_id, lock=False)
    out = SigningRound.objects.filter(session=session).first()
    if out is None or not session.credential:
        raise Refused(
            "no_round", "Phiên ký này chưa chuẩn bị. Chọn lại chứng thư số.", "Nothing is prepared."
        )
    credential = service.credential(token, session.credential)
    digests = tuple(bytes.fromhex(text) for text in out.digests)
    return PreparedActivation(credential, digests, len(out.record_ids))


def activate_from_page(
    *,
    by: Actor,
    session_id: int,
    service: RemoteSigningService,
    token: str,
    request: AuthorizationRequest,
    returned: Mapping[str, str],
) -> None:
    """Finish an authorisation on the service's own page (oauth2code), then let the job sign."""
    prepared = prepared_again(by=by, session_id=session_id, service=service, token=token)
    activation = service.finish_credential(request, returned, prepared.credential, prepared.digests)
    # The job asks for the certificate again, which the grant alone does not open.
    _begin(by, session_id, replace(activation, service_token=token))


def _begin(by: Actor, session_id: int, activation: Activation) -> None:
    with school_transaction():
        session = _remote_session(by, session_id)
        session.activation = seal_activation(activation)
        session.state, session.stop_asked = SessionState.WAITING, False
        session.set_problem(None)
        session.save(update_fields=["activation", "state", "stop_asked", "problem", "problem_en"])
        defer_session(session)


def remote_key(
    session: SigningSession, service: RemoteSigningService, at: dt.datetime
) -> RemoteKey:
    """The key of an activated session, for the job."""
    activation = open_activation(session.activation, at)
    credential = service.credential(activation.service_token, activation.credential_id)
    return RemoteKey(service, credential, activation)


def records_of_activation(session: SigningSession) -> Sequence[int]:
    """The records whose digests the person authorised."""
    out = SigningRound.objects.filter(session=session).first()
    return list(out.record_ids) if out is not None else []


def _remote_session(by: Actor, session_id: int) -> SigningSession:
    session = own_session(by, session_id)
    if session.key_source != KeySource.REMOTE or session.finished_at is not None:
        raise Refused("session_over", "Phiên ký này đã kết thúc.", "The session is over.")
    return session
