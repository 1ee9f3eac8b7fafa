"""A second year for one pupil, and a browser for somebody of the cast."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from hocba.ids import RecordUuid, SchoolYear
from hocba.record.codec import read_record, write_data
from hocba_server.school.issuing.models import AnnualRecordDraft, SignatureStamp
from hocba_server.school.registry.models import Classroom, Enrolment
from hocba_server.school.tests.cast import AT, Cast

NEXT_YEAR = "2026-2027"
NEXT_UUID = RecordUuid("00000000-0000-4000-8000-0000000002a1")

AddYear = Callable[[str], Enrolment]


@pytest.fixture
def add_year(issued: int, results: Cast) -> AddYear:
    """Let the first pupil go on to grade 2 with a record in the state given."""

    def add(state: str) -> Enrolment:
        first = AnnualRecordDraft.objects.get(enrolment_id=results.enrolments[0])
        room = Classroom.objects.create(
            school_id=results.school_id, school_year=NEXT_YEAR, name="2A1", grade=2
        )
        enrolment = Enrolment.objects.create(
            pupil=first.enrolment.pupil,
            classroom=room,
            school_year=NEXT_YEAR,
            arrived_on=dt.date(2026, 9, 5),
            entered_by=1,
            entered_at=AT,
        )
        batch = first.batch
        batch.pk, batch.classroom = None, room
        batch.save(force_insert=True)
        record = replace(
            read_record(bytes(first.document)).record,
            record_uuid=NEXT_UUID,
            school_year=SchoolYear(NEXT_YEAR),
            grade=2,
            classroom_name="2A1",
        )
        issued = state == "issued"
        row = AnnualRecordDraft.objects.create(
            batch=batch,
            enrolment=enrolment,
            record_uuid=NEXT_UUID,
            state=state,
            document=write_data(record),
            created_by=1,
            created_at=AT,
            issued_by=1 if issued else None,
            issued_at=AT if issued else None,
        )
        for stamp in SignatureStamp.objects.filter(record=first):
            stamp.pk, stamp.record = None, row
            stamp.save()
        return enrolment

    return add
