"""Does the proof still hold when the certificates of the time-stamps have ended?

A certificate that has ended proves nothing any more about a signature without a time: whoever gets
hold of the old key could sign with an old date. Archive time-stamps show that record and evidence
existed before. With them only that counts as evidence which they cover: an answer about revocation
that was made later says nothing about what was known and relied on then (decision 0028).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hocba.archive.check import OPEN, ArchiveFact, check_evidence_record
from hocba.archive.record import decode
from hocba.errors import HocBaError
from hocba.record.model import SignerRole
from hocba.record.values import VIETNAM
from hocba.signature.timestamp import read_token
from hocba.signature.xml_verify import SignatureFact
from hocba.trust.evidence import Evidence
from hocba.trust.store import TrustStore
from hocba.verify import catalogue
from hocba.verify.certificates import known_certificates
from hocba.verify.policy import Policy
from hocba.verify.verdict import Check


@dataclass(frozen=True, slots=True)
class LongTerm:
    """What the archive time-stamps say, and the evidence that may be used."""

    check: Check | None
    """None while nothing has aged and nothing was stamped: there is nothing to check yet."""
    evidence: Evidence | None


def judge_long_term(
    document: bytes,
    facts: Sequence[SignatureFact],
    at: datetime,
    store: TrustStore,
    evidence: Evidence | None,
    policy: Policy,
) -> LongTerm:
    """Check the archive time-stamps of the evidence, or whether they are missed by now."""
    end = _first_end(facts, evidence)
    if evidence is None or evidence.archive is None:
        return LongTerm(_missed(end, at), evidence)
    if not store.roots:
        return LongTerm(None, evidence)  # check 9 says that no roots were given
    pieces = (document, *evidence.certificates, *evidence.ocsp, *evidence.crls)
    try:
        record = decode(evidence.archive)
        fact = check_evidence_record(record, pieces, store, at, policy.hash_ends)
    except HocBaError as fault:
        kind = catalogue.ARCHIVE.not_checked if fault.code in OPEN else catalogue.ARCHIVE.failed
        return LongTerm(kind(fault.code, fault.sentence.vi, fault.sentence.en), evidence)
    covered = _covered(evidence, fact)
    return LongTerm(_passed(fact, end), covered)


def _first_end(facts: Sequence[SignatureFact], evidence: Evidence | None) -> datetime | None:
    """Until when the seal's time-stamp stands by itself; without one, the seal. None: not known,
    which the check of times says."""
    for fact in facts:
        if fact.slot.role is not SignerRole.ORGANISATION:
            continue
        if fact.timestamp is None:
            return fact.certificate.not_valid_after_utc
        try:
            stamp = read_token(
                fact.timestamp.token, fact.timestamp.digest, known_certificates(evidence)
            )
        except HocBaError:
            return None
        return stamp.certificate.not_valid_after_utc
    return None


def _missed(end: datetime | None, at: datetime) -> Check | None:
    if end is None or at <= end:
        return None
    return catalogue.ARCHIVE.not_checked(
        "archive_missing",
        f"Dấu thời gian của con dấu chỉ tự đứng vững đến {_day(end)}; bằng chứng này chưa có dấu "
        "thời gian lưu trữ.",
        f"The time-stamp of the seal stood by itself until {_day(end)}; this evidence has no "
        "archive time-stamp.",
    )


def _passed(fact: ArchiveFact, end: datetime | None) -> Check:
    if end is not None and fact.since > end:
        return catalogue.ARCHIVE.not_checked(
            "archive_late",
            f"Dấu thời gian lưu trữ đầu tiên ({_day(fact.since)}) có sau khi dấu thời gian của con "
            f"dấu hết giá trị ({_day(end)}).",
            f"The first archive time-stamp came after the seal's own had ended on {_day(end)}.",
        )
    renewed = fact.stamps - 1
    vi = f", gia hạn {renewed} lần, lần cuối {_day(fact.renewed_at)}" if renewed else ""
    en = f", renewed {renewed} times, last on {_day(fact.renewed_at)}" if renewed else ""
    return catalogue.ARCHIVE.passed(
        f"Học bạ và bằng chứng có dấu thời gian lưu trữ từ {_day(fact.since)}{vi}; có giá trị đến "
        f"{_day(fact.good_until)}.",
        f"Record and evidence carry archive time-stamps since {_day(fact.since)}{en}; they stand "
        f"until {_day(fact.good_until)}.",
    )


def _covered(evidence: Evidence, fact: ArchiveFact) -> Evidence:
    def kept(pieces: tuple[bytes, ...]) -> tuple[bytes, ...]:
        return tuple(each for each in pieces if hashlib.sha256(each).digest() in fact.covered)

    return replace(
        evidence,
        certificates=kept(evidence.certificates),
        ocsp=kept(evidence.ocsp),
        crls=kept(evidence.crls),
    )


def _day(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).strftime("%d/%m/%Y")
