"""Who gets which answer; whatever is sent, the answer is JSON in two languages."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from agent_world import HOST, OTHER, OWN, PAGE, Reply, World
from hypothesis import given
from hypothesis import strategies as st

from hocba_agent import bodies
from hocba_agent.certificates import ALGORITHMS, ECDSA
from hocba_agent.refusals import Refusal
from hocba_agent.settings import MAX_BODY_BYTES, MAX_DIGESTS, MAX_SIGNATURES

PATHS = [
    ("GET", "/v1/status"),
    ("POST", "/v1/pair"),
    ("POST", "/v1/pair/confirm"),
    ("GET", "/v1/certificates"),
    ("POST", "/v1/sessions"),
    ("GET", "/v1/sessions/x"),
    ("POST", "/v1/sessions/x/sign"),
    ("DELETE", "/v1/sessions/x"),
    ("OPTIONS", "/v1/certificates"),
    ("OPTIONS", "/v1/status"),
    ("GET", "/v1/nowhere"),
    ("GET", "/v1"),
]
PUBLIC = {"/v1/status", "/v1/pair", "/v1/pair/confirm"}


def never(size: int) -> bytes:
    raise AssertionError("the body was read before the caller was known")


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize(
    ("hosts", "origins", "code"),
    [
        ((HOST,), (), "bad-origin"),
        ((HOST,), ("null",), "bad-origin"),
        ((HOST,), (OWN,), "bad-origin"),
        ((HOST,), ("http://hocba.truong-demo.example",), "bad-origin"),
        ((HOST,), (PAGE, PAGE), "bad-origin"),
        ((HOST,), (PAGE + "/",), "bad-origin"),
        ((), (PAGE,), "bad-host"),
        (("la.example:14500",), (PAGE,), "bad-host"),
        (("localhost:14500",), (PAGE,), "bad-host"),
        (("127.0.0.1",), (PAGE,), "bad-host"),
        ((HOST, HOST), (PAGE,), "bad-host"),
    ],
)
def test_who_is_not_who_it_should_be_is_refused_before_the_body_is_read(
    method: str, path: str, hosts: tuple[str, ...], origins: tuple[str, ...], code: str
) -> None:
    from hocba_agent.messages import Head

    world = World()
    token = world.pair()
    head = Head(method, path, hosts, origins, f"Bearer {token}", "application/json")
    reply = Reply(world.front.answer(head, ["10"], never))
    assert (reply.status, reply.code, reply.readable_by) == (403, code, None)


@pytest.mark.parametrize(("method", "path"), [row for row in PATHS if row[1] not in PUBLIC])
def test_a_page_that_is_not_paired_gets_nothing(world: World, method: str, path: str) -> None:
    token = world.pair()
    reply = world.call(method, path, {}, origins=(OTHER,), token=token)
    assert (reply.status, reply.code, reply.readable_by) == (403, "bad-origin", None)


def test_a_page_that_is_not_paired_learns_that_an_agent_is_here(world: World) -> None:
    reply = world.call("GET", "/v1/status", origins=(OTHER,))
    assert reply.json == {
        "agent": "hocba-agent",
        "version": "0.1.0",
        "protocol": 1,
        "paired": False,
    }
    assert reply.readable_by == OTHER


@pytest.mark.parametrize("token", [None, "", "secret-x", "sécret", "x" * 5000])
def test_a_paired_page_without_its_token_is_told_to_pair(world: World, token: str | None) -> None:
    world.pair()
    reply = world.call("GET", "/v1/certificates", token=token)
    assert (reply.status, reply.code, reply.readable_by) == (401, "not-paired", PAGE)


def test_a_token_serves_the_page_it_was_given_to(world: World) -> None:
    token = world.pair()
    world.pair(OTHER)
    reply = world.call("GET", "/v1/certificates", token=token, origins=(OTHER,))
    assert (reply.status, reply.code) == (401, "not-paired")


def test_certificates_of_all_tokens(world: World) -> None:
    token = world.pair()
    assert world.call("GET", "/v1/status", token=token).json["paired"] is True
    rows = world.call("GET", "/v1/certificates", token=token).json["certificates"]
    assert [row["token_label"] for row in rows] == ["Token A", "Token B"]
    assert rows[0] == {
        "sha256": world.token.certificate.sha256,
        "der": base64.b64encode(world.token.der).decode(),
        "subject": "Trần Thị Thử DEMO",
        "label": "person-000012345678",
        "token_label": "Token A",
        "token_serial": "1",
        "algorithms": [ECDSA],
    }


def test_preflight_of_a_paired_page(world: World) -> None:
    world.pair()
    answer = world.raw("OPTIONS", "/v1/certificates", private_network=True)
    headers = dict(answer.headers)
    assert answer.status == 204
    assert headers["Access-Control-Allow-Origin"] == PAGE
    assert headers["Access-Control-Allow-Private-Network"] == "true"
    assert "Authorization" in headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in headers
    plain = dict(world.raw("OPTIONS", "/v1/certificates").headers)
    assert "Access-Control-Allow-Private-Network" not in plain


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_what_a_page_can_send_without_preflight_is_refused(world: World, content_type: str) -> None:
    reply = world.call("POST", "/v1/pair", {"origin": PAGE}, content_type=content_type)
    assert reply.code == "bad-type"
    assert world.window.pairings == []


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/v1/nowhere", "not-found"),
        ("GET", "/v1/status?x=1", "bad-origin"),
        ("GET", "/v1/sessions/", "session-not-found"),
        ("GET", "/v1/sessions/a/b/c", "not-found"),
        ("PUT", "/v1/status", "bad-method"),
        ("GET", "/v1/pair", "bad-method"),
        ("GET", "/v1/sessions", "bad-method"),
    ],
)
def test_wrong_addresses(world: World, method: str, path: str, code: str) -> None:
    token = world.pair()
    origin = OTHER if code == "bad-origin" else PAGE
    assert world.call(method, path, token=token, origins=(origin,)).code == code


@pytest.mark.parametrize(
    ("lengths", "code"),
    [
        ([str(MAX_BODY_BYTES + 1)], "too-large"),
        (["9" * 5000], "too-large"),
        (["-1"], "bad-request"),
        (["٣"], "bad-request"),
        (["1", "1"], "bad-request"),
        (["chunked"], "bad-request"),
        (["100"], "bad-request"),
    ],
)
def test_bodies_have_a_stated_and_bearable_length(
    world: World, lengths: list[str], code: str
) -> None:
    from hocba_agent.messages import Head

    head = Head("POST", "/v1/pair", (HOST,), (PAGE,), None, "application/json")
    assert Reply(world.front.answer(head, lengths, lambda size: b"{}")).code == code


GOOD = {
    "certificate": "ab" * 32,
    "purpose": "Ký 45 học bạ lớp 4A1",
    "count": 45,
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("certificate", None),
        ("certificate", "AB" * 32),
        ("certificate", "ab" * 31),
        ("certificate", ["ab" * 32]),
        ("purpose", ""),
        ("purpose", "   "),
        ("purpose", "a" * 201),
        ("purpose", "Ký học bạ\nPIN: "),
        ("purpose", "Ký \u202e4 học bạ"),
        ("purpose", "Ký \u200b"),
        ("purpose", "\ud800"),
        ("purpose", 5),
        ("count", 0),
        ("count", -1),
        ("count", MAX_SIGNATURES + 1),
        ("count", 1.0),
        ("count", True),
        ("count", "45"),
    ],
)
def test_a_session_is_asked_for_exactly(world: World, field: str, value: object) -> None:
    token = world.pair()
    reply = world.call("POST", "/v1/sessions", {**GOOD, field: value}, token=token)
    assert reply.code == "bad-field"
    assert field in reply.json["error"]["vi"]
    assert world.window.sessions == []


DIGEST = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "digests",
    [
        None,
        [],
        DIGEST,
        [DIGEST] * (MAX_DIGESTS + 1),
        [DIGEST, None],
        [base64.b64encode(bytes(20)).decode()],
        [base64.b64encode(bytes(31)).decode()],
        [base64.b64encode(bytes(33)).decode()],
        [base64.b64encode(bytes(51)).decode()],
        [DIGEST[:-1]],
        [DIGEST[:-2] + "B="],
        [DIGEST + "\n"],
        ["é" * 44],
        ["_" * 43 + "="],
    ],
)
def test_only_sha256_digests_are_signed(world: World, digests: object) -> None:
    token = world.pair()
    session = world.opened(token, 5000)
    body = {"digests": digests, "algorithm": ECDSA}
    reply = world.call("POST", f"/v1/sessions/{session}/sign", body, token=token)
    assert reply.code == "bad-field"
    assert world.token.keys[0].signed == 0


@pytest.mark.parametrize("algorithm", [None, "", "RSA_SHA1", "ecdsa_p256_sha256", 5, [ECDSA]])
def test_only_named_algorithms(world: World, algorithm: object) -> None:
    token = world.pair()
    session = world.opened(token)
    body = {"digests": [DIGEST], "algorithm": algorithm}
    reply = world.call("POST", f"/v1/sessions/{session}/sign", body, token=token)
    assert reply.code == "bad-field"


def test_as_many_digests_as_are_allowed(world: World) -> None:
    token = world.pair()
    session = world.opened(token, MAX_DIGESTS)
    rows = [base64.b64encode(n.to_bytes(32, "big")).decode() for n in range(MAX_DIGESTS)]
    body = {"digests": rows, "algorithm": ECDSA}
    assert len(json.dumps(body)) < MAX_BODY_BYTES
    reply = world.call("POST", f"/v1/sessions/{session}/sign", body, token=token)
    assert len(reply.json["signatures"]) == MAX_DIGESTS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["origin", "pairing", "code", "certificate", "purpose", "count", "digests", "algorithm"]
)
VALUES = JSON | st.sampled_from([PAGE, DIGEST, [DIGEST], *ALGORITHMS, "ab" * 32, 45, "123456"])
BODIES = (
    st.dictionaries(FIELDS, VALUES).map(lambda value: json.dumps(value).encode())
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.binary(max_size=200)
    | st.sampled_from([b"[" * 60_000, b"9" * 60_000, b'{"count": 1e999}', b'{"a":NaN}', b"\xff"])
)
POSTS = ["/v1/pair", "/v1/pair/confirm", "/v1/sessions", "/v1/sessions/{session}/sign"]


@given(path=st.sampled_from(POSTS), body=BODIES)
def test_no_body_brings_a_traceback(path: str, body: bytes) -> None:
    world = SHARED["world"]
    world.clock.seconds += 1000
    token, session = SHARED["token"], SHARED["session"]
    reply = Reply(world.raw("POST", path.format(session=session), body, token=token))
    assert reply.status < 500
    if reply.status >= 400:
        assert reply.code != "agent-failed"
    else:
        assert isinstance(reply.json, dict)


@given(
    method=st.sampled_from(["GET", "POST", "DELETE", "OPTIONS", "PUT", "HEAD", "X"]),
    path=st.text(max_size=40).map(lambda text: "/v1/" + text) | st.text(max_size=40),
    origins=st.lists(st.text(max_size=20) | st.just(PAGE) | st.just(OWN), max_size=2).map(tuple),
    token=st.none() | st.text(max_size=20),
)
def test_no_request_brings_a_traceback(
    method: str, path: str, origins: tuple[str, ...], token: str | None
) -> None:
    world = SHARED["world"]
    answer = world.raw(method, path, b"", origins=origins, token=token)
    assert answer.status < 500
    if answer.content_type == "application/json" and answer.status >= 400:
        assert Reply(answer).code != "agent-failed"


def _shared() -> dict[str, Any]:
    world = World()
    token = world.pair()
    return {"world": world, "token": token, "session": world.opened(token, 5000)}


SHARED = _shared()
"""One world for all examples: an agent must stand them one after another."""


@given(body=BODIES)
def test_readers_answer_or_refuse(body: bytes) -> None:
    readers: list[Callable[[bodies.Body], object]] = [
        bodies.code_of,
        bodies.certificate_of,
        bodies.purpose_of,
        bodies.count_of,
        bodies.algorithm_of,
        bodies.digests_of,
    ]
    try:
        value = bodies.read_body(body)
    except Refusal:
        return
    for reader in readers:
        try:
            reader(value)
        except Refusal as refusal:
            assert refusal.code == "bad-field"


def test_a_defect_is_answered_with_a_sentence(world: World) -> None:
    token = world.pair()

    def broken() -> list[Any]:
        raise ZeroDivisionError

    world.agent.certificates = broken  # type: ignore[method-assign]
    reply = world.call("GET", "/v1/certificates", token=token)
    assert (reply.status, reply.code, reply.readable_by) == (500, "agent-failed", PAGE)
    assert "ZeroDivision" not in reply.answer.body.decode()
