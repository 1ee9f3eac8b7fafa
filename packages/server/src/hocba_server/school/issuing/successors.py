"""A record that the department refused or recalled gets a successor (CV 2088 III.2(11), III.3(6)).

The earlier file stays as it was signed and sent. What is corrected becomes another record of the
same pupil and year with a number of its own, which everybody signs again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hocba.errors import Refused
from hocba.workflow.transitions import Action, Denial, RecordState, Role, decide
from hocba_server.school.assessments.returns import reopen_sheets
from hocba_server.school.assessments.selectors import class_findings
from hocba_server.school.assessments.sheets import Sheet
from hocba_server.school.assessments.windows import vietnam_day
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.drafting import draft_record, no_homeroom
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.issuing.returning import recreate_record
from hocba_server.school.issuing.selectors import batch_by_id, record_by_uuid, successor_of
from hocba_server.school.issuing.services import hold_pupils, locked_record
from hocba_server.school.issuing.signers import signers_of
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role
from hocba_server.school.registry.selectors import classroom_by_id
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


def deny_reopening(by: Actor, record: AnnualRecordDraft) -> Denial | None:
    """The registrar begins the successor of a refused or recalled record.

    The state of a recalled record moves only when the successor is accepted (`note_replaced`).
    """
    if record.state == RecordState.RECALLED.value:
        return deny_role(by, SchoolRole.REGISTRAR) or _deny_administrator(by)
    answer = decide(RecordState(record.state), Action.REOPEN, by.roles)
    if not isinstance(answer, Denial):
        return None
    code = "role" if answer.code in {"wrong_role", "administrator"} else answer.code
    return Denial(code, answer.sentence)


def _deny_administrator(by: Actor) -> Denial | None:
    """Nobody reaches results by giving a role to himself (QĐ 1789 Đ33): as the table says it."""
    answer = decide(RecordState.REJECTED, Action.REOPEN, by.roles)
    return Denial("role", answer.sentence) if isinstance(answer, Denial) else None


def note_replaced(record: AnnualRecordDraft, at: dt.datetime) -> None:
    """The department accepted this record: the recalled ones before it are replaced.

    Joins the transaction that writes the department's answer.
    """
    after = decide(RecordState.RECALLED, Action.REPLACE, [Role.GATEWAY.value])
    if isinstance(after, Denial):
        raise after.as_refused()
    AnnualRecordDraft.objects.filter(
        enrolment=record.enrolment_id, pk__lt=record.pk, state=RecordState.RECALLED.value
    ).update(state=after.value, state_since=at)


def reopen_record(
    *, by: Actor, at: dt.datetime, record_uuid: str, sheets: Sequence[str], reason: str
) -> str:
    """Begin the successor; the named sheets open for their teachers. Answers its number.

    Without a sheet nothing of the results is to change (a certificate was the reason, say): the
    successor is created at once and waits for its signatures. Raises `Refused`: `role`,
    `reason_missing`, `reopened_already`, and what the check of the pupil's results refuses.
    """
    if not reason.strip():
        raise Refused("reason_missing", "Ghi lý do làm lại học bạ này.", "Give the reason.")
    wanted = [Sheet.parse(slug) for slug in dict.fromkeys(sheets)]
    with school_transaction():
        batch = batch_by_id(by, record_by_uuid(by, record_uuid).batch_id, lock=True)
        room = classroom_by_id(by, batch.classroom_id, lock=True)
        hold_pupils(room)
        refused = locked_record(record_uuid)
        denial = deny_reopening(by, refused)
        if denial is not None:
            raise denial.as_refused()
        if successor_of(refused) is not None:
            raise Refused(
                "reopened_already",
                "Học bạ này đã được làm lại. Mở học bạ mới của em để xem.",
                "This record has a successor already.",
            )
        successor = _begin(refused, by, at)
        reopen_sheets(
            by=by, at=at, enrolment=refused.enrolment, sheets=wanted, reason=reason.strip()
        )
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="reopen_record",
            subject=f"record:{record_uuid}",
            detail={
                "successor": successor.record_uuid,
                "sheets": [sheet.slug for sheet in wanted],
                "reason": reason.strip(),
            },
        )
        if not wanted:
            recreate_record(by=by, at=at, record_uuid=successor.record_uuid)
    return successor.record_uuid


def _begin(refused: AnnualRecordDraft, by: Actor, at: dt.datetime) -> AnnualRecordDraft:
    """The successor with the results as they are now, waiting to be created anew."""
    batch = refused.batch
    room = batch.classroom
    check = next(
        (each for each in class_findings(room) if each.enrolment.pk == refused.enrolment_id), None
    )
    if check is None:
        raise Refused(
            "not_in_class",
            "Em không còn trong danh sách lớp này nên không làm lại học bạ ở đây được.",
            "The pupil is not on the list of this class any more.",
        )
    signers = signers_of(room, batch.signing_leader, vietnam_day(at))
    if signers.homeroom is None:
        raise no_homeroom(room)
    successor = draft_record(batch, check, signers, by, at)
    successor.state = RecordState.DRAFT.value
    successor.save(force_insert=True)
    return successor
