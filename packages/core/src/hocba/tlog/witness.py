"""The witness protocol (C2SP tlog-witness): what a log sends, and how a witness decides.

Pure: the caller keeps what the witness has seen, serialises calls about one log, and stores the new
state durably *before* it gives the cosignature away.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hocba.errors import Malformed, NotTrusted
from hocba.tlog.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint_text
from hocba.tlog.merkle import EMPTY_ROOT, HASH_SIZE, verify_consistency
from hocba.tlog.note import MAX_NOTE_SIZE, parse_note

ADD_CHECKPOINT = "add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
MAX_HASHES = 63
MAX_REQUEST = MAX_NOTE_SIZE + 10_000
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")
OK, BAD_REQUEST, FORBIDDEN, NOT_FOUND, CONFLICT, UNPROCESSABLE = 200, 400, 403, 404, 409, 422
LogKeys = Mapping[str, Sequence[Ed25519PublicKey]]
"""Origin -> the keys that a witness trusts for it."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """One request: a checkpoint and the proof that it only appended to what the witness knows."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: bytes

    def encode(self) -> bytes:
        """Return the body of the request."""
        lines = [f"old {self.old_size}"]
        lines.extend(base64.b64encode(value).decode("ascii") for value in self.proof)
        return ("\n".join(lines) + "\n\n").encode("ascii") + self.checkpoint

    @classmethod
    def parse(cls, data: bytes) -> AddCheckpoint:
        """Read a body strictly. Raises `Malformed` with code `add_checkpoint`."""
        head, blank, checkpoint = data[: MAX_REQUEST + 1].partition(b"\n\n")
        try:
            first, *lines = head.decode("ascii").split("\n")
            proof = tuple(binascii.a2b_base64(line.encode(), strict_mode=True) for line in lines)
        except ValueError:
            raise _malformed() from None
        old = _OLD.fullmatch(first)
        if old is None or not blank or len(data) > MAX_REQUEST or len(proof) > MAX_HASHES:
            raise _malformed()
        request = cls(int(old[1]), proof, checkpoint)
        if any(len(value) != HASH_SIZE for value in proof) or request.encode() != data:
            raise _malformed()
        return request


@dataclass(frozen=True, slots=True)
class Decision:
    """How a witness answers. `accepted` is the checkpoint to keep and to cosign, or None."""

    status: int
    sentence: str
    accepted: Checkpoint | None = None
    known_size: int | None = None
    """For a conflict: the size that the witness knows."""

    @property
    def body(self) -> bytes:
        """Body of a refusal: the known size after a conflict, else the reason."""
        text = self.sentence if self.known_size is None else str(self.known_size)
        return f"{text}\n".encode()

    @property
    def content_type(self) -> str:
        """Content type of a refusal."""
        return "text/plain; charset=utf-8" if self.known_size is None else SIZE_TYPE


def decide(request: AddCheckpoint, logs: LogKeys, seen: Mapping[str, Checkpoint]) -> Decision:
    """Judge a request in the order of the specification; `seen` holds what was cosigned last.

    Never raises for what a request says.
    """
    try:
        note = parse_note(request.checkpoint)
        claimed = parse_checkpoint_text(note.text)
    except Malformed as fault:
        return Decision(BAD_REQUEST, fault.sentence.en)
    # 1. A log that this witness knows, by a key that it trusts.
    if claimed.origin not in logs:
        return Decision(NOT_FOUND, "unknown log")
    try:
        open_checkpoint(note, logs[claimed.origin], origin=claimed.origin)
    except NotTrusted as fault:
        return Decision(FORBIDDEN, fault.sentence.en)
    # 2. The old size is not above the new one, and is what this witness cosigned last.
    if request.old_size > claimed.size:
        return Decision(BAD_REQUEST, "the old size is above the new one")
    last = seen.get(claimed.origin)
    size, root = (last.size, last.root) if last else (0, EMPTY_ROOT)
    if request.old_size != size:
        return Decision(CONFLICT, "another size is known", known_size=size)
    # 3. One size has one root.
    if size == claimed.size and root != claimed.root:
        return Decision(CONFLICT, "another root of this size is known", known_size=size)
    # 4. The new tree only appended to the old one (RFC 6962 2.1.2).
    try:
        verify_consistency(size, claimed.size, root, claimed.root, request.proof)
    except NotTrusted as fault:
        return Decision(UNPROCESSABLE, fault.sentence.en)
    return Decision(OK, "cosigned", accepted=claimed)


def read_conflict(body: bytes) -> int:
    """The size that a witness knows, from its answer 409. Raises `Malformed`."""
    found = _SIZE.fullmatch(body)
    if found is None:
        raise _malformed()
    return int(found[1])


def _malformed() -> Malformed:
    return Malformed(
        "add_checkpoint",
        "Yêu cầu hoặc trả lời của nhân chứng không đọc được.",
        "The request or answer of the witness protocol cannot be read.",
    )
