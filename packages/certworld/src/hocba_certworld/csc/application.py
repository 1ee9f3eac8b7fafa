"""The service as one function from a request to an answer, whatever carries them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Final

from hocba_certworld.csc import credentials, oauth, protocol, signatures, tokens
from hocba_certworld.csc.office import Lifetimes, Office, Outbox
from hocba_certworld.csc.people import CscClient, People
from hocba_certworld.csc.protocol import (
    Answered,
    Asked,
    CscError,
    answer_error,
    answer_json,
    answer_nothing,
)
from hocba_certworld.local import Now, utc_now

PREFIX: Final = "/csc/v2/"
MAX_BODY: Final = 2_000_000
_Method = Callable[[Office, Asked], Answered]


def _info(office: Office, asked: Asked) -> Answered:
    """`info`."""
    protocol.read_json(asked)
    return answer_json(
        {
            "specs": "2.0.0.2",
            "name": "Dịch vụ ký số từ xa DEMO",
            "logo": f"{office.base_url}{PREFIX}logo.png",
            "region": "VN",
            "lang": "vi-VN",
            "description": "Chỉ để trình diễn và tập huấn; chữ ký không có giá trị pháp lý.",
            "authType": ["basic", "oauth2code", "oauth2client"],
            "oauth2": f"{office.base_url}{PREFIX}",
            "asynchronousOperationMode": office.asynchronous,
            "supportsRar": True,
            "methods": sorted(path for _, path in METHODS if path != "info"),
            "signAlgorithms": {
                "algos": [
                    credentials.ECDSA_SHA256,
                    credentials.RSA,
                    credentials.RSA_SHA256,
                    credentials.RSA_PSS,
                ]
            },
            "signature_formats": {"formats": [], "envelope_properties": []},
            "conformance_levels": [],
        }
    )


def _login(office: Office, asked: Asked) -> Answered:
    """`auth/login` with HTTP Basic."""
    parameters = protocol.read_json(asked)
    remember = protocol.truth(parameters, "rememberMe")
    name, password = tokens.basic(asked.headers.get("authorization", ""))
    user = office.people.user(name)
    expected = user.password if user else secrets.token_urlsafe(8)
    if user is None or not secrets.compare_digest(password.encode(), expected.encode()):
        raise CscError("An error occurred during authentication process", "authentication_error")
    content = office.issue_service("", user.user_id, refresh=remember)
    del content["token_type"]  # this method has none
    return answer_json(content)


def _revoke(office: Office, asked: Asked) -> Answered:
    """`auth/revoke`."""
    own = office.bearer(asked)
    value = protocol.text(protocol.read_json(asked), "token")
    found = office.tokens.get(value)
    if found is None or found.user_id != own.user_id or found.client_id != own.client_id:
        raise CscError("Invalid string parameter token")
    del office.tokens[value]
    return answer_nothing()


METHODS: Final[dict[tuple[str, str], _Method]] = {
    ("POST", "info"): _info,
    ("POST", "auth/login"): _login,
    ("POST", "auth/revoke"): _revoke,
    ("POST", "credentials/list"): credentials.list_credentials,
    ("POST", "credentials/info"): credentials.describe,
    ("POST", "credentials/authorize"): credentials.authorize,
    ("POST", "credentials/authorizeCheck"): credentials.authorize_check,
    ("POST", "credentials/getChallenge"): credentials.get_challenge,
    ("POST", "credentials/sendOTP"): credentials.send_otp,
    ("POST", "credentials/extendTransaction"): credentials.extend_transaction,
    ("POST", "signatures/signHash"): signatures.sign_hash,
    ("POST", "signatures/signPolling"): signatures.poll,
    ("GET", "oauth2/authorize"): oauth.show,
    ("POST", "oauth2/authorize"): oauth.decide,
    ("POST", "oauth2/pushed_authorize"): oauth.push,
    ("POST", "oauth2/token"): tokens.token,
    ("POST", "oauth2/revoke"): tokens.revoke,
}


class CscService:
    """A remote signing service. Give it to `hocba_certworld.service.make_server`."""

    def __init__(
        self,
        people: People,
        clients: Iterable[CscClient],
        *,
        base_url: str,
        now: Now = utc_now,
        lifetimes: Lifetimes | None = None,
        send: Outbox | None = None,
        asynchronous: bool = False,
        polls: int = 1,
        names_wrong_factor: bool = False,
    ) -> None:
        """`base_url` is the address before `/csc/v2/`; `send` gets the one-time codes."""
        self.office = Office(
            people,
            {client.client_id: client for client in clients},
            base_url.rstrip("/"),
            now,
            lifetimes or Lifetimes(),
            send or (lambda _user, _code: None),
            asynchronous,
            polls,
            names_wrong_factor,
        )
        self._lock = Lock()

    def answer(self, asked: Asked) -> Answered:
        """Answer one request; safe to call from many threads."""
        method = METHODS.get((asked.method, asked.path))
        if method is None:
            known = any(path == asked.path for _, path in METHODS)
            fault = CscError("Method not implemented", status=405 if known else 501)
            return answer_error(fault)
        try:
            with self._lock:
                return method(self.office, asked)
        except CscError as fault:
            return answer_error(fault)

    def approve(self, credential_id: str) -> None:
        """The owner confirms in the app what waits for them."""
        with self._lock:
            for waiting in self.office.waiting.values():
                if waiting.activated.credential_id == credential_id:
                    waiting.approved = True
