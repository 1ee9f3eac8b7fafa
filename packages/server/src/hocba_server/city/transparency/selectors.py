from __future__ import annotations

from hocba.errors import Refused, Unavailable
from hocba.tlog.merkle import HASH_SIZE, inclusion_proof
from hocba.tlog.proof import LogProof
from hocba.tlog.tiles import TILE_WIDTH, Tile, encode_entries
from hocba_server.city.transparency.models import HashTileRow, LogEntryRow, SignedCheckpoint
from hocba_server.city.transparency.tree import node_reader


def checkpoint() -> bytes:
    """The newest signed head (C2SP tlog-checkpoint). Raises `Unavailable` before the first one."""
    return bytes(_newest().note)


def proof_for(record_uuid: str, *, salt: bytes) -> tuple[bytes, bytes]:
    """The newest entry about a record and its proof under the newest head.

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
    """Proof of the entry at a place of the log under the newest head."""
    head = _newest()
    hashes = inclusion_proof(index, head.size, node_reader(head.size))
    return LogProof(index, tuple(hashes), bytes(head.note), salt).encode()


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


def _newest() -> SignedCheckpoint:
    head = SignedCheckpoint.objects.order_by("-size").first()
    if head is None:
        raise Unavailable(
            "no_checkpoint",
            "Sổ công khai chưa có mục nào.",
            "The public log has no entry yet.",
        )
    return head


def _no_tile() -> Refused:
    return Refused("not_found", "Sổ chưa có mảnh này.", "The log has no such tile yet.")
