"""A remote signing service without HTTP, and the calls that a client makes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from hocba_certworld.csc.application import CscService
from hocba_certworld.csc.people import (
    DEMO_CLIENT,
    DEMO_PIN,
    DEMO_SECRET,
    CscClient,
    CscCredential,
    CscUser,
    KnownPeople,
)
from hocba_certworld.csc.protocol import SHA256, Answered, Asked
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld

MADE = datetime(2026, 5, 1, tzinfo=UTC)
BACK = "https://hocba.test/xong"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:43]
DIGESTS = [hashlib.sha256(bytes([number])).digest() for number in range(4)]
HASHES = [base64.b64encode(one).decode() for one in DIGESTS]
RSA, PSS, ECDSA = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.10045.4.3.2"


@dataclass
class Desk:
    """The service and the calls that a client makes."""

    service: CscService
    moment: datetime = MADE
    otps: list[str] = field(default_factory=list)
    token: str = ""

    def post(self, path: str, content: Any, token: str | None = None) -> tuple[int, Any]:
        headers = {"content-type": "application/json"}
        if token is None:
            token = self.token
        if token:
            headers["authorization"] = f"Bearer {token}"
        answer = self.service.answer(Asked("POST", path, "", headers, json.dumps(content).encode()))
        return answer.status, json.loads(answer.body or b"null")

    def form(self, path: str, cookie: str = "", **fields: str) -> Answered:
        headers = {"content-type": "application/x-www-form-urlencoded", "cookie": cookie}
        return self.service.answer(Asked("POST", path, "", headers, urlencode(fields).encode()))

    def login(self, user: str = "u") -> tuple[int, Any]:
        pair = base64.b64encode(f"{user}:demo".encode()).decode()
        headers = {"content-type": "application/json", "authorization": f"Basic {pair}"}
        answer = self.service.answer(Asked("POST", "auth/login", "", headers, b"{}"))
        return answer.status, json.loads(answer.body)

    def activate(self, name: str = "pin", count: int = 2, **changes: Any) -> tuple[int, Any]:
        content = {
            "credentialID": name,
            "numSignatures": count,
            "hashes": HASHES[:count],
            "hashAlgorithmOID": SHA256,
            "authData": [{"id": "PIN", "value": DEMO_PIN}],
        } | changes
        kept = {key: value for key, value in content.items() if value is not None}
        return self.post("credentials/authorize", kept)

    def sign(self, sad: str, name: str = "pin", **changes: Any) -> tuple[int, Any]:
        content = {"credentialID": name, "SAD": sad, "hashes": HASHES[:2], "signAlgo": ECDSA}
        kept = {key: value for key, value in (content | changes).items() if value is not None}
        return self.post("signatures/signHash", kept)

    def page(self, **changes: str) -> Answered:
        query = {
            "response_type": "code",
            "client_id": DEMO_CLIENT,
            "redirect_uri": BACK,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "state": "s",
        } | changes
        kept = {name: value for name, value in query.items() if value != "-"}
        return self.service.answer(Asked("GET", "oauth2/authorize", urlencode(kept)))

    def code(self, **changes: str) -> str:
        shown = self.page(**changes)
        assert shown.status == 200, shown
        [form] = re.findall(rb'name="form" value="([^"]+)"', shown.body)
        cookie = shown.headers["Set-Cookie"].partition(";")[0]
        fields = {"user_id": "u", "password": "demo", "pin": DEMO_PIN, "decision": "allow"}
        answer = self.form("oauth2/authorize", cookie, form=form.decode(), **fields)
        assert answer.status == 302, answer
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["code"]

    def exchange(self, given: str, **changes: str) -> tuple[int, Any]:
        fields = {
            "grant_type": "authorization_code",
            "code": given,
            "client_id": DEMO_CLIENT,
            "client_secret": DEMO_SECRET,
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
        } | changes
        kept = {name: value for name, value in fields.items() if value != "-"}
        answer = self.form("oauth2/token", **kept)
        return answer.status, json.loads(answer.body)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> CertWorld:
    return CertWorld.create(tmp_path_factory.mktemp("csc") / "world", MADE)


@pytest.fixture(scope="module")
def keys(world: CertWorld) -> dict[str, SoftKey]:
    validity = (MADE - timedelta(days=2), MADE + timedelta(minutes=30))
    return {
        "ec": world.issue_person("Cô Mẫu", "000190000001"),
        "rsa": world.issue_person("Cô Mẫu", "000190000001", algorithm="RSA_2048"),
        "short": world.issue_person("Cô Mẫu", "000190000001", validity=validity),
    }


@pytest.fixture
def desk(keys: dict[str, SoftKey]) -> Desk:
    credentials = (
        CscCredential("pin", keys["ec"], multisign=3),
        CscCredential("pin1", keys["ec"], scal="1", multisign=3),
        CscCredential("otp", keys["ec"], otp=True),
        CscCredential("rsa", keys["rsa"]),
        CscCredential("short", keys["short"]),
        CscCredential("off", keys["ec"], enabled=False),
        CscCredential("app", keys["ec"], app=True),
        CscCredential("web", keys["ec"], mode="oauth2code", multisign=3),
    )
    people = KnownPeople([CscUser("u", credentials), CscUser("v", ())])
    service = CscService(people, [CscClient(DEMO_CLIENT, frozenset({BACK}))], base_url="http://x")
    made = Desk(service)
    service.office.now = lambda: made.moment
    service.office.send = lambda _user, code: made.otps.append(code)
    made.token = made.login()[1]["access_token"]
    return made
