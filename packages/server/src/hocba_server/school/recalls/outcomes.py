"""What an answer of the department does to a record of the school, and how it is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hocba.errors import Sentence
from hocba.packet.codes import ResponseCode
from hocba.workflow.transitions import Action, Denial, RecordState, decide
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.recalls.models import RecallRequest, RequestKind

_BEFORE = {
    Action.REQUEST_RECALL: RecordState.ACCEPTED,
    Action.APPROVE_RECALL: RecordState.RECALL_REQUESTED,
    Action.REFUSE_RECALL: RecordState.RECALL_REQUESTED,
    Action.CLOSE: RecordState.ACCEPTED,
    Action.REOPEN_CLOSED: RecordState.CLOSED,
    Action.REQUEST_CORRECTION: RecordState.CLOSED,
    Action.APPROVE_CORRECTION: RecordState.CORRECTION_REQUESTED,
    Action.RECALL_CORRECTED: RecordState.CORRECTION_APPROVED,
    Action.REFUSE_CORRECTION: RecordState.CORRECTION_REQUESTED,
}


def move(record_ids: Sequence[int], action: Action, roles: Sequence[str], at: dt.datetime) -> int:
    """Move records along the one table of states; answers how many stood where it begins."""
    before = _BEFORE[action]
    after = decide(before, action, roles)
    if isinstance(after, Denial):
        raise after.as_refused()
    return AnnualRecordDraft.objects.filter(pk__in=record_ids, state=before.value).update(
        state=after.value, state_since=at
    )


def consequences(kind: str, *, agreed: bool, code: str) -> tuple[Action, ...]:
    """What an answer does to the record, step by step along the table of states."""
    if kind == RequestKind.CORRECTION:
        if agreed:
            return Action.APPROVE_CORRECTION, Action.RECALL_CORRECTED
        reopened = code == ResponseCode.NOT_CLOSED.value
        return (Action.REFUSE_CORRECTION, *([Action.REOPEN_CLOSED] if reopened else []))
    if agreed:
        return (Action.APPROVE_RECALL,)
    closed = code == ResponseCode.YEAR_CLOSED.value
    return (Action.REFUSE_RECALL, *([Action.CLOSE] if closed else []))


def title_of(asked: RecallRequest, agreed: int, refused: int) -> Sentence:
    """What the people concerned read in their notice."""
    name = asked.batch.classroom.name
    if asked.kind == RequestKind.CORRECTION:
        if agreed:
            return Sentence(
                f"Lớp {name}: Sở đồng ý chỉnh lý một học bạ; học vụ làm lại được ngay",
                f"Class {name}: a correction is granted; the registrar can begin the new record",
            )
        return Sentence(
            f"Lớp {name}: Sở không đồng ý chỉnh lý một học bạ",
            f"Class {name}: the department refused a correction",
        )
    if agreed and refused:
        return Sentence(
            f"Lớp {name}: Sở thu hồi {agreed} học bạ, không thu hồi {refused} học bạ",
            f"Class {name}: {agreed} records recalled, {refused} recalls refused",
        )
    if agreed:
        return Sentence(
            f"Lớp {name}: Sở đã thu hồi {agreed} học bạ; học vụ làm lại được ngay",
            f"Class {name}: {agreed} records recalled; the registrar can begin new ones",
        )
    return Sentence(
        f"Lớp {name}: Sở không thu hồi {refused} học bạ",
        f"Class {name}: the department refused {refused} recalls",
    )
