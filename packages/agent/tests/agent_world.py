"""What tests of the agent stand on: a clock moved by hand, tokens of cardboard, a caller."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from hocba_agent.agent import Agent, Surroundings
from hocba_agent.certificates import TokenCertificate, TokenName
from hocba_agent.messages import Answer, Head
from hocba_agent.pairing import Chance, Pairing, PairingRequest
from hocba_agent.refusals import RULES, Refusal
from hocba_agent.server import Front
from hocba_agent.sessions import SigningSession
from hocba_agent.settings import Settings

PORT = 14500
HOST = f"127.0.0.1:{PORT}"
OWN = f"http://{HOST}"
PAGE = "https://hocba.truong-demo.example"
OTHER = "https://la.example"
PIN = "123456"
NOW = datetime(2026, 5, 28, 8, 0, tzinfo=UTC)

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def certificate_of(key: PrivateKey, owner: str = "Trần Thị Thử DEMO", *, ca: bool = False) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, owner)])
    return (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


@cache
def curve_certificate() -> bytes:
    return certificate_of(ec.generate_private_key(ec.SECP256R1()))


class HandClock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class MemoryStore:
    """Pairings in a list."""

    def __init__(self) -> None:
        self.rows: list[Pairing] = []

    def load(self) -> list[Pairing]:
        return list(self.rows)

    def save(self, pairings: list[Pairing]) -> None:
        self.rows = list(pairings)


class Counted:
    """Codes and secrets that are all different and known beforehand."""

    def __init__(self) -> None:
        self.number = 0
        self.chance = Chance(code=self.code, secret=self.secret)

    def code(self) -> str:
        self.number += 1
        return f"{424200 + self.number:06}"

    def secret(self) -> str:
        self.number += 1
        return f"secret-{self.number:030}"


class RecordingWindow:
    """Remembers what the person was shown."""

    def __init__(self) -> None:
        self.pairings: list[PairingRequest] = []
        self.sessions: list[SigningSession] = []

    def pairing_asked(self, request: PairingRequest) -> None:
        self.pairings.append(request)

    def pin_wanted(self, session: SigningSession) -> None:
        self.sessions.append(session)


@dataclass
class CardboardKey:
    """A key whose signature is the digest turned round."""

    token: CardboardToken
    closed: bool = False
    signed: int = 0

    def sign(self, algorithm: str, digests: Sequence[bytes]) -> list[bytes]:
        del algorithm
        made = []
        for digest in digests:
            if self.closed:
                raise Refusal("session-closed")
            if not self.token.plugged:
                raise Refusal("token-removed")
            if self.token.fails_after is not None and self.signed >= self.token.fails_after:
                raise Refusal("token-failed", detail="DeviceError")
            self.signed += 1
            made.append(digest[::-1])
        return made

    def present(self) -> bool:
        return self.token.plugged

    def close(self) -> None:
        self.closed = True


@dataclass
class CardboardToken:
    """A token that locks after `tries` wrong PINs."""

    name: TokenName
    der: bytes
    tries: int = 5
    plugged: bool = True
    fails_after: int | None = None
    keys: list[CardboardKey] = field(default_factory=list)

    @property
    def certificate(self) -> TokenCertificate:
        return TokenCertificate(self.name, "person-000012345678", b"1", self.der)


class CardboardTokens:
    """`TokenBox` without a driver."""

    def __init__(self, *tokens: CardboardToken) -> None:
        self.tokens = list(tokens)

    def certificates(self) -> list[TokenCertificate]:
        return [token.certificate for token in self.tokens if token.plugged]

    def find(self, sha256: str) -> TokenCertificate:
        for row in self.certificates():
            if row.sha256 == sha256:
                return row
        raise Refusal("no-certificate")

    def _of(self, name: TokenName) -> CardboardToken:
        return next(row for row in self.tokens if row.name == name)

    def pin_state(self, name: TokenName) -> str:
        return {0: "locked", 1: "final", 5: "fine"}.get(self._of(name).tries, "low")

    def log_in(self, certificate: TokenCertificate, pin: str) -> CardboardKey:
        token = self._of(certificate.token)
        assert all(key.closed for key in token.keys), "logged in twice: the PIN is not checked"
        if not token.plugged:
            raise Refusal("token-removed")
        if token.tries and pin != PIN:
            token.tries -= 1
        if not token.tries:
            raise Refusal("pin-locked")
        if pin != PIN:
            raise Refusal("pin-wrong", left_vi="Còn ít.", left_en="Few left.")
        token.tries = 5
        token.keys.append(CardboardKey(token))
        return token.keys[-1]


@dataclass
class Reply:
    """An answer of the API, read."""

    answer: Answer

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def json(self) -> Any:
        return json.loads(self.answer.body)

    @property
    def code(self) -> str:
        """Code of the refusal; both sentences must be there."""
        error = self.json["error"]
        assert error["code"] in RULES
        assert error["vi"]
        assert error["en"]
        return str(error["code"])

    @property
    def readable_by(self) -> str | None:
        """The origin whose page the browser lets read the answer."""
        return dict(self.answer.headers).get("Access-Control-Allow-Origin")


class World:
    """An agent with cardboard tokens, and a page that calls it."""

    def __init__(self, **settings: Any) -> None:
        self.clock, self.store, self.counted = HandClock(), MemoryStore(), Counted()
        self.window = RecordingWindow()
        first = CardboardToken(TokenName("m", "1", "Token A"), curve_certificate())
        other = certificate_of(ec.generate_private_key(ec.SECP256R1()), "Lê Văn Mẫu DEMO")
        self.token, self.second = first, CardboardToken(TokenName("m", "2", "Token B"), other)
        self.agent = Agent(
            Settings(modules=("m",), folder=Path("unused"), port=PORT, **settings),
            CardboardTokens(self.token, self.second),
            self.store,
            Surroundings(self.clock, lambda: NOW, self.counted.chance, self.window),
        )
        self.front = Front(self.agent)

    def raw(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        origins: tuple[str, ...] = (PAGE,),
        hosts: tuple[str, ...] = (HOST,),
        token: str | None = None,
        content_type: str = "application/json",
        private_network: bool = False,
    ) -> Answer:
        head = Head(
            method=method,
            path=path,
            hosts=hosts,
            origins=origins,
            authorization=None if token is None else f"Bearer {token}",
            content_type=content_type,
            private_network=private_network,
        )
        return self.front.answer(head, [str(len(body))] if body else [], lambda size: body[:size])

    def call(self, method: str, path: str, value: object = None, **more: Any) -> Reply:
        body = b"" if value is None else json.dumps(value).encode()
        return Reply(self.raw(method, path, body, **more))

    def pair(self, origin: str = PAGE) -> str:
        """Pair a page; its token."""
        asked = self.call("POST", "/v1/pair", {"origin": origin}, origins=(origin,))
        assert asked.status == 201, asked.json
        body = {"pairing": asked.json["pairing"], "code": self.window.pairings[-1].code}
        return str(self.call("POST", "/v1/pair/confirm", body, origins=(origin,)).json["token"])

    def ask(
        self, token: str, count: int = 3, *, on: CardboardToken | None = None, **more: Any
    ) -> Reply:
        """Ask for a session."""
        body = {
            "certificate": (on or self.token).certificate.sha256,
            "purpose": "Ký 45 học bạ lớp 4A1",
            "count": count,
        }
        return self.call("POST", "/v1/sessions", body, token=token, **more)

    def opened(self, token: str, count: int = 3, *, on: CardboardToken | None = None) -> str:
        """A session whose PIN was given."""
        name = str(self.ask(token, count, on=on).json["session"])
        assert self.agent.enter_pin(self.window.sessions[-1].nonce, PIN)[1] is None
        return name
