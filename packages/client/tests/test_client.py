"""The client alone: retries keep the message id, waits are obeyed, refusals are told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hocba.errors import Malformed
from hocba_client import ApiProblem, Client, NoAnswer, RequestKey
from hocba_client import command as command_line

UNIT = "00000401"
PACKAGE = {
    "message_id": "mot-goi",
    "unit_code": UNIT,
    "school_year": 2025,
    "state": "received",
    "records": 2,
    "received_at": "2026-05-28T01:00:00Z",
    "results_url": "/",
}
Answer = Callable[[httpx.Request], httpx.Response]


def key() -> RequestKey:
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    return RequestKey.from_pem("khoa", pem)


def client(answer: Answer, waits: list[float] | None = None, **options: int) -> Client:
    waits = [] if waits is None else waits
    return Client(
        "https://cong.example.vn",
        key(),
        transport=httpx.MockTransport(answer),
        sleep=waits.append,
        **options,
    )


def test_a_retry_keeps_the_message_and_signs_anew() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if len(seen) < 3:
            raise httpx.ConnectError("away")
        return httpx.Response(202, json=PACKAGE)

    waits: list[float] = []
    assert client(answer, waits).submit(UNIT, 2025, b"<A/>").records == 2
    assert len({str(request.url) for request in seen}) == 1
    assert len({request.headers["Signature"] for request in seen}) == 3
    assert all("content-digest" in request.headers["Signature-Input"] for request in seen)
    assert waits == [1.0, 2.0]


def test_it_waits_as_long_as_the_gateway_says() -> None:
    waits: list[float] = []
    answers = iter(
        [httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(202, json=PACKAGE)]
    )
    client(lambda _: next(answers), waits).submit(UNIT, 2025, b"<A/>")
    assert waits == [7.0]


def test_it_gives_up_and_says_that_sending_again_is_safe() -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow")

    with pytest.raises(NoAnswer) as fault:
        client(answer, attempts=2).submit(UNIT, 2025, b"<A/>")
    assert "an toàn" in str(fault.value)


def test_a_refusal_is_not_tried_again() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        problem = {"code": "1403", "detail": "Chưa duyệt.", "what_to_do": "Đăng ký."}
        return httpx.Response(403, json=problem)

    with pytest.raises(ApiProblem) as refused:
        client(answer).submit(UNIT, 2025, b"<A/>")
    assert len(seen) == 1
    assert (refused.value.code, refused.value.what_to_do) == ("1403", "Đăng ký.")


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b"", b"\xff"])
def test_an_answer_that_is_no_answer_is_none(body: bytes) -> None:
    with pytest.raises(NoAnswer):
        client(lambda _: httpx.Response(200, content=body)).health()
    with pytest.raises(ApiProblem):
        client(lambda _: httpx.Response(404, content=body)).health()


def test_too_large_is_refused_before_sending() -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing may be sent")

    with pytest.raises(Malformed):
        client(answer).submit(UNIT, 2025, b"x" * 10_000_001)


def test_results_are_read_page_by_page() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        entry = {"position": page, "record_uuid": "u", "outcome": "accepted", "reason": None}
        return httpx.Response(200, json={"pages": 3, "results": [entry]})

    found = list(client(answer).results(UNIT, "mot-goi", only="accepted"))
    assert [one.position for one in found] == [1, 2, 3]


def test_waiting_shows_progress_and_ends() -> None:
    states = iter(["received", "received", "processed"])
    shown: list[str] = []

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={**PACKAGE, "state": next(states)})

    client(answer).wait(UNIT, "mot-goi", progress=lambda one: shown.append(one.state))
    assert shown == ["received", "received", "processed"]
    with pytest.raises(NoAnswer):
        client(lambda _: httpx.Response(200, json=PACKAGE)).wait(UNIT, "m", seconds=3)


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(Malformed):
        RequestKey.from_pem("khoa", b"khong phai khoa")


def test_the_command_line_tells_the_message_before_it_sends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "goi.xml"
    file.write_bytes(b"<A/>")

    def answer(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away")

    def made(address: str, proof: object, **_options: object) -> Client:
        return client(answer, attempts=1)

    monkeypatch.setattr(command_line, "Client", made)
    code = command_line.main(["submit", str(file), "--unit", UNIT, "--year", "2025"])
    said = capsys.readouterr().err
    assert code == 2
    assert said.index("message id") < said.index("no_answer")


def test_the_command_line_prints_catalogues(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = {"entries": [{"code": "USB_TOKEN"}]}

    def made(address: str, proof: object, **_options: object) -> Client:
        return client(lambda _: httpx.Response(200, json=entries))

    monkeypatch.setattr(command_line, "Client", made)
    assert command_line.main(["catalogues"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"code": "USB_TOKEN"}]


def test_wrong_usage_is_64(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line.main(["khong-co"])
    assert ended.value.code == 64
    missing = str(tmp_path / "khong-co.xml")
    assert command_line.main(["submit", missing, "--unit", UNIT, "--year", "2025"]) == 64
