"""Verify an evidence record (RFC 4998 sections 4.3 and 5.3), at a moment long after.

Every time-stamp is judged as of the next one: its service's certificate was in force, not revoked,
and its hash function strong, when the next one took it over. Only the newest is judged as of now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from hocba.archive.digests import first_members, new_chain_members, renewal_digest
from hocba.archive.hashtree import HashAlgorithm, fold
from hocba.archive.record import ArchiveStamp, EvidenceRecord
from hocba.archive.tokens import MAX_TOKEN, evidence_of
from hocba.errors import NotTrusted
from hocba.signature.timestamp import TimestampFact, read_token
from hocba.trust.parsing import UNREADABLE, load_certificate
from hocba.trust.path import CertificatePath, Usage, build_path
from hocba.trust.revocation import RevocationStatus, check_revocation
from hocba.trust.store import TrustStore

OPEN = frozenset({"archive_gap", "archive_aged", "archive_unknown"})
"""Faults that leave the question open: nothing was forged, but the proof does not reach so far."""


@dataclass(frozen=True, slots=True)
class ArchiveFact:
    """What an evidence record proves about one record."""

    since: datetime
    """Everything that is covered existed then: time of the first stamp."""
    renewed_at: datetime
    """Time of the newest stamp."""
    good_until: datetime
    """Until then the newest stamp stands by itself; it is to be renewed before."""
    stamps: int
    covered: frozenset[bytes]
    """SHA-256 of each document that every chain covers from its first stamp on."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """A stamp whose token holds."""

    stamp: ArchiveStamp
    fact: TimestampFact
    path: CertificatePath
    until: datetime


def check_evidence_record(
    record: EvidenceRecord,
    documents: Sequence[bytes],
    store: TrustStore,
    at: datetime,
    ends: Mapping[HashAlgorithm, datetime],
) -> ArchiveFact:
    """Verify the record for `documents`, the signed original first, as of `at`.

    `ends` says from when on a hash function is not trusted any more. Raises `NotTrusted`:
    `archive_digest` (a chain is about something else), `archive_order`, `timestamp_*`,
    `untrusted_issuer` and other faults of the service's certificate; with a code of `OPEN` when a
    stamp was not renewed in time or nothing says whether its service was revoked. Raises
    `Malformed`.
    """
    # 1. Each chain's first stamp leads from this very original to what the token stamps; so does
    #    each renewal from the token before it. Nothing else is believed before this holds.
    roots = _roots(record, documents)
    judged = [
        _judge(stamp, root, store, ends) for stamp, root in zip(record.stamps, roots, strict=True)
    ]
    # 2. In order of time, none later than now.
    times = [each.fact.time for each in judged]
    if times != sorted(times) or times[-1] > at:
        raise NotTrusted(
            "archive_order",
            "Các dấu thời gian lưu trữ không đúng thứ tự thời gian.",
            "The archive time-stamps are not in order of time.",
        )
    # 3. Each was renewed while it still stood by itself, and the newest stands now.
    for each, moment in zip(judged, [*times[1:], at], strict=True):
        _check_stood(each, moment, newest=each is judged[-1])
    return ArchiveFact(
        since=times[0],
        renewed_at=times[-1],
        good_until=judged[-1].until,
        stamps=len(judged),
        covered=_covered(record, documents),
    )


def stamp_end(path: CertificatePath, end: datetime | None) -> datetime:
    """Until when a stamp stands: the first certificate of its path or its hash function ends."""
    ends = [certificate.not_valid_after_utc for certificate in path.certificates]
    return min([*ends, end] if end else ends)


def service_path(
    fact: TimestampFact, token: bytes, store: TrustStore
) -> tuple[CertificatePath, RevocationStatus]:
    """The service's path at the time of the stamp and its status, from the token's own evidence.

    Raises `NotTrusted` as `build_path`.
    """
    evidence = evidence_of(token)
    known = [load_certificate(der) for der in evidence.certificates]
    path = build_path(fact.certificate, known, store, fact.time, Usage.TIMESTAMP)
    return path, check_revocation(path, evidence, fact.time).status


def _roots(record: EvidenceRecord, documents: Sequence[bytes]) -> list[bytes]:
    found: list[bytes] = []
    for number, chain in enumerate(record.chains):
        algorithm = chain[0].algorithm
        if number == 0:
            start = first_members(algorithm, documents[:1])
        else:
            start = new_chain_members(algorithm, documents[:1], record.chains[:number])
        found.append(_root(chain[0], start[0]))
        for before, stamp in pairwise(chain):
            if stamp.algorithm is not algorithm:
                raise _other()  # another hash function begins a chain of its own (5.1)
            found.append(_root(stamp, renewal_digest(algorithm, before.token)))
    return found


def _root(stamp: ArchiveStamp, digest: bytes) -> bytes:
    if not stamp.lists:
        return digest
    if digest not in stamp.lists[0]:
        raise _other()
    return fold(stamp.algorithm, stamp.lists)


def _judge(
    stamp: ArchiveStamp,
    root: bytes,
    store: TrustStore,
    ends: Mapping[HashAlgorithm, datetime],
) -> _Judged:
    evidence = evidence_of(stamp.token)
    try:
        known = [load_certificate(der) for der in evidence.certificates]
    except UNREADABLE:
        raise _unknown() from None
    fact = read_token(stamp.token, root, known, max_size=MAX_TOKEN)
    path, status = service_path(fact, stamp.token, store)
    if status is RevocationStatus.REVOKED:
        raise NotTrusted(
            "archive_revoked",
            "Chứng thư số của dịch vụ dấu thời gian lưu trữ đã bị thu hồi khi đóng dấu.",
            "The certificate of the archive time-stamp service had been revoked.",
        )
    if status is RevocationStatus.UNKNOWN:
        raise _unknown()
    return _Judged(stamp, fact, path, stamp_end(path, ends.get(stamp.algorithm)))


def _check_stood(judged: _Judged, moment: datetime, *, newest: bool) -> None:
    if moment <= judged.until:
        return
    day = judged.until.strftime("%d/%m/%Y")
    if newest:
        raise NotTrusted(
            "archive_aged",
            f"Dấu thời gian lưu trữ mới nhất chỉ có giá trị đến {day}; hãy lấy tệp bằng chứng mới "
            "từ cổng của Sở.",
            f"The newest archive time-stamp stood until {day}: get newer evidence.",
        )
    raise NotTrusted(
        "archive_gap",
        f"Một dấu thời gian lưu trữ hết giá trị ngày {day} mà sau đó mới được gia hạn.",
        f"An archive time-stamp ended on {day} and was renewed only after that.",
    )


def _covered(record: EvidenceRecord, documents: Sequence[bytes]) -> frozenset[bytes]:
    left = {hashlib.sha256(document).digest() for document in documents[1:]}
    for number, chain in enumerate(record.chains):
        first = chain[0]
        if number == 0:
            digests = first_members(first.algorithm, documents)
        else:
            digests = new_chain_members(first.algorithm, documents, record.chains[:number])
        members = set(first.lists[0]) if first.lists else set()
        left &= {
            hashlib.sha256(document).digest()
            for document, digest in zip(documents, digests, strict=True)
            if digest in members
        }
    return frozenset(left | {hashlib.sha256(documents[0]).digest()})


def _other() -> NotTrusted:
    return NotTrusted(
        "archive_digest",
        "Chuỗi dấu thời gian lưu trữ không thuộc về học bạ này.",
        "The chain of archive time-stamps is about something else.",
    )


def _unknown() -> NotTrusted:
    return NotTrusted(
        "archive_unknown",
        "Chuỗi dấu thời gian lưu trữ không cho biết chứng thư của dịch vụ có bị thu hồi không.",
        "Nothing says whether the archive time-stamp service was revoked.",
    )
