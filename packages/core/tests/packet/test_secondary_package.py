"""A package may hold records of every level: exact slices, nobody's identifier twice."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from packet_world import SIGNER

from hocba.conformance.check import check_file
from hocba.conformance.shown import as_text
from hocba.conformance.signed import Surroundings
from hocba.packet.package import pack_content, read_package
from hocba.record.codec import read_any
from hocba.signature.xml_verify import verify_signatures

VECTORS = Path(__file__).resolve().parents[4] / "vectors"
RECORDS = [
    (VECTORS / name).read_bytes()
    for name in (
        "files/valid.xml",
        "secondary/files/thcs-valid.xml",
        "secondary/files/thpt-valid.xml",
        "secondary/files/thpt-valid-v1.xml",
    )
]
"""The last two are of one pupil, so that only three of them go together."""


def test_records_come_back_exactly_and_their_signatures_hold() -> None:
    read = read_package(pack_content(SIGNER.package(RECORDS[:3])))
    assert read.fault is None
    assert list(read.records) == RECORDS[:3]
    assert [read_any(each).record.grade for each in read.records] == [4, 8, 11]
    for each in read.records:
        assert all(fact.fault is None for fact in verify_signatures(each))


def test_conformance_looks_at_each_record_by_its_level() -> None:
    at = Surroundings(at=datetime(2026, 6, 2, tzinfo=UTC))
    good = check_file(SIGNER.package(RECORDS[:3]), name="goi", surroundings=at)
    assert good.conforms, as_text(good)
    assert good.records == 3
    twice = check_file(SIGNER.package(RECORDS[2:]), name="goi", surroundings=at)
    assert not twice.conforms
