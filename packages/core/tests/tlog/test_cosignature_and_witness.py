"""Cosignatures, the policy that counts them, and how a witness answers each kind of request."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from log_world import KEY, NOON, ORIGIN, OTHER_KEY, PRIVATE_KEY, RECORD, entry_for, log_with

from hocba.errors import HocBaError, Malformed, NotTrusted
from hocba.tlog.checkpoint import Checkpoint, open_checkpoint
from hocba.tlog.cosignature import WitnessKey, cosign, read_cosignatures
from hocba.tlog.merkle import EMPTY_ROOT, HashTree, leaf_hash
from hocba.tlog.note import (
    COSIGNATURE,
    Note,
    NoteSignature,
    key_id,
    parse_note,
    parse_signature_lines,
    parse_verifier_key,
    verifier_key,
)
from hocba.tlog.proof import LogProof, verify_log_proof
from hocba.tlog.trust_policy import LogPolicy
from hocba.tlog.witness import AddCheckpoint, Decision, decide, read_conflict

TREE = HashTree(leaf_hash(f"entry {at}".encode()) for at in range(20))
OTHER_TREE = HashTree(leaf_hash(f"other {at}".encode()) for at in range(20))
NAME = "dai-hoc.example/nhan-chung"
SECRET = Ed25519PrivateKey.from_private_bytes(b"\x21" * 32)
WITNESS = WitnessKey(NAME, SECRET.public_key())
LINE = verifier_key(NAME, WITNESS.key, COSIGNATURE)


def head(size: int, tree: HashTree = TREE, key: Ed25519PrivateKey = PRIVATE_KEY) -> bytes:
    return Checkpoint(ORIGIN, size, tree.root(size), NOON).sign(key.public_key(), key.sign)


def cosigned(note: Note, at: datetime = NOON) -> Note:
    line = cosign(note.text, NAME, WITNESS.key, SECRET.sign, at)
    return Note(note.text, (*note.signatures, line))


def test_a_cosignature_says_who_saw_the_head_and_when() -> None:
    note = cosigned(parse_note(head(7)), NOON + timedelta(seconds=9))
    [found] = read_cosignatures(parse_note(note.encode()), [WITNESS])
    assert (found.name, found.at) == (NAME, NOON + timedelta(seconds=9))
    assert open_checkpoint(note.encode(), [KEY]).size == 7


def test_the_signed_message_is_that_of_the_specification() -> None:
    text = parse_note(head(7)).text
    line = cosign(text, NAME, WITNESS.key, SECRET.sign, datetime.fromtimestamp(1679315147, UTC))
    assert line.signature[:8] == (1679315147).to_bytes(8, "big")
    WITNESS.key.verify(line.signature[8:], f"cosignature/v1\ntime 1679315147\n{text}".encode())
    whole = NAME.encode() + b"\n\x04" + WITNESS.key.public_bytes_raw()
    assert line.key_id == hashlib.sha256(whole).digest()[:4]
    assert parse_verifier_key(LINE, COSIGNATURE) == (NAME, WITNESS.key)


def test_lines_of_strangers_are_ignored_and_wrong_lines_of_witnesses_refuse_the_note() -> None:
    note = cosigned(parse_note(head(7)))
    assert read_cosignatures(note, []) == ()
    assert read_cosignatures(note, [WitnessKey(NAME, OTHER_KEY)]) == ()
    identifier = key_id(NAME, WITNESS.key, COSIGNATURE)
    moved = note.signatures[-1].signature
    for value in (
        b"\0" * 72,
        moved[:-1],
        b"\xff" * 8 + moved[8:],
        (int.from_bytes(moved[:8], "big") + 1).to_bytes(8, "big") + moved[8:],
    ):
        wrong = Note(note.text, (*note.signatures, NoteSignature(NAME, identifier, value)))
        with pytest.raises(NotTrusted, match="nhân chứng"):
            read_cosignatures(wrong, [WITNESS])
    with pytest.raises(NotTrusted):
        read_cosignatures(Note(parse_note(head(8)).text, note.signatures), [WITNESS])


def test_a_plain_signature_is_no_cosignature() -> None:
    note = parse_note(head(7))
    assert read_cosignatures(note, [WitnessKey(ORIGIN, KEY)]) == ()


def test_the_proof_of_a_record_names_its_witnesses() -> None:
    entry = entry_for(RECORD).encode()
    proof = LogProof.parse(log_with(entry, index=2, size=7)[1])
    better = cosigned(parse_note(proof.checkpoint)).encode()
    whole = LogProof(proof.index, proof.hashes, better, proof.extra).encode()
    assert verify_log_proof(RECORD, entry, whole, [KEY]).witnesses == ()
    fact = verify_log_proof(RECORD, entry, whole, [KEY], [WITNESS])
    assert [each.name for each in fact.witnesses] == [NAME]


KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([at]) * 32).public_key() for at in (1, 2, 3)]
VKEYS = [verifier_key(f"w{at}.example", key, COSIGNATURE) for at, key in enumerate(KEYS)]
POLICY = f"""# quy tắc của một trường đại học
log {verifier_key(ORIGIN, KEY)} https://hocba.example/log

witness X {VKEYS[0]} https://x.example/
witness\tY   {VKEYS[1]}
 witness Z {VKEYS[2]}
group XY any X Y
group both all XY Z
quorum both
"""


def test_a_policy_counts_witnesses_through_its_groups() -> None:
    policy = LogPolicy.parse(POLICY.encode())
    assert [log.origin for log in policy.logs] == [ORIGIN]
    assert policy.witnesses[0].url == "https://x.example/"
    assert policy.accepts(["w0.example", "w2.example"])
    assert policy.accepts(["w1.example", "w2.example", "stranger"])
    assert not policy.accepts(["w0.example", "w1.example"])
    assert not policy.accepts(["X", "Z"]), "labels are not key names"
    assert policy.label("w0.example") == "X"
    assert LogPolicy().accepts([])
    two = POLICY.replace("group XY any X Y\ngroup both all XY Z", "group both 2 X Y Z")
    assert LogPolicy.parse(two.encode()).accepts(["w1.example", "w2.example"])
    assert not LogPolicy.parse(two.encode()).accepts(["w2.example"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("quorum both\n", ""),
        ("quorum both", "quorum both\nquorum both"),
        ("quorum both", "quorum nobody"),
        ("quorum both", "quorum Z"),
        ("group both all XY Z", "group both all XY Z Z"),
        ("group both all XY Z", "group both 3 XY Z"),
        ("group both all XY Z", "group both 0 XY Z"),
        ("group both all XY Z", "group both x XY Z"),
        ("group both all XY Z", "group X all XY Z"),
        ("group both all XY Z", "group none all XY Z"),
        ("group both all XY Z", "group both all"),
        (VKEYS[1], VKEYS[0]),
        (VKEYS[1], VKEYS[1][:-1]),
        (VKEYS[1], verifier_key("w1.example", KEYS[1])),
        ("witness X", "wit X"),
        ("quorum both", "quorum both\x00"),
        ("quorum both", "quorum both\r"),
    ],
)
def test_what_is_not_a_policy_is_refused(old: str, new: str) -> None:
    assert old in POLICY
    with pytest.raises(Malformed, match="tlog-policy"):
        LogPolicy.parse(POLICY.replace(old, new, 1).encode())


def request(old: int, new: int, tree: HashTree = TREE, **named: Ed25519PrivateKey) -> AddCheckpoint:
    return AddCheckpoint(old, tuple(tree.consistency(old, new)), head(new, tree, **named))


def answer(asked: AddCheckpoint, seen: int | None) -> Decision:
    last = {} if seen is None else {ORIGIN: Checkpoint(ORIGIN, seen, TREE.root(seen))}
    return decide(asked, {ORIGIN: [KEY]}, last)


def test_a_witness_accepts_what_only_appended() -> None:
    for seen, old, new in ((None, 0, 0), (None, 0, 7), (0, 0, 7), (7, 7, 20), (8, 8, 8)):
        decision = answer(request(old, new), seen)
        assert decision.status == 200
        assert decision.accepted == Checkpoint(ORIGIN, new, TREE.root(new), NOON)


def test_a_witness_refuses_in_the_words_of_the_specification() -> None:
    stranger = AddCheckpoint(
        0, (), Checkpoint("x.example", 1, EMPTY_ROOT).sign(KEY, PRIVATE_KEY.sign)
    )
    assert answer(stranger, None).status == 404
    other = Ed25519PrivateKey.from_private_bytes(b"\x08" * 32)
    assert answer(request(0, 7, key=other), None).status == 403
    assert answer(AddCheckpoint(8, (), head(7)), 8).status == 400
    behind = answer(request(0, 7), 5)
    assert (behind.status, behind.body, behind.content_type) == (409, b"5\n", "text/x.tlog.size")
    assert read_conflict(behind.body) == 5
    assert answer(AddCheckpoint(7, (), head(7, OTHER_TREE)), 7).status == 409
    assert answer(request(7, 20, OTHER_TREE), 7).status == 422
    assert answer(AddCheckpoint(7, (), head(20)), 7).status == 422
    assert answer(AddCheckpoint(0, (b"\0" * 32,), head(7)), None).status == 422
    assert answer(AddCheckpoint(0, (), b"not a note"), None).status == 400


def test_requests_come_back_and_damaged_ones_are_refused() -> None:
    whole = request(7, 20).encode()
    assert AddCheckpoint.parse(whole) == request(7, 20)
    for wrong in (
        b"",
        whole.replace(b"old 7", b"old 07"),
        whole.replace(b"old 7", b"old -7"),
        whole.replace(b"old 7\n", b"old 7\nAAAA\n"),
        whole.replace(b"old 7\n", b"old 7\n" + (b"A" * 43 + b"=\n") * 64),
        whole.replace(b"\n\n", b"\n", 1),
        whole.replace(b"old 7\n", b"old 7\r\n"),
        whole + b"x" * 200_000,
    ):
        with pytest.raises(Malformed):
            AddCheckpoint.parse(wrong)
    for size in (b"", b"7", b"x\n", b"07\n", b"7\n\n"):
        with pytest.raises(HocBaError):
            read_conflict(size)
    for lines in (b"", b"\n", b"x\n", b"\xff\n"):
        with pytest.raises(Malformed):
            parse_signature_lines(lines)
