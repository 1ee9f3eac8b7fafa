"""Whatever bytes come, only `Malformed` leaves the readers, and soon."""

from __future__ import annotations

import random
import time

import pytest
from documents import PROFILES, as_written, changed, document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hocba.errors import Malformed
from hocba.record.codec import parse_xml, read_record, write_data
from hocba.record.completeness import check_record
from hocba.record.model import AnnualRecord, FormatProfile
from hocba.record.schema import validate_schema

PIECES = st.sampled_from(
    [
        b"<HOC_BA>", b"</HOC_BA>", b"<DU_LIEU_HOC_BA>", b"<a/>", b"<!--", b"-->", b"<!DOCTYPE a [",
        b"]>", b"<!ENTITY a 'b'>", b"&a;", b"<?xml version='1.0'?>", b"<?x ?>", b"<![CDATA[",
        b"]]>", b" encoding='utf-16'", b"\xef\xbb\xbf", b"\0", b"\xff", b" xmlns='u'", b'"', b"'",
        b"\xcc\x81", b"&#13;", b"&#x1F600;",
    ]
)  # fmt: skip
VALUES = [
    *("", " ", "T", "Đ", "C", "M", "H", "0", "1", "4", "10", "11", "04", "2016", "31/02/2016"),
    *("2026-05-29", "2026-05-29T00:00:00Z", "2025-2026", "000000000001", "Nữ", "x" * 3000),
    *("\u0301", "\u00a0", "\ufeff"),
]


def read_or_refuse(data: bytes) -> AnnualRecord | None:
    """Read in both ways; strict reading never accepts what lenient reading refuses."""
    lenient = strict = None
    try:
        lenient = read_record(data, strict=False).record
        strict = read_record(data).record
    except Malformed as refused:
        text = f"{refused.code} {refused}"
    else:
        text = "read"
    assert text.strip()
    assert strict is None or strict == lenient
    return strict


@settings(max_examples=400, deadline=2000)
@given(data=st.binary(max_size=300) | st.lists(PIECES, max_size=12).map(b"".join))
def test_any_bytes_give_malformed(data: bytes) -> None:
    assert read_or_refuse(data) is None


@settings(max_examples=300, deadline=2000)
@given(
    profile=st.sampled_from(PROFILES),
    place=st.floats(0, 1),
    cut=st.integers(0, 40),
    piece=st.binary(max_size=6) | PIECES,
)
def test_a_spliced_record(profile: FormatProfile, place: float, cut: int, piece: bytes) -> None:
    data = document(profile)
    at = int(place * len(data))
    read_or_refuse(data[:at] + piece + data[at + cut :])


def mutate(root: etree._Element, chance: random.Random) -> None:
    """Change one thing of the tree, as a careless or hostile writer might."""
    elements = list(root.iter("*"))
    element, other = chance.choice(elements[1:]), chance.choice(elements)
    parent = element.getparent()
    assert parent is not None
    match chance.randrange(7):
        case 0:
            element.text = chance.choice(VALUES)
        case 1:
            parent.remove(element)
        case 2 if element not in other.iterancestors() and element is not other:
            other.insert(chance.randrange(4), element)
        case 3:
            element.tag = str(other.tag)
        case 4:
            element.set(chance.choice(["Id", "id", "ID", "x"]), chance.choice(["a", "b-1"]))
        case 5:
            element.tail = chance.choice(VALUES)
        case _:
            parent.insert(0, element)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", range(12))
def test_mutated_trees_are_read_or_refused_and_the_schema_agrees(
    profile: FormatProfile, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    start = time.monotonic()
    for _ in range(40):
        data = changed(lambda root: mutate(root, chance), profile, chance.randint(1, 5))
        record = read_or_refuse(data)
        if record is None:
            continue
        assert validate_schema(parse_xml(data), record.profile) == []
        assert read_record(write_data(record)).record == as_written(record)
        check_record(record)
    assert time.monotonic() - start < 20
