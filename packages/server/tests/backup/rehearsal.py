"""One step of the rehearsal in a process of its own: `rehearsal STEP FOLDER`. Never imported.

The folder outside of the database holds what a restore does not bring back: the trusted roots, the
log's key, the published log, and the messages of the school.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def main() -> None:
    """Run a step on the database of `HOCBA_VAR` and print what came of it as JSON."""
    step, folder = sys.argv[1], Path(sys.argv[2])
    import django

    django.setup()
    from hocba_server.config.acting import PLATFORM, act_from_here

    act_from_here(PLATFORM)
    found = {"ingest": ingest, "look": look, "send": send_again}[step](folder)
    print(json.dumps(found))  # noqa: T201 - the test reads it


def ingest(folder: Path) -> dict[str, Any]:
    """A record, a backup, a record, the moment, a record that comes too late for it."""
    import subprocess

    from hocba.record.sample import sample_record
    from hocba_server.city.tests.cast import submission

    cast = _open_department(folder)
    messages = [
        submission([cast.sign(sample_record(4, seed=seed))], cast.seal) for seed in range(3)
    ]
    (folder / "messages.json").write_text(json.dumps(messages), "utf-8")
    backup = [sys.executable, "-m", "hocba_server.backup", "backup", str(folder / "backup")]
    _deliver(messages[0], folder)
    began = time.monotonic()
    subprocess.run([*backup, "--once"], check=True)
    taken = time.monotonic() - began
    _deliver(messages[1], folder)
    time.sleep(1.1)
    moment = datetime.now(UTC).replace(microsecond=0)
    time.sleep(1.1)
    _deliver(messages[2], folder)
    subprocess.run([*backup, "--once"], check=True)
    return {"moment": moment.isoformat(), "seconds": round(taken, 1), **look(folder)}


def _open_department(folder: Path) -> Any:
    """A world, a trusted and approved school, an open log; answers the school's people."""
    from hocba.record.sample import SCHOOL_CODE
    from hocba_certworld.cast import Cast
    from hocba_certworld.world import CertWorld
    from hocba_server.city.certificates.models import CertificateRegistration
    from hocba_server.city.certificates.services import approve, register_unit
    from hocba_server.city.gateway.services import answer_request, open_account
    from hocba_server.city.tests.cast import (
        ADMINISTRATOR,
        MADE,
        SENT,
        WARD_OFFICER,
        registration,
    )
    from hocba_server.city.transparency.services import start_log

    cast = Cast.hire(CertWorld.create(folder / "world", MADE))
    (folder / "trust").mkdir()
    (folder / "trust" / "root.pem").write_bytes(cast.world.roots_pem())
    for name, pem in cast.world.issuers_pem():
        (folder / "trust" / f"{name}.pem").write_bytes(pem)
    register_unit(
        by=ADMINISTRATOR,
        at=SENT,
        code=SCHOOL_CODE,
        name="Tiểu học Mẫu",
        ownership="public",
        ward_code="26740",
        ward_name="Phường Sài Gòn",
    )
    open_account(by=ADMINISTRATOR, at=SENT, unit_code=SCHOOL_CODE)
    start_log(at=SENT)
    answer_request(registration(cast.seal), at=SENT)
    approve(by=WARD_OFFICER, at=SENT, registration_id=CertificateRegistration.objects.get().pk)
    return cast


def look(folder: Path) -> dict[str, Any]:
    """What the database holds, and what fsck says."""
    from hocba_server.city.inspection.inspecting import inspect_everything
    from hocba_server.city.inspection.journal import Journal
    from hocba_server.city.repository.models import StoredRecord
    from hocba_server.city.transparency.models import SignedCheckpoint

    journal = Journal(folder / "journal.jsonl")
    journal.drop()
    inspection = inspect_everything(
        workers=1, journal=journal, now=lambda: datetime.now(UTC), show=lambda *_: None
    )
    heads = SignedCheckpoint.objects.order_by("pk").values_list("note", flat=True)
    return {
        "records": list(StoredRecord.objects.order_by("pk").values_list("record_uuid", flat=True)),
        "heads": [bytes(note).decode() for note in heads],
        "faults": [f"{fault.kind} {fault.subject}" for fault in inspection.faults],
        "adopted": inspection.adopted,
    }


def send_again(folder: Path) -> dict[str, Any]:
    """The school sends everything again, with the same numbers."""
    for message in json.loads((folder / "messages.json").read_text("utf-8")):
        _deliver(message, folder)
    return look(folder)


def _deliver(message: dict[str, Any], folder: Path) -> None:
    """Send, have it acknowledged, and do what the worker does, publication included."""
    from hocba_certworld.local import LocalRevocation
    from hocba_certworld.world import CertWorld
    from hocba_server.city.gateway.models import IncomingPackage
    from hocba_server.city.gateway.services import answer_request, process_package
    from hocba_server.city.tests.cast import SENT, FixedClock
    from hocba_server.city.transparency.publication import publish_log

    answer = answer_request(message, at=SENT)
    assert answer["Error"] == "0", answer
    number = message["authenticationRequest"]["messageid"]
    package = IncomingPackage.objects.get(message_id=number)
    revocation = LocalRevocation(CertWorld.open(folder / "world"), lambda: SENT)
    process_package(package.pk, clock=FixedClock(SENT), revocation=revocation)
    publish_log()


if __name__ == "__main__":
    main()
