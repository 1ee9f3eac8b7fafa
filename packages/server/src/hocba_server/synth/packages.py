"""Packages of a generated city as a school's software sends them: JSON files, ready to post."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hocba.ids import MessageId
from hocba.packet.package import complete_transaction, pack_content, prepare_transaction
from hocba.packet.registration import complete_registration, prepare_registration, serial_text
from hocba.packet.transactions import PackageRequest, RegistrationRequest
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_certworld.world import CertWorld
from hocba_server.synth.school import SynthSchool

SENT = dt.datetime(2026, 5, 28, 1, 0, tzinfo=dt.UTC)
MADE = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
_NAMES = uuid.UUID("00000000-0000-4000-8000-00000000c17e")


def submission(school: SynthSchool, documents: Sequence[bytes], name: str) -> PackageRequest:
    """Transaction 1 with these records; the same name gives the same message id."""
    key = school.cast.seal
    algorithm = SignatureAlgorithm[key.algorithm]
    prepared = prepare_transaction(documents, key.certificate, algorithm, SENT)
    signed = complete_transaction(prepared, key.sign_digests([prepared.digest])[0])
    return PackageRequest(
        message_id=MessageId(str(uuid.uuid5(_NAMES, f"{school.unit_code}/{name}"))),
        unit_code=school.unit_code,
        first_year=2025,
        content=pack_content(signed),
        user_name=school.unit_code,
    )


def registration(school: SynthSchool) -> RegistrationRequest:
    """Transaction 3: the school declares its seal."""
    key = school.cast.seal
    algorithm = SignatureAlgorithm[key.algorithm]
    prepared = prepare_registration(school.unit_code, key.certificate, algorithm, SENT)
    content = complete_registration(prepared, key.sign_digests([prepared.digest])[0])
    return RegistrationRequest(
        message_id=MessageId(str(uuid.uuid5(_NAMES, f"{school.unit_code}/seal"))),
        unit_code=school.unit_code,
        serial_number=serial_text(key.certificate),
        valid_from=key.certificate.not_valid_before_utc.date(),
        signature_kind="USB_TOKEN",
        issuer="BAN_CO_YEU",
        content=pack_content(content),
    )


def class_packages(
    school: SynthSchool, records: int, *, first: int = 0
) -> Iterator[tuple[str, PackageRequest]]:
    """Yield a name and the submission of each class."""
    for number, documents in enumerate(school.classes(records, first=first)):
        name = f"{school.unit_code}-{first:06d}-{number:03d}"
        yield name, submission(school, documents, name)


def write_city(
    folder: Path, *, schools: int, records: int, show: Callable[[int], None] = lambda _: None
) -> int:
    """Write a city: `trust/`, one registration and the packages of each school; answers how many
    records it holds. An existing folder is refused (FileExistsError): packages and keys belong
    together."""
    folder.mkdir(parents=True)
    world = CertWorld.create(folder / "world", MADE)
    trust = folder / "trust"
    trust.mkdir()
    (trust / "root.pem").write_bytes(world.roots_pem())
    for name, pem in world.issuers_pem():
        (trust / f"{name}.pem").write_bytes(pem)
    written = 0
    for order in range(1, schools + 1):
        school = SynthSchool.found(world, order)
        place = folder / str(school.unit_code)
        place.mkdir()
        _write(place / "dang-ky.json", registration(school).to_json())
        for name, request in class_packages(school, records // schools):
            _write(place / f"{name}.json", request.to_json())
        written += records // schools
        show(written)
    return written


def _write(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
