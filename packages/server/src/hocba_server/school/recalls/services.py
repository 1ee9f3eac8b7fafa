"""The school asks the department to recall records in force (CV 2088/BGDĐT-GDTH III.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.urls import reverse

from hocba.errors import Refused, Unavailable
from hocba.ports import Clock, Key
from hocba.workflow.transitions import Action, Denial, Role
from hocba_server.adapters.clock import SystemClock
from hocba_server.adapters.gateway import GatewayClient
from hocba_server.config.jobs import school_jobs
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import batch_by_id, record_by_uuid
from hocba_server.school.notices.models import NoticeKind
from hocba_server.school.notices.services import notify
from hocba_server.school.problem import problem_columns
from hocba_server.school.recalls import messages
from hocba_server.school.recalls.models import (
    RecallAnswer,
    RecallLine,
    RecallRequest,
    RequestKind,
)
from hocba_server.school.recalls.outcomes import consequences, move, title_of
from hocba_server.school.recalls.rights import deny_asking, deny_recall
from hocba_server.school.recalls.selectors import request_by_id
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import not_found, own_school, people_in_role
from hocba_server.school.signing.certificate_checks import check_owner
from hocba_server.school.submission.messages import Json, read_acknowledgement
from hocba_server.school.submission.models import PackageState
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor, platform_actor
from hocba_server.web.audit.services import record_event

SEND_JOB = "school.recalls.send"
POLL_JOB = "school.recalls.poll"


def request_recall(
    *,
    by: Actor,
    at: dt.datetime,
    record_uuids: Sequence[str],
    reason: str,
    key: Key,
    message_id: str,
) -> int:
    """Ask for the recall of records of one class, signed with the school's key; sending follows.

    Request, states and job are committed together. Raises `Refused`: `role`, `reason_missing`,
    `nothing_chosen`, `several_classes`, `wrong_state` (not in force, or asked already), what
    `check_owner` refuses; then nothing is asked.
    """
    require(deny_asking(by))
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise Refused("reason_missing", "Ghi lý do thu hồi để Sở xem xét.", "Give the reason.")
    chosen = list(dict.fromkeys(record_uuids))
    if not chosen:
        raise Refused("nothing_chosen", "Chưa chọn học bạ nào để thu hồi.", "No record was chosen.")
    with school_transaction():
        # The batch first, as everybody takes it who works on records of a class.
        batch = batch_by_id(by, record_by_uuid(by, chosen[0]).batch_id, lock=True)
        rows = _locked(by, batch.pk, chosen, deny_recall)
        asked = send_signed(
            batch, rows, messages.Grounds(reason), by=by, at=at, key=key, message_id=message_id
        )
        move([row.pk for row in rows], Action.REQUEST_RECALL, by.roles, at)
    return asked.pk


def send_signed(
    batch: IssueBatch,
    rows: Sequence[AnnualRecordDraft],
    grounds: messages.Grounds,
    *,
    by: Actor,
    at: dt.datetime,
    key: Key,
    message_id: str,
) -> RecallRequest:
    """Sign the request and keep it with lines, audit and the job that sends it.

    Joins the open transaction. Raises `Refused` as `check_owner` does.
    """
    school = own_school(by)
    check_owner(key.certificate, owner=school.code, organisation=True, at=at)
    request = messages.recall_request(
        [bytes(row.document) for row in rows],
        grounds=grounds,
        key=key,
        signing_time=at.replace(microsecond=0),
        unit_code=school.code,
        school_year=batch.classroom.school_year,
        message_id=message_id,
    )
    asked = _keep(batch, request, message_id, grounds, by, at)
    RecallLine.objects.bulk_create(
        RecallLine(request=asked, record=row, answer=RecallAnswer.WAITING) for row in rows
    )
    detail = {
        "message_id": message_id,
        "records": [row.record_uuid for row in rows],
        "reason": grounds.reason,
        "files": [file.sha256 for file in grounds.files],
    }
    _audit(by, at, f"request_{asked.kind}", asked, detail)
    school_jobs.configure_task(SEND_JOB, allow_unknown=True).defer(request_id=asked.pk)
    return asked


def _keep(
    batch: IssueBatch,
    request: Json,
    message_id: str,
    grounds: messages.Grounds,
    by: Actor,
    at: dt.datetime,
) -> RecallRequest:
    return RecallRequest.objects.create(
        kind=RequestKind.CORRECTION if grounds.correction else RequestKind.RECALL,
        school=batch.classroom.school,
        batch=batch,
        message_id=message_id,
        request=request,
        reason=grounds.reason,
        state=PackageState.WAITING,
        actor=by.to_json(),
        created_by=by.user_id,
        created_by_name=by.name,
        created_at=at,
    )


def _locked(
    by: Actor,
    batch_id: int,
    uuids: Sequence[str],
    deny: Callable[[Actor, AnnualRecordDraft], Denial | None],
) -> list[AnnualRecordDraft]:
    rows = list(
        AnnualRecordDraft.objects.select_for_update(of=("self",))
        .select_related("batch__classroom__school")
        .filter(record_uuid__in=uuids)
        .order_by("pk")
    )
    if len(rows) != len(uuids) or any(
        row.batch.classroom.school.code != by.unit_code for row in rows
    ):
        raise not_found()
    if any(row.batch_id != batch_id for row in rows):
        raise Refused(
            "several_classes",
            "Mỗi yêu cầu thu hồi chỉ gồm học bạ của một lớp.",
            "A request names records of one class only.",
        )
    for row in rows:
        require(deny(by, row))
    return rows


def send_request(
    request_id: int, *, gateway: GatewayClient | None = None, clock: Clock | None = None
) -> None:
    """Send a request of the outbox; the same message id again gets the same answer.

    Raises `Unavailable` when the gateway cannot be reached: the request stays in the outbox.
    """
    asked = RecallRequest.objects.select_related("school").get(pk=request_id)
    if asked.state != PackageState.WAITING:
        return
    try:
        answer = (gateway or sources_of(asked.school.code).gateway()).send(asked.request)
    except Unavailable as fault:
        # A crash here leaves the request waiting; it is sent again with the same message id.
        RecallRequest.objects.filter(pk=request_id).update(
            attempts=asked.attempts + 1, **problem_columns(fault.sentence)
        )
        raise
    at = (clock or SystemClock()).now()
    acknowledged = read_acknowledgement(answer)
    with school_transaction():
        asked = _lock(request_id)
        if asked.state != PackageState.WAITING:
            return
        asked.attempts += 1
        asked.answer_code = acknowledged.code
        asked.set_problem(None if acknowledged.accepted else acknowledged.why)
        if acknowledged.accepted:
            asked.state, asked.acknowledged_at = PackageState.ACKNOWLEDGED, at
            school_jobs.configure_task(POLL_JOB, allow_unknown=True).defer(request_id=asked.pk)
        else:
            asked.state = PackageState.REFUSED
            refused = messages.Decision(
                RecallAnswer.REFUSED, acknowledged.code, acknowledged.sentence
            )
            for line in asked.lines.select_related("record", "request"):
                _write(line, refused, at)
            _tell(asked, {RecallAnswer.REFUSED: asked.lines.count()}, at)
        asked.save()
        detail = {"message_id": asked.message_id, "code": acknowledged.code}
        _audit(Actor.from_json(asked.actor), at, "recall_acknowledged", asked, detail)


def poll_request(
    request_id: int, *, gateway: GatewayClient | None = None, clock: Clock | None = None
) -> None:
    """Ask what was decided about each record (transaction 6) and write it down.

    Raises `Unavailable` while the gateway is away or a record waits for its decision.
    """
    asked = RecallRequest.objects.select_related("school").get(pk=request_id)
    if asked.state != PackageState.ACKNOWLEDGED:
        return
    query = messages.recall_query(asked.message_id, asked.school.code)
    decisions = messages.read_decisions(
        (gateway or sources_of(asked.school.code).gateway()).send(query)
    )
    at = (clock or SystemClock()).now()
    with school_transaction():
        asked = _lock(request_id)
        counts: dict[RecallAnswer, int] = {}
        waiting = asked.lines.filter(answer=RecallAnswer.WAITING)
        for line in waiting.select_related("record", "request"):
            decision = decisions.get(line.record.record_uuid)
            if decision is not None and decision.answer is not RecallAnswer.WAITING:
                _write(line, decision, at)
                counts[decision.answer] = counts.get(decision.answer, 0) + 1
        left = asked.lines.filter(answer=RecallAnswer.WAITING).count()
        if left == 0 and asked.state == PackageState.ACKNOWLEDGED:
            asked.state, asked.answered_at = PackageState.ANSWERED, at
            asked.save(update_fields=["state", "answered_at"])
        if counts:
            _tell(asked, counts, at)
            detail = {str(answer): count for answer, count in counts.items()}
            _audit(Actor.from_json(asked.actor), at, "recall_answered", asked, detail)
    if left:
        raise Unavailable(
            "not_decided",
            f"Sở chưa quyết định về {left} học bạ. Kết quả sẽ hiện khi có.",
            f"{left} records are not decided yet.",
        )


def ask_now(*, by: Actor, request_id: int) -> str:
    """Somebody asks at once whether the department has decided; answers the state."""
    require(deny_asking(by))
    asked = request_by_id(by, request_id)
    if asked.state == PackageState.WAITING:
        send_request(asked.pk)
    poll_request(asked.pk)
    asked.refresh_from_db()
    return str(asked.state)


def _lock(request_id: int) -> RecallRequest:
    """The request with its class, locked until commit."""
    rows = RecallRequest.objects.select_for_update(of=("self",))
    return rows.select_related("batch__classroom__school").get(pk=request_id)


def _write(line: RecallLine, decision: messages.Decision, at: dt.datetime) -> None:
    line.answer, line.code = decision.answer, decision.code[:50]
    line.sentence = decision.sentence[:1000]
    agreed = decision.answer is RecallAnswer.AGREED
    if not agreed and not line.sentence:
        line.sentence = "Sở không đồng ý và không nêu lý do."
    line.save(update_fields=["answer", "code", "sentence"])
    for action in consequences(line.request.kind, agreed=agreed, code=line.code):
        move([line.record_id], action, (Role.DEPARTMENT_OFFICER.value,), at)


def _tell(asked: RecallRequest, counts: Mapping[RecallAnswer, int], at: dt.datetime) -> None:
    """Clerk, principal, whoever asked, and the registrar who goes on hear what was decided."""
    room = asked.batch.classroom
    agreed, refused = counts.get(RecallAnswer.AGREED, 0), counts.get(RecallAnswer.REFUSED, 0)
    title = title_of(asked, agreed, refused)
    roles = [SchoolRole.SCHOOL_CLERK, SchoolRole.PRINCIPAL]
    if agreed:
        roles.append(SchoolRole.REGISTRAR)
    asker = Actor.from_json(asked.actor)
    notify(
        by=platform_actor("school"),
        at=at,
        school=room.school,
        recipients={*people_in_role(room.school, room.school_year, *roles), asker.personal_id},
        kind=NoticeKind.ANSWER,
        title=title,
        url=reverse("school_recalls:request", args=[asked.pk]),
        class_name=room.name,
    )


def _audit(
    by: Actor, at: dt.datetime, action: str, asked: RecallRequest, detail: Mapping[str, Any]
) -> None:
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"recall:{asked.pk}",
        detail=dict(detail),
    )
