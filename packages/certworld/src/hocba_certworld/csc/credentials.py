"""`credentials/*`: listing, describing and authorising (CSC API v2, 11.4 to 11.9)."""

from __future__ import annotations

import base64
import secrets

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from hocba_certworld.csc import protocol
from hocba_certworld.csc.office import Activated, Office, Token, Waiting
from hocba_certworld.csc.people import CscCredential
from hocba_certworld.csc.protocol import (
    Answered,
    Asked,
    CscError,
    Json,
    answer_json,
    answer_nothing,
)

RSA = "1.2.840.113549.1.1.1"
RSA_SHA256 = "1.2.840.113549.1.1.11"
RSA_PSS = "1.2.840.113549.1.1.10"
ECDSA_SHA256 = "1.2.840.10045.4.3.2"
P256 = "1.2.840.10045.3.1.7"
_CERTIFICATES = ("none", "single", "chain")


def list_credentials(office: Office, asked: Asked) -> Answered:
    """`credentials/list`."""
    token = office.bearer(asked)
    parameters = protocol.read_json(asked)
    user_id = parameters.get("userID")
    if token.user_id and user_id is not None:
        raise CscError("userID parameter MUST be null")
    user = office.people.user(token.user_id or str(user_id))
    if user is None:
        raise CscError("Invalid parameter userID")
    only_valid = protocol.truth(parameters, "onlyValid")
    found = [one for one in user.credentials if not only_valid or _usable(one)]
    content: Json = {"credentialIDs": [one.credential_id for one in found]}
    if only_valid:
        content["onlyValid"] = True
    if protocol.truth(parameters, "credentialInfo"):
        content["credentialInfos"] = [
            {"credentialID": one.credential_id} | _described(one, parameters) for one in found
        ]
    return answer_json(content)


def describe(office: Office, asked: Asked) -> Answered:
    """`credentials/info`."""
    token = office.bearer(asked, scopes=("service", "credential"))
    parameters = protocol.read_json(asked)
    credential = office.credential(token, protocol.text(parameters, "credentialID"))
    return answer_json(_described(credential, parameters))


def get_challenge(office: Office, asked: Asked) -> Answered:
    """`credentials/getChallenge`: send the one-time code, out of band."""
    token = office.bearer(asked)
    parameters = protocol.read_json(asked)
    credential = office.credential(token, protocol.text(parameters, "credentialID"))
    if not credential.otp or parameters.get("authObjectID") != "OTP":
        raise CscError("Invalid parameter authObjectID")
    return _send(office, credential)


def send_otp(office: Office, asked: Asked) -> Answered:
    """`credentials/sendOTP`, the older name of the same."""
    token = office.bearer(asked)
    parameters = protocol.read_json(asked)
    credential = office.credential(token, protocol.text(parameters, "credentialID"))
    if not credential.otp:
        raise CscError("Invalid parameter credentialID")
    return _send(office, credential)


def authorize(office: Office, asked: Asked) -> Answered:
    """`credentials/authorize`: check the factors and give a SAD, or a handle to wait with."""
    token = office.bearer(asked)
    parameters = protocol.read_json(asked)
    credential = office.credential(token, protocol.text(parameters, "credentialID"))
    if credential.mode != "explicit":
        raise CscError("The credential is authorised with OAuth 2.0")
    office.refuse_unusable(credential)
    count = protocol.whole(parameters, "numSignatures")
    activated = activate(office, credential, count, _bound(credential, parameters))
    data = _auth_data(parameters)
    _check_identifiers(credential, data)
    office.check_factors(credential, data.get("PIN") or "", data.get("OTP") or "")
    if not credential.app:
        return answer_json(office.issue_activation(activated))
    handle = secrets.token_urlsafe(24)
    office.waiting[handle] = Waiting(activated)
    return answer_json({"handle": handle}, 202)


def authorize_check(office: Office, asked: Asked) -> Answered:
    """`credentials/authorizeCheck`: has the owner confirmed?"""
    token = office.bearer(asked)
    handle = protocol.text(protocol.read_json(asked), "handle")
    waiting = office.waiting.get(handle)
    if waiting is None or office.now() >= waiting.activated.expires:
        raise CscError("Invalid parameter handle")
    office.credential(token, waiting.activated.credential_id)
    if not waiting.approved:
        return answer_json({"handle": handle}, 202)
    del office.waiting[handle]
    return answer_json(office.issue_activation(waiting.activated))


def extend_transaction(office: Office, asked: Asked) -> Answered:
    """`credentials/extendTransaction`: a new SAD for what is left of an old one."""
    token = office.bearer(asked)
    parameters = protocol.read_json(asked)
    credential = office.credential(token, protocol.text(parameters, "credentialID"))
    old = live_activation(office, protocol.text(parameters, "SAD"), credential)
    bound = _bound(credential, parameters)
    if len(bound) > old.remaining:
        raise CscError("Numbers of signatures is too high")
    if old.digests is not None and not set(bound) <= old.digests:
        raise CscError("Hash is not authorized by the SAD")
    del office.activations[str(parameters["SAD"])]
    digests = set(bound) if bound else old.digests
    fresh = Activated(credential.credential_id, old.remaining, digests, old.expires)
    return answer_json(office.issue_activation(fresh))


def activate(
    office: Office, credential: CscCredential, count: int, digests: tuple[bytes, ...]
) -> Activated:
    """What an authorisation allows, once the factors are checked."""
    if count > credential.multisign or len(digests) > count:
        raise CscError("Numbers of signatures is too high")
    expires = office.now() + office.lifetimes.activation
    bound = set(digests) if digests else None
    return Activated(credential.credential_id, count, bound, expires)


def live_activation(office: Office, sad: str, credential: CscCredential) -> Activated:
    """The activation behind a SAD that still allows something."""
    found = office.activations.get(sad)
    if found is None or found.credential_id != credential.credential_id or found.remaining < 1:
        raise CscError("Invalid parameter SAD")
    if office.now() >= found.expires:
        raise CscError("SAD expired")
    return found


def algorithms(credential: CscCredential) -> list[str]:
    """`key/algo`."""
    if isinstance(credential.key.private_key, ec.EllipticCurvePrivateKey):
        return [ECDSA_SHA256]
    return [RSA_PSS] if credential.key.pss else [RSA, RSA_SHA256, RSA_PSS]


def owner_of(token: Token, office: Office, credential: CscCredential) -> str:
    """The customer whose credential it is."""
    owner = office.people.owner(credential.credential_id)
    return token.user_id or (owner.user_id if owner else "")


def _usable(credential: CscCredential) -> bool:
    return credential.enabled and credential.status == "valid"


def _bound(credential: CscCredential, parameters: Json) -> tuple[bytes, ...]:
    digests = protocol.hashes(parameters, required=credential.scal == "2")
    protocol.sha256_named(parameters, required=bool(digests))
    return digests


def _send(office: Office, credential: CscCredential) -> Answered:
    office.refuse_unusable(credential)
    owner = office.people.owner(credential.credential_id)
    if owner is not None:
        office.send_otp(owner, credential)
    return answer_nothing()


def _auth_data(parameters: Json) -> dict[str, str | None]:
    """Authentication objects by identifier; those confirmed elsewhere have no value."""
    entries = parameters.get("authData")
    if not isinstance(entries, list) or not entries:
        raise CscError("Missing (or invalid type) array parameter authData")
    data: dict[str, str | None] = {}
    for entry in entries:
        name = entry.get("id") if isinstance(entry, dict) else None
        value = entry.get("value") if isinstance(entry, dict) else None
        if not isinstance(name, str) or name in data or not isinstance(value, str | None):
            raise CscError("Invalid parameter authData")
        data[name] = value
    return data


def _check_identifiers(credential: CscCredential, data: dict[str, str | None]) -> None:
    """Exactly the objects that `credentials/info` names, those with a value that need one."""
    wanted = {str(one["id"]) for one in _objects(credential)}
    if set(data) != wanted or (credential.app and data["APP"] is not None):
        raise CscError("Invalid parameter authData")


def _objects(credential: CscCredential) -> list[Json]:
    found: list[Json] = [
        {
            "type": "Password",
            "id": "PIN",
            "format": "N",
            "label": "Mã PIN",
            "description": "Mã PIN của khoá ký",
        }
    ]
    if credential.otp:
        found.append(
            {
                "type": "ChallengeResponse",
                "id": "OTP",
                "format": "N",
                "label": "Mã OTP",
                "description": "Mã 6 chữ số gửi đến điện thoại",
            }
        )
    if credential.app:
        found.append({"type": "ChallengeResponseOOB", "id": "APP", "label": "Ứng dụng ký số"})
    return found


def _described(credential: CscCredential, parameters: Json) -> Json:
    wanted = parameters.get("certificates", "single")
    if wanted not in _CERTIFICATES:
        raise CscError("Invalid parameter certificates")
    cert_info = protocol.truth(parameters, "certInfo")
    auth_info = protocol.truth(parameters, "authInfo")
    content: Json = {
        "description": "Chứng thư số DEMO",
        "key": _key(credential),
        "cert": _certificate(credential, str(wanted), details=cert_info),
        "auth": {"mode": credential.mode},
        "SCAL": credential.scal,
        "multisign": credential.multisign,
        "lang": "vi-VN",
    }
    if credential.mode == "explicit" and auth_info:
        objects = _objects(credential)
        expression = " AND ".join(str(one["id"]) for one in objects)
        content["auth"] |= {"expression": expression, "objects": objects}
    return content


def _key(credential: CscCredential) -> Json:
    key = credential.key.private_key
    content: Json = {
        "status": "enabled" if credential.enabled else "disabled",
        "algo": algorithms(credential),
        "len": key.key_size,
    }
    if not isinstance(key, rsa.RSAPrivateKey):
        content["curve"] = P256
    return content


def _certificate(credential: CscCredential, wanted: str, *, details: bool) -> Json:
    certificate = credential.key.certificate
    content: Json = {"status": credential.status}
    chain = {"none": (), "single": (certificate,)}.get(wanted, (certificate, *credential.key.chain))
    if chain:
        content["certificates"] = [
            base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain
        ]
    if details:
        content |= {
            "issuerDN": certificate.issuer.rfc4514_string(),
            "serialNumber": f"{certificate.serial_number:X}",
            "subjectDN": certificate.subject.rfc4514_string(),
            "validFrom": f"{certificate.not_valid_before_utc:%Y%m%d%H%M%SZ}",
            "validTo": f"{certificate.not_valid_after_utc:%Y%m%d%H%M%SZ}",
        }
    return content
