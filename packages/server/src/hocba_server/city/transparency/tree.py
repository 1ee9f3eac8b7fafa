"""The tree of the log kept as hash tiles in rows: append, read nodes, rebuild.

The rows are derived from the entries. Everything here runs inside the caller's transaction, under
the caller's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hocba.errors import Unavailable
from hocba.tlog.merkle import HASH_SIZE, NodeReader, leaf_hash, node_hash, tree_root
from hocba.tlog.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, TileReader
from hocba_server.city.transparency.models import HashTileRow, LogEntryRow

_TILE_BYTES = TILE_WIDTH * HASH_SIZE


def tree_size() -> int:
    """Number of entries."""
    last = LogEntryRow.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def node_reader(size: int) -> NodeReader:
    """Read full subtree hashes of the tree of `size` entries, each tile from the database once."""
    return TileReader(size, _fetch).node


def root_of(size: int) -> bytes:
    """The tree head of the first `size` entries."""
    return tree_root(size, node_reader(size))


def append_hashes(size: int, hashes: Sequence[bytes]) -> None:
    """Add leaf hashes to a tree of `size` leaves, and to the levels above where a tile is full."""
    level, start, pending = 0, size, list(hashes)
    while pending:
        full_before = start // TILE_WIDTH
        filled = _append_row(level, start, pending)
        start, pending = full_before, filled
        level += 1


def rebuild() -> int:
    """Make the tiles anew from the entries; answers the number of entries (recovery)."""
    HashTileRow.objects.all().delete()
    size = 0
    batch: list[bytes] = []
    entries: Iterable[bytes] = (
        bytes(entry)
        for entry in LogEntryRow.objects.order_by("index")
        .values_list("entry", flat=True)
        .iterator(1000)
    )
    for entry in entries:
        batch.append(leaf_hash(entry))
        if len(batch) == TILE_WIDTH:
            append_hashes(size, batch)
            size, batch = size + len(batch), []
    append_hashes(size, batch)
    return size + len(batch)


def _append_row(level: int, start: int, hashes: list[bytes]) -> list[bytes]:
    """Write hashes to one level; return the hashes of the tiles that became full."""
    index, offset = divmod(start, TILE_WIDTH)
    row = HashTileRow.objects.filter(level=level, index=index).first()
    data = bytes(row.hashes) if row else b""
    if len(data) != offset * HASH_SIZE:
        raise Unavailable(
            "log_tiles",
            "Mảnh cây của sổ công khai không khớp với các mục; cần dựng lại.",
            "The tiles of the log do not fit its entries; rebuild them.",
        )
    data += b"".join(hashes)
    filled: list[bytes] = []
    for at in range(0, len(data), _TILE_BYTES):
        tile = data[at : at + _TILE_BYTES]
        HashTileRow.objects.update_or_create(
            level=level, index=index + at // _TILE_BYTES, defaults={"hashes": tile}
        )
        if len(tile) == _TILE_BYTES:
            filled.append(_subtree(tile))
    return filled


def _subtree(tile: bytes) -> bytes:
    row = [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]
    for _ in range(TILE_HEIGHT):
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def _fetch(path: str) -> bytes:
    tile = Tile.parse(path)
    if tile.level is None:
        return b""
    row = HashTileRow.objects.filter(level=tile.level, index=tile.index).first()
    return bytes(row.hashes)[: tile.width * HASH_SIZE] if row else b""
