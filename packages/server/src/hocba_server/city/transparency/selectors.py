from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from hocba.errors import Refused, Unavailable
from hocba.tlog.checkpoint import Checkpoint, parse_checkpoint_text
from hocba.tlog.merkle import HASH_SIZE, inclusion_proof
from hocba.tlog.note import COSIGNATURE, parse_note, verifier_key
from hocba.tlog.proof import LogProof
from hocba.tlog.tiles import TILE_WIDTH, Tile, encode_entries
from hocba.tlog.trust_policy import NONE
from hocba_server.city.log_key import log_origin, verifier_line
from hocba_server.city.transparency.models import (
    HashTileRow,
    LogEntryRow,
    SignedCheckpoint,
    WitnessCosignature,
    WitnessStanding,
)
from hocba_server.city.transparency.tree import node_reader
from hocba_server.city.transparency.witnesses import log_policy


@dataclass(frozen=True, slots=True)
class LogState:
    """The public log as its page shows it."""

    origin: str
    line: str
    """The verifier key of the log."""
    size: int
    signed_at: dt.datetime
    cosigned: tuple[tuple[str, WitnessCosignature], ...]
    """Who cosigned this head, each with the name that the policy gives it."""
    witnesses: tuple[tuple[str, WitnessStanding | None], ...]
    """The witnesses that the policy names, each with how it goes; None: not asked yet."""


def checkpoint() -> bytes:
    """The newest public head (C2SP tlog-checkpoint). Raises `Unavailable` before the first one."""
    return public_head()[0]


def public_head() -> tuple[bytes, Checkpoint]:
    """The newest head that enough witnesses cosigned, with their lines under it.

    Raises `Unavailable` with code `no_checkpoint`.
    """
    row = _newest()
    note = _with_cosignatures(row)
    return note, parse_checkpoint_text(parse_note(note).text)


def proof_for(record_uuid: str, *, salt: bytes) -> tuple[bytes, bytes]:
    """The newest entry about a record, and its proof.

    `salt` opens the commitment of the entry; the repository keeps it. Raises `Refused` with code
    `not_logged`.
    """
    row = LogEntryRow.objects.filter(record_uuid=record_uuid).order_by("-index").first()
    if row is None:
        raise Refused(
            "not_logged",
            "Học bạ này chưa có trong sổ công khai.",
            "This record is not in the public log.",
        )
    return bytes(row.entry), proof_at(row.index, salt=salt)


def entry_at(index: int) -> bytes | None:
    """The entry at a place of the log, or None."""
    row = LogEntryRow.objects.filter(index=index).first()
    return bytes(row.entry) if row else None


def proof_at(index: int, *, salt: bytes) -> bytes:
    """Proof of the entry at a place of the log under a head that enough witnesses cosigned, or
    under the newest one while none of those is recent enough."""
    head = _newest(above=index)
    hashes = inclusion_proof(index, head.size, node_reader(head.size))
    return LogProof(index, tuple(hashes), _with_cosignatures(head), salt).encode()


def log_state() -> LogState:
    """What everybody may know about the log. Raises `Unavailable` before the first head."""
    row, policy = _newest(), log_policy()
    standings = {each.witness: each for each in WitnessStanding.objects.all()}
    return LogState(
        origin=log_origin(),
        line=verifier_line(),
        size=row.size,
        signed_at=row.signed_at,
        cosigned=tuple((policy.label(each.witness), each) for each in row.cosignatures.all()),
        witnesses=tuple((each.label, standings.get(each.key.name)) for each in policy.witnesses),
    )


def policy_file() -> bytes:
    """The log and its witnesses as a C2SP tlog-policy file, for whoever verifies."""
    policy = log_policy()
    lines = [f"log {verifier_line()} {settings.PUBLIC_URL}/log"]
    for each in policy.witnesses:
        key = verifier_key(each.key.name, each.key.key, COSIGNATURE)
        lines.append(" ".join(filter(None, ("witness", each.label, key, each.url))))
    for name, group in policy.groups.items():
        lines.append(" ".join(("group", name, str(group.needed), *group.members)))
    lines.append(f"quorum {policy.quorum}")
    return ("\n".join(lines) + "\n").encode()


def tile(path: str) -> bytes:
    """Content of a tile or entry bundle by its C2SP path. Raises `Malformed` or `Refused`."""
    wanted = Tile.parse(path)
    if wanted.level is None:
        content = _bundle(wanted)
    else:
        row = HashTileRow.objects.filter(level=wanted.level, index=wanted.index).first()
        data = bytes(row.hashes) if row else b""
        content = data[: wanted.width * HASH_SIZE]
        if len(content) != wanted.width * HASH_SIZE:
            raise _no_tile()
    return content


def _bundle(wanted: Tile) -> bytes:
    first = wanted.index * TILE_WIDTH
    rows = LogEntryRow.objects.filter(index__gte=first, index__lt=first + wanted.width)
    entries = [bytes(entry) for entry in rows.order_by("index").values_list("entry", flat=True)]
    if len(entries) != wanted.width:
        raise _no_tile()
    return encode_entries(entries)


def _newest(*, above: int | None = None) -> SignedCheckpoint:
    """The newest head with enough witnesses. With `above`, one that covers this index: then the
    newest head of all stands in while no witnessed one does."""
    policy = log_policy()
    heads = SignedCheckpoint.objects.order_by("-pk")
    if policy.quorum == NONE:
        head = heads.first()
    else:
        # Newest first, and only heads that somebody cosigned: the first look nearly always ends.
        known = heads if above is None else heads.filter(size__gt=above)
        cosigned = known.filter(cosignatures__isnull=False).distinct()
        head = next(
            (
                each
                for each in cosigned.prefetch_related("cosignatures").iterator(20)
                if policy.accepts(line.witness for line in each.cosignatures.all())
            ),
            heads.first() if above is not None else None,
        )
    if head is None:
        raise Unavailable(
            "no_checkpoint",
            "Sổ công khai chưa có mục nào.",
            "The public log has no entry yet.",
        )
    return head


def _with_cosignatures(head: SignedCheckpoint) -> bytes:
    lines = "".join(head.cosignatures.order_by("pk").values_list("line", flat=True))
    return bytes(head.note) + lines.encode()


def _no_tile() -> Refused:
    return Refused("not_found", "Sổ chưa có mảnh này.", "The log has no such tile yet.")
