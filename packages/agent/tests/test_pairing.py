"""A page asks to be paired; a code or a click of the person decides."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path

import pytest
from agent_world import NOW, OTHER, OWN, PAGE, World

from hocba_agent.pairing import Pairing
from hocba_agent.pairing_file import PairingFile
from hocba_agent.settings import CODE_SECONDS, MAX_PAIRINGS, PAUSE_SECONDS


def asked(world: World, origin: str = PAGE) -> str:
    reply = world.call("POST", "/v1/pair", {"origin": origin}, origins=(origin,))
    assert reply.status == 201
    return str(reply.json["pairing"])


def test_the_code_shown_by_the_agent_pairs_the_page(world: World) -> None:
    pairing = asked(world)
    code = world.window.pairings[0].code
    spaced = f"{code[:3]} {code[3:]}"
    reply = world.call("POST", "/v1/pair/confirm", {"pairing": pairing, "code": spaced})
    assert reply.status == 200
    assert reply.readable_by == PAGE
    token = reply.json["token"]
    assert [row.token_sha256 for row in world.store.rows] == [
        hashlib.sha256(token.encode()).hexdigest()
    ]
    assert world.call("GET", "/v1/certificates", token=token).status == 200


def test_the_code_is_in_no_answer(world: World) -> None:
    reply = world.call("POST", "/v1/pair", {"origin": PAGE})
    assert world.window.pairings[0].code not in reply.answer.body.decode()
    assert world.window.pairings[0].code not in repr(world.window.pairings[0])


def test_a_code_works_once(world: World) -> None:
    body = {"pairing": asked(world), "code": world.window.pairings[0].code}
    assert world.call("POST", "/v1/pair/confirm", body).status == 200
    assert world.call("POST", "/v1/pair/confirm", body).code == "code-expired"


def test_another_page_cannot_use_the_code(world: World) -> None:
    body = {"pairing": asked(world), "code": world.window.pairings[0].code}
    reply = world.call("POST", "/v1/pair/confirm", body, origins=(OTHER,))
    assert reply.code == "code-expired"
    assert world.store.rows == []


def test_the_page_must_name_itself(world: World) -> None:
    reply = world.call("POST", "/v1/pair", {"origin": OTHER})
    assert reply.code == "origin-mismatch"
    assert world.window.pairings == []


def test_five_wrong_codes_then_a_pause(world: World) -> None:
    pairing = asked(world)
    right = world.window.pairings[0].code
    wrong = {"pairing": pairing, "code": "000000"}
    for left in (4, 3, 2, 1):
        reply = world.call("POST", "/v1/pair/confirm", wrong)
        assert reply.code == "code-wrong"
        assert str(left) in reply.json["error"]["vi"]
    assert world.call("POST", "/v1/pair/confirm", wrong).code == "too-many-codes"
    reply = world.call("POST", "/v1/pair/confirm", {"pairing": pairing, "code": right})
    assert reply.code == "too-many-codes"
    assert world.call("POST", "/v1/pair", {"origin": PAGE}).code == "too-many-codes"
    assert world.call("POST", "/v1/pair", {"origin": OTHER}, origins=(OTHER,)).status == 201
    world.clock.seconds += PAUSE_SECONDS
    assert world.pair()


def test_asking_again_gives_no_more_tries(world: World) -> None:
    first = {"pairing": asked(world), "code": "000000"}
    for _ in range(4):
        assert world.call("POST", "/v1/pair/confirm", first).code == "code-wrong"
    again = {"pairing": asked(world), "code": "000000"}
    assert world.call("POST", "/v1/pair/confirm", again).code == "too-many-codes"


def test_many_names_of_one_attacker_guess_no_more_than_a_few(world: World) -> None:
    """Ten wrong codes of all pages together make a pause for all, as long as that of one page."""
    codes = []
    for number in range(3):
        origin = f"https://la{number}.example"
        body = {"pairing": asked(world, origin), "code": "000000"}
        for _ in range(4):
            reply = world.call("POST", "/v1/pair/confirm", body, origins=(origin,))
            codes.append(reply.code)
    assert codes == ["code-wrong"] * 9 + ["too-many-codes"] * 3
    assert world.call("POST", "/v1/pair", {"origin": PAGE}).code == "too-many-codes"
    world.clock.seconds += PAUSE_SECONDS
    assert world.pair()


def test_a_code_expires(world: World) -> None:
    body = {"pairing": asked(world), "code": world.window.pairings[0].code}
    world.clock.seconds += CODE_SECONDS
    assert world.call("POST", "/v1/pair/confirm", body).code == "code-expired"


def test_a_later_request_of_the_page_replaces_the_earlier(world: World) -> None:
    first = {"pairing": asked(world), "code": world.window.pairings[0].code}
    asked(world)
    assert world.call("POST", "/v1/pair/confirm", first).code == "code-expired"


def test_a_page_cannot_keep_disturbing(world: World) -> None:
    for _ in range(3):
        asked(world)
    assert world.call("POST", "/v1/pair", {"origin": PAGE}).code == "too-many-requests"
    for number in range(7):
        asked(world, f"https://la{number}.example")
    reply = world.call("POST", "/v1/pair", {"origin": OTHER}, origins=(OTHER,))
    assert reply.code == "too-many-requests"
    assert len(world.window.pairings) == 10


def test_the_person_may_agree_in_the_agents_window(world: World) -> None:
    pairing = asked(world)
    assert world.call("POST", "/v1/pair/confirm", {"pairing": pairing}).status == 202
    nonce = world.window.pairings[0].nonce
    form = "application/x-www-form-urlencoded"
    page = world.raw("POST", f"/pair/{nonce}", b"answer=yes", origins=(OWN,), content_type=form)
    assert page.status == 200
    reply = world.call("POST", "/v1/pair/confirm", {"pairing": pairing})
    assert reply.json["state"] == "paired"
    assert world.agent.pairing_of(PAGE, reply.json["token"])


def test_the_person_may_refuse_in_the_agents_window(world: World) -> None:
    pairing = asked(world)
    world.agent.answer_pairing(world.window.pairings[0].nonce, agreed=False)
    assert world.call("POST", "/v1/pair/confirm", {"pairing": pairing}).code == "pairing-refused"
    assert world.store.rows == []


def test_a_removed_pairing_ends_its_sessions_at_once(world: World) -> None:
    token = world.pair()
    session = world.opened(token)
    world.agent.remove_pairing(world.store.rows[0].id)
    assert world.token.keys[0].closed
    reply = world.call("GET", f"/v1/sessions/{session}", token=token)
    assert reply.code == "bad-origin"
    assert reply.readable_by is None


def test_a_pairing_removed_from_the_command_line_ends_its_sessions(world: World) -> None:
    world.opened(world.pair())
    world.store.rows.clear()
    world.agent.tick()
    assert world.token.keys[0].closed
    assert world.agent.live_sessions() == []


def test_pairings_are_not_without_number(world: World) -> None:
    world.store.rows = [Pairing(str(n), OTHER, "0" * 64, NOW) for n in range(MAX_PAIRINGS)]
    assert world.call("POST", "/v1/pair", {"origin": PAGE}).code == "pairings-full"


def test_only_named_pages_may_ask_where_the_school_says_so() -> None:
    world = World(allowed_origins=frozenset({PAGE}))
    assert world.pair()
    reply = world.call("GET", "/v1/status", origins=(OTHER,))
    assert (reply.status, reply.code, reply.readable_by) == (403, "bad-origin", None)


def test_the_file_is_for_the_person_alone(tmp_path: Path) -> None:
    store = PairingFile(tmp_path / "agent")
    assert store.load() == []
    row = Pairing("a", PAGE, "0" * 64, NOW)
    store.save([row])
    assert store.load() == [row]
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    assert [file.name for file in store.path.parent.iterdir()] == ["pairings.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"format": 2, "pairings": []}',
        '{"format": 1}',
        '{"format": 1, "pairings": [1]}',
        '{"format": 1, "pairings": [{"id": "a"}]}',
        json.dumps(
            {
                "format": 1,
                "pairings": [
                    {"id": "a", "origin": "x", "token_sha256": "0" * 64, "paired_at": "2026-05-28"}
                ],
            }
        ),
        "[" * 100_000,
    ],
)
def test_a_broken_file_pairs_nobody_and_is_kept_aside(tmp_path: Path, text: str) -> None:
    store = PairingFile(tmp_path)
    store.path.write_text(text)
    assert store.load() == []
    assert not store.path.exists()
    assert store.path.with_suffix(".broken").read_text() == text
