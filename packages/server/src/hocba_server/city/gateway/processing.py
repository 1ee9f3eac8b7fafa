"""The job of one package: check each record, keep and log what passes, answer for every record.

Written to survive a kill at any line: nothing is visible before the one commit at the end, and a
package that has its result is left alone, so that running again repeats nothing.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator, Sequence

from django.conf import settings

from hocba.ids import UnitCode
from hocba.packet.codes import ResponseCode
from hocba.packet.package import package_records
from hocba.ports import Clock, RevocationSource
from hocba.tlog.entry import SALT_SIZE, EntryKind, LogEntry, commit
from hocba_server.city.certificates.selectors import (
    approved_leaders,
    approved_seals,
    ended_seals,
)
from hocba_server.city.closing.gate import Gate, extend_closings
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.gateway.intake import (
    AskOnce,
    CheckedRecord,
    Desk,
    Refusal,
    check_incoming,
)
from hocba_server.city.gateway.models import IncomingPackage, PackageState, RecordOutcome
from hocba_server.city.repository.compression import Compressors, Packed
from hocba_server.city.repository.selectors import known_uuids, pupils_with_record
from hocba_server.city.repository.services import NewRecord, keep, note_replacements
from hocba_server.city.role import is_store
from hocba_server.city.transparency.services import NewEntry, append_entries, lock_log
from hocba_server.city.trust import known_issuers, trust_store
from hocba_server.web.accounts.actor import platform_actor
from hocba_server.web.audit.services import record_event


def process_package(
    package_id: int, *, clock: Clock, revocation: RevocationSource, patient: bool = True
) -> None:
    """Work on one package. Raises `Unavailable` while `patient` and a status service is away."""
    package = IncomingPackage.objects.get(pk=package_id)
    if package.state != PackageState.RECEIVED:
        return
    at = clock.now()
    # 1. Check every record; this takes long and touches nothing.
    seals = approved_seals(package.unit_code)
    desk = Desk(
        unit_code=package.unit_code,
        store=trust_store(),
        known_issuers=known_issuers(),
        approved_seals=tuple(seal.sha256 for seal in seals),
        ended_seals=ended_seals(seals),
        leaders=approved_leaders(package.unit_code, at),
        leader_rule=settings.CERTIFICATE_LEADERS,
        revocation=AskOnce(revocation, patient=patient),
        at=at,
        in_store=is_store(),
    )
    # The content was read and its signature checked before it was acknowledged.
    records = package_records(bytes(package.content).decode("ascii"))
    checked = [check_incoming(document, desk) for document in records]
    packed = list(_packed(checked))
    with city_transaction():
        # 2. Become the one writer: whoever else has this package waits here and then sees step 3.
        lock_log()
        package = IncomingPackage.objects.select_for_update().get(pk=package_id)
        if package.state != PackageState.RECEIVED:
            return
        # 3. Only now is it certain which UUIDs and pupils are free and which classes are closed.
        decided = _refuse_known(checked, package.unit_code, at)
        # 4. Keep the bytes, log them, answer; all of it appears with the commit.
        _accept(decided, packed, package, at)
        RecordOutcome.objects.bulk_create(_outcomes(package, decided))
        package.state, package.processed_at = PackageState.PROCESSED, at
        package.save(update_fields=["state", "processed_at"])
        accepted = sum(1 for one in decided if one.refusal is None)
        record_event(
            using=CITY_DATABASE,
            by=platform_actor("city"),
            at=at,
            action="process_package",
            subject=f"package:{package.pk}",
            detail={"accepted": accepted, "refused": len(decided) - accepted},
        )


def _refuse_known(
    checked: Sequence[CheckedRecord], unit_code: str, at: dt.datetime
) -> list[CheckedRecord]:
    readable = [one.record for one in checked if one.record is not None]
    gate = Gate(unit_code, readable, at)
    uuids = known_uuids(record.record_uuid for record in readable)
    pupils = pupils_with_record(record.pupil.personal_id for record in readable)
    decided: list[CheckedRecord] = []
    for one in checked:
        record = one.record
        if one.refusal is not None or record is None:
            decided.append(one)
            continue
        pupil = (str(record.pupil.personal_id), str(record.school_year))
        if record.record_uuid in uuids:
            in_force = uuids[record.record_uuid]
            code = ResponseCode.UUID_EXISTS if in_force else ResponseCode.UUID_RECALLED
            decided.append(_refused(one, code, "MA_TRA_CUU_UUID"))
        elif (denial := gate.deny(record)) is not None:
            decided.append(_refused(one, *denial))
        elif pupil in pupils:
            decided.append(_refused(one, ResponseCode.RECORD_IN_FORCE, "SO_CCCD"))
        else:
            uuids[record.record_uuid] = True
            pupils.add(pupil)
            decided.append(one)
    return decided


def _refused(
    one: CheckedRecord, code: ResponseCode, where: str, sentence: str = ""
) -> CheckedRecord:
    refusal = Refusal(code, where, sentence or code.sentence.vi)
    return CheckedRecord(one.document, one.record, refusal)


def _packed(checked: Sequence[CheckedRecord]) -> Iterator[Packed | None]:
    compressors = Compressors()
    for one in checked:
        if one.refusal is not None or one.record is None:
            yield None
        else:
            yield compressors.pack(
                one.document, one.record.profile.value, str(one.record.school_year)
            )


def _accept(
    decided: Sequence[CheckedRecord],
    packed: Sequence[Packed | None],
    package: IncomingPackage,
    at: dt.datetime,
) -> None:
    new: list[NewRecord] = []
    for one, original in zip(decided, packed, strict=True):
        if one.refusal is not None:
            continue
        if one.record is None or one.evidence is None or original is None:
            raise RuntimeError("a record was accepted without all that is kept of it")
        new.append(
            NewRecord(
                document=one.document,
                packed=original,
                record=one.record,
                unit_code=str(one.record.school.school_code),
                seal_sha256=one.seal_sha256,
                salt=secrets.token_bytes(SALT_SIZE),
                evidence=one.evidence,
            )
        )
    if new:
        rows = keep(new, message_id=package.message_id, at=at)
        replacing = note_replacements(rows, by=platform_actor("city"), at=at)
        extend_closings(rows, at)
        append_entries(
            [_entry(one, row.pk in replacing, at) for one, row in zip(new, rows, strict=True)],
            at=at,
        )


def _entry(one: NewRecord, replaces: bool, at: dt.datetime) -> NewEntry:
    entry = LogEntry(
        kind=EntryKind.REPLACE if replaces else EntryKind.ISSUE,
        unit_code=UnitCode(one.unit_code),
        school_year=one.record.school_year,
        seal_sha256=one.seal_sha256,
        commitment=commit(one.salt, one.document),
        accepted_at=at,
    )
    return NewEntry(entry, one.record.record_uuid)


def _outcomes(
    package: IncomingPackage, decided: Sequence[CheckedRecord]
) -> Iterator[RecordOutcome]:
    for position, one in enumerate(decided):
        record, refusal = one.record, one.refusal
        yield RecordOutcome(
            package=package,
            position=position,
            record_uuid=record.record_uuid if record else "",
            pupil_code=record.pupil.pupil_code if record else "",
            pupil_name=record.pupil.full_name if record else "",
            personal_id=record.pupil.personal_id if record else "",
            school_year=str(record.school_year) if record else "",
            classroom_name=record.classroom_name[:50] if record else "",
            accepted=refusal is None,
            code=(refusal.code if refusal else ResponseCode.RECEIVED).value,
            field_title=refusal.where[:200] if refusal else "",
            sentence=refusal.sentence[:1000] if refusal else "",
            note=one.note if refusal is None else "",
        )
