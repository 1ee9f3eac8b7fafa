"""Does the repository still hold exactly what the signed list of a class says?

A record that is missing, damaged or slipped in shows, also when somebody with all rights on the
database made it so: the list was signed, and the public log commits to it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hocba.errors import HocBaError, Sentence
from hocba.tlog.closing_list import ClosingLine, ClosingList, open_closing_list
from hocba.tlog.entry import LogEntry, commit
from hocba_server.city.closing.models import ClassClosing
from hocba_server.city.closing.selectors import closings_holding, held_records
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.permissions import READERS, deny_role, require
from hocba_server.city.repository.models import ChangeKind, StoredRecord
from hocba_server.city.repository.selectors import original_of
from hocba_server.city.transparency.selectors import entry_at
from hocba_server.web.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found, in numbers; nothing of it names a pupil."""

    listed: int
    corrected: int
    """On the list, and replaced since by a correction that the department granted."""
    faults: tuple[Sentence, ...]

    @property
    def whole(self) -> bool:
        """Nothing is missing and nothing slipped in."""
        return not self.faults


def compare(*, by: Actor, closing: ClassClosing, at: dt.datetime) -> Comparison:
    """Compare one closing, the newest of its class, with log and repository."""
    require(deny_role(by, *READERS))
    return compare_closing(closing, at)


def compare_closing(closing: ClassClosing, at: dt.datetime) -> Comparison:
    """The comparison itself, for the inspection of everything, which nobody orders in a role.

    A closing that a later one followed is compared with what it lists only.
    """
    faults: list[Sentence] = []
    signed = bytes(closing.signed_list)
    try:
        listed = open_closing_list(signed, [log_key().public_key()], name=log_origin())
    except HocBaError as fault:
        return Comparison(closing.record_count, 0, (fault.sentence,))
    if not _logged(closing, signed):
        faults.append(
            Sentence(
                "Sổ công khai không có mục chốt khớp với bản kê này.",
                "The public log has no entry for this list.",
            )
        )
    corrected = _compare_records(closing, listed, faults)
    if not hasattr(closing, "later"):
        _find_extra(closing, at, faults)
    return Comparison(len(listed.lines), corrected, tuple(faults))


def _logged(closing: ClassClosing, signed: bytes) -> bool:
    entry = entry_at(closing.log_index)
    if entry is None:
        return False
    commitment: bytes = LogEntry.parse(entry).commitment
    return commitment == commit(bytes(closing.salt), signed)


def _compare_records(closing: ClassClosing, listed: ClosingList, faults: list[Sentence]) -> int:
    """Every line has its record, byte for byte, and every record its line."""
    lines = set(listed.lines)
    corrected = 0
    for held in held_records(closing).filter(corrected=False):
        record = held.record
        try:
            line = ClosingLine.of(record.record_uuid, original_of(record), bytes(record.salt))
        except HocBaError as fault:
            faults.append(fault.sentence)
            continue
        if line not in lines:
            faults.append(
                Sentence(
                    "Kho ghi một học bạ đã chốt mà bản kê đã ký không có, hoặc tệp đã khác.",
                    "A record counts as closed that is not on the signed list, or it changed.",
                )
            )
        lines.discard(line)
        kinds = set(record.changes.values_list("kind", flat=True))
        corrected += ChangeKind.CORRECT in kinds
        if ChangeKind.RECALL in kinds and not hasattr(closing, "reopening"):
            faults.append(
                Sentence(
                    "Một học bạ trong bản kê bị thu hồi mà không có quyết định chỉnh lý.",
                    "A record of the list was recalled without a correction.",
                )
            )
    if lines:
        faults.append(
            Sentence(
                f"Thiếu {len(lines)} học bạ có trong bản kê đã ký.",
                f"{len(lines)} records of the signed list are missing.",
            )
        )
    return corrected


def _find_extra(closing: ClassClosing, at: dt.datetime, faults: list[Sentence]) -> None:
    """In force in a closed class, and neither listed nor in the place of a corrected record."""
    rows = list(
        StoredRecord.objects.filter(
            unit_code=closing.unit_code,
            school_year=closing.school_year,
            classroom_name=closing.classroom_name,
            in_force__isnull=False,
        ).defer("salt")
    )
    held = closings_holding(rows, at)
    known = set(held_records(closing).values_list("record_id", flat=True))
    elsewhere = {
        pk for pk, found in held.items() if found.pk != closing.pk
    }  # its class was named wrongly before the correction
    extra = [row for row in rows if row.pk in held and row.pk not in known | elsewhere]
    if extra and not hasattr(closing, "reopening"):
        faults.append(
            Sentence(
                f"Có {len(extra)} học bạ đang lưu hành nằm ngoài bản kê đã ký.",
                f"{len(extra)} records in force are not on the signed list.",
            )
        )
