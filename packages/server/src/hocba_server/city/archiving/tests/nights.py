"""A night at the archive, at any date and with any certificate world."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from cryptography import x509

from hocba.errors import Unavailable
from hocba.trust.evidence import read_container
from hocba.verify.document import Circumstances, verify_document
from hocba.verify.policy import Policy
from hocba.verify.report import Report
from hocba_certworld.local import LocalRevocation, LocalTimestamp
from hocba_certworld.world import CertWorld
from hocba_server.city.archiving.ageing import hash_ends
from hocba_server.city.archiving.models import ArchiveRun
from hocba_server.city.archiving.services import keep_archive
from hocba_server.city.repository.selectors import evidence_container, original
from hocba_server.city.tests.cast import FixedClock
from hocba_server.city.trust import trust_store
from hocba_server.web.accounts.actor import Actor, platform_actor

NIGHT = dt.datetime(2026, 5, 28, 17, 50, tzinfo=dt.UTC)
LATER = dt.datetime(2035, 12, 1, tzinfo=dt.UTC)
"""Half a year before the certificates of 2026 end."""
MUCH_LATER = dt.datetime(2045, 3, 1, tzinfo=dt.UTC)


class Away:
    """A time-stamp service that nobody reaches."""

    def timestamp(self, digest: bytes) -> bytes:
        """Raise `Unavailable`."""
        raise Unavailable("tsa", "Dịch vụ không trả lời.", f"No answer about {len(digest)} bytes.")


class Lists:
    """A service that answers by lists only. OCSP answers say when they were really made, which is
    not in the years to come."""

    def __init__(self, world: CertWorld, at: dt.datetime) -> None:
        self._source = LocalRevocation(world, lambda: at)

    def ocsp(self, *_: object) -> None:
        """No answer."""

    def crl(self, certificate: x509.Certificate) -> bytes | None:
        """The list of that moment."""
        return self._source.crl(certificate)


def night(
    world: CertWorld,
    at: dt.datetime = NIGHT,
    *,
    by: Actor | None = None,
    source: Any = None,
    revocation: Any = None,
) -> ArchiveRun:
    """One run of the job."""
    return keep_archive(
        by=by or platform_actor("city"),
        clock=FixedClock(at),
        source=source or LocalTimestamp(world, lambda: at),
        revocation=revocation or _answers(world, at),
    )


def _answers(world: CertWorld, at: dt.datetime) -> Any:
    return LocalRevocation(world, lambda: at) if at < LATER else Lists(world, at)


def new_world(folder: Path, at: dt.datetime, trust: Path) -> CertWorld:
    """The authorities of later years, trusted from now on."""
    world = CertWorld.create(folder / f"world-{at.year}", at)
    (trust / f"root-{at.year}.pem").write_bytes(world.roots_pem())
    for name, pem in world.issuers_pem():
        (trust / f"{name}-{at.year}.pem").write_bytes(pem)
    return world


def verify_at(record_uuid: str, at: dt.datetime) -> Report:
    """Verify what the department delivers, offline, at a moment."""
    _, evidence = read_container(evidence_container(record_uuid))
    circumstances = Circumstances(
        store=trust_store(), at=at, evidence=evidence, policy=Policy(hash_ends=hash_ends())
    )
    return verify_document(original(record_uuid), name="", circumstances=circumstances)
