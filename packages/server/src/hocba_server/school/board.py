"""The school's home: each class with its state and what this person does next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from hocba.assessment.catalogue import SUBJECTS
from hocba.record.model import SignerRole
from hocba.workflow.transitions import RecordState
from hocba_server.school.assessments.selectors import PupilCheck, class_findings
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import batch_of, records_of
from hocba_server.school.registry.models import Classroom, SchoolRole
from hocba_server.school.registry.selectors import own_assignments, own_classrooms
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


def class_cards(by: Actor) -> list[ClassCard]:
    """The classes this person has to do with, those with something to do first."""
    cards = [_card(by, room) for room in own_classrooms(by)]
    return sorted(cards, key=lambda card: not card.actions)


def _card(by: Actor, room: Classroom) -> ClassCard:
    batch = batch_of(room)
    records = records_of(batch) if batch else []
    if records and batch is not None:
        state, tone = _record_state(records)
        actions = tuple(_signing_actions(by, room, batch, records))
        return ClassCard(room, len(records), state, tone, actions)
    checks = class_findings(room)
    wrong = sum(1 for check in checks if check.year.errors)
    if not checks:
        state = "Chưa có danh sách lớp"
    elif wrong:
        state = f"Đang nhập kết quả: còn {wrong} trong {len(checks)} em thiếu hoặc mâu thuẫn"
    else:
        state = "Đủ kết quả, sẵn sàng khởi tạo học bạ"
    actions = tuple(_result_actions(by, room, batch, checks, wrong))
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
        RecordState.RECALLED: "đã thu hồi",
    }
    states = [RecordState(record.state) for record in records]
    parts = [
        f"{states.count(state)} học bạ {word}" for state, word in words.items() if state in states
    ]
    done = all(state is RecordState.ACCEPTED for state in states)
    return "; ".join(parts), "done" if done else "waiting"


def _result_actions(
    by: Actor, room: Classroom, batch: IssueBatch | None, checks: list[PupilCheck], wrong: int
) -> Iterator[NextAction]:
    roles = set(by.roles)
    if SchoolRole.REGISTRAR.value in roles and not checks:
        yield NextAction("Nhập danh sách lớp", reverse("school_spreadsheets:class_list"))
    if SchoolRole.REGISTRAR.value in roles and batch is not None and checks and not wrong:
        yield NextAction("Khởi tạo học bạ", reverse("school_signing:batch", args=[room.pk]))
    for row in own_assignments(by):
        if row.classroom_id != room.pk or not checks:
            continue
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
