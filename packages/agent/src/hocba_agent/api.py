"""The API that a paired page calls: who may, then what (docs/formats/signing-agent.md)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hocba_agent import PROTOCOL, VERSION, bodies
from hocba_agent.agent import Agent
from hocba_agent.certificates import TokenCertificate
from hocba_agent.messages import JSON_TYPE, Answer, Head, json_answer, refusal_answer
from hocba_agent.origins import MAX_ORIGIN, check_api_origin
from hocba_agent.pairing import Pairing
from hocba_agent.refusals import Refusal
from hocba_agent.sessions import SigningSession
from hocba_agent.settings import CODE_SECONDS

_PUBLIC: Final = frozenset({"/v1/status", "/v1/pair", "/v1/pair/confirm"})
"""A page that is not paired can learn that an agent is here and ask to be paired, nothing else."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The page that asks; `pairing` when it has proved one."""

    origin: str
    pairing: Pairing | None

    @property
    def paired(self) -> Pairing:
        """The pairing. Raises `not-paired`."""
        if self.pairing is None:
            raise Refusal("not-paired")
        return self.pairing


Handler = Callable[[Head, Caller, bytes], Answer]


class Api:
    """Answers requests whose path begins with /v1."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def admit(self, head: Head) -> Caller:
        """Who asks, decided before the body is read. Raises `bad-origin`."""
        settings = self._agent.settings
        origin = check_api_origin(head.origins, settings.port, settings.allowed_origins)
        if head.path not in _PUBLIC and not self._agent.is_paired(origin):
            raise Refusal("bad-origin")
        return Caller(origin, self._agent.pairing_of(origin, head.bearer))

    def answer(self, head: Head, caller: Caller, body: bytes) -> Answer:
        """The answer with the headers that let the page read it (Fetch, CORS protocol)."""
        if head.method == "OPTIONS":
            return self._preflight(head, caller)
        try:
            found = self._route(head)(head, caller, body)
        except Refusal as refusal:
            found = refusal_answer(refusal)
        except Exception:  # noqa: BLE001 - the page gets a sentence it can read, never a traceback
            found = refusal_answer(Refusal("agent-failed"))
        return found.with_headers(*_cors(caller))

    def _preflight(self, head: Head, caller: Caller) -> Answer:
        allowed = [
            ("Access-Control-Allow-Methods", "GET, POST, DELETE"),
            ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
            ("Access-Control-Max-Age", "60"),
        ]
        if head.private_network:
            allowed.append(("Access-Control-Allow-Private-Network", "true"))
        return Answer(204, headers=(*_cors(caller), *allowed))

    def _route(self, head: Head) -> Handler:
        methods: dict[str, Handler]
        match head.path.split("/")[2:]:
            case ["status"]:
                methods = {"GET": self._status}
            case ["pair"]:
                methods = {"POST": self._pair}
            case ["pair", "confirm"]:
                methods = {"POST": self._confirm}
            case ["certificates"]:
                methods = {"GET": self._certificates}
            case ["sessions"]:
                methods = {"POST": self._open}
            case ["sessions", _]:
                methods = {"GET": self._session, "DELETE": self._close}
            case ["sessions", _, "sign"]:
                methods = {"POST": self._sign}
            case _:
                raise Refusal("not-found")
        if head.method not in methods:
            raise Refusal("bad-method")
        if head.method == "POST" and head.content_type.partition(";")[0].strip() != JSON_TYPE:
            raise Refusal("bad-type", wanted=JSON_TYPE)
        return methods[head.method]

    def _status(self, _head: Head, caller: Caller, _body: bytes) -> Answer:
        return json_answer(
            {
                "agent": "hocba-agent",
                "version": VERSION,
                "protocol": PROTOCOL,
                "paired": caller.pairing is not None,
            }
        )

    def _pair(self, _head: Head, caller: Caller, raw: bytes) -> Answer:
        body = bodies.read_body(raw)
        if bodies.text_of(body, "origin", MAX_ORIGIN) != caller.origin:
            raise Refusal("origin-mismatch")
        request = self._agent.ask_pairing(caller.origin)
        return json_answer({"pairing": request.id, "expires_in": CODE_SECONDS}, 201)

    def _confirm(self, _head: Head, caller: Caller, raw: bytes) -> Answer:
        body = bodies.read_body(raw)
        request_id = bodies.text_of(body, "pairing", 100)
        paired = self._agent.confirm_pairing(caller.origin, request_id, bodies.code_of(body))
        if paired is None:
            return json_answer({"state": "waiting"}, 202)
        return json_answer({"state": "paired", "origin": paired.origin, "token": paired.token})

    def _certificates(self, _head: Head, caller: Caller, _body: bytes) -> Answer:
        _ = caller.paired
        rows = [_certificate(row) for row in self._agent.certificates()]
        return json_answer({"certificates": rows})

    def _open(self, _head: Head, caller: Caller, raw: bytes) -> Answer:
        pairing = caller.paired
        body = bodies.read_body(raw)
        session = self._agent.open_session(
            pairing,
            bodies.certificate_of(body),
            bodies.purpose_of(body),
            bodies.count_of(body),
        )
        return json_answer(self._session_value(session), 201)

    def _session(self, head: Head, caller: Caller, _body: bytes) -> Answer:
        return json_answer(self._session_value(self._of(head, caller)))

    def _sign(self, head: Head, caller: Caller, raw: bytes) -> Answer:
        session = self._of(head, caller)
        body = bodies.read_body(raw)
        algorithm, digests = bodies.algorithm_of(body), bodies.digests_of(body)
        signatures = self._agent.sign(session, algorithm, digests)
        return json_answer({"signatures": [base64.b64encode(row).decode() for row in signatures]})

    def _close(self, head: Head, caller: Caller, _body: bytes) -> Answer:
        session = self._of(head, caller)
        self._agent.close_session(session)
        return json_answer(self._session_value(session))

    def _of(self, head: Head, caller: Caller) -> SigningSession:
        return self._agent.session(caller.paired, head.path.split("/")[3])

    def _session_value(self, session: SigningSession) -> dict[str, object]:
        value: dict[str, object] = {
            "session": session.id,
            "state": session.state.value,
            "purpose": session.purpose,
            "count": session.count,
            "signed": session.signed,
            "expires_in": self._agent.seconds_left(session),
        }
        return value if session.reason is None else {**value, **session.reason.as_json()}


def _cors(caller: Caller) -> tuple[tuple[str, str], ...]:
    return (("Access-Control-Allow-Origin", caller.origin), ("Vary", "Origin"))


def _certificate(row: TokenCertificate) -> dict[str, object]:
    return {
        "sha256": row.sha256,
        "der": base64.b64encode(row.der).decode(),
        "subject": row.owner,
        "label": row.label,
        "token_label": row.token.label,
        "token_serial": row.token.serial,
        "algorithms": list(row.algorithms),
    }
