"""A spreadsheet of situations: read, shown, and kept as a whole when its officer confirms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hocba.errors import Refused
from hocba.packet.situation import Situation, read_situation
from hocba_server.city.certificates.models import Unit
from hocba_server.city.certificates.offices import units_of
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.oversight.models import SchoolSituation, Source, UploadedSituations
from hocba_server.city.oversight.sheets import ReadSheet, read_sheet
from hocba_server.city.oversight.situations import WRITERS, save_situations
from hocba_server.city.permissions import deny_role, require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """What one school's rows say, beside what holds now."""

    unit: Unit
    situation: Situation
    known: SchoolSituation | None

    @property
    def classes(self) -> int:
        """All its classes."""
        return sum(line.classes for line in self.situation.grades)

    @property
    def pupils(self) -> int:
        """All its pupils."""
        return sum(line.pupils for line in self.situation.grades)


def read_upload(
    *, by: Actor, at: dt.datetime, school_year: str, filename: str, content: bytes
) -> tuple[ReadSheet, int | None]:
    """Read a file; without a fault it is set aside, and its number is answered.

    Raises `Refused` (`role`), `Malformed` when the file is no such spreadsheet.
    """
    require(deny_role(by, *WRITERS))
    read = read_sheet(
        content, filename=filename, units=units_of(by), school_year=school_year, at=at
    )
    if read.faults:
        return read, None
    with city_transaction():
        row = UploadedSituations.objects.create(
            school_year=school_year,
            filename=filename[:150],
            unit_codes=sorted(read.situations),
            bodies={code: each.to_json() for code, each in read.situations.items()},
            read_by=by.user_id,
            read_by_name=by.name,
            read_at=at,
        )
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="read_situations",
            subject=f"upload:{row.pk}",
            detail={"year": school_year, "schools": len(read.situations), "file": row.filename},
        )
    return read, row.pk


def upload_of(*, by: Actor, upload_id: int) -> UploadedSituations:
    """A file that the person set aside. Raises `Refused`: `role`, `not_found`."""
    require(deny_role(by, *WRITERS))
    row = UploadedSituations.objects.filter(pk=upload_id, read_by=by.user_id).first()
    if row is None:
        raise Refused("not_found", "Không tìm thấy tệp này.", "There is no such file.")
    return row


def preview_lines(row: UploadedSituations) -> list[PreviewLine]:
    """The schools of a file, by name."""
    units = Unit.objects.filter(code__in=row.unit_codes).order_by("name")
    known = {
        each.unit_code: each
        for each in SchoolSituation.objects.filter(
            school_year=row.school_year, unit_code__in=row.unit_codes
        )
    }
    return [
        PreviewLine(unit, read_situation(row.bodies[unit.code]), known.get(unit.code))
        for unit in units
    ]


def confirm_upload(*, by: Actor, at: dt.datetime, upload_id: int) -> int:
    """Keep every school of the file, all or none; answers how many. Twice is refused.

    Raises `Refused`: `role`, `not_found`, `saved`.
    """
    with city_transaction():
        row = upload_of(by=by, upload_id=upload_id)
        row = UploadedSituations.objects.select_for_update().get(pk=row.pk)
        if row.saved_at is not None:
            raise Refused("saved", "Tệp này đã được lưu rồi.", "This file has been saved already.")
        count = save_situations(
            by=by,
            at=at,
            situations={code: read_situation(body) for code, body in row.bodies.items()},
            source=Source.SPREADSHEET,
        )
        row.saved_at = at
        row.save(update_fields=["saved_at"])
    return count
