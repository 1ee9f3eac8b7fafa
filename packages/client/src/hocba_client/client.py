"""The client. Every message keeps its id through all attempts, so that nothing is sent twice."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import httpx

from hocba.packet.envelope import check_request_size
from hocba.packet.transactions import hash_password
from hocba_client.answers import Package, RecordResult, Token
from hocba_client.problems import NoAnswer, problem_of
from hocba_client.proofs import Proof

Progress = Callable[[Package], None]
_AGAIN = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_LONGEST_WAIT = 60.0


class Client:
    """Speaks to one gateway. `pause` and `attempts` say how patient it is."""

    def __init__(
        self,
        address: str,
        proof: Proof | None = None,
        *,
        attempts: int = 5,
        pause: float = 1.0,
        timeout: float = 60.0,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = httpx.Client(
            base_url=f"{address.rstrip('/')}/api/v2/",
            auth=proof,
            timeout=timeout,
            transport=transport,
            headers={"User-Agent": "hocba-client", "Accept": "application/json"},
        )
        self._attempts = max(1, attempts)
        self._pause = pause
        self._sleep = sleep

    def __enter__(self) -> Self:
        """Use as a context, so that connections are closed."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self._http.close()

    def submit(
        self, unit_code: str, first_year: int, body: bytes, *, message_id: str = ""
    ) -> Package:
        """Submit a signed package: DANH_SACH_HOC_BA, or the JSON of transaction 1.

        Without `message_id` a new one is made; it stands in the answer. Raises `ApiProblem` when
        the gateway refuses and `NoAnswer` when it could not be reached: call again with the id.
        """
        return self._send("packages", unit_code, first_year, body, message_id)

    def recall(
        self, unit_code: str, first_year: int, body: bytes, *, message_id: str = ""
    ) -> Package:
        """Ask for recalls or corrections with a signed list. Raises as `submit` does."""
        return self._send("recalls", unit_code, first_year, body, message_id)

    def package(self, unit_code: str, message_id: str, *, kind: str = "packages") -> Package:
        """State of a package (`kind` recalls: of a request)."""
        return Package.of(self._json("GET", f"units/{unit_code}/{kind}/{message_id}"))

    def results(
        self, unit_code: str, message_id: str, *, kind: str = "packages", only: str | None = None
    ) -> Iterator[RecordResult]:
        """The result of each record, page by page."""
        page, pages = 1, 1
        while page <= pages:
            asked: dict[str, str | int] = {"page": page, "size": 200}
            if only is not None:
                asked["only"] = only
            place = f"units/{unit_code}/{kind}/{message_id}/results"
            found = self._json("GET", place, params=asked)
            yield from (RecordResult.of(entry) for entry in found["results"])
            page, pages = page + 1, int(found["pages"])

    def wait(
        self,
        unit_code: str,
        message_id: str,
        *,
        kind: str = "packages",
        seconds: float = 600.0,
        every: float = 2.0,
        progress: Progress | None = None,
    ) -> Package:
        """Ask until every record is checked. Raises `NoAnswer` when that takes too long."""
        waited = 0.0
        while True:
            package = self.package(unit_code, message_id, kind=kind)
            if progress is not None:
                progress(package)
            if package.is_done:
                return package
            if waited >= seconds:
                raise NoAnswer(f"chưa có kết quả sau {seconds:.0f} giây")
            self._sleep(every)
            waited += every

    def register_certificate(
        self,
        unit_code: str,
        body: bytes,
        *,
        signature_kind: str = "USB_TOKEN",
        issuer: str = "BAN_CO_YEU",
        message_id: str = "",
    ) -> Mapping[str, Any]:
        """Register a certificate with its signed XML (or the JSON of transaction 3)."""
        return self._json(
            "PUT",
            f"units/{unit_code}/certificates/{message_id or uuid.uuid4()}",
            params={"signature_kind": signature_kind, "issuer": issuer},
            content=body,
            headers=_content_type(body),
        )

    def certificates(self, unit_code: str) -> list[Mapping[str, Any]]:
        """The unit's certificates, newest first, with what the department decided."""
        return list(self._json("GET", f"units/{unit_code}/certificates")["certificates"])

    def record_status(self, unit_code: str, record_uuid: str) -> Mapping[str, Any]:
        """In force, recalled, replaced by which, closed since when."""
        return self._json("GET", f"units/{unit_code}/records/{record_uuid}")

    def catalogue(self, name: str) -> list[Mapping[str, Any]]:
        """`signature-kinds`, `certificate-issuers` or `answer-codes`."""
        found = self._json("GET", f"catalogues/{name}")
        return list(found.get("entries") or found.get("codes") or ())

    def health(self) -> Mapping[str, Any]:
        """Is the gateway there, and what time is it there?"""
        return self._json("GET", "health")

    def check(self, body: bytes) -> Mapping[str, Any]:
        """The conformance report on a file; the gateway does not keep it."""
        return self._json("POST", "conformance", content=body, headers=_content_type(body))

    def token(self, user_name: str, password: str | None = None) -> Token:
        """Get a token for an account: with its password, or by a signed request without one."""
        asked = {"user_name": user_name}
        if password is not None:
            asked["password_sha256"] = hash_password(password)
        return Token.of(self._json("POST", "token", json=asked))

    def _send(
        self, kind: str, unit_code: str, first_year: int, body: bytes, message_id: str
    ) -> Package:
        check_request_size(len(body))
        answer = self._json(
            "PUT",
            f"units/{unit_code}/{kind}/{message_id or uuid.uuid4()}",
            params={"year": first_year},
            content=body,
            headers=_content_type(body),
        )
        return Package.of(answer)

    def _json(self, method: str, place: str, **options: Any) -> dict[str, Any]:
        """One question with all its attempts."""
        cause = ""
        for attempt in range(1, self._attempts + 1):
            pause = min(self._pause * 2 ** (attempt - 1), _LONGEST_WAIT)
            try:
                response = self._http.request(method, place, **options)
            except httpx.TransportError as error:
                cause = type(error).__name__
            else:
                if response.status_code not in _AGAIN:
                    return _value(response)
                cause = f"HTTP {response.status_code}"
                pause = _retry_after(response) or pause
                if attempt == self._attempts:
                    raise problem_of(response)
            if attempt < self._attempts:
                self._sleep(pause)
        raise NoAnswer(cause)


def _value(response: httpx.Response) -> dict[str, Any]:
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        raise problem_of(response)
    try:
        value = response.json()
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise NoAnswer("trả lời không phải JSON")
    return value


def _retry_after(response: httpx.Response) -> float | None:
    text = response.headers.get("Retry-After", "")
    return min(float(text), _LONGEST_WAIT) if text.isdecimal() else None


def _content_type(body: bytes) -> dict[str, str]:
    is_json = body.lstrip()[:1] == b"{"
    return {"Content-Type": "application/json" if is_json else "application/xml"}
