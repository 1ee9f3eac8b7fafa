"""`signatures/*`: signing digests, at once or later (CSC API v2, 11.10 and 11.12)."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import replace

from asn1crypto import algos

from hocba_certworld.csc import protocol
from hocba_certworld.csc.credentials import (
    RSA,
    RSA_PSS,
    algorithms,
    live_activation,
    owner_of,
)
from hocba_certworld.csc.office import Activated, Office, Response, Token
from hocba_certworld.csc.people import CscCredential
from hocba_certworld.csc.protocol import Answered, Asked, CscError, Json, answer_json
from hocba_certworld.softkey import SoftKey


def sign_hash(office: Office, asked: Asked) -> Answered:
    """`signatures/signHash`."""
    token = office.bearer(asked, scopes=("service", "credential"))
    parameters = protocol.read_json(asked)
    credential = office.credential(token, protocol.text(parameters, "credentialID"))
    digests = protocol.hashes(parameters, required=True)
    key = _key(credential, parameters)
    later = _later(office, parameters)
    if not credential.enabled:
        raise CscError("The credential identified by credentialID is disabled")
    if office.now() >= credential.key.certificate.not_valid_after_utc:
        raise CscError("Signing certificate is expired")
    activated = _activation(office, token, credential, parameters)
    _spend(activated, digests)
    values = key.sign_digests(digests)
    content: Json = {"signatures": [base64.b64encode(value).decode() for value in values]}
    if not later:
        return answer_json(content)
    response_id = secrets.token_urlsafe(16)
    owner = owner_of(token, office, credential)
    office.responses[response_id] = Response(owner, content, office.polls)
    return answer_json({"responseID": response_id})


def poll(office: Office, asked: Asked) -> Answered:
    """`signatures/signPolling`."""
    token = office.bearer(asked, scopes=("service", "credential"))
    request_id = protocol.text(protocol.read_json(asked), "requestID")
    response = office.responses.get(request_id)
    if response is None or (token.user_id and token.user_id != response.user_id):
        raise CscError("Invalid parameter requestID")
    if response.polls > 0:
        response.polls -= 1
        description = "The previous async request has been accepted but not yet completed"
        return answer_json({"error": "accepted_request", "error_description": description}, 202)
    del office.responses[request_id]
    return answer_json(response.content)


def _key(credential: CscCredential, parameters: Json) -> SoftKey:
    """The key set to the algorithm that is asked for."""
    algorithm = protocol.text(parameters, "signAlgo")
    if algorithm not in algorithms(credential):
        raise CscError("Invalid parameter signAlgo")
    protocol.sha256_named(parameters, required=algorithm in {RSA, RSA_PSS})
    if algorithm != RSA_PSS:
        return replace(credential.key, pss=False)
    _check_pss(protocol.text(parameters, "signAlgoParams"))
    return replace(credential.key, pss=True)


def _check_pss(encoded: str) -> None:
    """SHA-256, MGF1 with SHA-256, 32 bytes of salt; the defaults of RFC 8017 are SHA-1."""
    try:
        der = base64.b64decode(encoded.encode("ascii"), validate=True)
        read = algos.RSASSAPSSParams.load(der, strict=True)
        found = (
            read["hash_algorithm"]["algorithm"].native,
            read["mask_gen_algorithm"]["algorithm"].native,
            read["mask_gen_algorithm"]["parameters"]["algorithm"].native,
            read["salt_length"].native,
        )
    except (ValueError, TypeError, KeyError, binascii.Error):
        raise CscError("Invalid parameter signAlgoParams") from None
    if found != ("sha256", "mgf1", "sha256", 32):
        raise CscError("Invalid parameter signAlgoParams")


def _later(office: Office, parameters: Json) -> bool:
    mode = parameters.get("operationMode", "S")
    if mode not in {"S", "A"} or (mode == "A" and not office.asynchronous):
        raise CscError("Invalid parameter operationMode")
    if mode == "S" and "validity_period" in parameters:
        raise CscError("Invalid parameter validity_period")
    return bool(mode == "A")


def _activation(
    office: Office, token: Token, credential: CscCredential, parameters: Json
) -> Activated:
    """What authorises the call: the SAD, or the token itself where its scope is `credential`."""
    if token.scope == "credential":
        if token.activated is None or token.activated.remaining < 1:
            raise CscError("Invalid parameter SAD")
        return token.activated
    sad = protocol.text(parameters, "SAD")
    if credential.mode == "oauth2code":
        other = office.tokens.get(sad)
        if other is None or other.scope != "credential" or other.activated is None:
            raise CscError("Invalid parameter SAD")
        if office.now() >= other.expires:
            raise CscError("SAD expired")
        if other.activated.credential_id != credential.credential_id:
            raise CscError("Invalid parameter SAD")
        return other.activated
    return live_activation(office, sad, credential)


def _spend(activated: Activated, digests: tuple[bytes, ...]) -> None:
    """Count the signatures down before they are made; a digest is signed once."""
    if activated.spent and activated.one_call:
        raise CscError("Invalid parameter SAD")
    if len(digests) > activated.remaining:
        raise CscError("Numbers of signatures is too high")
    if activated.digests is not None:
        if len(set(digests)) != len(digests) or not set(digests) <= activated.digests:
            raise CscError("Hash is not authorized by the SAD")
        activated.digests -= set(digests)
    activated.remaining -= len(digests)
    activated.spent = True
