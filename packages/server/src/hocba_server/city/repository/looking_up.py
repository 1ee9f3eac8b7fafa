"""Finding records by a number: the record's own, or the pupil's over all schools and years."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from hocba.errors import Refused
from hocba_server.city.certificates.offices import own
from hocba_server.city.database import city_transaction
from hocba_server.city.permissions import READERS, deny_role, require
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.repository.selectors import records_of_pupil
from hocba_server.city.repository.services import note_list_read
from hocba_server.web.accounts.actor import Actor

_PERSONAL_ID: Final = re.compile(r"[0-9]{12}")
_RECORD_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def look_up(*, by: Actor, at: dt.datetime, number: str, purpose: str) -> list[StoredRecord]:
    """Find records and write down who asked, for what, with each record that was found.

    Finding is reading: the answer says in which class of which school a pupil was in which year.
    Raises `Refused`: `role`, `purpose`, `number` (neither a record's nor a person's), `not_found`
    (also for what is not among the schools that the person sees).
    """
    require(deny_role(by, *READERS))
    if not purpose.strip():
        raise Refused(
            "purpose",
            "Nêu mục đích trước khi xem học bạ.",
            "State your purpose before you read a record.",
        )
    with city_transaction():
        rows = _found(by, "".join(number.split()).lower())
        for row in rows:
            note_list_read(
                by=by,
                at=at,
                subject=f"record:{row.record_uuid}",
                school=row.school_name,
                purpose=f"{purpose} (tra cứu)",
            )
    return rows


def _found(by: Actor, number: str) -> list[StoredRecord]:
    if _PERSONAL_ID.fullmatch(number):
        rows = list(records_of_pupil(by=by, personal_id=number))
    elif _RECORD_UUID.fullmatch(number):
        kept = StoredRecord.objects.filter(own(by), record_uuid=number)
        rows = list(kept.select_related("in_force").defer("salt"))
    else:
        raise Refused(
            "number",
            "Nhập số định danh cá nhân (12 chữ số) hoặc mã tra cứu học bạ (36 ký tự).",
            "Enter a personal number (12 digits) or the number of a record (36 characters).",
            where="number",
        )
    if not rows:
        raise Refused(
            "not_found",
            "Không tìm thấy học bạ nào của số này trong phạm vi Anh/Chị phụ trách.",
            "There is no record of this number among the schools that you see.",
            where="number",
        )
    return rows
