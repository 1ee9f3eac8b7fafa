"""The agent's own pages: the pairing code, the PIN, the window. No script at all.

Each page lies under a name that only the person's browser is told, once for a PIN; forms are taken
from these pages alone (see `origins.check_page_origin`).
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs

from hocba_agent import markup
from hocba_agent.agent import Agent
from hocba_agent.markup import STYLE
from hocba_agent.messages import Answer, Head
from hocba_agent.origins import check_page_origin
from hocba_agent.refusals import Refusal
from hocba_agent.sessions import SigningSession, State

_HTML: Final = "text/html; charset=utf-8"
_FORM: Final = "application/x-www-form-urlencoded"
MAX_PIN: Final = 255
"""Characters; PKCS#11 tokens take far fewer."""

PAGE_HEADERS: Final = (
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'",
    ),
    ("X-Frame-Options", "DENY"),
    # same-origin, not no-referrer: with the latter browsers hide the origin of a form
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)

Form = dict[str, str]


class Pages:
    """Answers requests whose path does not begin with /v1."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def admit(self, head: Head) -> None:
        """Who asks, decided before the body is read. Raises `bad-origin`."""
        writes = head.method not in {"GET", "HEAD"}
        check_page_origin(head.origins, self._agent.settings.port, writes=writes)

    def answer(self, head: Head, body: bytes) -> Answer:
        """A page, or a page that says what is wrong."""
        try:
            found = self._route(head, body)
        except Refusal as refusal:
            found = html(markup.refused(refusal), refusal.status)
        except Exception:  # noqa: BLE001 - the person gets a sentence, never a traceback
            failed = Refusal("agent-failed")
            found = html(markup.refused(failed), failed.status)
        return found.with_headers(*PAGE_HEADERS)

    def _route(self, head: Head, body: bytes) -> Answer:
        form = self._form(head, body)
        match [head.method, *head.path.split("/")[1:]]:
            case ["GET", ""]:
                return html(markup.start())
            case ["GET", "style.css"]:
                return Answer(200, STYLE.encode(), "text/css; charset=utf-8")
            case ["GET", "pair", nonce]:
                return self._pairing(nonce)
            case ["POST", "pair", nonce]:
                request = self._agent.answer_pairing(nonce, agreed=form.get("answer") == "yes")
                return html(markup.pairing_answered(request))
            case ["GET", "pin", nonce]:
                return self._pin(nonce)
            case ["POST", "pin", nonce]:
                return self._take_pin(nonce, form)
            case ["GET", "window", key] if key == self._agent.window_key:
                return self._window()
            case ["POST", "window", key] if key == self._agent.window_key:
                return self._change(form)
            case ["GET" | "POST", *_]:
                raise Refusal("not-found")
            case _:
                raise Refusal("bad-method")

    def _form(self, head: Head, body: bytes) -> Form:
        if head.method != "POST":
            return {}
        if head.content_type.partition(";")[0].strip() != _FORM:
            raise Refusal("bad-type", wanted=_FORM)
        try:
            fields = parse_qs(
                body.decode("ascii"), keep_blank_values=True, max_num_fields=5, errors="strict"
            )
        except ValueError:
            raise Refusal("bad-request") from None
        return {name: values[0] for name, values in fields.items()}

    def _pairing(self, nonce: str) -> Answer:
        request = self._agent.pairing_request(nonce)
        if request is None:
            raise Refusal("code-expired")
        return html(markup.pairing(request))

    def _pin(self, nonce: str) -> Answer:
        session = self._agent.session_of_page(nonce)
        if session is None:
            raise Refusal("page-used")
        return html(markup.pin(session, self._agent.pin_state(session), None))

    def _take_pin(self, nonce: str, form: Form) -> Answer:
        if form.get("answer") != "sign":
            return html(markup.session_ended(self._agent.refuse_session(nonce)))
        pin = form.get("pin", "")
        if len(pin) > MAX_PIN or "\0" in pin:
            raise Refusal("pin-form")
        session, refusal = self._agent.enter_pin(nonce, pin)
        return self._after_pin(session, refusal)

    def _after_pin(self, session: SigningSession, refusal: Refusal | None) -> Answer:
        if refusal is None:
            minutes = self._agent.settings.session_minutes
            return html(markup.session_opened(session, minutes))
        if session.state is State.WAITING:
            state = self._agent.pin_state(session)
            return html(markup.pin(session, state, refusal), refusal.status)
        return html(markup.refused(refusal), refusal.status)

    def _window(self) -> Answer:
        agent = self._agent
        live = [(row, agent.seconds_left(row)) for row in agent.live_sessions()]
        return html(markup.window(agent.window_key, agent.pairings(), live))

    def _change(self, form: Form) -> Answer:
        if "remove" in form:
            self._agent.remove_pairing(form["remove"])
        if "close" in form:
            self._agent.close_session_here(form["close"])
        return Answer(303, headers=(("Location", f"/window/{self._agent.window_key}"),))


def html(text: str, status: int = 200) -> Answer:
    """A page of the agent."""
    return Answer(status, text.encode(), _HTML)
