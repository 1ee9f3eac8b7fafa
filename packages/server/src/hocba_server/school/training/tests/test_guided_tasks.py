from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

import hocba_server.school
from hocba.assessment.periods import Period
from hocba_server.school.assessments.entries import SubjectEntry
from hocba_server.school.assessments.services import set_subject_results
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.issuing.returning import return_record
from hocba_server.school.registry.models import Classroom, SchoolRole
from hocba_server.school.registry.selectors import class_roll
from hocba_server.school.signing.running import run_session
from hocba_server.school.signing.services import start_session
from hocba_server.school.tests.cast import AT, HEAD_ID, MUSIC_ID, Cast, FixedClock
from hocba_server.school.training.models import TaskDone, TrainingSchool
from hocba_server.school.training.recognition import EnteredSheet, Event, done_tasks
from hocba_server.school.training.services import enter_training_school, mark_done_tasks
from hocba_server.school.training.sources import sources_of
from hocba_server.school.training.task_list import Rule, Task, all_tasks, tasks_for
from hocba_server.school.training.tests.conftest import Account, Browse, trainee
from hocba_server.web.accounts.actor import actor_of_user
from hocba_server.web.audit.models import AuditEntry

MUSIC = "89"


def _enter(by: object, room: Classroom, left_out: int, period: Period) -> None:
    roll = class_roll(room)
    set_subject_results(
        by=by,  # type: ignore[arg-type]
        at=AT,
        classroom_id=room.pk,
        subject_code=MUSIC,
        entries=[SubjectEntry(row.pk, "T", None, "Hát hay.") for row in roll[left_out:]],
        period=period,
    )


def test_a_whole_class_counts_and_a_part_of_it_does_not(
    cast: Cast, training: TrainingSchool
) -> None:
    by = trainee(training, "GVBM", personal_id=MUSIC_ID)
    room = Classroom.objects.get(school=training.school, name="1A")
    _enter(by, room, 1, Period.YEAR_END)
    assert mark_done_tasks(by=by, at=AT) == []
    _enter(by, room, 0, Period.YEAR_END)
    assert mark_done_tasks(by=by, at=AT) == ["subject_results"]
    assert mark_done_tasks(by=by, at=AT) == []
    _enter(by, room, 0, Period.MID_TERM_1)
    assert mark_done_tasks(by=by, at=AT) == ["mid_term"]
    assert set(TaskDone.objects.values_list("of_id", "personal_id")) == {(cast.school_id, MUSIC_ID)}
    events = AuditEntry.objects.using("school").filter(action="training_task_done")
    assert [event.detail["task"] for event in events] == ["subject_results", "mid_term"]


def test_return_and_sign_count_for_the_head(training: TrainingSchool) -> None:
    by = trainee(training, "HIEU_TRUONG", personal_id=HEAD_ID)
    rows = AnnualRecordDraft.objects.filter(batch__classroom__school=training.school)
    row = rows.filter(batch__classroom__name="5A").first()
    assert row is not None
    return_record(
        by=by, at=AT, record_uuid=row.record_uuid, sheets=["mon-01"], reason="Nhầm điểm Toán."
    )
    assert mark_done_tasks(by=by, at=AT) == ["return_record"]
    session = start_session(by=by, at=AT, batch_id=row.batch_id, role="CBQL")
    sources = sources_of(training.school.code)
    run_session(session, sources.keys(), sources.timestamps(), FixedClock(), sources.trust())
    assert mark_done_tasks(by=by, at=AT) == ["sign_leader"]


def test_work_at_the_real_school_counts_for_nothing(
    results: Cast, training: TrainingSchool
) -> None:
    assert mark_done_tasks(by=results.homeroom, at=AT) == []


@pytest.mark.parametrize("task", all_tasks(), ids=lambda task: task.key)
def test_every_task_can_be_read_reached_and_recognised(task: Task) -> None:
    assert set(task.roles) <= set(SchoolRole.values)
    assert reverse(task.where)
    assert task.title.vi != task.title.en
    assert 1 <= len(task.steps) <= 4
    school = Path(hocba_server.school.__file__).parent
    for action in task.done.actions:
        sources = (
            file.read_text("utf-8")
            for file in school.rglob("*.py")
            if "tests" not in file.parts and "training" not in file.parts
        )
        assert any(f'"{action}"' in text for text in sources), action


def test_every_role_has_tasks() -> None:
    assert {role for role in SchoolRole.values if not tasks_for([role])} == set()


def test_rules() -> None:
    def recognised(rule: Rule, *events: Event, sheets: tuple[EnteredSheet, ...] = ()) -> bool:
        [task] = all_tasks()[:1]
        asked = Task(task.key, (), task.title, task.why, (), "", rule)
        return bool(done_tasks([asked], events, sheets))

    signed = Rule(frozenset({"finish_signing"}), (("role", "GVCN"), ("failed", "0")), ("done",))
    assert recognised(signed, Event("finish_signing", AT, {"role": "GVCN", "failed": 0, "done": 3}))
    for detail in (
        {"role": "GVBM", "failed": 0, "done": 3},
        {"role": "GVCN", "failed": 1, "done": 3},
        {"role": "GVCN", "failed": 0, "done": 0},
        {},
    ):
        assert not recognised(signed, Event("finish_signing", AT, detail)), detail
    traits = Rule(sheet="chu-nhiem")
    full = EnteredSheet("chu-nhiem", "CN", 12, 12, 0, AT)
    assert recognised(traits, sheets=(full,))
    assert not recognised(traits, sheets=(EnteredSheet("chu-nhiem", "CN", 11, 12, 0, AT),))
    assert not recognised(traits, sheets=(EnteredSheet("mon-01", "CN", 12, 12, 0, AT),))
    assert not recognised(Rule(corrected=True), sheets=(full,))
    assert not recognised(traits, sheets=(EnteredSheet("chu-nhiem", "CN", 0, 0, 0, AT),))


def test_the_head_sees_who_has_completed_what(
    cast: Cast, training: TrainingSchool, account: Account, browse: Browse
) -> None:
    music = account(cast.music)
    client = browse(account(cast.principal))
    enter_training_school(by=actor_of_user(music), at=AT)
    room = Classroom.objects.get(school=training.school, name="1A")
    by = trainee(training, "GVBM", personal_id=MUSIC_ID)
    inside = type(by)(music.pk, by.name, by.personal_id, by.unit_code, by.roles, by.house)
    _enter(inside, room, 0, Period.YEAR_END)
    page = client.get("/truong/tap-huan/ket-qua/").content.decode()
    assert "1/" in page
    assert "Nhập giữa học kỳ I cho cả lớp" in page
    answer = client.get("/truong/tap-huan/ket-qua/excel/")
    [sheet] = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).sheet_names
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_name(sheet)
    cells = rows.to_python()
    assert "Nhập kết quả một môn cho cả lớp" in cells[2]
    day = AT.astimezone(dt.timezone(dt.timedelta(hours=7))).strftime("%d/%m/%Y")
    assert any(day in row for row in cells[3:])
    teacher = browse(music)
    assert teacher.get("/truong/tap-huan/ket-qua/").status_code == 403
    assert teacher.get("/truong/tap-huan/ket-qua/excel/").status_code == 403
