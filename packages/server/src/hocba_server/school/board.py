"""The school's home: each class with its state and what this person does next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse

from hocba.assessment.catalogue import SUBJECTS
from hocba.record.model import SignerRole
from hocba.workflow.transitions import RecordState
from hocba_server.school.assessments.selectors import PupilCheck, findings_of_classes
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import batches_of, records_of_batches
from hocba_server.school.registry.models import Classroom, SchoolRole, StaffAssignment
from hocba_server.school.registry.selectors import own_assignments
from hocba_server.school.signing.rights import STEPS, deny_now
from hocba_server.web.accounts.actor import Actor

SUBJECT_NAMES = {str(subject.code): subject.name for subject in SUBJECTS}


@dataclass(frozen=True, slots=True)
class NextAction:
    """One thing this person can do now."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ClassCard:
    """One class on the home page."""

    classroom: Classroom
    pupils: int
    state: str
    tone: str
    """`done`, `waiting` or `open`: the meaning colour, always beside the words of `state`."""
    actions: tuple[NextAction, ...]


def class_cards(by: Actor, rooms: Sequence[Classroom]) -> list[ClassCard]:
    """These classes, those with something to do for this person first.

    A fixed number of queries, however many classes a school has.
    """
    batches = batches_of(rooms)
    records = records_of_batches(list(batches.values()))
    created = {room for room, batch in batches.items() if records[batch.pk]}
    findings = findings_of_classes([room for room in rooms if room.pk not in created])
    own = own_assignments(by)
    cards = []
    for room in rooms:
        batch = batches.get(room.pk)
        if batch is not None and room.pk in created:
            cards.append(_record_card(by, room, batch, records[batch.pk]))
        else:
            mine = [row for row in own if row.classroom_id == room.pk]
            cards.append(_result_card(by, room, batch, findings[room.pk], mine))
    return sorted(cards, key=lambda card: not card.actions)


def _record_card(
    by: Actor, room: Classroom, batch: IssueBatch, records: list[AnnualRecordDraft]
) -> ClassCard:
    state, tone = _record_state(records)
    actions = tuple(_signing_actions(by, room, batch, records))
    return ClassCard(room, len(records), state, tone, actions)


def _result_card(
    by: Actor,
    room: Classroom,
    batch: IssueBatch | None,
    checks: list[PupilCheck],
    own: Sequence[StaffAssignment],
) -> ClassCard:
    wrong = sum(1 for check in checks if check.year.errors)
    if not checks:
        state = "Chưa có danh sách lớp"
    elif wrong:
        state = f"Đang nhập kết quả: còn {wrong} trong {len(checks)} em thiếu hoặc mâu thuẫn"
    else:
        state = "Đủ kết quả, sẵn sàng khởi tạo học bạ"
    actions = tuple(_result_actions(by, room, batch, checks, wrong, own))
    return ClassCard(room, len(checks), state, "open", actions)


def _record_state(records: list[AnnualRecordDraft]) -> tuple[str, str]:
    words = {
        RecordState.CHECKED: "đã khởi tạo, chờ giáo viên bộ môn ký",
        RecordState.SUBJECT_SIGNED: "chờ giáo viên chủ nhiệm ký",
        RecordState.HOMEROOM_SIGNED: "chờ lãnh đạo ký",
        RecordState.LEADER_SIGNED: "chờ văn thư phát hành",
        RecordState.ISSUED: "đã phát hành, chờ nộp về Sở",
        RecordState.SUBMITTED: "đã nộp, chờ Sở trả lời",
        RecordState.ACCEPTED: "đang lưu hành",
        RecordState.REJECTED: "bị Sở từ chối",
        RecordState.RECALL_REQUESTED: "chờ Sở quyết định thu hồi",
        RecordState.RECALLED: "đã thu hồi",
    }
    states = [RecordState(record.state) for record in records]
    parts = [
        f"{states.count(state)} học bạ {word}" for state, word in words.items() if state in states
    ]
    done = all(state is RecordState.ACCEPTED for state in states)
    return "; ".join(parts), "done" if done else "waiting"


def _result_actions(
    by: Actor,
    room: Classroom,
    batch: IssueBatch | None,
    checks: list[PupilCheck],
    wrong: int,
    own: Sequence[StaffAssignment],
) -> Iterator[NextAction]:
    roles = set(by.roles)
    if SchoolRole.REGISTRAR.value in roles and not checks:
        yield NextAction("Nhập danh sách lớp", reverse("school_spreadsheets:class_list"))
    if SchoolRole.REGISTRAR.value in roles and batch is not None and checks and not wrong:
        yield NextAction("Khởi tạo học bạ", reverse("school_signing:batch", args=[room.pk]))
    for row in own if checks else ():
        if row.role == SchoolRole.SUBJECT_TEACHER:
            entered = sum(
                any(item.subject_code == row.subject_code for item in check.subjects)
                for check in checks
            )
            if entered < len(checks):
                name = SUBJECT_NAMES.get(row.subject_code, row.subject_code)
                url = reverse("school_assessments:subject", args=[room.pk, row.subject_code])
                yield NextAction(f"Nhập {name} ({entered}/{len(checks)} em)", url)
        elif wrong:
            url = reverse("school_assessments:check", args=[room.pk])
            yield NextAction(f"Xem {wrong} em còn thiếu", url)
    if SchoolRole.PRINCIPAL.value in roles and batch is None and checks:
        yield NextAction("Mở đợt phát hành", reverse("school_signing:batch", args=[room.pk]))


def _signing_actions(
    by: Actor, room: Classroom, batch: IssueBatch, records: list[AnnualRecordDraft]
) -> Iterator[NextAction]:
    url = reverse("school_signing:batch", args=[room.pk])
    titles = {
        SignerRole.SUBJECT_TEACHER: "Ký môn của tôi",
        SignerRole.HOMEROOM_TEACHER: "Ký với vai trò chủ nhiệm",
        SignerRole.SCHOOL_LEADER: "Ký với vai trò lãnh đạo",
        SignerRole.ORGANISATION: "Ký phát hành",
    }
    for step in STEPS:
        if deny_now(by, batch, step.role, records) is None:
            yield NextAction(f"{titles[step.role]}: lớp {room.name}", url)
    issued = any(record.state == RecordState.ISSUED.value for record in records)
    if issued and SchoolRole.SCHOOL_CLERK.value in by.roles:
        yield NextAction("Nộp về Sở", reverse("school_submission:batch", args=[batch.pk]))
