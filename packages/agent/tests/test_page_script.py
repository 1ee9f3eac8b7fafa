"""The platform's script and the agent in a real browser, with a real soft token."""

from __future__ import annotations

import base64
import hashlib
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from agent_world import NOW, PIN, MemoryStore, RecordingWindow
from playwright.sync_api import Browser, Page, expect, sync_playwright
from soft_token import DRIVER, SoftTokens, need_soft_token, soft_tokens, usual_keys

from hocba_agent.__main__ import CHANCE
from hocba_agent.agent import Agent, Surroundings
from hocba_agent.certificates import ECDSA, RSA_PSS, TokenCertificate, TokenName
from hocba_agent.clock import SteadyClock
from hocba_agent.server import AgentServer
from hocba_agent.settings import Settings
from hocba_agent.tokens import Tokens

need_soft_token()

SCRIPT = (
    Path(__file__).parents[2]
    / "server/src/hocba_server/school/signing/static/school_signing/agent.js"
)
PAGE = """<!doctype html><html lang="vi"><title>Ký</title><script type="module" src="/page.js">
</script><h1>Ký</h1></html>"""
PAGE_SCRIPT = """
import { AgentError, SigningAgent } from "/agent.js";
const address = decodeURIComponent(location.hash.slice(1));
window.agent = new SigningAgent({ address });
window.states = [];
window.started = {};
window.start = (name, work) => {
  window.started[name] = null;
  work().then(
    (value) => (window.started[name] = { value: value ?? null }),
    (error) => (window.started[name] = error instanceof AgentError
      ? { kind: error.kind, code: error.code, vi: error.vi, en: error.en, message: error.message }
      : { kind: "defect", message: String(error) }),
  );
};
window.ready = true;
"""


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        policy = f"default-src 'self'; connect-src 'self' {self.server.agent}"  # type: ignore[attr-defined]
        kind, body = {
            "/": ("text/html", PAGE),
            "/page.js": ("text/javascript", PAGE_SCRIPT),
            "/agent.js": ("text/javascript", SCRIPT.read_text("utf-8")),
        }.get(self.path, ("text/plain", ""))
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftTokens]:
    with soft_tokens(tmp_path_factory.mktemp("softhsm")) as made:
        made.add("hocba-a", usual_keys())
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("KHÔNG kiểm thử: chưa cài chromium (NOT TESTED: chromium is not installed)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


class School:
    """A running agent, the platform's page beside it, and the person's browser."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.window = RecordingWindow()
        self.agent_server: AgentServer | None = None
        self.folder, self.store = folder, MemoryStore()
        with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as probe:
            self.agent_port = probe.server_address[1]
        self.start_agent()
        self.site = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
        self.site.agent = f"http://127.0.0.1:{self.agent_port}"  # type: ignore[attr-defined]
        threading.Thread(target=self.site.serve_forever, args=(0.1,), daemon=True).start()
        self.context = browser.new_context()
        self.page = self.open_page()

    def start_agent(self) -> None:
        self.agent = Agent(
            Settings(modules=(DRIVER,), folder=self.folder, port=self.agent_port),
            Tokens([DRIVER]),
            self.store,
            Surroundings(SteadyClock(), lambda: NOW, CHANCE, self.window),
        )
        self.agent_server = AgentServer(self.agent)
        self.agent_server.start()

    def stop_agent(self) -> None:
        if self.agent_server is not None:
            self.agent_server.stop()
            self.agent_server = None

    def open_page(self) -> Page:
        page = self.context.new_page()
        address = f"http://127.0.0.1:{self.agent_port}"
        page.goto(f"http://127.0.0.1:{self.site.server_address[1]}/#{address}")
        self.until("window.ready", page)
        return page

    def until(self, expression: str, page: Page | None = None) -> None:
        """Wait for something on the page; Playwright's way needs an eval that the policy bars."""
        asked = page or self.page
        for _ in range(400):
            if asked.evaluate(f"() => !!({expression})"):
                return
            asked.wait_for_timeout(50)
        raise AssertionError(expression)

    def start(self, name: str, work: str) -> None:
        self.page.evaluate(f"() => start('{name}', async () => {work})")

    def wait(self, name: str) -> Any:
        self.until(f"window.started.{name} !== null")
        return self.page.evaluate(f"() => window.started.{name}")

    def do(self, work: str) -> Any:
        self.start("now", work)
        return self.wait("now")

    def agents_page(self, path: str) -> Page:
        page = self.context.new_page()
        page.goto(f"http://127.0.0.1:{self.agent_port}{path}")
        return page

    def shown(self, what: str, count: int = 1) -> Any:
        """What the agent's window was told; it comes from another thread."""
        for _ in range(200):
            rows = getattr(self.window, what)
            if len(rows) >= count:
                return rows[-1]
            self.page.wait_for_timeout(50)
        raise AssertionError(what)

    def pair(self) -> None:
        self.start("pair", "agent.pair(() => new Promise((done) => { window.typeCode = done; }))")
        code = self.shown("pairings").code
        self.until("window.typeCode")
        self.page.evaluate("(code) => window.typeCode(code)", code)
        assert self.wait("pair") == {"value": None}

    def ask(self, label: str, count: int) -> None:
        self.start(
            "open",
            f"{{ const rows = await agent.certificates();"
            f" return agent.open({{ certificate: rows.find((row) => row.label === '{label}'),"
            f" purpose: 'Ký {count} học bạ lớp 4A1', count: {count},"
            " onState: (state) => states.push(state) }); }",
        )

    def close(self) -> None:
        self.context.close()
        self.site.shutdown()
        self.site.server_close()
        self.stop_agent()


@pytest.fixture
def school(browser: Browser, tokens: SoftTokens, tmp_path: Path) -> Iterator[School]:
    made = School(browser, tmp_path)
    yield made
    made.close()


def test_pair_pin_sign_close(school: School) -> None:
    assert school.do("agent.find()")["value"]["paired"] is False
    school.pair()
    assert school.do("agent.find()")["value"]["paired"] is True
    rows = school.do("agent.certificates()")["value"]
    row = next(row for row in rows if RSA_PSS in row["algorithms"])
    assert (row["token"], row["algorithm"]) == ("hocba-a", row["algorithms"][0])
    assert row["subject"] == "Trần Thị Thử DEMO"
    school.ask(row["label"], 60)
    pin = school.agents_page(f"/pin/{school.shown('sessions').nonce}")
    expect(pin.get_by_text("Ký 60 học bạ lớp 4A1")).to_be_visible()
    expect(pin.get_by_label("Mã PIN của thiết bị ký")).to_be_focused()
    pin.keyboard.type("999999")
    pin.keyboard.press("Enter")
    expect(pin.get_by_role("alert")).to_contain_text("Mã PIN không đúng")
    pin.get_by_label("Mã PIN của thiết bị ký").fill(PIN)
    pin.get_by_role("button", name="Ký (Sign)").click()
    expect(pin.get_by_role("heading", name="Đang ký")).to_be_visible()
    assert school.wait("open")["value"]["state"] == "open"
    digests = [hashlib.sha256(bytes([number])).digest() for number in range(60)]
    school.page.evaluate(
        "(rows) => { window.digests = rows; }", [base64.b64encode(row).decode() for row in digests]
    )
    signed = school.do(f"agent.sign(digests, '{RSA_PSS}')")["value"]
    certificate = TokenCertificate(
        TokenName("", "", ""), "", b"", base64.b64decode(row["der"], validate=True)
    )
    assert len(signed) == 60
    for digest, signature in zip(digests, signed, strict=True):
        assert certificate.verify(RSA_PSS, digest, base64.b64decode(signature, validate=True))
    school.do("agent.close()")
    states = school.page.evaluate("() => states")
    assert [row["state"] for row in states] == [
        *("waiting-for-pin", "open", "signing", "signing", "signing", "used")
    ]
    assert [row["signed"] for row in states] == [0, 0, 25, 50, 60, 60]
    assert PIN not in school.page.content()


def test_a_wrong_code_may_be_typed_again(school: School) -> None:
    school.start(
        "pair",
        "{ window.wrongs = []; return agent.pair(({ wrong }) => { wrongs.push(wrong?.vi ?? null);"
        " return new Promise((done) => { window.typeCode = done; }); }); }",
    )
    code = school.shown("pairings").code
    school.until("window.typeCode")
    school.page.evaluate("() => { typeCode('000000'); }")
    school.until("wrongs.length === 2")
    assert "Còn 4 lần nhập" in school.page.evaluate("() => wrongs[1]")
    school.page.evaluate("(code) => typeCode(code)", code)
    assert school.wait("pair") == {"value": None}


def test_the_person_agrees_in_the_agents_window(school: School) -> None:
    school.start(
        "pair",
        "agent.pair(({ signal }) => new Promise(() => {"
        " signal.addEventListener('abort', () => { window.fieldClosed = true; }); }))",
    )
    page = school.agents_page(f"/pair/{school.shown('pairings').nonce}")
    page.get_by_role("button", name="Đồng ý ghép nối").click()
    expect(page.get_by_role("heading", name="Đã ghép nối")).to_be_visible()
    assert school.wait("pair") == {"value": None}
    assert school.page.evaluate("() => window.fieldClosed") is True
    assert school.do("agent.certificates()")["value"]


def test_no_agent(school: School) -> None:
    school.stop_agent()
    answer = school.do("agent.find()")
    assert answer["kind"] == "absent"
    assert answer["message"] == answer["vi"]
    assert answer["en"]
    assert school.do("agent.certificates()")["kind"] == "absent"


def test_a_page_that_is_not_paired_is_told_to_pair(school: School) -> None:
    assert school.do("agent.certificates()")["kind"] == "not-paired"
    school.pair()
    school.do("agent.forget()")
    assert school.do("agent.certificates()")["kind"] == "not-paired"


def test_a_removed_pairing(school: School) -> None:
    school.pair()
    window = school.agents_page(f"/window/{school.agent.window_key}")
    window.get_by_role("button", name="Gỡ ghép nối").click()
    expect(window.get_by_text("Chưa có trang nào")).to_be_visible()
    assert school.do("agent.certificates()")["kind"] == "not-paired"


def test_the_person_refuses_to_sign(school: School) -> None:
    school.pair()
    school.ask("person-000012345678", 2)
    page = school.agents_page(f"/pin/{school.shown('sessions').nonce}")
    page.get_by_role("button", name="Không ký").click()
    expect(page.get_by_role("heading", name="Không ký")).to_be_visible()
    answer = school.wait("open")
    assert (answer["kind"], answer["code"]) == ("refused", "person-refused")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("pin-locked", "pin-locked"),
        ("token-removed", "token-removed"),
        ("session-expired", "expired"),
        ("session-closed", "refused"),
    ],
)
def test_how_a_session_ended_is_told_in_both_languages(
    school: School, code: str, kind: str
) -> None:
    from hocba_agent.refusals import RULES, Refusal

    school.pair()
    school.ask("person-000012345678", 2)
    session = school.shown("sessions")
    with school.agent._lock:
        school.agent._sessions.end(session, Refusal(code))
    answer = school.wait("open")
    assert (answer["kind"], answer["vi"]) == (kind, RULES[code].vi)


def test_more_than_the_session_allows_is_refused(school: School) -> None:
    school.pair()
    school.ask("person-000012345678", 1)
    assert school.agent.enter_pin(school.shown("sessions").nonce, PIN)[1] is None
    assert school.wait("open")["value"]["state"] == "open"
    rows = [base64.b64encode(bytes([n]) * 32).decode() for n in range(2)]
    answer = school.do(f"agent.sign({rows!r}, '{ECDSA}')")
    assert (answer["kind"], answer["code"]) == ("refused", "count-exceeded")


def test_a_foreign_page_cannot_read_or_fill_in_the_agents_pages(school: School) -> None:
    school.pair()
    school.ask("person-000012345678", 1)
    address = f"http://127.0.0.1:{school.agent_port}/pin/{school.shown('sessions').nonce}"
    answer = school.do(f"fetch('{address}', {{ mode: 'cors' }}).then((found) => found.text())")
    assert answer["kind"] == "defect"
    school.do(
        f"fetch('{address}', {{ method: 'POST', mode: 'no-cors', headers: {{ 'Content-Type':"
        f" 'application/x-www-form-urlencoded' }}, body: 'answer=sign&pin={PIN}' }})"
        ".then(() => null)"
    )
    assert school.window.sessions[-1].state == "waiting-for-pin"


def test_the_pages_fit_a_narrow_screen(school: School) -> None:
    school.pair()
    school.ask("person-000012345678", 1)
    for path in (
        "/",
        f"/pin/{school.shown('sessions').nonce}",
        f"/window/{school.agent.window_key}",
    ):
        page = school.agents_page(path)
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
        assert page.evaluate("() => getComputedStyle(document.body).margin") == "0px"
