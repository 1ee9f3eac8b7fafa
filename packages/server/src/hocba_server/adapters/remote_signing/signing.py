"""Signing digests with what was activated (CSC API v2, 11.10 and 11.12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hocba_server.adapters.remote_signing import faults, fields
from hocba_server.adapters.remote_signing.activating import encoded
from hocba_server.adapters.remote_signing.algorithms import checked, sign_parameters
from hocba_server.adapters.remote_signing.calls import Calls
from hocba_server.adapters.remote_signing.fields import Json
from hocba_server.adapters.remote_signing.transport import SMALL, bearer
from hocba_server.adapters.remote_signing.values import Activation, AuthMode, Credential, Grant

SIGNATURE_ROOM: Final = 2_000
"""Bytes of an answer for each signature; RSA of 4096 bits takes 690."""


def sign_hashes(
    calls: Calls,
    activation: Activation,
    credential: Credential,
    grant: Grant,
    digests: Sequence[bytes],
    *,
    later: bool,
) -> list[bytes]:
    """Sign digests of one grant in one call; every signature is verified before it is given.

    ECDSA values are DER. Raises `Unavailable` with `remote_signature` or `remote_answer` when
    the service answers anything but as many right signatures, in order.
    """
    calls.in_time(grant)
    payload: Json = {
        "credentialID": credential.credential_id,
        "hashes": encoded(digests),
    } | sign_parameters(credential.sign_algo)
    if activation.mode is AuthMode.OAUTH2_CODE:
        authorization = bearer(grant.sad)  # such a token opens the service as well (8.4)
    else:
        authorization = bearer(activation.service_token)
        payload["SAD"] = grant.sad
    if later:
        payload["operationMode"] = "A"
    limit = SMALL + SIGNATURE_ROOM * len(digests)
    method = "signatures/signHash"
    answer = calls.call(method, payload, authorization=authorization, limit=limit)[1]
    if "signatures" not in answer:
        response_id = fields.text(answer, "responseID")
        answer = calls.fetched(response_id, authorization, limit)
    values = fields.texts(answer, "signatures", most=len(digests))
    if len(values) != len(digests):
        raise faults.wrong_answer("signatures")
    return [
        checked(
            credential.certificate,
            credential.algorithm,
            digest,
            fields.octets(value, "signatures"),
        )
        for digest, value in zip(digests, values, strict=True)
    ]
