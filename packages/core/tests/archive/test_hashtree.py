"""The tree against a slow definition of it: every leaf finds its way, and only that one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba.archive.hashtree import (
    HashAlgorithm,
    combine,
    fold,
    group_digest,
    path_to_root,
    reduced_tree,
    tree_levels,
    tree_root,
)

ALGORITHMS = st.sampled_from(HashAlgorithm)
GROUPS = st.lists(
    st.lists(st.binary(max_size=8), min_size=1, max_size=4, unique=True), min_size=1, max_size=40
)


@given(ALGORITHMS, GROUPS)
def test_every_group_finds_the_root(algorithm: HashAlgorithm, groups: list[list[bytes]]) -> None:
    members = [[algorithm.digest(each) for each in group] for group in groups]
    leaves = [group_digest(algorithm, group) for group in members]
    root = tree_root(algorithm, leaves)
    for place, group in enumerate(members):
        lists = reduced_tree(group, path_to_root(tree_levels(algorithm, leaves), place))
        if lists:
            assert set(group) <= set(lists[0])
            assert fold(algorithm, lists) == root
        else:
            assert group == [root]


@given(ALGORITHMS, GROUPS, st.data())
def test_a_changed_digest_leads_elsewhere(
    algorithm: HashAlgorithm, groups: list[list[bytes]], data: st.DataObject
) -> None:
    members = [[algorithm.digest(each) for each in group] for group in groups]
    leaves = [group_digest(algorithm, group) for group in members]
    place = data.draw(st.integers(0, len(groups) - 1))
    lists = reduced_tree(members[place], path_to_root(tree_levels(algorithm, leaves), place))
    if not lists:
        return
    row = data.draw(st.integers(0, len(lists) - 1))
    column = data.draw(st.integers(0, len(lists[row]) - 1))
    changed = [list(digests) for digests in lists]
    changed[row][column] = algorithm.digest(changed[row][column])
    wrong = tuple(map(tuple, changed))
    assert fold(algorithm, wrong) != tree_root(algorithm, leaves)


def test_the_example_of_the_rfc() -> None:
    """RFC 4998 section 4.2: data groups of one, three and one document, as printed there."""
    algorithm = HashAlgorithm.SHA256
    h1, h2a, h2b, h2c, h3 = (algorithm.digest(name.encode()) for name in ["1", "a", "b", "c", "3"])
    h2abc = combine(algorithm, [h2a, h2b, h2c])
    h12 = combine(algorithm, [h1, h2abc])
    h123 = combine(algorithm, [h12, h3])
    leaves = [h1, h2abc, h3]
    assert tree_root(algorithm, leaves) == h123
    lists = reduced_tree([h2b, h2c, h2a], path_to_root(tree_levels(algorithm, leaves), 1))
    assert lists == (tuple(sorted([h2a, h2b, h2c])), (h1,), (h3,))
    assert reduced_tree([h1], path_to_root(tree_levels(algorithm, leaves), 0))[0] == tuple(
        sorted([h1, h2abc])
    )


def test_what_a_programmer_must_not_ask() -> None:
    algorithm = HashAlgorithm.SHA256
    for wrong in (
        lambda: tree_root(algorithm, []),
        lambda: group_digest(algorithm, []),
        lambda: fold(algorithm, ()),
    ):
        with pytest.raises(ValueError, match=r"without|empty"):
            wrong()
    with pytest.raises(IndexError):
        path_to_root([[b"x"]], 1)
