"""A provider that plays by the specification, unless a test makes it lie."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest

from hocba.trust.algorithms import SignatureAlgorithm, verify_digest
from hocba_certworld.csc.application import CscService
from hocba_certworld.csc.office import Lifetimes
from hocba_certworld.csc.people import CscClient, CscCredential, CscUser, KnownPeople
from hocba_certworld.csc.protocol import Answered, Asked
from hocba_certworld.service import make_server
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld
from hocba_server.adapters.remote_signing import Patience, RemoteKey, RemoteSigningService

USER, PASSWORD, PIN = "000190000001", "mật khẩu mẫu", "135790"
OTHER = "000190000002"
CLIENT, SECRET, REDIRECT = "hocba", "bí mật mẫu", "https://hocba.test/ky-so/xong"
START = datetime(2026, 5, 20, 8, 0, tzinfo=UTC)
Tamper = Callable[[Asked, Answered], Answered]


@dataclass
class Watch:
    """A clock that the test moves."""

    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def pass_(self, **amount: float) -> None:
        self.moment += timedelta(**amount)


class Liar(CscService):
    """The service, with a chance to change what it answers."""

    tamper: Tamper | None = None
    heard: list[tuple[str, bytes]]

    def answer(self, asked: Asked) -> Answered:
        self.heard.append((asked.path, asked.body))
        honest = super().answer(asked)
        return self.tamper(asked, honest) if self.tamper else honest


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        return None


@dataclass
class Page:
    status: int
    html: str
    location: str
    headers: dict[str, str]


class Browser:
    """What a browser does on the provider's page: keep the cookie, send the form back."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def get(self, url: str) -> Page:
        return self._go(Request(url))  # noqa: S310 - of the test's own server

    def send(self, url: str, page: Page, **fields: str) -> Page:
        hidden = re.findall(r'name="form" value="([^"]+)"', page.html)
        form = {"form": hidden[0] if hidden else "", "decision": "allow"} | fields
        target = url.partition("?")[0]
        return self._go(Request(target, urlencode(form).encode()))  # noqa: S310 - as above

    def _go(self, request: Request) -> Page:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if cookie:
            request.add_header("Cookie", cookie)
        try:
            answer = build_opener(_Stay).open(request, timeout=10)
        except HTTPError as error:
            answer = error
        with answer:
            for line in answer.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            html = answer.read().decode()
            location = answer.headers.get("Location", "")
            return Page(answer.status or 0, html, location, dict(answer.headers.items()))


@dataclass
class Provider:
    """The running service and what a test wants to know of it."""

    service: Liar
    url: str
    watch: Watch
    otps: list[str] = field(default_factory=list)
    asked: list[tuple[str, bytes]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    user: str = USER
    other: str = OTHER
    password: str = PASSWORD
    pin: str = PIN
    client_id: str = CLIENT
    redirect: str = REDIRECT

    def client(self, **changes: object) -> RemoteSigningService:
        settings: dict[str, object] = {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uri": REDIRECT,
            "clock": self.watch,
            "patience": Patience(attempts=3, pause=0.5),
            "sleep": self.slept.append,
            "timeout": 10.0,
        }
        return RemoteSigningService(f"{self.url}/csc/v2", **(settings | changes))  # type: ignore[arg-type]

    def lie(self, path: str, answer: Callable[[Answered], Answered]) -> None:
        """Change the answers of one method."""

        def tamper(asked: Asked, honest: Answered) -> Answered:
            return answer(honest) if asked.path == path else honest

        self.service.tamper = tamper

    def calls(self, path: str) -> int:
        """How often a method was called."""
        return sum(1 for called, _ in self.asked if called == path)

    def key(self, token: str, name: str) -> RemoteKey:
        client = self.client()
        return RemoteKey(client, client.credential(token, name))

    def browser(self) -> Browser:
        return Browser()

    def returned(self, page: Page) -> dict[str, str]:
        """What the browser brings back to us."""
        assert page.status == 302
        assert page.location.startswith(REDIRECT)
        return dict(parse_qsl(urlsplit(page.location).query))

    def allow(self, url: str, **fields: str) -> dict[str, str]:
        """Open the page and agree."""
        browser = Browser()
        page = browser.get(url)
        assert page.status == 200, page.html
        return self.returned(browser.send(url, page, **fields))


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SoftKey]:
    folder: Path = tmp_path_factory.mktemp("csc") / "world"
    world = CertWorld.create(folder, START)
    rsa = world.issue_person("Cô Mẫu RSA", USER, algorithm="RSA_2048")
    return {
        "ec": world.issue_person("Cô Mẫu", USER),
        "rsa": rsa,
        "pss": replace(rsa, pss=True),
        "weak": world.issue_person("Cô Mẫu Yếu", USER, algorithm="RSA_1024"),
        "other": world.issue_person("Thầy Khác", OTHER),
        "root": world.keys["root"],
    }


def users(keys: dict[str, SoftKey]) -> list[CscUser]:
    """One customer with a credential of every kind, and another one."""

    def made(name: str, key: str = "ec", **options: object) -> CscCredential:
        return CscCredential(name, keys[key], PIN, **options)  # type: ignore[arg-type]

    own = (
        made("pin", multisign=5),
        made("pin1", scal="1", multisign=5),
        made("otp", otp=True, multisign=5),
        made("app", app=True, multisign=5),
        made("rsa", "rsa"),
        made("pss", "pss"),
        made("weak", "weak"),
        made("web", mode="oauth2code", multisign=5),
        made("web-otp", mode="oauth2code", otp=True),
        made("web-many", mode="oauth2code", multisign=2_000),
        made("disabled", enabled=False),
        made("revoked", status="revoked"),
    )
    stranger = CscUser(OTHER, (made("other", "other"),), PASSWORD)
    return [CscUser(USER, own, PASSWORD), stranger]


@pytest.fixture
def provider(keys: dict[str, SoftKey]) -> Iterator[Provider]:
    watch = Watch()
    otps: list[str] = []
    asked: list[tuple[str, bytes]] = []

    service = Liar(
        KnownPeople(users(keys)),
        [CscClient(CLIENT, frozenset({REDIRECT}), SECRET)],
        base_url="",
        now=watch.now,
        lifetimes=Lifetimes(),
        send=lambda _user, code: otps.append(code),
    )
    service.heard = asked
    world = CertWorld(Path(), {}, "")  # its other services are not asked here
    server = make_server(world, port=0, csc=service)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    service.office.base_url = url
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield Provider(service, url, watch, otps, asked)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def token(provider: Provider) -> str:
    """The user's service token."""
    return provider.client().login(USER, PASSWORD).value


@pytest.fixture
def digests() -> Callable[..., list[bytes]]:
    """Make different digests."""

    def make(count: int, start: int = 0) -> list[bytes]:
        numbers = range(start, start + count)
        return [hashlib.sha256(str(number).encode()).digest() for number in numbers]

    return make


@pytest.fixture
def verified(keys: dict[str, SoftKey]) -> Callable[[RemoteKey, list[bytes], list[bytes]], None]:
    """Check that each signature fits its digest and the certificate."""

    def check(key: RemoteKey, asked: list[bytes], values: list[bytes]) -> None:
        public = key.certificate.public_key()
        for digest, value in zip(asked, values, strict=True):
            verify_digest(public, SignatureAlgorithm[key.algorithm], digest, value)

    return check
