"""What can be done about a difference, and doing it for chosen ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hocba.errors import Refused, Sentence
from hocba.record.national.columns import Event
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import deny_role, require
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.upstream.collecting import newest_versions, of_record
from hocba_server.city.upstream.models import (
    OPEN,
    Difference,
    DifferenceKind,
    Handover,
    Kind,
    State,
)
from hocba_server.city.upstream.registration import SENDERS
from hocba_server.city.upstream.sending import WORK_JOB
from hocba_server.config.jobs import city_jobs
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


@dataclass(frozen=True, slots=True)
class Remedy:
    """What helps against one kind of difference."""

    handover: Kind | None
    """What is sent again; None: nothing that this program could send."""
    button: Sentence
    advice: Sentence


REMEDIES: Final = {
    DifferenceKind.MISSING: Remedy(
        Kind.SUBMIT,
        Sentence("Gửi học bạ", "Send the record"),
        Sentence("Gửi lại học bạ này cho Bộ.", "Send this record to the Ministry again."),
    ),
    DifferenceKind.NOT_ENDED: Remedy(
        Kind.RECALL,
        Sentence("Gửi yêu cầu thu hồi", "Ask for the recall"),
        Sentence("Gửi lại yêu cầu thu hồi cho Bộ.", "Ask the Ministry for the recall again."),
    ),
    DifferenceKind.ROW_MISSING: Remedy(
        Kind.ROWS,
        Sentence("Gửi dòng dữ liệu", "Send the rows"),
        Sentence("Gửi dòng dữ liệu của học bạ này.", "Send the rows of this record."),
    ),
    DifferenceKind.ROW_OLD: Remedy(
        Kind.ROWS,
        Sentence("Gửi dòng dữ liệu", "Send the rows"),
        Sentence("Gửi phiên bản mới của dòng dữ liệu.", "Send a new version of the rows."),
    ),
    DifferenceKind.ENDED_THERE: Remedy(
        None,
        Sentence("", ""),
        Sentence(
            "Bộ đã thu hồi mà Sở không yêu cầu: liên hệ Bộ để biết lý do, rồi mới xử lý ở Sở.",
            "The Ministry recalled it without being asked: ask why before anything is done here.",
        ),
    ),
    DifferenceKind.OTHER_CONTENT: Remedy(
        None,
        Sentence("", ""),
        Sentence(
            "Hai bản cùng mã nhưng khác nội dung: giữ nguyên cả hai, báo ngay cho Bộ và quản trị.",
            "Two files under one number: leave both as they are and tell the Ministry at once.",
        ),
    ),
    DifferenceKind.UNKNOWN_HERE: Remedy(
        None,
        Sentence("", ""),
        Sentence(
            "Sở không có bản gốc này: tra lại bản sao lưu của Sở và hỏi Bộ ai đã gửi.",
            "The department has no such original: look into the backups, ask who sent it.",
        ),
    ),
}
"""Every kind of difference."""


def remedy(
    *, by: Actor, at: dt.datetime, reconciliation_id: int, difference_ids: Sequence[int]
) -> int:
    """Send what helps against chosen differences; answers how many.

    Raises `Refused`: `role`, `nothing_chosen`, `not_found`, `no_remedy`.
    """
    require(deny_role(by, *SENDERS))
    wanted = sorted(set(difference_ids))
    if not wanted:
        raise Refused("nothing_chosen", "Chưa chọn dòng nào.", "Nothing was chosen.")
    with city_transaction():
        rows = list(
            Difference.objects.select_for_update().filter(
                reconciliation_id=reconciliation_id, pk__in=wanted
            )
        )
        if len(rows) != len(wanted):
            raise Refused("not_found", "Không tìm thấy dòng này.", "There is no such line.")
        rows = [row for row in rows if _kind(row) is not None and row.remedied_at is None]
        if not rows:
            raise Refused(
                "no_remedy",
                "Các dòng đã chọn đã được xử lý, hoặc phải làm việc trực tiếp với Bộ.",
                "The chosen lines are dealt with already or need the Ministry.",
            )
        for kind in (Kind.SUBMIT, Kind.RECALL, Kind.ROWS):
            _send_again(kind, [row.record_uuid for row in rows if _kind(row) == kind], at)
        for row in rows:
            row.remedied_at, row.remedied_by_name = at, by.name
        Difference.objects.bulk_update(rows, ["remedied_at", "remedied_by_name"])
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="remedy_difference",
            subject=f"reconciliation:{reconciliation_id}",
            detail={"records": [row.record_uuid for row in rows][:100], "count": len(rows)},
        )
        city_jobs.configure_task(WORK_JOB, allow_unknown=True).defer(actor=by.to_json())
    return len(rows)


def _kind(row: Difference) -> Kind | None:
    return REMEDIES[DifferenceKind(row.kind)].handover


def _send_again(kind: Kind, numbers: Sequence[str], at: dt.datetime) -> None:
    """The store does not have what it once accepted, or never got it: it waits (again)."""
    known = {
        row.subject: row
        for row in Handover.objects.select_for_update()
        .filter(kind=kind, subject__in=numbers)
        .order_by("version")
    }
    stored = {
        row.record_uuid: row
        for row in StoredRecord.objects.filter(record_uuid__in=numbers).defer("salt")
    }
    versions = newest_versions(numbers) if kind == Kind.ROWS else {}
    new = []
    for number in numbers:
        row = known.get(number)
        if row is not None and row.state in OPEN:
            continue
        if kind == Kind.ROWS and (row is None or row.state == State.ACCEPTED):
            version = versions.get(number, 0) + 1
            event = Event.UPDATE if row is not None else Event.NEW
            new.append(of_record(stored[number], kind, at, version=version, event=event))
        elif row is None:
            new.append(of_record(stored[number], kind, at))
        else:
            row.state, row.settled_at, row.message, row.found_at = State.WAITING, None, None, at
            row.code = row.field_title = row.sentence = row.waiting_for = ""
            row.save()
    Handover.objects.bulk_create(new)
