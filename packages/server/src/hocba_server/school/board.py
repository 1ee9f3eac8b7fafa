"""The school's home: each class with its state and what this person does next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from hocba.assessment.catalogue import SUBJECTS
from hocba.assessment.periods import Period
from hocba.errors import Sentence
from hocba.record.model import SignerRole
from hocba.workflow.transitions import RecordState
from hocba_server.school.assessments.entry_progress import ClassEntry, entry_progress
from hocba_server.school.assessments.grid import period_in_view
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

    title: Sentence
    url: str


@dataclass(frozen=True, slots=True)
class ClassCard:
    """One class on the home page."""

    classroom: Classroom
    pupils: int
    state: Sentence
    tone: str
    """`done`, `waiting` or `open`: the meaning colour, always beside the words of `state`."""
    actions: tuple[NextAction, ...]


def class_cards(by: Actor, rooms: Sequence[Classroom], at: dt.datetime) -> list[ClassCard]:
    """These classes of one year, those with something to do for this person first.

    A fixed number of queries, however many classes a school has.
    """
    period = period_in_view(rooms[0], at) if rooms else Period.YEAR_END
    batches = batches_of(rooms)
    records = records_of_batches(list(batches.values()))
    created = {room for room, batch in batches.items() if records[batch.pk]}
    # Whoever has opened the issue of a class is at the year's end, whatever the season.
    during = {room.pk for room in rooms if period is not Period.YEAR_END and room.pk not in batches}
    findings = findings_of_classes([room for room in rooms if room.pk not in created | during])
    entries = {
        entry.classroom.pk: entry
        for entry in entry_progress([room for room in rooms if room.pk in during], period)
    }
    own = own_assignments(by)
    alone = _without_homeroom(by, rooms)
    cards = []
    for room in rooms:
        batch = batches.get(room.pk)
        mine = [row for row in own if row.classroom_id == room.pk]
        if batch is not None and room.pk in created:
            cards.append(_record_card(by, room, batch, records[batch.pk]))
        elif room.pk in entries:
            cards.append(_entry_card(by, entries[room.pk], period, mine))
        else:
            cards.append(_result_card(by, room, batch, findings[room.pk], mine))
        if room.pk in alone:
            cards[-1] = replace(cards[-1], actions=(_assign_teachers(room), *cards[-1].actions))
    return sorted(cards, key=lambda card: not card.actions)


def _without_homeroom(by: Actor, rooms: Sequence[Classroom]) -> set[int]:
    """Classes with nobody to answer for them, for the head, who alone can mend that (Đ20.2)."""
    if SchoolRole.PRINCIPAL.value not in by.roles:
        return set()
    led = StaffAssignment.objects.filter(classroom__in=rooms, role=SchoolRole.HOMEROOM_TEACHER)
    return {room.pk for room in rooms} - set(led.values_list("classroom_id", flat=True))


def _assign_teachers(room: Classroom) -> NextAction:
    return NextAction(
        Sentence("Phân công giáo viên", "Assign teachers"),
        reverse("school_staffing:class", args=[room.pk]),
    )


def _record_card(
    by: Actor, room: Classroom, batch: IssueBatch, records: list[AnnualRecordDraft]
) -> ClassCard:
    state, tone = _record_state(records)
    actions = tuple(_signing_actions(by, room, batch, records))
    return ClassCard(room, len(records), state, tone, actions)


_NO_LIST = Sentence("Chưa có danh sách lớp", "No class list yet")


def _import_list() -> NextAction:
    return NextAction(
        Sentence("Nhập danh sách lớp", "Import the class list"),
        reverse("school_spreadsheets:class_list"),
    )


def _result_card(
    by: Actor,
    room: Classroom,
    batch: IssueBatch | None,
    checks: list[PupilCheck],
    own: Sequence[StaffAssignment],
) -> ClassCard:
    wrong = sum(1 for check in checks if check.year.errors)
    if not checks:
        state = _NO_LIST
    elif wrong:
        state = Sentence(
            f"Đang nhập kết quả: còn {wrong} trong {len(checks)} em thiếu hoặc mâu thuẫn",
            f"Results are being entered: {wrong} of {len(checks)} pupils have gaps or conflicts",
        )
    else:
        state = Sentence(
            "Đủ kết quả, sẵn sàng khởi tạo học bạ", "Results complete, records can be created"
        )
    actions = tuple(_result_actions(by, room, batch, checks, wrong, own))
    return ClassCard(room, len(checks), state, "open", actions)


def _entry_card(
    by: Actor, entry: ClassEntry, period: Period, own: Sequence[StaffAssignment]
) -> ClassCard:
    """A class in the middle of the year, when the record is still far away."""
    room = entry.classroom
    complete = len(entry.sheets) - len(entry.open_sheets)
    if not entry.sheets:
        state = _NO_LIST
    else:
        state = Sentence(
            f"{period.label.vi}: {complete}/{len(entry.sheets)} bảng đã nhập đủ",
            f"{period.label.en}: {complete} of {len(entry.sheets)} sheets are complete",
        )
    tone = "done" if entry.sheets and not entry.open_sheets else "open"
    return ClassCard(room, entry.pupils, state, tone, tuple(_entry_actions(by, entry, period, own)))


def _entry_actions(
    by: Actor, entry: ClassEntry, period: Period, own: Sequence[StaffAssignment]
) -> Iterator[NextAction]:
    room = entry.classroom
    if SchoolRole.REGISTRAR.value in by.roles and not entry.pupils:
        yield _import_list()
    mine = {row.subject_code for row in own}
    for line in entry.open_sheets:
        if line.sheet.subject_code in mine:
            yield NextAction(
                Sentence(
                    f"Nhập {line.title.vi} ({line.done}/{line.pupils} em)",
                    f"Enter {line.title.en} ({line.done}/{line.pupils} pupils)",
                ),
                reverse("school_assessments:grid", args=[room.pk, line.sheet.slug, period.value]),
            )
    if "" in mine and entry.open_sheets:
        yield NextAction(
            Sentence("Xem lớp còn thiếu gì", "See what the class lacks"),
            reverse("school_assessments:check", args=[room.pk]) + f"?thoi-diem={period.value}",
        )


_STATES = {
    RecordState.DRAFT: Sentence("được trả lại, đang sửa", "returned, being corrected"),
    RecordState.CHECKED: Sentence(
        "đã khởi tạo, chờ giáo viên bộ môn ký", "created, wait for subject teachers"
    ),
    RecordState.SUBJECT_SIGNED: Sentence(
        "chờ giáo viên chủ nhiệm ký", "wait for the homeroom teacher"
    ),
    RecordState.HOMEROOM_SIGNED: Sentence("chờ lãnh đạo ký", "wait for the leader"),
    RecordState.LEADER_SIGNED: Sentence("chờ văn thư phát hành", "wait for the seal"),
    RecordState.ISSUED: Sentence("đã phát hành, chờ nộp về Sở", "issued, to be sent"),
    RecordState.SUBMITTED: Sentence("đã nộp, chờ Sở trả lời", "sent, not answered yet"),
    RecordState.ACCEPTED: Sentence("đang lưu hành", "in force"),
    RecordState.REJECTED: Sentence("bị Sở từ chối", "refused by the department"),
    RecordState.RECALL_REQUESTED: Sentence(
        "chờ Sở quyết định thu hồi", "wait for the department's word on a recall"
    ),
    RecordState.CLOSED: Sentence("đã chốt", "closed"),
    RecordState.CORRECTION_REQUESTED: Sentence(
        "chờ Sở quyết định chỉnh lý", "wait for the department's word on a correction"
    ),
    RecordState.RECALLED: Sentence("đã thu hồi", "recalled"),
}
_DONE = {RecordState.ACCEPTED, RecordState.CLOSED}


def _record_state(records: list[AnnualRecordDraft]) -> tuple[Sentence, str]:
    states = [RecordState(record.state) for record in records]
    counted = [(states.count(state), words) for state, words in _STATES.items() if state in states]
    sentence = Sentence(
        "; ".join(f"{count} học bạ {words.vi}" for count, words in counted),
        "; ".join(f"{count} records {words.en}" for count, words in counted),
    )
    done = all(state in _DONE for state in states)
    return sentence, "done" if done else "waiting"


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
        yield _import_list()
    if SchoolRole.REGISTRAR.value in roles and batch is not None and checks and not wrong:
        yield NextAction(
            Sentence("Khởi tạo học bạ", "Create the records"),
            reverse("school_signing:batch", args=[room.pk]),
        )
    for row in own if checks else ():
        if row.role == SchoolRole.SUBJECT_TEACHER:
            entered = sum(
                any(item.subject_code == row.subject_code for item in check.subjects)
                for check in checks
            )
            if entered < len(checks):
                name = SUBJECT_NAMES.get(row.subject_code, row.subject_code)
                url = reverse("school_assessments:subject", args=[room.pk, row.subject_code])
                yield NextAction(
                    Sentence(
                        f"Nhập {name} ({entered}/{len(checks)} em)",
                        f"Enter {name} ({entered}/{len(checks)} pupils)",
                    ),
                    url,
                )
        elif wrong:
            url = reverse("school_assessments:check", args=[room.pk])
            yield NextAction(
                Sentence(f"Xem {wrong} em còn thiếu", f"See {wrong} pupils with gaps"), url
            )
    if SchoolRole.PRINCIPAL.value in roles and batch is None and checks:
        yield NextAction(
            Sentence("Mở đợt phát hành", "Open the issue"),
            reverse("school_signing:batch", args=[room.pk]),
        )


_ANEW = {
    RecordState.REJECTED: Sentence("Làm lại học bạ bị Sở từ chối", "Make refused records anew"),
    RecordState.RECALLED: Sentence("Làm lại học bạ đã thu hồi", "Make recalled records anew"),
}


def _signing_actions(
    by: Actor, room: Classroom, batch: IssueBatch, records: list[AnnualRecordDraft]
) -> Iterator[NextAction]:
    url = reverse("school_signing:batch", args=[room.pk])
    titles = {
        SignerRole.SUBJECT_TEACHER: Sentence("Ký môn của tôi", "Sign my subjects"),
        SignerRole.HOMEROOM_TEACHER: Sentence(
            "Ký với vai trò chủ nhiệm", "Sign as homeroom teacher"
        ),
        SignerRole.SCHOOL_LEADER: Sentence("Ký với vai trò lãnh đạo", "Sign as leader"),
        SignerRole.ORGANISATION: Sentence("Ký phát hành", "Seal"),
    }
    for step in STEPS:
        if deny_now(by, batch, step.role, records) is None:
            title = titles[step.role]
            yield NextAction(
                Sentence(f"{title.vi}: lớp {room.name}", f"{title.en}: class {room.name}"), url
            )
    issued = any(record.state == RecordState.ISSUED.value for record in records)
    if issued and SchoolRole.SCHOOL_CLERK.value in by.roles:
        yield NextAction(
            Sentence("Nộp về Sở", "Send to the department"),
            reverse("school_submission:batch", args=[batch.pk]),
        )
    for gone, title in _ANEW.items():
        rows = [record for record in records if record.state == gone.value]
        if rows and SchoolRole.REGISTRAR.value in by.roles:
            yield NextAction(
                title,
                reverse("school_issuing:record", args=[rows[0].record_uuid])
                if len(rows) == 1
                else url,
            )
