"""Signed notes and checkpoints: the example of the specification, and every way to be wrong."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from log_world import KEY, NOON, ORIGIN, OTHER_KEY, PRIVATE_KEY

from hocba.errors import Malformed, NotTrusted
from hocba.tlog.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint_text
from hocba.tlog.merkle import EMPTY_ROOT
from hocba.tlog.note import (
    Note,
    NoteSignature,
    key_id,
    parse_note,
    parse_verifier_key,
    sign_note,
    verifier_key,
    verify_note,
)

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
"""The published example of the note package of Go, by which others check themselves."""
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdn"
    "gotpRZb6KE6RyyBwJnAM=\n"
)

SIGNED = Checkpoint(ORIGIN, 0, EMPTY_ROOT, NOON).sign(KEY, PRIVATE_KEY.sign)


def test_the_note_of_another_implementation_verifies() -> None:
    name, key = parse_verifier_key(GO_KEY)
    note = parse_note(GO_NOTE.encode())
    verify_note(note, [key], name=name)
    assert note.encode() == GO_NOTE.encode()
    assert verifier_key(name, key) == GO_KEY


def test_the_key_id_is_the_start_of_a_hash_of_name_and_key() -> None:
    whole = hashlib.sha256(b"name\n\x01" + KEY.public_bytes_raw()).digest()
    assert key_id("name", KEY) == whole[:4]


def test_a_text_may_hold_empty_lines() -> None:
    note = sign_note("một\n\nhai\n", ORIGIN, KEY, PRIVATE_KEY.sign)
    assert parse_note(note.encode()) == note
    verify_note(note, [OTHER_KEY, KEY], name=ORIGIN)


def test_unknown_lines_are_ignored_and_known_ones_must_be_right() -> None:
    note = parse_note(SIGNED)
    stranger = NoteSignature("witness.example", b"\0\0\0\1", b"\0" * 64)
    verify_note(Note(note.text, (stranger, *note.signatures)), [KEY], name=ORIGIN)
    broken = NoteSignature(ORIGIN, key_id(ORIGIN, KEY), b"\0" * 64)
    with pytest.raises(NotTrusted, match="Chữ ký"):
        verify_note(Note(note.text, (*note.signatures, broken)), [KEY], name=ORIGIN)
    with pytest.raises(NotTrusted, match="không được ký"):
        verify_note(note, [OTHER_KEY], name=ORIGIN)
    with pytest.raises(NotTrusted, match="không được ký"):
        verify_note(note, [KEY], name="another.example")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        "text\n\n— a AAAAAAA=".encode(),
        "text\n\n— a AAAA\n".encode(),
        b"text\n\n- a AAAAAAA=\n",
        "text\n\n— a+b AAAAAAA=\n".encode(),
        "text\n\n— a b AAAAAAA=\n".encode(),
        "text\n\n— a AAAAAAB=\n".encode(),
        "te\tt\n\n— a AAAAAAA=\n".encode(),
        "text\r\n\n— a AAAAAAA=\n".encode(),
        b"\xff\n\n",
        ("text\n\n" + "— a AAAAAAA=\n" * 33).encode(),
        b"x" * 100_001,
    ],
)
def test_what_is_not_a_note_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_note(data)


@pytest.mark.parametrize(
    "line", ["", "a", "a+b+c", GO_KEY[:-1], GO_KEY.replace("c74f", "c74e"), "a b" + GO_KEY]
)
def test_damaged_verifier_keys_are_refused(line: str) -> None:
    with pytest.raises(Malformed):
        parse_verifier_key(line)


def test_a_name_or_text_that_breaks_the_format_is_not_signed() -> None:
    for text, name in [("no end", ORIGIN), ("text\n", "two words"), ("tab\t\n", ORIGIN)]:
        with pytest.raises(ValueError, match="note"):
            sign_note(text, name, KEY, PRIVATE_KEY.sign)


def test_a_checkpoint_comes_back() -> None:
    opened = open_checkpoint(SIGNED, [KEY], origin=ORIGIN)
    assert opened == Checkpoint(ORIGIN, 0, EMPTY_ROOT, NOON)
    without_time = Checkpoint(ORIGIN, 5, EMPTY_ROOT)
    assert parse_checkpoint_text(without_time.text()) == without_time


def test_extension_lines_of_others_are_read_over() -> None:
    text = Checkpoint(ORIGIN, 5, EMPTY_ROOT).text() + "other thing\n"
    assert parse_checkpoint_text(text) == Checkpoint(ORIGIN, 5, EMPTY_ROOT)


def test_another_log_is_refused() -> None:
    with pytest.raises(Malformed):
        open_checkpoint(SIGNED, [KEY], origin="another.example")
    foreign = sign_note(parse_note(SIGNED).text, "another.example", KEY, PRIVATE_KEY.sign)
    with pytest.raises(NotTrusted):
        open_checkpoint(foreign, [KEY])


ROOT = base64.b64encode(EMPTY_ROOT).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n5\n",
        f"{ORIGIN}\n05\n{ROOT}\n",
        f"{ORIGIN}\n-5\n{ROOT}\n",
        f"{ORIGIN}\n٥\n{ROOT}\n",
        f"{ORIGIN}\n9999999999999999999\n{ROOT}\n",
        f"{ORIGIN}\n5\n{ROOT[:-1]}\n",
        f"{ORIGIN}\n5\n{ROOT[:-2]}V=\n",
        f"{ORIGIN}\n5\nAAAA\n",
        f"two words\n5\n{ROOT}\n",
        f"{ORIGIN}\n5\n{ROOT}",
        f"{ORIGIN}\n5\n{ROOT}\n\n",
        f"{ORIGIN}\n5\n{ROOT}\ntime 2026-06-01T05:00:00Z\ntime 2026-06-01T05:00:00Z\n",
        f"{ORIGIN}\n5\n{ROOT}\ntime 2026-13-01T05:00:00Z\n",
        f"{ORIGIN}\n5\n{ROOT}\ntime 2026-06-01T05:00:00+00:00\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse_checkpoint_text(text)


def test_a_checkpoint_that_could_not_be_read_is_not_written() -> None:
    for checkpoint in (Checkpoint("two words", 1, EMPTY_ROOT), Checkpoint(ORIGIN, 1, b"")):
        with pytest.raises(ValueError, match="origin"):
            checkpoint.text()
    naive = datetime(2026, 6, 1)  # noqa: DTZ001 the missing zone is what is tested
    with pytest.raises(ValueError, match="time zone"):
        Checkpoint(ORIGIN, 1, EMPTY_ROOT, naive).text()
    assert isinstance(KEY, Ed25519PublicKey)
