"""Log entries and offline proofs: exact text, strict reading, and what a proof proves."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from log_world import (
    KEY,
    NOON,
    ORIGIN,
    OTHER_KEY,
    PRIVATE_KEY,
    RECORD,
    SALT,
    entry_for,
    log_with,
)

from hocba.errors import HocBaError, Malformed, NotTrusted
from hocba.ids import UnitCode
from hocba.tlog.checkpoint import Checkpoint
from hocba.tlog.entry import EntryKind, LogEntry, commit
from hocba.tlog.merkle import leaf_hash
from hocba.tlog.proof import LogProof, verify_log_proof

ENTRY = entry_for(RECORD)


def test_an_entry_is_seven_lines_of_text() -> None:
    assert ENTRY.encode().decode() == (
        "hocba-log-entry/v1\n"
        "kind issue\n"
        "unit 00000401\n"
        "year 2025-2026\n"
        f"seal {hashlib.sha256(b'seal').hexdigest()}\n"
        f"commitment {commit(SALT, RECORD).hex()}\n"
        "accepted 2026-06-01T05:00:00Z\n"
    )


def test_the_documented_example_is_a_real_entry() -> None:
    page = Path(__file__).parents[4] / "docs" / "formats" / "log-entry.md"
    assert ENTRY.encode().decode() in page.read_text("utf-8")


@pytest.mark.parametrize("kind", EntryKind)
def test_an_entry_comes_back(kind: EntryKind) -> None:
    entry = entry_for(RECORD, kind)
    assert LogEntry.parse(entry.encode()) == entry


def test_times_are_kept_in_utc_and_whole_seconds() -> None:
    hanoi = datetime(2026, 6, 1, 12, 0, 0, 999, tzinfo=timezone(timedelta(hours=7)))
    assert replace(ENTRY, accepted_at=hanoi) == ENTRY
    assert ENTRY.accepted_at.tzinfo is UTC


def test_the_commitment_is_the_documented_hash() -> None:
    inner = hashlib.sha256(RECORD).digest()
    expected = hashlib.sha256(b"hocba-commitment/v1\0" + SALT + inner).digest()
    assert commit(SALT, RECORD) == expected
    for salt in (b"", b"x" * 15, b"x" * 65):
        with pytest.raises(Malformed):
            commit(salt, RECORD)


def test_values_that_could_not_be_read_are_not_made() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        replace(ENTRY, commitment=b"")
    with pytest.raises(ValueError, match="unit"):
        replace(ENTRY, unit_code=UnitCode("hai từ"))
    with pytest.raises(Malformed):
        replace(ENTRY, school_year="2025-2027")  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/v1", b"/v2"),
        (b"issue", b"ISSUE"),
        (b"issue", b"grant"),
        (b"00000401", b""),
        (b"00000401", b"a b"),
        (b"00000401", "Mẫu".encode()),
        (b"2025-2026", b"2025-2027"),
        (b"seal ", b"seal A"),
        (b"seal ", b"seal"),
        (b"commitment ", b"commitment 0"),
        (b"Z\n", b"+07:00\n"),
        (b"Z\n", b"Z\n\n"),
        (b"Z\n", b"Z"),
        (b"\n", b"\r\n"),
        (b"kind", b"name Nguy\nkind"),
    ],
)
def test_changed_entries_are_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(Malformed):
        LogEntry.parse(ENTRY.encode().replace(old, new))


def test_a_proof_is_the_text_of_the_specification() -> None:
    _, proof = log_with(ENTRY.encode(), index=1, size=3)
    lines = proof.decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 1"
    assert lines[5:9] == ["", ORIGIN, "3", lines[8]]
    assert LogProof.parse(proof).encode() == proof
    bare = replace(LogProof.parse(proof), extra=b"")
    assert LogProof.parse(bare.encode()) == bare


@pytest.mark.parametrize(("index", "size"), [(0, 1), (1, 2), (4, 5), (0, 300), (299, 300)])
def test_a_proof_says_what_the_department_did(index: int, size: int) -> None:
    _, proof = log_with(ENTRY.encode(), index=index, size=size)
    fact = verify_log_proof(RECORD, ENTRY.encode(), proof, [OTHER_KEY, KEY])
    assert fact.entry == ENTRY
    assert (fact.index, fact.size, fact.origin) == (index, size, ORIGIN)
    assert fact.checkpoint_at == NOON


def refusal(record: bytes, entry: bytes, proof: LogProof | bytes, key: object = KEY) -> str:
    data = proof if isinstance(proof, bytes) else proof.encode()
    with pytest.raises(HocBaError) as caught:
        verify_log_proof(record, entry, data, [key])  # type: ignore[list-item]  # one of two keys
    return caught.value.code


def test_a_proof_holds_for_exactly_one_record_entry_place_and_key() -> None:
    data = ENTRY.encode()
    _, encoded = log_with(data, index=2, size=7)
    proof = LogProof.parse(encoded)
    assert refusal(RECORD + b" ", data, proof) == "log_commitment"
    assert refusal(RECORD, data, replace(proof, extra=b"\1" * 32)) == "log_commitment"
    assert refusal(RECORD, data, replace(proof, extra=b"")) == "salt"
    other = replace(ENTRY, kind=EntryKind.RECALL).encode()
    assert refusal(RECORD, other, proof) == "proof_root"
    assert refusal(RECORD, data, replace(proof, index=3)) == "proof_root"
    assert refusal(RECORD, data, replace(proof, index=7)) == "proof_index"
    assert refusal(RECORD, data, replace(proof, hashes=proof.hashes[1:])) == "proof_length"
    assert refusal(RECORD, data, proof, OTHER_KEY) == "note_key_unknown"
    grown = proof.checkpoint.replace(b"\n7\n", b"\n8\n")
    assert refusal(RECORD, data, replace(proof, checkpoint=grown)) == "note_signature"


def test_a_checkpoint_of_a_log_with_another_root_is_refused() -> None:
    _, encoded = log_with(ENTRY.encode(), index=0, size=1)
    proof = LogProof.parse(encoded)
    forged = Checkpoint(ORIGIN, 1, leaf_hash(b"x"), NOON).sign(KEY, PRIVATE_KEY.sign)
    with pytest.raises(NotTrusted):
        verify_log_proof(RECORD, ENTRY.encode(), replace(proof, checkpoint=forged).encode(), [KEY])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"@v1", b"@v2"),
        (b"extra ", b"extra  "),
        (b"extra ", b"extra A"),
        (b"index 2", b"index 02"),
        (b"index 2", b"index 9999999999999999999"),
        (b"index 2", b"index"),
        (b"index 2\n", b""),
        (b"index 2\n", b"index 2\nAAAA\n"),
        (b"index 2\n", b"index 2\n" + b"A" * 43 + b"=\n" * 1 + (b"A" * 43 + b"=\n") * 70),
        (b"index 2\n", "index 2\nẪ\n".encode()),
        (b"\n\n", b"\n"),
    ],
)
def test_damaged_proofs_are_refused(old: bytes, new: bytes) -> None:
    _, proof = log_with(ENTRY.encode(), index=2, size=7)
    with pytest.raises(Malformed):
        LogProof.parse(proof.replace(old, new))


def test_an_enormous_proof_is_refused() -> None:
    _, proof = log_with(ENTRY.encode(), index=2, size=7)
    with pytest.raises(Malformed):
        LogProof.parse(proof + b"x" * 200_000)
