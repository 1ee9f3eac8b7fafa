"""Any bytes are read or refused; nothing but our own faults comes out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hocba.archive.check import check_evidence_record
from hocba.archive.ends import read_hash_ends
from hocba.archive.hashtree import HashAlgorithm
from hocba.archive.record import decode, encode
from hocba.archive.tokens import evidence_of, with_evidence
from hocba.errors import HocBaError, Malformed
from hocba.trust.evidence import Evidence
from hocba.trust.store import TrustStore
from hocba_certworld.archive import first_stamp
from hocba_certworld.world import CertWorld

AT = datetime(2026, 6, 1, tzinfo=UTC)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    for read in (decode, evidence_of, lambda each: with_evidence(each, Evidence())):
        with pytest.raises(Malformed):
            read(data)


@settings(max_examples=300)
@given(st.data())
def test_a_changed_byte_never_passes_unseen(
    worlds: list[CertWorld], store: TrustStore, data: st.DataObject
) -> None:
    """What still verifies covers the same documents: only proof that nobody signed may differ."""
    whole = _whole(worlds)
    place = data.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[place] ^= data.draw(st.integers(1, 255))
    try:
        fact = check_evidence_record(decode(bytes(changed)), (b"record", b"x"), store, AT, {})
    except HocBaError:
        return
    assert fact.since == AT
    assert HashAlgorithm.SHA256.digest(b"record") in fact.covered


_KEPT: list[bytes] = []


def _whole(worlds: list[CertWorld]) -> bytes:
    if not _KEPT:
        _KEPT.append(encode(first_stamp(worlds[0], AT, (b"record", b"x"))))
    return _KEPT[0]


def test_last_days_of_hash_functions() -> None:
    ends = read_hash_ends("sha256=31/12/2035, sha384=01/02/2045")
    assert ends[HashAlgorithm.SHA256] == datetime(2035, 12, 31, 17, tzinfo=UTC)
    assert read_hash_ends("") == {}
    for wrong in ("md5=31/12/2035", "sha256", "sha256=2035-12-31", "sha256=31/13/2035"):
        with pytest.raises(Malformed):
            read_hash_ends(wrong)
