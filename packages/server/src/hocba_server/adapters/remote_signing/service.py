"""The client of a remote signing service: Cloud Signature Consortium API v2.

One object for one service; it holds no secret of a user. Every method raises `Refused` for what
the service or its rules refuse and `Unavailable` for what cannot be reached, read or believed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from hocba.ports import Clock
from hocba_server.adapters.clock import SystemClock
from hocba_server.adapters.remote_signing import activating, faults, fields, signing
from hocba_server.adapters.remote_signing.calls import Calls
from hocba_server.adapters.remote_signing.credentials import read_credential, read_info
from hocba_server.adapters.remote_signing.fields import Json
from hocba_server.adapters.remote_signing.oauth import (
    Client,
    OAuth,
    find_endpoints,
    read_service_token,
)
from hocba_server.adapters.remote_signing.transport import (
    TIMEOUT,
    Channel,
    basic,
    bearer,
    checked_address,
)
from hocba_server.adapters.remote_signing.values import (
    Activation,
    AuthMode,
    AuthorizationRequest,
    Credential,
    Grant,
    Patience,
    ServiceInfo,
    ServiceToken,
)

MOST_CREDENTIALS: Final = 200


class RemoteSigningService:
    """A service at an address such as `https://provider.vn/csc/v2`."""

    def __init__(
        self,
        base_url: str,
        *,
        client_id: str = "",
        client_secret: str = "",
        redirect_uri: str = "",
        oauth_url: str = "",
        clock: Clock | None = None,
        timeout: float = TIMEOUT,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        asynchronous: bool = False,
    ) -> None:
        """`oauth_url` names an authorization server that lies elsewhere; `asynchronous` asks for
        answers to be fetched later where the service can. Raises `Unavailable` `remote_settings`.
        """
        self._calls = Calls(
            checked_address(base_url),
            Channel(timeout=timeout),
            clock or SystemClock(),
            patience or Patience(),
            sleep,
        )
        self._oauth_url = checked_address(oauth_url) if oauth_url else ""
        self._client = Client(client_id, client_secret, redirect_uri)
        self._asynchronous = asynchronous
        self._info: ServiceInfo | None = None
        self._oauth: OAuth | None = None

    def info(self) -> ServiceInfo:
        """What the service can do; asked once."""
        if self._info is None:
            self._info = read_info(self._calls.call("info", {"lang": "vi"})[1])
        return self._info

    # Opening the service

    def login(self, username: str, password: str) -> ServiceToken:
        """A service token for a user name and password (`auth/login`, HTTP Basic)."""
        answer = self._calls.call("auth/login", {}, authorization=basic(username, password))[1]
        return read_service_token(answer, self._calls.clock)

    def client_login(self) -> ServiceToken:
        """A service token for this installation itself (client credentials)."""
        return self._authorization_server().client_login()

    def begin_service(self, *, language: str = "vi") -> AuthorizationRequest:
        """Where the user signs in to the service in the browser."""
        return self._authorization_server().begin_service(language=language)

    def finish_service(
        self, request: AuthorizationRequest, returned: Mapping[str, str]
    ) -> ServiceToken:
        """The service token, from the parameters that the user came back with."""
        return self._authorization_server().finish_service(request, returned)

    def refresh(self, token: ServiceToken) -> ServiceToken:
        """A new service token while the old one's refresh token holds."""
        return self._authorization_server().refresh(token.refresh_token)

    def revoke(self, token: ServiceToken) -> None:
        """End a session: the tokens become worthless at the service."""
        if "auth/revoke" in self.info().methods:
            payload = {"token": token.value, "token_type_hint": "access_token"}
            authorization = bearer(token.value)
            self._calls.call(
                "auth/revoke", payload, authorization=authorization, also=frozenset({204})
            )
        else:
            self._authorization_server().revoke(token.value)

    def revoke_activation(self, activation: Activation) -> None:
        """End an oauth2code activation before its time; others end by themselves."""
        if activation.mode is AuthMode.OAUTH2_CODE:
            for grant in activation.grants:
                self._authorization_server().revoke(grant.sad)

    # Credentials

    def credential_ids(self, service_token: str, *, user_id: str = "") -> tuple[str, ...]:
        """Credentials of the user; `user_id` only where the token is ours, not the user's."""
        payload: Json = {"onlyValid": True, "lang": "vi"}
        if user_id:
            payload["userID"] = user_id
        answer = self._calls.call("credentials/list", payload, authorization=bearer(service_token))[
            1
        ]
        found = fields.texts(answer, "credentialIDs", most=MOST_CREDENTIALS)
        if len(set(found)) != len(found) or any(len(one) > 500 for one in found):
            raise faults.wrong_answer("credentialIDs")
        return found

    def credential(self, service_token: str, credential_id: str) -> Credential:
        """One credential with its certificates. Raises `Refused` `remote_credential`."""
        payload: Json = {
            "credentialID": credential_id,
            "certificates": "chain",
            "certInfo": True,
            "authInfo": True,
            "lang": "vi",
        }
        answer = self._calls.call("credentials/info", payload, authorization=bearer(service_token))[
            1
        ]
        return read_credential(credential_id, answer)

    def send_challenge(self, service_token: str, credential: Credential) -> str:
        """Have the OTP sent, or the question asked, before the user can answer.

        Returns the question, or an empty text where the code went to the user's phone or where
        none is needed.
        """
        otp = credential.auth.otp
        methods = self.info().methods
        authorization = bearer(service_token)
        payload: Json = {"credentialID": credential.credential_id}
        if otp is None:
            return ""
        if "credentials/getChallenge" in methods:
            payload["authObjectID"] = otp.factor_id
            also = frozenset({201, 204})
            method = "credentials/getChallenge"
            answer = self._calls.call(method, payload, authorization=authorization, also=also)[1]
            return fields.optional_text(answer, "challenge")
        if "credentials/sendOTP" in methods:
            also = frozenset({204})
            self._calls.call("credentials/sendOTP", payload, authorization=authorization, also=also)
        return ""

    # Activating

    def authorize(
        self,
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
        return activating.authorize(
            self._calls,
            service_token,
            credential,
            digests,
            pin=pin,
            otp=otp,
            description=description,
        )

    def begin_credential(
        self,
        credential: Credential,
        digests: Sequence[bytes],
        *,
        description: str = "",
        details: bool | None = None,
        language: str = "vi",
    ) -> AuthorizationRequest:
        """Where the user allows the signatures on the service's page (oauth2code mode).

        `details` sends `authorization_details`; by default where the service says it reads them.
        """
        return self._authorization_server().begin_credential(
            credential,
            digests,
            details=self.info().supports_details if details is None else details,
            description=description,
            language=language,
        )

    def finish_credential(
        self,
        request: AuthorizationRequest,
        returned: Mapping[str, str],
        credential: Credential,
        digests: Sequence[bytes],
    ) -> Activation:
        """The activation, from the parameters that the user came back with."""
        server = self._authorization_server()
        return server.finish_credential(request, returned, credential, digests)

    def extend(self, service_token: str, credential: Credential, grant: Grant) -> Grant:
        """A new SAD for the digests that are left (`credentials/extendTransaction`)."""
        return activating.extend(self._calls, service_token, credential, grant)

    # Signing

    def sign_hashes(
        self,
        activation: Activation,
        credential: Credential,
        grant: Grant,
        digests: Sequence[bytes],
    ) -> list[bytes]:
        """Sign digests of one grant in one call; every signature is verified before it is given.

        ECDSA values are DER. Raises `Unavailable` with `remote_signature` or `remote_answer` when
        the service answers anything but as many right signatures, in order.
        """
        later = self._asynchronous and self.info().asynchronous
        return signing.sign_hashes(self._calls, activation, credential, grant, digests, later=later)

    def _authorization_server(self) -> OAuth:
        if self._oauth is None:
            endpoints = find_endpoints(
                self._calls.channel, self.info(), self._calls.base, self._oauth_url
            )
            self._oauth = OAuth(self._calls.channel, endpoints, self._client, self._calls.clock)
        return self._oauth
