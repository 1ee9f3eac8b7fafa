from __future__ import annotations

import datetime as dt

import pytest

from hocba.errors import Refused
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.registry.models import Classroom, Pupil, School
from hocba_server.school.tests.cast import AT, CODE, Cast
from hocba_server.school.training.models import TrainingSchool
from hocba_server.school.training.services import open_training_school
from hocba_server.school.training.tests.conftest import Build
from hocba_server.web.audit.models import AuditEntry


def test_every_role_finds_something_to_do(training: TrainingSchool) -> None:
    row = training
    assert (row.state, row.done, row.total) == ("ready", 7, 7)
    assert row.school.code == f"{CODE}TH"
    assert row.school.name == "Trường Tiểu học Thử (TẬP HUẤN)"
    rooms = Classroom.objects.filter(school=row.school)
    assert {room.grade for room in rooms} == {1, 2, 3, 4, 5}
    states = {
        room.name: set(
            AnnualRecordDraft.objects.filter(batch__classroom=room).values_list("state", flat=True)
        )
        for room in rooms
    }
    assert states == {
        "1A": set(),
        "2A": set(),
        "3A": set(),
        "4A": {"checked"},
        "4B": {"subject_signed"},
        "5A": {"homeroom_signed"},
        "5B": {"leader_signed"},
    }
    pupils = Pupil.objects.filter(school=row.school)
    assert 10 * 7 <= pupils.count() <= 15 * 7
    assert all(pupil.personal_id.startswith("000") for pupil in pupils)


def test_only_head_or_administrator_opens_and_only_once(cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        open_training_school(by=cast.clerk, at=AT)
    assert refusal.value.code == "role"
    open_training_school(by=cast.administrator, at=AT)
    with pytest.raises(Refused) as refusal:
        open_training_school(by=cast.principal, at=AT + dt.timedelta(hours=1))
    assert refusal.value.code == "training_open"
    assert TrainingSchool.objects.count() == 1
    assert AuditEntry.objects.using("school").filter(action="open_training").count() == 1


@pytest.mark.usefixtures("few_pupils")
def test_the_real_school_is_left_alone(cast: Cast, build: Build) -> None:
    real = School.objects.get(pk=cast.school_id)
    before = (
        set(Pupil.objects.filter(school=real).values_list("pk", flat=True)),
        set(Classroom.objects.filter(school=real).values_list("pk", flat=True)),
        AuditEntry.objects.using("school").filter(unit_code=CODE).count(),
    )
    build(open_training_school(by=cast.principal, at=AT))
    after = (
        set(Pupil.objects.filter(school=real).values_list("pk", flat=True)),
        set(Classroom.objects.filter(school=real).values_list("pk", flat=True)),
        AuditEntry.objects.using("school").filter(unit_code=CODE).count() - 1,  # open_training
    )
    assert after == before
    names = set(Pupil.objects.filter(school=real).values_list("personal_id", flat=True))
    copied = Pupil.objects.filter(school__training__of=real, personal_id__in=names)
    assert not copied.exists()
