"""The good record long after: with archive time-stamps that were renewed, and with broken ones."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from workshop import MADE, Workshop

from hocba.archive.record import EvidenceRecord, encode
from hocba.record.sample import HOMEROOM
from hocba.trust.evidence import Evidence
from hocba_certworld.archive import first_stamp, hashed_again, renewed
from hocba_certworld.local import LocalRevocation
from hocba_certworld.world import CertWorld

STAMPED = datetime(2026, 5, 29, tzinfo=UTC)
RENEWED = datetime(2035, 6, 1, tzinfo=UTC)
HASHED_AGAIN = datetime(2044, 6, 1, tzinfo=UTC)
NOW = datetime(2052, 6, 1, tzinfo=UTC)
"""Long after every certificate of 2026 has ended."""


@dataclasses.dataclass(frozen=True)
class Aged:
    """One vector about the good record."""

    name: str
    container: bytes
    check: str | None = None
    reason: str | None = None
    verdict: str = "valid"
    at: datetime = NOW


@cache
def later_worlds() -> dict[int, CertWorld]:
    """The authorities of later years: each begins before the one before it ends."""
    folder = Path(tempfile.mkdtemp(prefix="hocba-vectors-"))
    return {
        year: CertWorld.create(folder / str(year), datetime(year, 5, 1, tzinfo=UTC))
        for year in (2035, 2044)
    }


def aged_vectors(shop: Workshop, good: bytes, evidence: Evidence) -> Iterator[Aged]:
    """All of them."""
    second, third = later_worlds().values()
    pieces = (good, *evidence.certificates, *evidence.ocsp, *evidence.crls)
    first = first_stamp(shop.world, STAMPED, pieces)
    once = renewed(first, second, RENEWED)
    whole = hashed_again(once, third, HASHED_AGAIN, pieces)

    def container(record: EvidenceRecord | bytes, changed: Evidence = evidence) -> bytes:
        data = record if isinstance(record, bytes) else encode(record)
        return shop.container(good, dataclasses.replace(changed, archive=data))

    def broken(name: str, record: EvidenceRecord | bytes, reason: str) -> Aged:
        return Aged(name, container(record), "archive", reason, "invalid")

    yield Aged("archived", container(first), at=STAMPED + timedelta(days=1))
    yield Aged("archived-for-decades", container(whole))
    late = dataclasses.replace(evidence, ocsp=(*evidence.ocsp, _late_revocation(shop)))
    yield Aged("archived-before-a-late-revocation", container(whole, late))
    yield Aged("aged-without-archive", shop.container(good, evidence), verdict="undetermined")
    yield Aged("archive-not-renewed", container(once), verdict="undetermined")
    gap = hashed_again(first, third, HASHED_AGAIN, pieces)
    yield Aged("archive-renewed-too-late", container(gap), verdict="undetermined")
    other = first_stamp(shop.world, STAMPED, (b"<HOC_BA/>", *pieces[1:]))
    other = hashed_again(renewed(other, second, RENEWED), third, HASHED_AGAIN, pieces)
    yield broken("archive-of-another-record", other, "archive_digest")
    swapped = renewed(first, second, RENEWED, instead=b"another token")
    swapped = hashed_again(swapped, third, HASHED_AGAIN, pieces)
    yield broken("archive-renewal-of-another-stamp", swapped, "archive_digest")
    yield broken("archive-cut-short", encode(whole)[:-1], "archive")
    yield broken("archive-forged-signature", _forged(whole), "timestamp_signature")


def _late_revocation(shop: Workshop) -> bytes:
    """Two years later the authority says that the homeroom teacher's key was never good."""
    certificate = shop.cast.people[str(HOMEROOM.personal_id)].certificate
    shop.world.revoke(certificate, MADE)
    source = LocalRevocation(shop.world, lambda: MADE + timedelta(days=730))
    answer = source.ocsp(certificate, shop.world.keys["public"].certificate)
    assert answer is not None
    return answer


def _forged(record: EvidenceRecord) -> EvidenceRecord:
    """The newest token with the last byte of its service's signature changed."""
    *before, chain = record.chains
    token = chain[-1].token
    key = later_worlds()[2044].keys["tsa"]
    bare = key.certificate.public_bytes(Encoding.DER)
    at = len(token) - 1
    assert bare in token
    forged = token[:at] + bytes([token[at] ^ 1])
    last = dataclasses.replace(chain[-1], token=forged)
    return EvidenceRecord((*before, (*chain[:-1], last)))
