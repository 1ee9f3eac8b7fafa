"""A request and an answer without sockets, so that everything above them is tested without any."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hocba_agent.refusals import Refusal

JSON_TYPE: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Head:
    """What is known before the body is read. Repeated headers are kept apart."""

    method: str
    path: str
    hosts: tuple[str, ...]
    origins: tuple[str, ...]
    authorization: str | None = None
    content_type: str = ""
    private_network: bool = False

    @property
    def is_api(self) -> bool:
        """Whether a page of the platform is meant to call it."""
        return self.path == "/v1" or self.path.startswith("/v1/")

    @property
    def bearer(self) -> str | None:
        """The pairing token (RFC 6750 section 2.1)."""
        scheme, _, token = (self.authorization or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" and token.isascii() else None


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body."""

    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()

    def with_headers(self, *headers: tuple[str, str]) -> Answer:
        """The same answer with more headers."""
        return Answer(self.status, self.body, self.content_type, self.headers + headers)


def json_answer(value: Mapping[str, object], status: int = 200) -> Answer:
    """An answer of the API."""
    return Answer(status, json.dumps(value).encode("ascii"))


def refusal_answer(refusal: Refusal) -> Answer:
    """The API says no, in both languages."""
    return json_answer(refusal.as_json(), refusal.status)
