"""Decades of renewals hold; whatever is broken, missing or late does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hocba.archive.check import OPEN, ArchiveFact, check_evidence_record
from hocba.archive.hashtree import HashAlgorithm
from hocba.archive.record import ArchiveStamp, EvidenceRecord, decode, encode
from hocba.archive.tokens import evidence_of, with_evidence
from hocba.errors import HocBaError
from hocba.trust.evidence import Evidence
from hocba.trust.store import TrustStore
from hocba_certworld.archive import first_stamp, hashed_again, proven_token, renewed
from hocba_certworld.world import CertWorld

DOCUMENTS = (b"record", b"certificate", b"answer")
DAY = timedelta(days=1)
FIRST, SECOND, THIRD = (datetime(year, 6, 1, tzinfo=UTC) for year in (2026, 2035, 2044))
ENDS = {HashAlgorithm.SHA256: datetime(2045, 1, 1, tzinfo=UTC)}


def check(
    record: EvidenceRecord,
    store: TrustStore,
    at: datetime,
    documents: tuple[bytes, ...] = DOCUMENTS,
    ends: dict[HashAlgorithm, datetime] | None = None,
) -> ArchiveFact:
    return check_evidence_record(decode(encode(record)), documents, store, at, ends or {})


def code(call: Callable[[], object]) -> str:
    with pytest.raises(HocBaError) as caught:
        call()
    return caught.value.code


@pytest.fixture(scope="module")
def decades(worlds: list[CertWorld]) -> EvidenceRecord:
    """Stamped in 2026, renewed in 2035, hashed again in 2044."""
    record = renewed(first_stamp(worlds[0], FIRST, DOCUMENTS), worlds[1], SECOND)
    return hashed_again(record, worlds[2], THIRD, DOCUMENTS)


def test_a_first_stamp_covers_everything(worlds: list[CertWorld], store: TrustStore) -> None:
    fact = check(first_stamp(worlds[0], FIRST, DOCUMENTS), store, FIRST + DAY)
    assert (fact.since, fact.renewed_at, fact.stamps) == (FIRST, FIRST, 1)
    assert fact.covered == {HashAlgorithm.SHA256.digest(each) for each in DOCUMENTS}
    assert fact.good_until == worlds[0].keys["tsa"].certificate.not_valid_after_utc


def test_decades_later_it_still_holds(decades: EvidenceRecord, store: TrustStore) -> None:
    fact = check(decades, store, datetime(2052, 1, 1, tzinfo=UTC), ends=ENDS)
    assert (fact.since, fact.renewed_at, fact.stamps) == (FIRST, THIRD, 3)
    assert len(fact.covered) == 3


def test_only_what_was_stamped_is_covered(decades: EvidenceRecord, store: TrustStore) -> None:
    later = (*DOCUMENTS, b"a later answer")
    fact = check(decades, store, THIRD + DAY, later)
    assert HashAlgorithm.SHA256.digest(b"a later answer") not in fact.covered
    assert len(fact.covered) == 3


def test_another_record(decades: EvidenceRecord, store: TrustStore) -> None:
    assert code(lambda: check(decades, store, THIRD + DAY, (b"other", *DOCUMENTS[1:]))) == (
        "archive_digest"
    )


def test_the_newest_has_ended(worlds: list[CertWorld], store: TrustStore) -> None:
    record = first_stamp(worlds[0], FIRST, DOCUMENTS)
    assert code(lambda: check(record, store, datetime(2040, 1, 1, tzinfo=UTC))) == "archive_aged"
    assert "archive_aged" in OPEN


def test_renewed_too_late(worlds: list[CertWorld], store: TrustStore) -> None:
    late = datetime(2037, 1, 1, tzinfo=UTC)
    record = renewed(first_stamp(worlds[0], FIRST, DOCUMENTS), worlds[1], late)
    assert code(lambda: check(record, store, late + DAY)) == "archive_gap"


def test_the_hash_function_ended_before_the_new_chain(
    decades: EvidenceRecord, store: TrustStore
) -> None:
    early = {HashAlgorithm.SHA256: datetime(2040, 1, 1, tzinfo=UTC)}
    assert code(lambda: check(decades, store, THIRD + DAY, ends=early)) == "archive_gap"


def test_a_renewal_of_another_token(worlds: list[CertWorld], store: TrustStore) -> None:
    record = first_stamp(worlds[0], FIRST, DOCUMENTS)
    other = renewed(record, worlds[1], SECOND, instead=b"another token")
    assert code(lambda: check(other, store, SECOND + DAY)) == "archive_digest"


def test_a_renewal_taken_out(decades: EvidenceRecord, store: TrustStore) -> None:
    """The new chain covers the whole one before it."""
    first, last = decades.chains
    short = EvidenceRecord((first[:1], last))
    assert code(lambda: check(short, store, THIRD + DAY)) == "archive_digest"


def test_proof_exchanged_in_an_old_token(
    worlds: list[CertWorld], decades: EvidenceRecord, store: TrustStore
) -> None:
    """Certificates and answers of a renewed stamp are protected, although nobody signed them."""
    (old, renewal), last = decades.chains
    bare = with_evidence(old.token, replace(evidence_of(old.token), crls=()))
    changed = EvidenceRecord(((replace(old, token=bare), renewal), last))
    assert code(lambda: check(changed, store, THIRD + DAY)) == "archive_digest"


def test_a_service_that_nobody_trusts(worlds: list[CertWorld]) -> None:
    record = first_stamp(worlds[0], FIRST, DOCUMENTS)
    store = TrustStore.from_pem([worlds[1].roots_pem()])
    assert code(lambda: check(record, store, FIRST + DAY)) == "untrusted_issuer"


def test_no_answer_about_the_service(worlds: list[CertWorld], store: TrustStore) -> None:
    """An answer from before the stamp does not count; without one the question is open."""
    record = first_stamp(worlds[0], FIRST, DOCUMENTS)
    stamp = record.stamps[0]
    known = evidence_of(stamp.token)
    bare = with_evidence(stamp.token, Evidence(known.certificates))
    early = proven_token(worlds[0], FIRST, b"0" * 32, answered=FIRST - DAY)
    old = with_evidence(stamp.token, evidence_of(early))
    for token in (bare, old):
        found = EvidenceRecord(((replace(stamp, token=token),),))
        assert code(lambda found=found: check(found, store, FIRST + DAY)) == "archive_unknown"


def test_times_out_of_order(worlds: list[CertWorld], store: TrustStore) -> None:
    record = first_stamp(worlds[0], FIRST, DOCUMENTS)
    back = renewed(record, worlds[0], FIRST - DAY)
    assert code(lambda: check(back, store, FIRST + DAY)) == "archive_order"
    assert code(lambda: check(record, store, FIRST - DAY)) == "archive_order"


def test_a_renewal_with_another_hash_function(worlds: list[CertWorld], store: TrustStore) -> None:
    """That needs a new chain: the documents themselves have to be hashed again."""
    first = first_stamp(worlds[0], FIRST, DOCUMENTS).stamps[0]
    digest = HashAlgorithm.SHA512.digest(first.token)
    stamp = ArchiveStamp(HashAlgorithm.SHA512, (), proven_token(worlds[0], FIRST + DAY, digest))
    record = EvidenceRecord(((first, stamp),))
    assert code(lambda: check(record, store, FIRST + 2 * DAY)) == "archive_digest"


def test_a_late_revocation_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = CertWorld.create(tmp_path_factory.mktemp("late") / "w", FIRST)
    record = first_stamp(world, FIRST, DOCUMENTS)
    world.revoke(world.keys["tsa"].certificate, FIRST + DAY)
    store = TrustStore.from_pem([world.roots_pem()])
    assert check(record, store, FIRST + 30 * DAY).stamps == 1
    world.revoke(world.keys["tsa"].certificate, FIRST - DAY)
    after = first_stamp(world, FIRST + 2 * DAY, DOCUMENTS)
    assert code(lambda: check(after, store, FIRST + 30 * DAY)) == "archive_revoked"
