"""Who may start which signing step of a class, and which records wait for it.

Order of QĐ 1789 Đ20-21: subject teachers, homeroom teacher, leader, the school's seal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hocba.errors import Sentence
from hocba.ids import SubjectCode
from hocba.record.model import SignerRole, SlotId
from hocba.workflow.transitions import Action, Denial, RecordState, Role, decide
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.registry.models import SchoolRole, StaffAssignment
from hocba_server.school.registry.permissions import (
    deny_homeroom_teacher,
    deny_role,
)
from hocba_server.web.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the signing order; what it does to a record stands in the transition table."""

    role: SignerRole
    title: str
    action: Action
    school_role: Role


STEPS = (
    Step(
        SignerRole.SUBJECT_TEACHER,
        "Giáo viên bộ môn ký",
        Action.SIGN_SUBJECTS,
        Role.SUBJECT_TEACHER,
    ),
    Step(
        SignerRole.HOMEROOM_TEACHER,
        "Giáo viên chủ nhiệm ký",
        Action.SIGN_HOMEROOM,
        Role.HOMEROOM_TEACHER,
    ),
    Step(
        SignerRole.SCHOOL_LEADER,
        "Lãnh đạo nhà trường ký",
        Action.SIGN_LEADER,
        Role.SCHOOL_LEADER,
    ),
    Step(SignerRole.ORGANISATION, "Văn thư ký phát hành", Action.ISSUE, Role.SCHOOL_CLERK),
)
STEP_OF = {step.role: step for step in STEPS}


def next_state(record: AnnualRecordDraft, role: SignerRole) -> RecordState | Denial:
    """The state of the record once this step is wholly signed, or why it is not its turn."""
    step = STEP_OF[role]
    return decide(
        RecordState(record.state),
        step.action,
        [step.school_role],
        subjects_pending=bool(record.pending_subjects),
    )


def teaches_here(by_personal_id: str, batch: IssueBatch) -> bool:
    """Is this person assigned to a subject in the class of the batch?"""
    return StaffAssignment.objects.filter(
        classroom_id=batch.classroom_id,
        role=SchoolRole.SUBJECT_TEACHER,
        staff__personal_id=by_personal_id,
    ).exists()


def own_subjects(record: AnnualRecordDraft, personal_id: str) -> list[str]:
    """Subjects of this record that wait for the signature of the person whom it names for them."""
    return [
        code
        for code in record.pending_subjects
        if personal_id and record.subject_signers.get(code) == personal_id
    ]


def waits_for(record: AnnualRecordDraft, role: SignerRole, personal_id: str) -> bool:
    """Is this record ready for this signature of this very person?"""
    if isinstance(next_state(record, role), Denial):
        return False
    if role is SignerRole.SUBJECT_TEACHER:
        return bool(own_subjects(record, personal_id))
    if role is SignerRole.HOMEROOM_TEACHER:
        return bool(personal_id) and record.homeroom_signer == personal_id
    return True


def slots_for(record: AnnualRecordDraft, role: SignerRole, personal_id: str) -> list[SlotId]:
    """The slots that this signer fills in this record."""
    if role is not SignerRole.SUBJECT_TEACHER:
        return [SlotId(role)]
    return [SlotId(role, SubjectCode(code)) for code in own_subjects(record, personal_id)]


def names_signer(record: AnnualRecordDraft, role: SignerRole, personal_id: str) -> bool:
    """Does the record name this person for this role, whatever is signed already?"""
    if role is SignerRole.SUBJECT_TEACHER:
        return personal_id in record.subject_signers.values()
    return record.homeroom_signer == personal_id


def deny_step(
    by: Actor, batch: IssueBatch, role: SignerRole, records: Sequence[AnnualRecordDraft]
) -> Denial | None:
    """May this person sign this step, whatever the state of the records?

    Teachers' parts: the person whom the records name, who may be a substitute or, for a teacher
    who has left, the leader (QĐ 1789 Đ14.5, Đ14.7).
    """
    if role is SignerRole.SCHOOL_LEADER:
        return _deny_leader(by, batch)
    if role is SignerRole.ORGANISATION:
        return deny_role(by, SchoolRole.SCHOOL_CLERK)
    if by.personal_id and any(names_signer(each, role, by.personal_id) for each in records):
        return None
    if role is SignerRole.HOMEROOM_TEACHER:
        return deny_homeroom_teacher(by, batch.classroom) or _not_named()
    denial = deny_role(by, SchoolRole.SUBJECT_TEACHER)
    if denial is None and not teaches_here(by.personal_id or "", batch):
        return Denial(
            "role",
            Sentence("Thầy/Cô không dạy môn nào ở lớp này.", "You teach no subject in this class."),
        )
    return denial or (_not_named() if records else None)


def _not_named() -> Denial:
    return Denial(
        "role",
        Sentence(
            "Học bạ của lớp này không ghi Thầy/Cô là người ký phần này.",
            "The records of this class do not name you for this part.",
        ),
    )


def _deny_leader(by: Actor, batch: IssueBatch) -> Denial | None:
    denial = deny_role(by, SchoolRole.SCHOOL_LEADER, SchoolRole.PRINCIPAL)
    if denial is None and by.personal_id != batch.signing_leader.personal_id:
        name = batch.signing_leader.full_name
        return Denial(
            "role",
            Sentence(
                f"Đợt này do {name} ký: tên người ký đã ghi trong học bạ.",
                f"{name} signs this batch: the name stands in the record.",
            ),
        )
    return denial


def deny_now(
    by: Actor, batch: IssueBatch, role: SignerRole, records: Sequence[AnnualRecordDraft]
) -> Denial | None:
    """May this person sign this step now? The sentence also fills the disabled button."""
    denial = deny_step(by, batch, role, records)
    if denial is not None and (records or denial.code != "role"):
        return denial
    if not records:
        if denial is not None:
            return denial
        vi = "Chưa khởi tạo học bạ của lớp này."
        return Denial("no_records", Sentence(vi, "The records of this class do not exist yet."))
    waiting = [record for record in records if waits_for(record, role, by.personal_id or "")]
    if waiting:
        answer = decide(
            RecordState(waiting[0].state),
            STEP_OF[role].action,
            by.roles,
            subjects_pending=bool(waiting[0].pending_subjects),
        )
        return answer if isinstance(answer, Denial) else None
    if any(_comes_later(record, role) for record in records):
        vi = "Chưa đến bước này: các bước ký trước phải xong đã."
        return Denial("too_early", Sentence(vi, "Earlier signatures must come first."))
    vi = "Không còn học bạ nào chờ chữ ký này."
    return Denial("nothing_waits", Sentence(vi, "No record waits for this signature."))


def signed_count(records: Sequence[AnnualRecordDraft], role: SignerRole) -> int:
    """How many records have this step behind them; a returned record has none behind it."""
    return sum(
        1
        for record in records
        if record.state != RecordState.DRAFT.value
        and isinstance(next_state(record, role), Denial)
        and not _comes_later(record, role)
    )


def _comes_later(record: AnnualRecordDraft, role: SignerRole) -> bool:
    """Does the record still have to go through earlier steps before this one?"""
    order = [step.role for step in STEPS]
    earlier = order[: order.index(role)]
    return any(isinstance(next_state(record, step), RecordState) for step in earlier)
