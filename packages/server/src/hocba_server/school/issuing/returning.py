"""Sending records back before they are issued, and creating them anew (QĐ 1789 Đ14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.urls import reverse

from hocba.errors import Refused, Sentence
from hocba.record.model import FormatProfile, SignerRole
from hocba.signature.carry_over import carry_over
from hocba.workflow.transitions import Action, Denial, RecordState, decide
from hocba_server.school.assessments.returns import has_open_returns, reopen_sheets
from hocba_server.school.assessments.selectors import class_findings
from hocba_server.school.assessments.sheets import Sheet
from hocba_server.school.assessments.windows import vietnam_day
from hocba_server.school.database import school_transaction
from hocba_server.school.issuing.drafting import draft_record, no_homeroom, refuse_findings
from hocba_server.school.issuing.happenings import records_moved
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import batch_by_id, deny_return, record_by_uuid
from hocba_server.school.issuing.services import audit, locked_record
from hocba_server.school.issuing.signers import signers_of
from hocba_server.school.notices import matters
from hocba_server.school.notices.models import NoticeKind
from hocba_server.school.notices.services import notify, settle
from hocba_server.school.registry.models import Enrolment, SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import (
    classroom_by_id,
    not_found,
    people_in_role,
    people_of_class,
)
from hocba_server.web.accounts.actor import Actor


def return_records(*, by: Actor, at: dt.datetime, batch_id: int, reason: str) -> int:
    """Send a class back before it is issued: its records go, its results open again (Đ14)."""
    if not reason.strip():
        raise Refused("reason_missing", "Ghi lý do trả lại lớp này.", "Give the reason.")
    with school_transaction():
        batch = batch_by_id(by, batch_id, lock=True)
        # In the order in which a signing session takes them, and these rows alone.
        rows = AnnualRecordDraft.objects.filter(batch=batch).order_by("pk")
        locked = list(rows.select_for_update(of=("self",)).defer("document"))
        require(deny_return(by, batch, locked))
        uuids = [row.record_uuid for row in locked]
        rows.delete()
        batch.records_created_by, batch.records_created_at = None, None
        batch.save(update_fields=["records_created_by", "records_created_at"])
        Enrolment.objects.filter(classroom_id=batch.classroom_id).update(
            results_locked_by=None, results_locked_at=None
        )
        audit(by, at, "return_records", batch, {"reason": reason.strip(), "records": uuids})
        _tell_class(batch, by, at, reason.strip())
        records_moved.send(IssueBatch, by=by, at=at, batch=batch)
    return len(uuids)


def _tell_class(batch: IssueBatch, by: Actor, at: dt.datetime, reason: str) -> None:
    """Every teacher of the class, whose signatures are void, and the registrar who goes on."""
    room = batch.classroom
    notify(
        by=by,
        at=at,
        school=room.school,
        recipients=[
            *people_of_class(room),
            *people_in_role(room.school, room.school_year, SchoolRole.REGISTRAR),
        ],
        kind=NoticeKind.RETURNED,
        title=Sentence(
            f"{by.name} trả lại cả lớp {room.name}: các chữ ký không còn giá trị",
            f"{by.name} returned the whole class {room.name}: its signatures are void",
        ),
        text=Sentence(reason, reason),
        url=reverse("school_assessments:check", args=[room.pk]),
        class_name=room.name,
        matter=matters.create_records(room),
    )


def return_record(
    *,
    by: Actor,
    at: dt.datetime,
    record_uuid: str,
    sheets: Sequence[str],
    reason: str,
) -> list[str]:
    """Send one pupil's record back to those who fill the named sheets; the others stay locked.

    The signatures over what may change are void, those of the other subject teachers are carried
    over when the record is created anew (Đ14). Answers the subjects whose signatures stay.
    """
    if not reason.strip():
        raise Refused("reason_missing", "Ghi lý do trả lại học bạ này.", "Give the reason.")
    wanted = [Sheet.parse(slug) for slug in dict.fromkeys(sheets)]
    if not wanted:
        raise Refused(
            "sheet_missing", "Chọn phần cần sửa.", "Choose the part that has to be corrected."
        )
    with school_transaction():
        batch = batch_by_id(by, record_by_uuid(by, record_uuid).batch_id, lock=True)
        row = locked_record(record_uuid)
        require(deny_return(by, batch, [row]))
        voided = {sheet.subject_code for sheet in wanted}
        row.state, row.state_since = RecordState.DRAFT.value, at
        row.save(update_fields=["state", "state_since"])
        kept = row.stamps.filter(role=SignerRole.SUBJECT_TEACHER.value).exclude(
            subject_code__in=voided
        )
        names = list(kept.values_list("subject_code", flat=True))
        row.stamps.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
        reopen_sheets(by=by, at=at, enrolment=row.enrolment, sheets=wanted, reason=reason.strip())
        detail = {
            "record": record_uuid,
            "sheets": [sheet.slug for sheet in wanted],
            "reason": reason.strip(),
            "kept": names,
        }
        audit(by, at, "return_record", batch, detail)
        records_moved.send(IssueBatch, by=by, at=at, batch=batch)
    return names


def recreate_record(*, by: Actor, at: dt.datetime, record_uuid: str) -> tuple[str, ...]:
    """Create a returned record anew from the corrected results, with its number.

    Answers the subjects whose signatures were carried over. Raises `Refused` while a sheet is
    still being corrected or a finding is open.
    """
    require(deny_role(by, SchoolRole.REGISTRAR))
    with school_transaction():
        batch = batch_by_id(by, record_by_uuid(by, record_uuid).batch_id, lock=True)
        room = classroom_by_id(by, batch.classroom_id, lock=True)
        row = locked_record(record_uuid)
        answer = decide(RecordState(row.state), Action.CHECK, by.roles)
        if isinstance(answer, Denial):
            raise answer.as_refused()
        if has_open_returns(row.enrolment_id):
            raise Refused(
                "being_corrected",
                "Giáo viên chưa báo sửa xong nên chưa khởi tạo lại.",
                "The correction is not finished yet.",
            )
        check = next(
            (each for each in class_findings(room) if each.enrolment.pk == row.enrolment_id), None
        )
        signers = signers_of(room, batch.signing_leader, vietnam_day(at))
        if check is None or signers.homeroom is None:
            raise no_homeroom(room) if signers.homeroom is None else not_found()
        refuse_findings(room, [check])
        made = draft_record(batch, check, signers, by, row.created_at, row)
        document, carried = carry_over(
            bytes(row.document), bytes(made.document), FormatProfile(batch.format_profile)
        )
        row.document, row.state, row.state_since = document, made.state, at
        row.subject_signers, row.homeroom_signer = made.subject_signers, made.homeroom_signer
        row.pending_subjects = [
            code for code in made.pending_subjects if code not in set(map(str, carried))
        ]
        if not row.pending_subjects and made.pending_subjects:
            row.state = RecordState.SUBJECT_SIGNED.value
        row.save(
            update_fields=[
                *("document", "state", "state_since", "pending_subjects"),
                *("subject_signers", "homeroom_signer"),
            ]
        )
        row.stamps.filter(role=SignerRole.SUBJECT_TEACHER.value).exclude(
            subject_code__in=carried
        ).delete()
        audit(by, at, "recreate_record", batch, {"record": record_uuid, "kept": list(carried)})
        _tell_next(batch, by, at)
    return tuple(map(str, carried))


def _tell_next(batch: IssueBatch, by: Actor, at: dt.datetime) -> None:
    """The signers go on; the registrar is done once no record waits to be created anew."""
    room = batch.classroom
    if not AnnualRecordDraft.objects.filter(batch=batch, state=RecordState.DRAFT).exists():
        settle(at=at, school=room.school, matter=matters.recreate(room))
    records_moved.send(IssueBatch, by=by, at=at, batch=batch)
