"""The tree against the definition of RFC 6962 and its well-known values."""

from __future__ import annotations

import pytest
from log_world import naive_path, naive_root, naive_subproof

from hocba.errors import NotTrusted
from hocba.tlog.merkle import (
    EMPTY_ROOT,
    Frontier,
    HashTree,
    full_subtrees,
    leaf_hash,
    root_from_inclusion,
    verify_consistency,
    verify_inclusion,
)

SIZES = range(71)
LEAVES = [f"leaf {at}".encode() for at in SIZES]
ROOTS = [naive_root(LEAVES[:size]) for size in SIZES]
TREE = HashTree(leaf_hash(leaf) for leaf in LEAVES)

REFERENCE_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
REFERENCE_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def changed(proof: list[bytes], at: int) -> list[bytes]:
    return [*proof[:at], b"\0" * 32, *proof[at + 1 :]]


def test_well_known_values_of_certificate_transparency() -> None:
    assert EMPTY_ROOT.hex().startswith("e3b0c442")
    assert leaf_hash(b"").hex().startswith("6e340b9c")
    frontier = Frontier()
    for leaf, root in zip(REFERENCE_LEAVES, REFERENCE_ROOTS, strict=True):
        frontier.append(leaf_hash(bytes.fromhex(leaf)))
        assert frontier.root().hex() == root


@pytest.mark.parametrize("size", SIZES)
def test_heads_and_proofs_equal_the_definition(size: int) -> None:
    assert TREE.root(size) == ROOTS[size]
    for index in range(size):
        proof = TREE.inclusion(index, size)
        assert proof == naive_path(index, LEAVES[:size])
        verify_inclusion(index, size, leaf_hash(LEAVES[index]), proof, ROOTS[size])
    for old in range(size + 1):
        proof = TREE.consistency(old, size)
        if old:
            assert proof == naive_subproof(old, LEAVES[:size], True)
        verify_consistency(old, size, ROOTS[old], ROOTS[size], proof)


def test_frontier_grows_and_restarts_like_the_whole_tree() -> None:
    frontier = Frontier()
    for size in range(1, 71):
        frontier = Frontier(frontier.size, frontier.nodes)
        assert frontier.append(leaf_hash(LEAVES[size - 1])) == size - 1
        assert frontier.root() == ROOTS[size]
        assert len(frontier.nodes) == size.bit_count()
        assert list(frontier.nodes) == [TREE.node(node) for node in full_subtrees(0, size)]


def test_a_frontier_with_missing_hashes_is_refused() -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier(3, [b""])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 33, 70])
def test_changed_inclusion_proofs_fail(size: int) -> None:
    for index in range(size):
        proof = TREE.inclusion(index, size)
        leaf = leaf_hash(LEAVES[index])
        wrong = [
            (index, leaf_hash(b"another"), proof),
            (index, leaf, [*proof, b"\0" * 32]),
            *(
                (index, leaf, [*proof[:at], b"\0" * 32, *proof[at + 1 :]])
                for at in range(len(proof))
            ),
            *((other, leaf, proof) for other in (-1, size)),
        ]
        if proof:
            wrong.append((index, leaf, proof[:-1]))
        for place, value, path in wrong:
            with pytest.raises(NotTrusted):
                verify_inclusion(place, size, value, path, ROOTS[size])


def test_no_other_index_accepts_the_proof() -> None:
    for index in range(33):
        proof = TREE.inclusion(index, 33)
        for other in set(range(33)) - {index}:
            with pytest.raises(NotTrusted):
                verify_inclusion(other, 33, leaf_hash(LEAVES[index]), proof, ROOTS[33])


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 8), (6, 8), (8, 70), (69, 70)])
def test_changed_consistency_proofs_fail(old: int, new: int) -> None:
    proof = TREE.consistency(old, new)
    wrong = [
        (ROOTS[old - 1], ROOTS[new], proof),
        (ROOTS[old], ROOTS[new - 1], proof),
        (ROOTS[old], ROOTS[new], [*proof, b"\0" * 32]),
        (ROOTS[old], ROOTS[new], proof[1:]),
        *((ROOTS[old], ROOTS[new], changed(proof, at)) for at in range(len(proof))),
    ]
    for old_root, new_root, path in wrong:
        with pytest.raises(NotTrusted):
            verify_consistency(old, new, old_root, new_root, path)


def test_a_log_cannot_shrink_or_change_without_growing() -> None:
    with pytest.raises(NotTrusted):
        verify_consistency(8, 7, ROOTS[8], ROOTS[7], [])
    with pytest.raises(NotTrusted):
        verify_consistency(8, 8, ROOTS[8], ROOTS[7], [])
    with pytest.raises(NotTrusted):
        verify_consistency(0, 8, ROOTS[1], ROOTS[8], [])
    with pytest.raises(NotTrusted):
        verify_consistency(3, 7, ROOTS[3], ROOTS[7], [])


def test_proofs_outside_the_tree_are_a_programmers_mistake() -> None:
    with pytest.raises(ValueError, match="outside"):
        TREE.inclusion(8, 8)
    with pytest.raises(ValueError, match="larger"):
        TREE.consistency(9, 8)
    with pytest.raises(NotTrusted):
        root_from_inclusion(0, 1 << 63, b"", [])
