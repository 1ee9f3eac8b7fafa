"""Signing with the signer's own device: digests go out to the browser, signatures come back.

The PIN and the private key stay with the signing agent on the signer's computer. A round is a
chunk of records; it is kept only when every signature of it is right, so that nothing is half
signed. A round that never comes back leaves nothing behind.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography import x509

from hocba.errors import HocBaError, Malformed, NotTrusted, Refused
from hocba.ids import PersonalId
from hocba.ports import TimestampSource
from hocba.signature.sign import prepare_signature
from hocba.trust.algorithms import SignatureAlgorithm, verify_digest
from hocba.trust.parsing import UNREADABLE, load_certificate
from hocba_server.school.database import school_transaction
from hocba_server.school.issuing.composition import vietnam_time
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.signing.approval import admitted_signer
from hocba_server.school.signing.certificate_checks import CertificateTrust
from hocba_server.school.signing.chunks import Signer
from hocba_server.school.signing.keeping import (
    mark_failed,
    next_records,
    sign_records,
    slots_of,
)
from hocba_server.school.signing.models import (
    KeySource,
    SessionState,
    SigningRound,
    SigningSession,
)
from hocba_server.school.signing.services import finish_session, own_session
from hocba_server.web.accounts.actor import Actor

ROUND = 45
"""Records of one round: a class; with nine subjects of one teacher still below 500 digests."""
ROUND_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Digests:
    """What the signer's device is to sign now, in this order; none when the session is over."""

    values: tuple[bytes, ...]
    records: int
    over: bool = False

    def to_json(self) -> dict[str, object]:
        """For the page that drives the device."""
        return {
            "digests": [base64.b64encode(value).decode() for value in self.values],
            "records": self.records,
            "over": self.over,
        }


@dataclass(frozen=True)
class ReplayKey:
    """`hocba.ports.Key` of a key that is elsewhere: it knows the signatures that came back."""

    certificate: x509.Certificate
    algorithm: str
    known: dict[bytes, bytes] = field(default_factory=dict, repr=False)
    chain: tuple[x509.Certificate, ...] = ()

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """Answer the signatures that came back. Raises `Refused` for a digest never sent out."""
        if any(digest not in self.known for digest in digests):
            raise _changed()
        return [self.known[digest] for digest in digests]

    def check(self) -> None:
        """Verify every signature that came back. Raises `Refused` with `signature_mismatch`."""
        algorithm = SignatureAlgorithm[self.algorithm]
        try:
            for digest, value in self.known.items():
                verify_digest(self.certificate.public_key(), algorithm, digest, value)
        except NotTrusted as error:
            raise wrong_signature() from error


def next_round(
    *,
    by: Actor,
    at: dt.datetime,
    session_id: int,
    certificate: bytes,
    algorithm: str,
    trust: CertificateTrust,
) -> Digests:
    """Send out the digests of the next records. A round that is out already is asked anew."""
    if algorithm not in SignatureAlgorithm.__members__:
        raise Refused(
            "algorithm", "Thuật toán ký không được dùng.", "The algorithm is not allowed."
        )
    with school_transaction():
        session = _agent_session(by, session_id)
        loaded = read_certificate(certificate)
        signer = admitted_signer(session, ReplayKey(loaded, algorithm), at, trust)
        SigningRound.objects.filter(session=session).delete()
        moment = vietnam_time(at)
        rows = next_records(session, ROUND)
        digests, ids = prepare_records(session, rows, signer, moment)
        if not ids:
            finish_session(session, at, by, problem=None)
            return Digests((), 0, over=True)
        SigningRound.objects.create(
            session=session,
            record_ids=ids,
            certificate=certificate,
            algorithm=algorithm,
            digests=[digest.hex() for digest in digests],
            signing_time=moment,
        )
        session.state = SessionState.RUNNING
        session.save(update_fields=["state"])
    return Digests(tuple(digests), len(ids))


def prepare_records(
    session: SigningSession,
    rows: Sequence[AnnualRecordDraft],
    signer: Signer,
    at: dt.datetime,
    most: int | None = None,
) -> tuple[list[bytes], list[int]]:
    """The digests of these records; one that cannot be prepared is set aside with its reason.

    With `most` no more digests than that; records that would pass it wait for another time.
    """
    digests: list[bytes] = []
    ids: list[int] = []
    algorithm = SignatureAlgorithm[signer.key.algorithm]
    for slots, group in slots_of(session, rows):
        for row in group:
            try:
                prepared = [
                    prepare_signature(
                        bytes(row.document),
                        slot,
                        signer.key.certificate,
                        algorithm,
                        at,
                        signer.personal_id,
                    )
                    for slot in slots
                ]
            except (Malformed, NotTrusted, Refused) as fault:
                mark_failed(session, {row.pk}, fault.code, fault.sentence)
                continue
            if most is not None and len(digests) + len(prepared) > most:
                return digests, ids
            digests += [one.digest for one in prepared]
            ids.append(row.pk)
    return digests, ids


def complete_round(
    *,
    by: Actor,
    at: dt.datetime,
    session_id: int,
    signatures: Sequence[bytes],
    timestamp: TimestampSource,
) -> bool:
    """Keep the signatures of the round that is out; True when the session is over.

    Raises `Refused`: no round is out, it is too old, too few signatures, a record changed
    meanwhile; `NotTrusted` for a signature that the certificate does not verify. Nothing is kept
    then, and the round may be asked anew.
    """
    with school_transaction():
        session = _agent_session(by, session_id)
        out = SigningRound.objects.select_for_update().filter(session=session).first()
        if out is None:
            raise Refused("no_round", "Không có lượt ký nào đang chờ.", "No round is out.")
        if at - out.signing_time > dt.timedelta(minutes=ROUND_MINUTES):
            raise Refused(
                "round_expired",
                "Lượt ký đã quá lâu. Bấm ký tiếp để lấy lượt mới.",
                "The round is too old. Continue to get a new one.",
            )
        digests = [bytes.fromhex(text) for text in out.digests]
        if len(signatures) != len(digests):
            raise Refused(
                "key_answer",
                "Thiết bị ký trả về thiếu chữ ký; chưa học bạ nào được ký.",
                "The signing device returned too few signatures; no record was signed.",
            )
        known = dict(zip(digests, signatures, strict=True))
        key = ReplayKey(read_certificate(bytes(out.certificate)), out.algorithm, known)
        rows = next_records(session, len(out.record_ids), ids=out.record_ids)
        if len(rows) != len(out.record_ids):
            raise _changed()
        before = session.failed
        signer = Signer(key, PersonalId(session.signer_personal_id) if _personal(session) else None)
        sign_records(session, rows, signer, timestamp, vietnam_time(out.signing_time), by)
        if session.failed != before:
            # All or nothing: a wrong signature points at the device, not at one record.
            raise wrong_signature()
        out.delete()
        over = not session.items.filter(state="waiting").exists()
        if over:
            finish_session(session, at, by, problem=None)
    return over


def _personal(session: SigningSession) -> bool:
    return session.role != "KY_PHAT_HANH"


def _agent_session(by: Actor, session_id: int) -> SigningSession:
    session = own_session(by, session_id)
    if session.key_source != KeySource.AGENT or session.finished_at is not None:
        raise Refused("session_over", "Phiên ký này đã kết thúc.", "The session is over.")
    if session.stop_asked:
        raise Refused("stopped", "Phiên ký này đang dừng.", "The session is stopped.")
    return session


def read_certificate(der: bytes) -> x509.Certificate:
    """The certificate that a signing device offers. Raises `Refused` with code `certificate`."""
    try:
        return load_certificate(der)
    except (*UNREADABLE, HocBaError) as error:
        raise Refused(
            "certificate",
            "Không đọc được chứng thư số trên thiết bị ký.",
            "The certificate on the signing device cannot be read.",
        ) from error


def _changed() -> Refused:
    return Refused(
        "round_changed",
        "Có học bạ vừa thay đổi trong lúc ký. Bấm ký tiếp để lấy lượt mới.",
        "A record changed while it was being signed. Continue to get a new round.",
    )


def wrong_signature() -> Refused:
    """A signature that the certificate does not verify."""
    return Refused(
        "signature_mismatch",
        "Chữ ký từ thiết bị không khớp chứng thư số; chưa học bạ nào của lượt này được ký.",
        "A signature of the device does not fit the certificate; nothing of this round was signed.",
    )
