"""Activating a credential with what the user typed, and extending that (explicit mode).

Source: CSC API v2, 11.6 and 11.9.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

from hocba_server.adapters.remote_signing import faults
from hocba_server.adapters.remote_signing.algorithms import SHA256
from hocba_server.adapters.remote_signing.calls import PENDING, Calls
from hocba_server.adapters.remote_signing.fields import Json
from hocba_server.adapters.remote_signing.transport import bearer
from hocba_server.adapters.remote_signing.values import AuthMode, Credential, Grant


def authorize(
    calls: Calls,
    service_token: str,
    credential: Credential,
    digests: Sequence[bytes],
    *,
    pin: str = "",
    otp: str = "",
    description: str = "",
) -> Grant:
    """Authorise the signatures of these digests with what the user typed (explicit mode).

    Waits while the user confirms in an app. Raises `Refused` with `remote_pin`, `remote_otp`,
    `remote_authentication`, `remote_locked`, `remote_too_many`, `remote_factor_missing`.
    """
    if credential.auth.mode is AuthMode.OAUTH2_CODE:
        raise faults.on_the_page()
    if not 0 < len(digests) <= credential.multisign:
        raise faults.too_many(len(digests), credential.multisign)
    payload: Json = {
        "credentialID": credential.credential_id,
        "numSignatures": len(digests),
        "hashes": encoded(digests),
        "hashAlgorithmOID": SHA256,
    }
    if credential.auth.mode is AuthMode.EXPLICIT:
        payload["authData"] = _auth_data(credential, pin, otp)
    if description:
        payload["description"] = description[:500]
    authorization = bearer(service_token)
    status, answer = calls.call(
        "credentials/authorize", payload, authorization=authorization, also=PENDING
    )
    if status == 202:
        answer = calls.confirmed(answer, authorization)
    return calls.grant(answer, digests)


def extend(calls: Calls, service_token: str, credential: Credential, grant: Grant) -> Grant:
    """A new SAD for the digests that are left (`credentials/extendTransaction`)."""
    calls.in_time(grant)
    payload: Json = {
        "credentialID": credential.credential_id,
        "hashes": encoded(grant.digests),
        "hashAlgorithmOID": SHA256,
        "SAD": grant.sad,
    }
    method, authorization = "credentials/extendTransaction", bearer(service_token)
    answer = calls.call(method, payload, authorization=authorization)[1]
    return calls.grant(answer, grant.digests)


def encoded(digests: Sequence[bytes]) -> list[str]:
    """Digests as `hashes`."""
    return [base64.b64encode(digest).decode() for digest in digests]


def _auth_data(credential: Credential, pin: str, otp: str) -> list[dict[str, str]]:
    """What the user typed, as authentication objects; out-of-band ones are sent empty."""
    auth = credential.auth
    data: list[dict[str, str]] = []
    if auth.pin is not None and pin:
        data.append({"id": auth.pin.factor_id, "value": pin})
    if auth.otp is not None and otp:
        data.append({"id": auth.otp.factor_id, "value": otp})
    if not auth.enough(frozenset(one["id"] for one in data)):
        data += [{"id": factor.factor_id} for factor in auth.elsewhere]
    if not auth.enough(frozenset(one["id"] for one in data)):
        if auth.pin is not None and not pin:
            raise faults.missing_factor("mã PIN của khoá ký", "PIN of the credential")
        raise faults.missing_factor("mã OTP", "OTP")
    return data
