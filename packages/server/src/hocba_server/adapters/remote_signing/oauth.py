"""OAuth 2.0 as the API uses it: authorization code with PKCE, details, pushed requests.

Sources: CSC API v2 section 8.4; RFC 6749, RFC 7636 (S256), RFC 9126 (pushed requests), RFC 9396
(authorization_details), RFC 8414 (discovery), RFC 7009 (revocation).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import quote_plus, urlencode, urlsplit

from hocba.ports import Clock
from hocba_server.adapters.remote_signing import fields
from hocba_server.adapters.remote_signing.algorithms import SHA256
from hocba_server.adapters.remote_signing.faults import (
    not_configured,
    refusal,
    too_many,
    wrong_answer,
)
from hocba_server.adapters.remote_signing.fields import Json
from hocba_server.adapters.remote_signing.transport import Channel, checked_address, origin
from hocba_server.adapters.remote_signing.values import (
    Activation,
    AuthMode,
    AuthorizationRequest,
    Credential,
    Grant,
    ServiceInfo,
    ServiceToken,
)

LONGEST_URL: Final = 7_000
"""Characters. Longer addresses are cut or refused by browsers and proxies on the way."""
_CODE: Final = re.compile(r"[\x21-\x7e]{1,4000}\Z")
_REVOKED: Final = frozenset({200, 204})


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to the service."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the authorization server answers; `pushed` is empty where it takes no such requests."""

    authorize: str
    token: str
    revoke: str
    pushed: str = ""


def find_endpoints(channel: Channel, info: ServiceInfo, base: str, allowed: str) -> Endpoints:
    """The endpoints that the service names.

    They lie where the service does, or where `allowed` (set by the operator) does: the client
    secret goes there. Raises `Unavailable` with code `remote_settings` for every other place.
    """
    if info.oauth2_issuer:
        return _discovered(channel, _trusted(info.oauth2_issuer, base, allowed))
    if not info.oauth2:
        raise wrong_answer("oauth2")
    root = _trusted(info.oauth2, base, allowed)
    pushed = f"{root}/oauth2/pushed_authorize"
    return Endpoints(
        f"{root}/oauth2/authorize",
        f"{root}/oauth2/token",
        f"{root}/oauth2/revoke",
        pushed if "oauth2/pushed_authorize" in info.methods else "",
    )


def _discovered(channel: Channel, issuer: str) -> Endpoints:
    parts = urlsplit(issuer)
    place = f"{parts.scheme}://{parts.netloc}/.well-known/oauth-authorization-server{parts.path}"
    answer = channel.get(place)
    if fields.text(answer, "issuer").rstrip("/") != issuer:
        raise wrong_answer("issuer")
    names = ("authorization_endpoint", "token_endpoint")
    authorize, token = (fields.text(answer, name) for name in names)
    revoke = fields.optional_text(answer, "revocation_endpoint")
    pushed = fields.optional_text(answer, "pushed_authorization_request_endpoint")
    for url in filter(None, (authorize, token, revoke, pushed)):
        _trusted(url, issuer, "")
    return Endpoints(authorize, token, revoke, pushed)


def _trusted(url: str, base: str, allowed: str) -> str:
    clean = checked_address(url)
    if origin(clean) not in {origin(one) for one in (base, allowed) if one}:
        raise not_configured(
            "Trang xác nhận của dịch vụ ký số nằm ở máy chủ khác; quản trị viên khai báo "
            "HOCBA_CSC_OAUTH_URL nếu tin cậy máy chủ đó.",
            "The authorization server lies elsewhere; set HOCBA_CSC_OAUTH_URL if it is trusted.",
        )
    return clean


class OAuth:
    """The authorization server of one service."""

    def __init__(
        self, channel: Channel, endpoints: Endpoints, client: Client, clock: Clock
    ) -> None:
        if not client.client_id:
            raise not_configured(
                "Chưa khai báo HOCBA_CSC_CLIENT_ID của dịch vụ ký số từ xa.",
                "HOCBA_CSC_CLIENT_ID of the signing service is not set.",
            )
        self._channel = channel
        self._endpoints = endpoints
        self._client = client
        self._clock = clock

    def begin_service(self, *, language: str) -> AuthorizationRequest:
        """Send the user to sign in to the service."""
        return self._begin({"scope": "service", "lang": language})

    def begin_credential(
        self,
        credential: Credential,
        digests: Sequence[bytes],
        *,
        details: bool,
        description: str,
        language: str,
    ) -> AuthorizationRequest:
        """Send the user to allow the signatures of these digests.

        Raises `Refused` with code `remote_too_many` when there are more than the credential allows
        at once, or more than fit in an address where the service takes no pushed requests.
        """
        if not 0 < len(digests) <= credential.multisign:
            raise too_many(len(digests), credential.multisign)
        common = {"lang": language, "description": description[:500]}
        if details:
            written = _details(credential, digests)
            parameters = common | {"authorization_details": written}
            return self._begin(parameters, details=written, bulk=written, count=len(digests))
        hashes = ",".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in digests)
        parameters = common | {
            "scope": "credential",
            "credentialID": credential.credential_id,
            "numSignatures": str(len(digests)),
            "hashes": hashes,
            "hashAlgorithmOID": SHA256,
        }
        return self._begin(parameters, bulk=hashes, count=len(digests))

    def finish_service(
        self, request: AuthorizationRequest, returned: Mapping[str, str]
    ) -> ServiceToken:
        """Exchange what the user came back with for a service token."""
        return self._service_token(self._exchange_code(request, returned))

    def finish_credential(
        self,
        request: AuthorizationRequest,
        returned: Mapping[str, str],
        credential: Credential,
        digests: Sequence[bytes],
    ) -> Activation:
        """Exchange what the user came back with for an activation of these digests."""
        answer = self._exchange_code(request, returned)
        named = fields.optional_text(answer, "credentialID") or credential.credential_id
        if named != credential.credential_id:
            raise wrong_answer("credentialID")
        if request.details and answer.get("authorization_details") is not None:
            _check_details(answer, credential, digests)
        expires = self._clock.now() + timedelta(seconds=fields.seconds(answer, "expires_in"))
        grant = Grant(fields.token(answer, "access_token"), expires, tuple(digests))
        return Activation(credential.credential_id, AuthMode.OAUTH2_CODE, "", (grant,))

    def client_login(self) -> ServiceToken:
        """A service token for ourselves (client credentials), as for seals (section 8.5.2.2)."""
        form = self._identified({"grant_type": "client_credentials", "scope": "service"})
        return self._service_token(self._token(form))

    def refresh(self, refresh_token: str) -> ServiceToken:
        """A new service token for an old one's refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._service_token(self._token(self._identified(form)))

    def revoke(self, token: str, hint: str = "access_token") -> None:
        """Make a token worthless (RFC 7009)."""
        if not self._endpoints.revoke:
            return
        form = self._identified({"token": token, "token_type_hint": hint})
        self._channel.post_form(self._endpoints.revoke, form, allowed=_REVOKED)

    def _begin(
        self, own: dict[str, str], *, details: str = "", bulk: str = "", count: int = 1
    ) -> AuthorizationRequest:
        """`bulk` is what `count` digests take in the address."""
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        parameters = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": self._client.redirect_uri,
            "code_challenge": challenge.decode().rstrip("="),
            "code_challenge_method": "S256",
            "state": state,
        } | {name: value for name, value in own.items() if value}
        if self._endpoints.pushed:
            parameters = self._push(parameters)
        url = f"{self._endpoints.authorize}?{urlencode(parameters)}"
        if len(url) > LONGEST_URL:
            each = max(1, len(quote_plus(bulk)) / count)
            raise too_many(count, max(0, int(count - (len(url) - LONGEST_URL) / each)))
        return AuthorizationRequest(url, state, verifier, details)

    def _push(self, parameters: dict[str, str]) -> dict[str, str]:
        allowed = frozenset({200, 201})
        form = self._identified(parameters)
        _, answer = self._channel.post_form(self._endpoints.pushed, form, allowed=allowed)
        return {
            "client_id": self._client.client_id,
            "request_uri": fields.token(answer, "request_uri"),
        }

    def _exchange_code(self, request: AuthorizationRequest, returned: Mapping[str, str]) -> Json:
        state = returned.get("state", "")
        if not secrets.compare_digest(state.encode(), request.state.encode()):
            raise refusal(400, "invalid_grant", "")
        if returned.get("error"):
            raise refusal(400, returned["error"], returned.get("error_description", ""))
        code = returned.get("code", "")
        if not _CODE.match(code):
            raise refusal(400, "invalid_grant", "")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._client.redirect_uri,
            "code_verifier": request.verifier,
        }
        if request.details:
            form["authorization_details"] = request.details
        return self._token(self._identified(form))

    def _token(self, form: Mapping[str, str]) -> Json:
        _, answer = self._channel.post_form(self._endpoints.token, form)
        if fields.text(answer, "token_type", longest=20).lower() != "bearer":
            raise wrong_answer("token_type")
        return answer

    def _service_token(self, answer: Json) -> ServiceToken:
        return read_service_token(answer, self._clock)

    def _identified(self, form: Mapping[str, str]) -> dict[str, str]:
        own = {"client_id": self._client.client_id}
        if self._client.client_secret:
            own["client_secret"] = self._client.client_secret
        return dict(form) | own


def read_service_token(answer: Json, clock: Clock) -> ServiceToken:
    """Answer of `oauth2/token` and of `auth/login`."""
    refresh = fields.token(answer, "refresh_token") if answer.get("refresh_token") else ""
    lifetime = timedelta(seconds=fields.seconds(answer, "expires_in"))
    return ServiceToken(fields.token(answer, "access_token"), clock.now() + lifetime, refresh)


def _details(credential: Credential, digests: Sequence[bytes]) -> str:
    detail = {
        "type": "credential",
        "credentialID": credential.credential_id,
        "documentDigests": [
            {"hash": base64.b64encode(one).decode(), "label": f"{number}/{len(digests)}"}
            for number, one in enumerate(digests, start=1)
        ],
        "hashAlgorithmOID": SHA256,
    }
    return json.dumps([detail], ensure_ascii=True, separators=(",", ":"))


def _check_details(answer: Json, credential: Credential, digests: Sequence[bytes]) -> None:
    """What was granted is what was asked (RFC 9396 section 7)."""
    granted = fields.items(answer, "authorization_details", most=1)
    if len(granted) != 1 or not isinstance(granted[0], dict):
        raise wrong_answer("authorization_details")
    if granted[0].get("credentialID", credential.credential_id) != credential.credential_id:
        raise wrong_answer("authorization_details")
    entries = fields.items(granted[0], "documentDigests", most=len(digests))
    hashes = [one.get("hash") for one in entries if isinstance(one, dict)]
    if hashes != [base64.b64encode(one).decode() for one in digests]:
        raise wrong_answer("authorization_details")
