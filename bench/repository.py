"""How fast a whole repository is verified again: fsck on an embedded PostgreSQL of its own.

Run by bench.py as a program, because Django is set up once in a process. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hocba.ids import UnitCode
from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba.signature.xml_verify import verify_signatures
from hocba.tlog.entry import EntryKind, LogEntry, commit
from hocba.trust.collect import collect_evidence
from hocba.trust.store import TrustStore
from hocba_certworld.cast import Cast
from hocba_certworld.local import LocalRevocation
from hocba_certworld.world import CertWorld

MADE = datetime(2026, 5, 1, tzinfo=UTC)
ACCEPTED = datetime(2026, 5, 28, 1, tzinfo=UTC)
CITY = 31_000_000
"""Records of the whole city in the end: 2.6 million a year for twelve years."""


def main() -> None:
    """Fill a repository, verify it on one core and on all, print what was measured."""
    parser = argparse.ArgumentParser(prog="repository.py")
    parser.add_argument("--records", type=int, default=1000)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="hocba-bench-repository-"))
    folder.chmod(0o755)  # PostgreSQL runs as a user of its own and has to pass
    os.environ.update(
        HOCBA_MODE="demo",
        HOCBA_VAR=str(folder),
        HOCBA_DATABASE_ROLE="worker",
        HOCBA_TRUST_DIR=str(folder / "trust"),
        DJANGO_SETTINGS_MODULE="hocba_server.config.settings",
    )
    import django

    django.setup()
    from hocba_server.config.database import stop_server
    from hocba_server.demo import databases

    try:
        databases.ready()
        _fill(folder, arguments.records)
        print(json.dumps(_measure(folder)))
    finally:
        from django.db import connections

        connections.close_all()
        stop_server(folder / "pg")
        shutil.rmtree(folder, ignore_errors=True)


def _fill(folder: Path, count: int) -> None:
    """Records of one school, each with its signatures and time-stamp, accepted and logged."""
    from hocba_server.city.database import city_transaction
    from hocba_server.city.repository.compression import Compressors
    from hocba_server.city.repository.services import NewRecord, keep
    from hocba_server.city.transparency.publication import publish_log
    from hocba_server.city.transparency.services import NewEntry, append_entries, start_log

    world = CertWorld.create(folder / "world", MADE)
    cast = Cast.hire(world)
    (folder / "trust").mkdir()
    (folder / "trust" / "root.pem").write_bytes(world.roots_pem())
    issuers = [world.keys[name].certificate for name in ("government", "public", "tsa")]
    store = TrustStore.from_pem([world.roots_pem()])
    records = [sample_record(4, seed=seed) for seed in range(count)]
    documents = [cast.sign(record) for record in records]
    leaves = [fact.certificate for fact in verify_signatures(documents[0])]
    source = LocalRevocation(world, lambda: ACCEPTED)
    evidence = collect_evidence(leaves, issuers, store, ACCEPTED, source)
    seal = cast.seal.certificate.fingerprint(_sha256())
    start_log(at=ACCEPTED)
    pack = Compressors().pack
    new = [
        NewRecord(
            document,
            pack(document, record.profile.value, str(record.school_year)),
            record,
            SCHOOL_CODE,
            seal,
            secrets.token_bytes(32),
            evidence,
        )
        for document, record in zip(documents, records, strict=True)
    ]
    with city_transaction():
        keep(new, message_id="bench", at=ACCEPTED)
        append_entries(
            [NewEntry(_entry(one), str(one.record.record_uuid)) for one in new], at=ACCEPTED
        )
    publish_log()


def _sha256() -> Any:
    from cryptography.hazmat.primitives import hashes

    return hashes.SHA256()


def _entry(one: Any) -> LogEntry:
    return LogEntry(
        EntryKind.ISSUE,
        UnitCode(one.unit_code),
        one.record.school_year,
        one.seal_sha256,
        commit(one.salt, one.document),
        ACCEPTED,
    )


def _measure(folder: Path) -> dict[str, Any]:
    from hocba_server.city.inspection.inspecting import inspect_everything
    from hocba_server.city.inspection.journal import Journal

    found: dict[str, Any] = {}
    for workers in sorted({1, os.cpu_count() or 1}):
        inspection = inspect_everything(
            workers=workers,
            journal=Journal(folder / f"journal-{workers}"),
            now=lambda: datetime.now(UTC),
            show=lambda _part, _count: None,
        )
        if not inspection.intact:
            sys.exit(inspection.to_text())
        rate = inspection.per_second_per_core
        found[str(workers)] = {
            "records": inspection.records,
            "per_second_per_core": rate,
            "days_for_the_city": CITY / rate / workers / 86400,
        }
    return found


if __name__ == "__main__":
    main()
