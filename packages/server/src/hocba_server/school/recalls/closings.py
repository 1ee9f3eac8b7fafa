"""The school learns which records of a class the department has closed (QĐ 1789 Đ21.1-2).

The answer to transaction 2 says so in our extra field `ngay_chot` (decision 19).
"""

from __future__ import annotations

import datetime as dt

from hocba.errors import Refused
from hocba.packet.answers import ResultAnswer
from hocba.workflow.transitions import Action, RecordState, Role
from hocba_server.adapters.gateway import GatewayClient
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.issuing.selectors import batch_by_id
from hocba_server.school.recalls.outcomes import move
from hocba_server.school.recalls.rights import deny_asking
from hocba_server.school.registry.permissions import require
from hocba_server.school.submission.messages import query_request
from hocba_server.school.submission.models import Package, PackageState
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


def learn_closings(
    *, by: Actor, at: dt.datetime, batch_id: int, gateway: GatewayClient | None = None
) -> tuple[int, int]:
    """Ask about every package of a class again; answers how many records are now closed, and how
    many were opened again by a decision of the department.

    Raises `Refused`: `role`, `nothing_sent`; `Unavailable` while the gateway is away.
    """
    require(deny_asking(by))
    batch = batch_by_id(by, batch_id)
    unit = batch.classroom.school.code
    packages = Package.objects.filter(batch=batch, state=PackageState.ANSWERED)
    numbers = list(packages.values_list("message_id", flat=True))
    if not numbers:
        raise Refused(
            "nothing_sent",
            "Sở chưa trả lời gói nào của lớp này nên chưa có gì để chốt.",
            "No package of this class is answered yet.",
        )
    client = gateway or sources_of(unit).gateway()
    closed: dict[str, bool] = {}
    for number in numbers:
        answer = ResultAnswer.from_json(client.send(query_request(number, unit)))
        closed |= {one.record_uuid: bool(one.closed_at) for one in answer.results}
    with school_transaction():
        batch_by_id(by, batch_id, lock=True)
        shut = _move(batch_id, closed, Action.CLOSE, RecordState.ACCEPTED, at)
        opened = _move(batch_id, closed, Action.REOPEN_CLOSED, RecordState.CLOSED, at)
        if shut or opened:
            record_event(
                using=SCHOOL_DATABASE,
                by=by,
                at=at,
                action="learn_closings",
                subject=f"batch:{batch_id}",
                detail={"closed": shut, "reopened": opened},
            )
    return shut, opened


def _move(
    batch_id: int, closed: dict[str, bool], action: Action, before: RecordState, at: dt.datetime
) -> int:
    wanted = [uuid for uuid, is_closed in closed.items() if is_closed is (action is Action.CLOSE)]
    rows = AnnualRecordDraft.objects.select_for_update().filter(
        batch_id=batch_id, record_uuid__in=wanted, state=before.value
    )
    numbers = [row.pk for row in rows.only("pk").order_by("pk")]
    return move(numbers, action, (Role.DEPARTMENT_OFFICER.value,), at)
