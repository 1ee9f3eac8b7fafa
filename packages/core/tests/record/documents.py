"""Records and documents for the tests of this folder: the sample, and one change at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lxml import etree

from hocba.errors import Malformed
from hocba.record.codec import ReadRecord, parse_xml, read_record, write_data
from hocba.record.model import AnnualRecord, FormatProfile
from hocba.record.sample import sample_record

V1, V2 = FormatProfile.V1_2024, FormatProfile.V2_2025
PROFILES = list(FormatProfile)
GRADES = range(1, 6)

DATA = {V1: "HOC_BA/DU_LIEU_HOC_BA", V2: "HOC_BA/DU_LIEU_HOC_BA/THONG_TIN_HOC_BA"}
"""Path of the node that holds the three parts of the record."""

Change = Callable[[etree._Element], object]


def document(profile: FormatProfile = V2, grade: int = 4) -> bytes:
    return write_data(sample_record(grade, profile))


def as_written(record: AnnualRecord) -> AnnualRecord:
    """The record as its document holds it: v1_2024 has no subject teachers."""
    if record.profile is V2:
        return record
    return replace(
        record, subjects=tuple(replace(subject, teacher=None) for subject in record.subjects)
    )


def find(root: etree._Element, path: str) -> etree._Element:
    """Find an element by its path, which begins with the root's own tag."""
    found = root.find("./" + path.partition("/")[2]) if "/" in path else root
    assert found is not None, path
    return found


def changed(change: Change, profile: FormatProfile = V2, grade: int = 4) -> bytes:
    """The sample's document after one change of its tree."""
    root = parse_xml(document(profile, grade))
    change(root)
    return etree.tostring(root, encoding="utf-8")


def with_text(path: str, text: str) -> Change:
    def change(root: etree._Element) -> None:
        find(root, path).text = text

    return change


def refusal(data: bytes, *, strict: bool = True) -> tuple[str, str | None]:
    """Code and place of the refusal of a document."""
    with pytest.raises(Malformed) as refused:
        read_record(data, strict=strict)
    assert refused.value.sentence.vi
    assert refused.value.sentence.en
    return refused.value.code, refused.value.where


def read_lenient(data: bytes) -> ReadRecord:
    return read_record(data, strict=False)
