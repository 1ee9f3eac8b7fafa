"""Tiles of the log as static files (C2SP tlog-tiles): paths, contents, and reading hashes back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hocba.errors import Malformed
from hocba.tlog.merkle import HASH_SIZE, MAX_TREE_SIZE, Node, NodeReader, node_hash

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_ENTRY_SIZE = 0xFFFF
CHECKPOINT_PATH = "checkpoint"

_MAX_LEVEL = 63
_MAX_PATH = 80
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """Up to 256 hashes of one level, or with `level` None the bundle of the entries themselves."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Path below the log's prefix, e.g. `tile/0/x001/x234/067` or `tile/1/000.p/17`."""
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        index = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{'entries' if self.level is None else self.level}/{index}{partial}"

    @classmethod
    def parse(cls, path: str) -> Tile:
        """Read a path. Raises `Malformed` unless it is exactly what `path` writes."""
        found = _PATH.fullmatch(path) if len(path) <= _MAX_PATH else None
        if found:
            level = None if found["level"] == "entries" else int(found["level"])
            index = int(found["index"].replace("/x", "").replace("/", "").lstrip("x"))
            tile = cls(level, index, int(found["width"] or TILE_WIDTH))
            if (level is None or level <= _MAX_LEVEL) and tile.path == path:
                return tile
        raise Malformed(
            "tile_path",
            "Đường dẫn mảnh cây nhật ký không đúng.",
            "This is not the path of a log tile.",
        )


def tiles_of(size: int, old_size: int = 0) -> Iterator[Tile]:
    """Yield the hash tiles and entry bundles of a tree of `size`, new since `old_size`."""
    for index, width in _row(size, old_size):
        yield Tile(None, index, width)
    level = 0
    while size >> (TILE_HEIGHT * level):
        shift = TILE_HEIGHT * level
        for index, width in _row(size >> shift, old_size >> shift):
            yield Tile(level, index, width)
        level += 1


def _row(count: int, old_count: int) -> Iterator[tuple[int, int]]:
    if count == old_count:
        return
    for index in range(old_count // TILE_WIDTH, -(-count // TILE_WIDTH)):
        yield index, min(TILE_WIDTH, count - index * TILE_WIDTH)


def hash_tile(tile: Tile, read: NodeReader) -> bytes:
    """Return the content of a hash tile."""
    if tile.level is None:
        raise ValueError("an entry bundle holds no hashes")
    level, start = tile.level * TILE_HEIGHT, tile.index * TILE_WIDTH
    return b"".join(read(Node(level, start + at)) for at in range(tile.width))


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """Return the content of an entry bundle: big-endian 16-bit length before each entry."""
    if any(len(entry) > MAX_ENTRY_SIZE for entry in entries):
        raise ValueError("an entry is longer than 65,535 bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_entries(bundle: bytes, width: int) -> list[bytes]:
    """Read an entry bundle of exactly `width` entries. Raises `Malformed`."""
    entries = []
    at = 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle) or at + 2 > len(bundle):
            break
        entries.append(bundle[at + 2 : end])
        at = end
    if at != len(bundle) or len(entries) != width:
        raise Malformed(
            "entry_bundle",
            "Tập mục nhật ký bị cắt ngắn hoặc sai số mục.",
            "The entry bundle is cut short or has a wrong number of entries.",
        )
    return entries


class TileReader:
    """Reads full subtree hashes of a tree of `size` leaves from its tiles; see `node`.

    `fetch` gives the content at a path (a file, an HTTP answer). The hashes are not yet proven:
    verify the proof built from them against a signed checkpoint. Not for several threads.
    """

    def __init__(self, size: int, fetch: Callable[[str], bytes]) -> None:
        if not 0 <= size <= MAX_TREE_SIZE:
            raise ValueError("size outside the limits of a log")
        self._size = size
        self._fetch = fetch
        self._tiles: dict[tuple[int, int], bytes] = {}

    def node(self, node: Node) -> bytes:
        """Return the hash of a full subtree; a `NodeReader`. Raises `Malformed`."""
        level, height = divmod(node.level, TILE_HEIGHT)
        first = node.place << height
        tile_index, offset = divmod(first, TILE_WIDTH)
        content = self._tile(level, tile_index)
        end = (offset + (1 << height)) * HASH_SIZE
        if end > len(content):
            raise ValueError("the subtree is not full in a tree of this size")
        row = [content[at : at + HASH_SIZE] for at in range(offset * HASH_SIZE, end, HASH_SIZE)]
        while len(row) > 1:
            row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
        return row[0]

    def _tile(self, level: int, index: int) -> bytes:
        known = self._tiles.get((level, index))
        if known is not None:
            return known
        count = (self._size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH
        if count <= 0:
            raise ValueError("the subtree is not full in a tree of this size")
        tile = Tile(level, index, min(TILE_WIDTH, count))
        content = self._fetch(tile.path)
        if len(content) != tile.width * HASH_SIZE:
            raise Malformed(
                "tile_size",
                "Mảnh cây nhật ký có kích thước sai.",
                "The log tile has a wrong size.",
                where=tile.path,
            )
        self._tiles[level, index] = content
        return content
