"""Offline proofs of the log (C2SP tlog-proof v1) and what they say about one record."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hocba.errors import Malformed, NotTrusted
from hocba.tlog.checkpoint import open_checkpoint
from hocba.tlog.cosignature import Cosignature, WitnessKey, read_cosignatures
from hocba.tlog.entry import LogEntry, commit
from hocba.tlog.merkle import HASH_SIZE, MAX_TREE_SIZE, leaf_hash, verify_inclusion
from hocba.tlog.note import MAX_NOTE_SIZE, parse_note

HEADER = "c2sp.org/tlog-proof@v1"
MAX_SIZE = MAX_NOTE_SIZE + 20_000

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_EXTRA = "extra "
_MAX_HASHES = 63


@dataclass(frozen=True, slots=True)
class LogProof:
    """The place of an entry under a checkpoint. `extra` is our salt and is not authenticated."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""

    def encode(self) -> bytes:
        """Return the text of the proof, file extension `.tlog-proof`."""
        lines = [HEADER]
        if self.extra:
            lines.append(_EXTRA + base64.b64encode(self.extra).decode("ascii"))
        lines.append(f"index {self.index}")
        lines.extend(base64.b64encode(value).decode("ascii") for value in self.hashes)
        return ("\n".join(lines) + "\n\n").encode("ascii") + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> LogProof:
        """Read a proof strictly. Raises `Malformed` with code `log_proof`. Nothing is verified."""
        head, blank, checkpoint = data[: MAX_SIZE + 1].partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise _not_a_proof() from None
        if len(data) > MAX_SIZE or not blank or lines.pop(0) != HEADER or not lines:
            raise _not_a_proof()
        extra = b""
        if lines[0].startswith(_EXTRA):
            extra = _debase64(lines.pop(0).removeprefix(_EXTRA))
        index = _INDEX.fullmatch(lines.pop(0)) if lines else None
        if index is None or int(index[1]) > MAX_TREE_SIZE or len(lines) > _MAX_HASHES:
            raise _not_a_proof()
        hashes = tuple(_debase64(line) for line in lines)
        proof = cls(int(index[1]), hashes, checkpoint, extra)
        if any(len(value) != HASH_SIZE for value in hashes) or proof.encode() != data:
            raise _not_a_proof()
        return proof


@dataclass(frozen=True, slots=True)
class LogFact:
    """What a verified proof says: the department did this, at the latest at `checkpoint_at`."""

    entry: LogEntry
    index: int
    size: int
    origin: str
    checkpoint_at: datetime | None
    """Time of the checkpoint, the moment until which the status is known; None if not stated."""
    witnesses: tuple[Cosignature, ...] = ()
    """Who of the given witnesses cosigned the checkpoint, and when."""


def verify_log_proof(
    record_xml: bytes,
    entry: bytes,
    proof: bytes,
    log_keys: Iterable[Ed25519PublicKey],
    witnesses: Iterable[WitnessKey] = (),
) -> LogFact:
    """Prove offline that the department logged this record. Numbered as in log-proof.md.

    It does not say that the record is in force now: a later recall is another entry (the caller
    asks for it online), and the caller compares unit, year and seal with the record, and decides
    how many `witnesses` have to have cosigned.

    Raises `Malformed` when entry or proof cannot be read, `NotTrusted` when a step fails.
    """
    # 1. Read entry and proof.
    fact = LogEntry.parse(entry)
    path = LogProof.parse(proof)
    # 2. The checkpoint is signed by the log; no line of a known witness is wrong.
    note = parse_note(path.checkpoint)
    checkpoint = open_checkpoint(note, log_keys)
    cosigned = read_cosignatures(note, witnesses)
    # 3. The entry stands in the tree of the checkpoint.
    verify_inclusion(path.index, checkpoint.size, leaf_hash(entry), path.hashes, checkpoint.root)
    # 4. The entry is about exactly these bytes.
    if commit(path.extra, record_xml) != fact.commitment:
        raise NotTrusted(
            "log_commitment",
            "Bằng chứng nhật ký không thuộc về tệp học bạ này.",
            "The proof of the log does not belong to this record file.",
        )
    return LogFact(
        fact, path.index, checkpoint.size, checkpoint.origin, checkpoint.at, witnesses=cosigned
    )


def _debase64(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except ValueError:
        raise _not_a_proof() from None


def _not_a_proof() -> Malformed:
    return Malformed(
        "log_proof",
        "Bằng chứng của nhật ký công khai không đọc được.",
        "The proof of the public log cannot be read.",
    )
