"""An officer decides on a correction (QĐ 1789/QĐ-SGDĐT Đ21.6): always a person, with a reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hocba.errors import Refused
from hocba.packet.codes import ResponseCode
from hocba.packet.package import unpack_content
from hocba_server.city.corrections.models import CorrectionFile
from hocba_server.city.corrections.selectors import correction_by_id, no_request
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.recalls.models import CaseState, RecallCase
from hocba_server.city.recalls.services import decided_already, end_cases, refuse_cases
from hocba_server.city.repository.models import ChangeKind
from hocba_server.city.transparency.services import lock_log
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_read


def decide_correction(
    *, by: Actor, at: dt.datetime, case_id: int, approve: bool, sentence: str
) -> None:
    """Grant or refuse a correction; the reason is written down either way, the school reads it.

    Granted: the record's force ends, status, log entry, audit and answer appear with one commit,
    and exactly one successor of that pupil and year may come into the closed class. Raises
    `Refused`: `role`, `reason`, `not_found`, `decided` (somebody was quicker), `not_in_force`.
    """
    require(deny_role(by, CityRole.OFFICER))
    sentence = " ".join(sentence.split())[:1000]
    if not sentence:
        raise Refused(
            "reason",
            "Cần ghi lý do quyết định, cả khi đồng ý lẫn khi từ chối.",
            "Give the reason of the decision, granted or refused.",
            where="sentence",
        )
    with city_transaction():
        # Two officers at once, and a class that is being closed, take turns here.
        lock_log()
        row = (
            RecallCase.objects.select_for_update(of=("self",))
            .select_related("record")
            .filter(pk=case_id, correction__isnull=False)
            .first()
        )
        if row is None:
            raise no_request()
        if row.state != CaseState.WAITING:
            raise decided_already(row)
        if approve:
            end_cases([row], by=by, at=at, sentence=sentence, kind=ChangeKind.CORRECT)
        else:
            code = ResponseCode.CORRECTION_REFUSED
            refuse_cases([row], by=by, at=at, sentence=sentence, code=code)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file to hand out."""

    name: str
    media_type: str
    content: bytes


def open_file(*, by: Actor, at: dt.datetime, case_id: int, position: int) -> ReadFile:
    """A file of a correction; the reading is written down first. Raises `Refused`."""
    case = correction_by_id(by=by, case_id=case_id)
    row = CorrectionFile.objects.filter(correction__case=case, position=position).first()
    if row is None:
        raise no_request()
    _note(by, at, case, f"xem tệp kèm yêu cầu chỉnh lý: {row.sha256[:16]}")
    return ReadFile(row.filename, row.media_type, bytes(row.content))


def open_request(*, by: Actor, at: dt.datetime, case_id: int) -> ReadFile:
    """The whole request as the school signed it (XML). The reading is written down first."""
    case = correction_by_id(by=by, case_id=case_id)
    _note(by, at, case, "tải yêu cầu chỉnh lý đã ký")
    content = unpack_content(bytes(case.package.content).decode("ascii"))
    return ReadFile(f"yeu-cau-chinh-ly-{case.pk}.xml", "application/xml", content)


def _note(by: Actor, at: dt.datetime, case: RecallCase, purpose: str) -> None:
    with city_transaction():
        record_read(
            using=CITY_DATABASE,
            by=by,
            at=at,
            subject=f"record:{case.record_uuid}",
            detail={"purpose": purpose, "case": case.pk},
        )
