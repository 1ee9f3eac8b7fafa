"""Whatever bytes come, only the families of `hocba.errors` leave the parsers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_world import KEY, ORIGIN, RECORD, entry_for, log_with

from hocba.errors import HocBaError
from hocba.tlog.checkpoint import open_checkpoint, parse_checkpoint_text
from hocba.tlog.entry import LogEntry
from hocba.tlog.note import parse_note, parse_verifier_key
from hocba.tlog.proof import LogProof, verify_log_proof
from hocba.tlog.tiles import Tile, decode_entries
from hocba.tlog.utc import parse_utc

ENTRY = entry_for(RECORD).encode()
PROOF = log_with(ENTRY, index=2, size=7)[1]

BYTE_PARSERS: list[Callable[[bytes], object]] = [
    LogEntry.parse,
    LogProof.parse,
    parse_note,
    lambda data: open_checkpoint(data, [KEY]),
    lambda data: decode_entries(data, 3),
    lambda data: verify_log_proof(RECORD, ENTRY, data, [KEY]),
    lambda data: verify_log_proof(RECORD, data, PROOF, [KEY]),
]
TEXT_PARSERS: list[Callable[[str], object]] = [
    Tile.parse,
    parse_checkpoint_text,
    parse_verifier_key,
    parse_utc,
]


def only_our_errors(call: Callable[[], object]) -> None:
    try:
        call()
    except HocBaError:
        return


@pytest.mark.parametrize("parse", BYTE_PARSERS)
@given(data=st.binary(max_size=400))
def test_any_bytes(parse: Callable[[bytes], object], data: bytes) -> None:
    only_our_errors(lambda: parse(data))


@pytest.mark.parametrize("parse", TEXT_PARSERS)
@given(text=st.text(max_size=200) | st.from_regex(r"[0-9TZ:/x.p-]{0,30}"))
def test_any_text(parse: Callable[[str], object], text: str) -> None:
    only_our_errors(lambda: parse(text))


@given(
    at=st.integers(0, len(PROOF) - 1),
    cut=st.integers(0, 5),
    piece=st.binary(max_size=5) | st.sampled_from([b"\n", b"\n\n", b"=", b" ", ORIGIN.encode()]),
)
def test_any_change_of_a_proof_is_noticed(at: int, cut: int, piece: bytes) -> None:
    changed = PROOF[:at] + piece + PROOF[at + cut :]
    try:
        fact = verify_log_proof(RECORD, ENTRY, changed, [KEY])
    except HocBaError:
        return
    assert fact.entry.encode() == ENTRY


@given(at=st.integers(0, len(ENTRY) - 1), cut=st.integers(0, 5), piece=st.binary(max_size=5))
def test_every_entry_that_is_read_has_exactly_one_form(at: int, cut: int, piece: bytes) -> None:
    changed = ENTRY[:at] + piece + ENTRY[at + cut :]
    try:
        entry = LogEntry.parse(changed)
    except HocBaError:
        return
    assert entry.encode() == changed
