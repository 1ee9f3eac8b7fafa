"""The proofs that implementations of RFC 6962 agree on, and every way in which they are corrupted.

The eight leaves, their roots and these proofs are the reference data of Certificate Transparency;
the corruptions are those that its reference verifier is tried with.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from test_merkle import REFERENCE_LEAVES, REFERENCE_ROOTS

from hocba.errors import NotTrusted
from hocba.tlog.merkle import (
    EMPTY_ROOT,
    HashTree,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(bytes.fromhex(leaf)) for leaf in REFERENCE_LEAVES]
ROOTS = [EMPTY_ROOT, *(bytes.fromhex(root) for root in REFERENCE_ROOTS)]
TREE = HashTree(LEAVES)
SOME = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
G = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
H = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
I = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"  # noqa: E741 - in a row of names
J = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
INCLUSION = [
    (0, 1, ""),
    (0, 8, f"{A} {B} {C}"),
    (5, 8, f"{D} {E} {F}"),
    (2, 3, G),
    (1, 5, f"{H} {B} {D}"),
]
CONSISTENCY = [
    (1, 1, ""),
    (1, 8, f"{A} {B} {C}"),
    (6, 8, f"{I} {E} {F}"),
    (2, 5, f"{B} {D}"),
    (6, 7, f"{I} {J} {F}"),
]
Inclusion = tuple[int, int, bytes, list[bytes], bytes]
Consistency = tuple[int, int, bytes, bytes, list[bytes]]


def hashes(text: str) -> list[bytes]:
    return [bytes.fromhex(value) for value in text.split()]


def flipped(proof: list[bytes], at: int) -> list[bytes]:
    one = bytearray(proof[at])
    one[0] ^= 8
    return [*proof[:at], bytes(one), *proof[at + 1 :]]


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_inclusion(index: int, size: int, proof: str) -> None:
    assert TREE.inclusion(index, size) == hashes(proof)
    verify_inclusion(index, size, LEAVES[index], hashes(proof), ROOTS[size])


@pytest.mark.parametrize(("old", "new", "proof"), CONSISTENCY)
def test_consistency(old: int, new: int, proof: str) -> None:
    assert TREE.consistency(old, new) == hashes(proof)
    verify_consistency(old, new, ROOTS[old], ROOTS[new], hashes(proof))


def wrong_inclusions(
    index: int, size: int, leaf: bytes, proof: list[bytes], root: bytes
) -> Iterator[Inclusion]:
    for other in (index - 1, index + 1, index ^ 2):
        yield other, size, leaf, proof, root
    for other in (size * 2, size // 2):
        yield index, other, leaf, proof, root
    yield index, size, b"WrongLeaf", proof, root
    for other_root in (EMPTY_ROOT, SOME):
        yield index, size, leaf, proof, other_root
    for garbage in (b"", root):
        yield index, size, leaf, [*proof, garbage], root
        yield index, size, leaf, [garbage, *proof], root
    for at in range(len(proof)):
        yield index, size, leaf, flipped(proof, at), root
    if proof:
        yield index, size, leaf, proof[:-1], root
        yield index, size, leaf, [proof[0], SOME, *proof[1:]], root


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION[1:])
def test_corrupted_inclusions_fail(index: int, size: int, proof: str) -> None:
    for wrong in wrong_inclusions(index, size, LEAVES[index], hashes(proof), ROOTS[size]):
        with pytest.raises(NotTrusted):
            verify_inclusion(*wrong)


def wrong_consistencies(
    old: int, new: int, first: bytes, second: bytes, proof: list[bytes]
) -> Iterator[Consistency]:
    for other in (old - 1, old + 1, old ^ 2):
        yield other, new, first, second, proof
    for other in (new * 2, new // 2):
        yield old, other, first, second, proof
    yield old, new, b"WrongRoot", second, proof
    yield old, new, first, b"WrongRoot", proof
    yield old, new, second, first, proof
    yield old, new, first, second, []
    for garbage in (b"", first, second, proof[0]):
        yield old, new, first, second, [*proof, garbage]
        yield old, new, first, second, [garbage, *proof]
    yield old, new, first, second, proof[:-1]
    for at in range(len(proof)):
        yield old, new, first, second, flipped(proof, at)


@pytest.mark.parametrize(("old", "new", "proof"), CONSISTENCY[1:])
def test_corrupted_consistencies_fail(old: int, new: int, proof: str) -> None:
    for wrong in wrong_consistencies(old, new, ROOTS[old], ROOTS[new], hashes(proof)):
        with pytest.raises(NotTrusted):
            verify_consistency(*wrong)


@pytest.mark.parametrize(
    ("old", "new", "first", "second", "proof"),
    [
        (0, 0, SOME, SOME, []),
        (0, 0, EMPTY_ROOT, SOME, []),
        (1, 1, EMPTY_ROOT, SOME, []),
        (1, 0, SOME, SOME, []),
        (2, 1, SOME, SOME, []),
        (1, 2, SOME, SOME, []),
        (0, 0, EMPTY_ROOT, EMPTY_ROOT, [SOME]),
        (0, 1, EMPTY_ROOT, SOME, [SOME]),
        (1, 1, SOME, SOME, [SOME]),
    ],
)
def test_impossible_pairs_of_heads_fail(
    old: int, new: int, first: bytes, second: bytes, proof: list[bytes]
) -> None:
    with pytest.raises(NotTrusted):
        verify_consistency(old, new, first, second, proof)


def test_every_log_continues_the_empty_one() -> None:
    verify_consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    verify_consistency(0, 1, EMPTY_ROOT, SOME, [])
