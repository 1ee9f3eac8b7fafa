"""Reading what the service says of itself and of a credential (CSC API v2, 11.1 and 11.5)."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from hocba.trust.parsing import UNREADABLE, load_certificate
from hocba_server.adapters.remote_signing import fields
from hocba_server.adapters.remote_signing.algorithms import choose
from hocba_server.adapters.remote_signing.expression import named
from hocba_server.adapters.remote_signing.faults import unsuitable, wrong_answer
from hocba_server.adapters.remote_signing.fields import Json
from hocba_server.adapters.remote_signing.values import (
    AuthMode,
    Credential,
    CredentialAuth,
    Factor,
    FactorKind,
    ServiceInfo,
)

MOST_CERTIFICATES: Final = 6
MOST_FACTORS: Final = 6
MOST_MULTISIGN: Final = 100_000
_USABLE: Final = {"", "valid"}
_STATUS_VI: Final = {
    "expired": "đã hết hạn",
    "revoked": "đã bị thu hồi",
    "suspended": "đang tạm ngưng",
}


def read_info(answer: Json) -> ServiceInfo:
    """Answer of `info`."""
    return ServiceInfo(
        name=fields.text(answer, "name", longest=500),
        specs=fields.text(answer, "specs", longest=50),
        auth_types=frozenset(fields.texts(answer, "authType", most=20)),
        methods=frozenset(fields.texts(answer, "methods", most=100)),
        oauth2=fields.optional_text(answer, "oauth2"),
        oauth2_issuer=fields.optional_text(answer, "oauth2Issuer"),
        asynchronous=fields.truth(answer, "asynchronousOperationMode"),
        supports_details=fields.truth(answer, "supportsRar"),
    )


def read_credential(credential_id: str, answer: Json) -> Credential:
    """Answer of `credentials/info` asked with the chain.

    Raises `Unavailable` when it cannot be read, `Refused` with code `remote_credential` when the
    credential cannot sign: disabled, expired, revoked, or no allowed algorithm.
    """
    key = fields.inner(answer, "key")
    status = fields.text(key, "status")
    if status not in {"enabled", "disabled"}:
        raise wrong_answer("key/status")
    certificate, chain = _certificates(fields.inner(answer, "cert"))
    auth = _auth(fields.inner(answer, "auth"))
    scal = fields.optional_text(answer, "SCAL") or "1"
    if scal not in {"1", "2"}:
        raise wrong_answer("SCAL")
    multisign = fields.whole(answer, "multisign", least=1, most=MOST_MULTISIGN)
    offered = fields.texts(key, "algo", most=50)
    if status == "disabled":
        raise unsuitable("khoá ký đang bị tạm ngưng", "the key is disabled")
    algorithm, sign_algo = choose(certificate, offered)
    return Credential(
        credential_id=credential_id,
        certificate=certificate,
        chain=chain,
        algorithm=algorithm,
        sign_algo=sign_algo,
        auth=auth,
        scal=int(scal),
        multisign=multisign,
        description=fields.optional_text(answer, "description"),
    )


def _certificates(cert: Json) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    status = fields.optional_text(cert, "status")
    if status not in _USABLE and status not in _STATUS_VI:
        raise wrong_answer("cert/status")
    try:
        found = [
            load_certificate(fields.octets(one, "certificates"))
            for one in fields.texts(cert, "certificates", most=MOST_CERTIFICATES)
        ]
    except UNREADABLE:
        raise wrong_answer("certificates") from None
    if not found:
        raise wrong_answer("certificates")
    for certificate, issuer in pairwise(found):
        if not _issued(certificate, issuer):
            raise wrong_answer("certificates")
    if status not in _USABLE:
        raise unsuitable(f"chứng thư số {_STATUS_VI[status]}", f"its certificate is {status}")
    return found[0], tuple(one for one in found[1:] if one.issuer != one.subject)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (*UNREADABLE, InvalidSignature):
        return False
    return True


def _auth(auth: Json) -> CredentialAuth:
    try:
        mode = AuthMode(fields.text(auth, "mode"))
    except ValueError:
        raise wrong_answer("auth/mode") from None
    if mode is not AuthMode.EXPLICIT:
        return CredentialAuth(mode)
    factors = tuple(_factor(one) for one in fields.items(auth, "objects", most=MOST_FACTORS))
    known = {factor.factor_id for factor in factors}
    expression = fields.optional_text(auth, "expression", longest=500)
    try:
        names = named(expression) if expression else frozenset()
    except (ValueError, RecursionError):
        raise wrong_answer("auth/expression") from None
    if len(known) != len(factors) or not names <= known:
        raise wrong_answer("auth/objects")
    typed = [factor for factor in factors if not factor.kind.out_of_band]
    found = CredentialAuth(mode, factors, expression)
    if len(typed) > (found.pin is not None) + (found.otp is not None):
        raise unsuitable(
            "dịch vụ hỏi nhiều mã hơn một PIN và một OTP", "it asks more than a PIN and an OTP"
        )
    return found


def _factor(source: object) -> Factor:
    if not isinstance(source, dict):
        raise wrong_answer("auth/objects")
    try:
        kind = FactorKind(fields.text(source, "type"))
    except ValueError:
        raise wrong_answer("auth/objects/type") from None
    shape = fields.optional_text(source, "format")
    if shape not in {"", "A", "N"}:
        raise wrong_answer("auth/objects/format")
    return Factor(
        factor_id=fields.text(source, "id", longest=100),
        kind=kind,
        label=fields.optional_text(source, "label"),
        description=fields.optional_text(source, "description"),
        numeric=shape == "N",
        generator=fields.optional_text(source, "generator", longest=100),
    )
