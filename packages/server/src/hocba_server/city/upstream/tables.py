"""Stored records as rows of the national dictionary, with what only the department knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from hocba.record.codec import read_record
from hocba.record.model import AnnualRecord
from hocba.record.national.columns import Event
from hocba.record.national.rows import Envelope, Known, NationalRows, national_rows
from hocba_server.city.certificates.models import Unit
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.repository.selectors import original_of
from hocba_server.city.upstream.models import Handover

Derived = NationalRows
_WARD_LENGTH: Final = 5


def derive(
    pairs: Sequence[tuple[Handover, StoredRecord]], *, at: dt.datetime
) -> Iterator[tuple[Handover, Derived]]:
    """Yield the rows of each record, made from its original bytes, in the given order.

    `in_force` of the records should be selected with them.
    """
    records = [(row, stored, read_record(original_of(stored)).record) for row, stored in pairs]
    wards = {
        unit.code: unit.ward_code
        for unit in Unit.objects.filter(code__in={stored.unit_code for _, stored, _ in records})
    }
    here = _years_here([record for _, _, record in records])
    for row, stored, record in records:
        ward = wards.get(stored.unit_code, "")
        known = Known(
            in_force=hasattr(stored, "in_force"),
            ward_code=ward if len(ward) == _WARD_LENGTH and ward.isdecimal() else None,
            provinces={
                str(year.school_year): record.school.province_name
                for year in record.history
                if (str(record.pupil.personal_id), str(year.school_year)) in here
                or year.school_name in here
            },
        )
        envelope = Envelope(Event(row.event), row.version, at)
        yield row, national_rows(record, envelope, known)


def _years_here(records: Sequence[AnnualRecord]) -> set[object]:
    """(personal number, school year) of records in this repository, and names of schools that are
    this department's: both are years in this province."""
    pupils = {str(record.pupil.personal_id) for record in records}
    names = {year.school_name for record in records for year in record.history}
    found: set[object] = set(
        StoredRecord.objects.filter(personal_id__in=pupils).values_list(
            "personal_id", "school_year"
        )
    )
    return found | set(Unit.objects.filter(name__in=names).values_list("name", flat=True))
