"""May a record still come in? The closing's word on each record of a package (code 2401).

Built and asked under the log's lock, so that no class is closed between the answer and the commit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q

from hocba.packet.codes import ResponseCode
from hocba.record.model import AnnualRecord
from hocba.record.values import VIETNAM
from hocba_server.city.closing.calendar import dates_of, vietnam_day
from hocba_server.city.closing.models import ClosedRecord, Round
from hocba_server.city.closing.selectors import (
    ClassState,
    class_states,
    closings_holding,
)
from hocba_server.city.repository.models import ChangeKind, StatusChange, StoredRecord


class Gate:
    """What the closings say about the records of one unit's package."""

    def __init__(self, unit_code: str, records: Sequence[AnnualRecord], at: dt.datetime) -> None:
        self._unit = unit_code
        self._at = at
        self._states: dict[tuple[str, str], ClassState] = {}
        for year in {str(record.school_year) for record in records}:
            found = class_states(school_year=year, at=at, unit_code=unit_code)
            self._states |= {(year, room): state for (_, year, room), state in found.items()}
        self._corrections = list(_open_corrections(unit_code, records))
        self._known = _known_pupils(unit_code, records) if self._states else set()
        self._recalled = _free_recalled(unit_code, records, at) if self._states else []

    def deny(self, record: AnnualRecord) -> tuple[ResponseCode, str, str] | None:
        """Code, tag and sentence of the refusal, or None. An approved correction is used up."""
        correction = self._correction_of(record)
        if correction is not None:
            if correction.unit_code != self._unit:
                code = ResponseCode.NOT_THE_ISSUER
                return code, "MA_TRUONG", code.sentence.vi
            self._corrections.remove(correction)
            return None
        year = str(record.school_year)
        state = self._states.get((year, record.classroom_name))
        if state is None or state.reopened or self._belongs_to_second(record, state):
            return None
        day = state.closing.closed_at.astimezone(VIETNAM)
        sentence = (
            f"Lớp {record.classroom_name} năm học {year} đã chốt ngày {day:%d/%m/%Y}. "
            "Học bạ đã chốt cần sửa thì gửi yêu cầu chỉnh lý; học bạ còn thiếu thì đề nghị Sở "
            "mở lại lớp."
        )
        return ResponseCode.YEAR_CLOSED, "TEN_LOP", sentence

    def _correction_of(self, record: AnnualRecord) -> StoredRecord | None:
        """The ended record in whose place this one comes: exactly one successor for each."""
        pupil, year = record.pupil, str(record.school_year)
        for row in self._corrections:
            same = row.unit_code == self._unit and row.pupil_code == pupil.pupil_code
            if row.school_year == year and (row.personal_id == pupil.personal_id or same):
                return row
        return None

    def _belongs_to_second(self, record: AnnualRecord, state: ClassState) -> bool:
        """Pupils who are assessed again in summer come until the second closing (Đ21.2)."""
        if state.closing.round != Round.MAIN or state.to_close_again:
            return False
        year = str(record.school_year)
        pupils = {(year, str(record.pupil.personal_id)), (year, str(record.pupil.pupil_code))}
        closed_at = state.closing.closed_at
        for row in self._recalled:
            was_left = row.completed is False or row.accepted_at > closed_at
            if was_left and pupils & _names([row]):
                return True  # the first record was left open and was recalled
        dates = dates_of(year)
        before = vietnam_day(self._at) < dates.reassessed_on
        return before and dates.late_first and not pupils & self._known


def _open_corrections(unit_code: str, records: Sequence[AnnualRecord]) -> Sequence[StoredRecord]:
    """Records ended by a correction whose successor has not come yet, of these pupils."""
    rows = StoredRecord.objects.filter(
        Q(personal_id__in=[record.pupil.personal_id for record in records])
        | Q(
            unit_code=unit_code,
            pupil_code__in=[record.pupil.pupil_code for record in records],
        ),
        changes__kind=ChangeKind.CORRECT,
    ).exclude(changes__kind=ChangeKind.REPLACE)
    return list(rows.defer("salt").order_by("pk"))


def _rows(unit_code: str, records: Sequence[AnnualRecord]) -> Sequence[StoredRecord]:
    rows = StoredRecord.objects.filter(
        unit_code=unit_code, school_year__in={str(record.school_year) for record in records}
    ).filter(
        Q(personal_id__in=[record.pupil.personal_id for record in records])
        | Q(pupil_code__in=[record.pupil.pupil_code for record in records])
    )
    return list(rows.select_related("in_force").defer("salt"))


def _known_pupils(unit_code: str, records: Sequence[AnnualRecord]) -> set[tuple[str, str]]:
    """(year, personal number) and (year, pupil's code) of who ever had a record there."""
    return _names(_rows(unit_code, records))


def _free_recalled(
    unit_code: str, records: Sequence[AnnualRecord], at: dt.datetime
) -> list[StoredRecord]:
    """Records of these pupils that were never on a list, were recalled and are not replaced."""
    rows = [row for row in _rows(unit_code, records) if not hasattr(row, "in_force")]
    replaced = set(
        StoredRecord.objects.filter(
            pk__in=[row.pk for row in rows], changes__kind=ChangeKind.REPLACE
        ).values_list("pk", flat=True)
    )
    listed = set(
        ClosedRecord.objects.filter(record__in=rows).values_list("record_id", flat=True)
    ) | set(closings_holding(rows, at))
    return [row for row in rows if row.pk not in replaced | listed]


def _names(rows: Sequence[StoredRecord]) -> set[tuple[str, str]]:
    return {(row.school_year, name) for row in rows for name in (row.personal_id, row.pupil_code)}


def extend_closings(rows: Sequence[StoredRecord], at: dt.datetime) -> None:
    """Successors of corrected records are closed as these were. Joins the open transaction.

    Call it after the replacements are noted. While the class is reopened nothing is added: the
    next closing lists the successor itself.
    """
    changes = StatusChange.objects.filter(
        successor__in=rows, record__changes__kind=ChangeKind.CORRECT
    ).select_related("record")
    replaced = {change.successor_id: change.record for change in changes}
    if not replaced:
        return
    held = closings_holding(list(replaced.values()), at)
    ClosedRecord.objects.bulk_create(
        ClosedRecord(closing=held[old.pk], record_id=new, corrected=True)
        for new, old in replaced.items()
        if new is not None and old.pk in held
    )
