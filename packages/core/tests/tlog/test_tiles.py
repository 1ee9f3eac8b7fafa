"""Paths and contents of tiles, and proofs read back from them."""

from __future__ import annotations

import pytest

from hocba.errors import Malformed
from hocba.tlog.merkle import (
    HashTree,
    Node,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
)
from hocba.tlog.tiles import (
    Tile,
    TileReader,
    decode_entries,
    encode_entries,
    hash_tile,
    tiles_of,
)


def published(tree: HashTree, size: int, old_size: int = 0) -> dict[str, bytes]:
    return {
        tile.path: hash_tile(tile, tree.node)
        for tile in tiles_of(size, old_size)
        if tile.level is not None
    }


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(2, 5, 17), "tile/2/005.p/17"),
        (Tile(63, 999), "tile/63/999"),
        (Tile(1, 1000, 255), "tile/1/x001/000.p/255"),
        (Tile(None, 12), "tile/entries/012"),
        (Tile(None, 12, 1), "tile/entries/012.p/1"),
    ],
)
def test_paths_are_those_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert Tile.parse(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/0/x000/001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000/",
        "tile/0/../000",
        "tile/0/x001/x234/067\n",
        "tile/entries/" + "x001/" * 40 + "000",
    ],
)
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(Malformed):
        Tile.parse(path)


def test_a_tree_of_70000_has_the_tiles_named_in_the_specification() -> None:
    tiles = [tile for tile in tiles_of(70_000) if tile.level is not None]
    assert sum(tile.level == 0 and tile.width == 256 for tile in tiles) == 273
    assert Tile(0, 273, 112) in tiles
    assert [tile for tile in tiles if tile.level == 1] == [Tile(1, 0), Tile(1, 1, 17)]
    assert [tile for tile in tiles if tile.level == 2] == [Tile(2, 0, 1)]
    assert len(tiles) == 277
    assert list(tiles_of(256)) == [Tile(None, 0), Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(0)) == []


def test_proofs_from_tiles_equal_proofs_from_memory() -> None:
    tree = HashTree(leaf_hash(str(at).encode()) for at in range(66_000))
    for size in (1, 255, 256, 257, 700, 65_535, 65_536, 66_000):
        files = published(tree, size)
        reader = TileReader(size, files.__getitem__)
        assert tree_root(size, reader.node) == tree.root(size)
        for index in {0, size // 2, size - 1}:
            assert inclusion_proof(index, size, reader.node) == tree.inclusion(index, size)
        assert consistency_proof(1, size, reader.node) == tree.consistency(1, size)


def test_tiles_published_step_by_step_are_those_of_the_end() -> None:
    tree = HashTree(leaf_hash(str(at).encode()) for at in range(1000))
    files: dict[str, bytes] = {}
    for old, new in [(0, 1), (1, 255), (255, 256), (256, 256), (256, 600), (600, 1000)]:
        files |= published(tree, new, old)
        reader = TileReader(new, files.__getitem__)
        assert tree_root(new, reader.node) == tree.root(new)
    assert published(tree, 1000).items() <= files.items()


def test_a_tile_of_wrong_size_is_refused() -> None:
    reader = TileReader(3, lambda _path: b"\0" * 95)
    with pytest.raises(Malformed):
        reader.node(Node(0, 0))


def test_subtrees_that_are_not_full_are_a_programmers_mistake() -> None:
    reader = TileReader(3, lambda _path: b"\0" * 96)
    with pytest.raises(ValueError, match="not full"):
        reader.node(Node(1, 1))
    with pytest.raises(ValueError, match="not full"):
        reader.node(Node(0, 256))
    with pytest.raises(ValueError, match="limits"):
        TileReader(-1, lambda _path: b"")
    with pytest.raises(ValueError, match="no hashes"):
        hash_tile(Tile(None, 0), reader.node)


def test_entry_bundles_return_their_entries() -> None:
    entries = [b"", b"a", b"b" * 65_535]
    assert decode_entries(encode_entries(entries), 3) == entries
    with pytest.raises(ValueError, match="65,535"):
        encode_entries([b"c" * 65_536])


@pytest.mark.parametrize(("bundle", "width"), [(b"\0", 0), (b"\0\2a", 1), (b"\0\0", 2), (b"", 1)])
def test_damaged_entry_bundles_are_refused(bundle: bytes, width: int) -> None:
    with pytest.raises(Malformed):
        decode_entries(bundle, width)
