"""Signing sessions: one PIN, so many signatures, so many minutes."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from agent_world import OTHER, PAGE, PIN, Reply, World

from hocba_agent.certificates import ECDSA, RSA_PKCS1
from hocba_agent.refusals import Refusal
from hocba_agent.sessions import SigningSession
from hocba_agent.settings import (
    DEFAULT_MINUTES,
    KEPT_SECONDS,
    MAX_OPENINGS,
    MAX_WRONG_PINS,
    PIN_WAIT_SECONDS,
)


def digests(first: int, last: int) -> list[str]:
    rows = [hashlib.sha256(bytes([number])).digest() for number in range(first, last)]
    return [base64.b64encode(row).decode() for row in rows]


def turned(rows: list[str]) -> list[str]:
    """What the cardboard key answers."""
    return [base64.b64encode(base64.b64decode(row)[::-1]).decode() for row in rows]


def sign(world: World, token: str, session: str, rows: list[str], **more: Any) -> Reply:
    body = {"digests": rows, "algorithm": more.pop("algorithm", ECDSA)}
    return world.call("POST", f"/v1/sessions/{session}/sign", body, token=token, **more)


def state(world: World, token: str, session: str) -> str:
    return str(world.call("GET", f"/v1/sessions/{session}", token=token).json["state"])


def pin(world: World, pin: str) -> Refusal | None:
    return world.agent.enter_pin(world.window.sessions[-1].nonce, pin)[1]


def test_the_pin_opens_and_the_last_signature_closes(world: World) -> None:
    token = world.pair()
    asked = world.ask(token)
    assert asked.status == 201
    assert asked.json["state"] == "waiting-for-pin"
    session = asked.json["session"]
    assert sign(world, token, session, digests(0, 1)).code == "session-waiting"
    assert pin(world, PIN) is None
    assert state(world, token, session) == "open"
    assert sign(world, token, session, digests(0, 2)).json["signatures"] == turned(digests(0, 2))
    assert sign(world, token, session, digests(2, 3)).status == 200
    reply = world.call("GET", f"/v1/sessions/{session}", token=token)
    assert (reply.json["state"], reply.json["signed"]) == ("used", 3)
    assert world.token.keys[0].closed
    assert sign(world, token, session, digests(3, 4)).code == "session-used"


def test_the_person_is_shown_who_asks_for_what(world: World) -> None:
    world.ask(world.pair(), 45)
    shown = world.window.sessions[0]
    assert (shown.origin, shown.purpose, shown.count) == (PAGE, "Ký 45 học bạ lớp 4A1", 45)


def test_nothing_is_signed_beyond_the_count(world: World) -> None:
    token = world.pair()
    session = world.opened(token, 3)
    assert sign(world, token, session, digests(0, 2)).status == 200
    reply = sign(world, token, session, digests(2, 4))
    assert reply.code == "count-exceeded"
    assert world.token.keys[0].signed == 2
    assert sign(world, token, session, digests(2, 3)).status == 200


def test_a_lost_answer_is_given_again_and_counted_once(world: World) -> None:
    token = world.pair()
    session = world.opened(token, 3)
    for _ in range(3):
        rows = digests(0, 3)
        assert sign(world, token, session, rows).json["signatures"] == turned(rows)
    assert world.token.keys[0].signed == 3
    repeated = digests(0, 1) * 2
    assert sign(world, token, session, repeated).json["signatures"] == turned(repeated)


def test_a_token_that_fails_half_way_gives_nothing_and_counts_nothing(world: World) -> None:
    token = world.pair()
    session = world.opened(token, 3)
    world.token.fails_after = 2
    reply = sign(world, token, session, digests(0, 3))
    assert reply.code == "token-failed"
    assert "signatures" not in reply.json
    world.token.fails_after = None
    assert sign(world, token, session, digests(0, 3)).status == 200


def test_an_open_session_expires_and_the_token_is_logged_out(world: World) -> None:
    token = world.pair()
    session = world.opened(token)
    world.clock.seconds += DEFAULT_MINUTES * 60 - 1
    assert state(world, token, session) == "open"
    world.clock.seconds += 1
    world.agent.tick()
    assert world.token.keys[0].closed
    assert state(world, token, session) == "expired"
    assert sign(world, token, session, digests(0, 1)).code == "session-expired"


def test_a_session_expires_without_the_watch_too(world: World) -> None:
    token = world.pair()
    session = world.opened(token)
    world.clock.seconds += DEFAULT_MINUTES * 60
    assert sign(world, token, session, digests(0, 1)).code == "session-expired"
    assert world.token.keys[0].closed


def test_a_session_that_waits_for_the_pin_expires(world: World) -> None:
    token = world.pair()
    session = world.ask(token).json["session"]
    world.clock.seconds += PIN_WAIT_SECONDS
    with pytest.raises(Refusal) as refusal:
        pin(world, PIN)
    assert refusal.value.code == "page-used"
    assert state(world, token, session) == "expired"
    assert world.token.keys == []


def test_a_finished_session_is_forgotten_after_a_while(world: World) -> None:
    token = world.pair()
    session = world.opened(token)
    world.call("DELETE", f"/v1/sessions/{session}", token=token)
    world.clock.seconds += KEPT_SECONDS
    reply = world.call("GET", f"/v1/sessions/{session}", token=token)
    assert reply.code == "session-not-found"


def test_the_page_closes_the_session_twice(world: World) -> None:
    token = world.pair()
    session = world.opened(token)
    for _ in range(2):
        reply = world.call("DELETE", f"/v1/sessions/{session}", token=token)
        assert reply.json["state"] == "closed"
    assert world.token.keys[0].closed
    assert sign(world, token, session, digests(0, 1)).code == "session-closed"


def test_the_person_refuses(world: World) -> None:
    token = world.pair()
    session = world.ask(token).json["session"]
    world.agent.refuse_session(world.window.sessions[0].nonce)
    reply = world.call("GET", f"/v1/sessions/{session}", token=token)
    assert reply.json["state"] == "refused"
    assert reply.code == "person-refused"


def test_a_wrong_pin_may_be_tried_again_but_not_until_the_token_locks(world: World) -> None:
    token = world.pair()
    session = world.ask(token).json["session"]
    for number in range(1, MAX_WRONG_PINS):
        refusal = pin(world, "999999")
        assert refusal is not None
        assert refusal.code == "pin-wrong"
        assert state(world, token, session) == "waiting-for-pin", number
    refusal = pin(world, "999999")
    assert refusal is not None
    assert refusal.code == "pin-wrong-often"
    assert state(world, token, session) == "refused"
    assert world.token.tries == 2


def test_a_right_pin_after_a_wrong_one_opens(world: World) -> None:
    token = world.pair()
    session = world.ask(token).json["session"]
    assert pin(world, "999999") is not None
    assert pin(world, PIN) is None
    assert state(world, token, session) == "open"


def test_each_pin_page_takes_one_answer(world: World) -> None:
    world.ask(world.pair())
    nonce = world.window.sessions[0].nonce
    world.agent.enter_pin(nonce, "999999")
    with pytest.raises(Refusal) as refusal:
        world.agent.enter_pin(nonce, PIN)
    assert refusal.value.code == "page-used"


def test_a_token_that_locks_ends_the_session(world: World) -> None:
    token = world.pair()
    session = world.ask(token).json["session"]
    world.token.tries = 1
    refusal = pin(world, "999999")
    assert refusal is not None
    assert refusal.code == "pin-locked"
    assert state(world, token, session) == "pin-locked"
    assert world.ask(token).code == "pin-locked"


def test_a_removed_token_ends_the_session(world: World) -> None:
    token = world.pair()
    session = world.opened(token)
    world.token.plugged = False
    world.agent.tick()
    assert state(world, token, session) == "token-removed"
    assert world.token.keys[0].closed
    assert sign(world, token, session, digests(0, 1)).code == "token-removed"
    assert world.ask(token).code == "no-certificate"


def test_a_token_removed_while_signing_ends_the_session(world: World) -> None:
    token = world.pair()
    session = world.opened(token)
    world.token.plugged = False
    assert sign(world, token, session, digests(0, 1)).code == "token-removed"
    assert state(world, token, session) == "token-removed"


def test_two_tokens_sign_in_two_sessions(world: World) -> None:
    token = world.pair()
    first, second = world.opened(token), world.opened(token, on=world.second)
    assert sign(world, token, first, digests(0, 1)).status == 200
    assert sign(world, token, second, digests(0, 1)).status == 200
    world.call("DELETE", f"/v1/sessions/{first}", token=token)
    assert sign(world, token, second, digests(1, 2)).status == 200


def test_a_second_session_on_a_token_asks_for_the_pin_and_ends_the_first(world: World) -> None:
    token = world.pair()
    first = world.opened(token)
    second = world.ask(token).json["session"]
    assert sign(world, token, first, digests(0, 1)).status == 200
    assert sign(world, token, second, digests(0, 1)).code == "session-waiting"
    assert pin(world, PIN) is None
    assert sign(world, token, first, digests(1, 2)).code == "session-replaced"
    assert sign(world, token, second, digests(0, 1)).status == 200
    assert [key.closed for key in world.token.keys] == [True, False]


def test_a_page_has_one_session_that_waits(world: World) -> None:
    token = world.pair()
    first = world.ask(token).json["session"]
    world.ask(token)
    assert state(world, token, first) == "closed"


def test_another_paired_page_sees_nothing_of_the_session(world: World) -> None:
    token = world.pair()
    session = world.opened(token)
    other = world.pair(OTHER)
    for method, path, body in (
        ("GET", f"/v1/sessions/{session}", None),
        ("DELETE", f"/v1/sessions/{session}", None),
        ("POST", f"/v1/sessions/{session}/sign", {"digests": digests(0, 1), "algorithm": ECDSA}),
    ):
        reply = world.call(method, path, body, token=other, origins=(OTHER,))
        assert reply.code == "session-not-found"
    assert state(world, token, session) == "open"


def test_a_page_cannot_keep_asking_for_the_pin(world: World) -> None:
    token = world.pair()
    for _ in range(MAX_OPENINGS):
        assert world.ask(token).status == 201
    assert world.ask(token).code == "too-many-requests"


def test_another_algorithm_than_the_keys_is_refused(world: World) -> None:
    token = world.pair()
    session = world.opened(token)
    reply = sign(world, token, session, digests(0, 1), algorithm=RSA_PKCS1)
    assert reply.code == "algorithm-not-for-key"
    assert world.token.keys[0].signed == 0


def test_a_session_closed_while_the_pin_is_checked_stays_closed(world: World) -> None:
    token = world.pair()
    session = world.ask(token).json["session"]
    box = world.agent._tokens
    log_in = box.log_in

    def slow(certificate: Any, pin: str) -> Any:
        key = log_in(certificate, pin)
        world.call("DELETE", f"/v1/sessions/{session}", token=token)
        return key

    box.log_in = slow  # type: ignore[method-assign]
    refusal = pin(world, PIN)
    assert refusal is not None
    assert refusal.code == "session-closed"
    assert world.token.keys[0].closed
    assert state(world, token, session) == "closed"


def test_a_session_closed_while_the_token_signs_gives_nothing(world: World) -> None:
    token = world.pair()
    session = world.opened(token)
    key = world.token.keys[0]
    whole = key.sign

    def slow(algorithm: str, rows: Any) -> list[bytes]:
        made = whole(algorithm, rows)
        world.call("DELETE", f"/v1/sessions/{session}", token=token)
        return made

    key.sign = slow  # type: ignore[method-assign]
    assert sign(world, token, session, digests(0, 2)).code == "session-closed"


def test_a_driver_that_breaks_leaves_the_session_closed_and_says_so(world: World) -> None:
    token = world.pair()
    session = world.ask(token).json["session"]

    def broken(certificate: Any, pin: str) -> Any:
        raise ZeroDivisionError

    world.agent._tokens.log_in = broken  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        pin(world, PIN)
    assert state(world, token, session) == "closed"


def test_stopping_the_agent_logs_out(world: World) -> None:
    world.opened(world.pair())
    world.agent.close()
    assert world.token.keys[0].closed


def test_neither_pin_nor_signatures_show_themselves(world: World) -> None:
    token = world.pair()
    session = world.opened(token)
    sign(world, token, session, digests(0, 1))
    shown = world.window.sessions[0]
    assert isinstance(shown, SigningSession)
    assert PIN not in repr(shown).replace(shown.certificate.label, "")
    assert "signatures" not in repr(shown)
