from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from hocba.errors import Refused
from hocba_server.school.registry.models import Classroom, Pupil, School
from hocba_server.school.tests.cast import AT, CODE, OTHER_CODE, Cast, actor
from hocba_server.school.training.models import TaskDone, TrainingSchool
from hocba_server.school.training.services import (
    enter_training_school,
    open_training_school,
    reset_training_school,
)
from hocba_server.school.training.sources import sources_of
from hocba_server.school.training.tests.conftest import Account, Build, trainee
from hocba_server.web.accounts.actor import actor_of_user
from hocba_server.web.audit.models import AuditEntry

pytestmark = pytest.mark.usefixtures("few_pupils")
LATER = AT + dt.timedelta(hours=1)


def test_reset_twice_makes_a_new_school_each_time(
    cast: Cast, training: TrainingSchool, account: Account, build: Build, own_var: Path
) -> None:
    by = actor_of_user(account(cast.principal))
    place = enter_training_school(by=by, at=AT)
    first = training
    pupils = set(Pupil.objects.filter(school=first.school).values_list("pk", flat=True))
    second = build(reset_training_school(by=by, at=LATER, confirmed=True))
    third = build(reset_training_school(by=by, at=LATER, confirmed=True))
    assert third.school.code == f"{CODE}TH"
    assert (second.reset_count, third.reset_count, third.state) == (1, 2, "ready")
    codes = School.objects.filter(code__startswith=CODE).order_by("pk")
    assert list(codes.values_list("code", flat=True)) == [
        CODE,
        f"{CODE}TH1",
        f"{CODE}TH2",
        f"{CODE}TH",
    ]
    # Nothing was deleted, and nothing of it can be reached.
    assert pupils
    assert set(Pupil.objects.filter(school=first.school).values_list("pk", flat=True)) == pupils
    trained = trainee(third, "HIEU_TRUONG")
    assert Classroom.objects.filter(school=third.school).count() == 7
    assert trained.unit_code not in {f"{CODE}TH1", f"{CODE}TH2"}
    with pytest.raises(Refused):
        sources_of(f"{CODE}TH1")
    # Everybody's place stays, the old mock keys are gone.
    assert enter_training_school(by=by, at=LATER) == place
    folder = own_var / "training" / CODE
    assert [each.name for each in folder.iterdir()] == ["3"]
    events = AuditEntry.objects.using("school").filter(action="reset_training")
    assert [event.detail["resets"] for event in events] == [1, 2]


def test_completed_tasks_outlive_a_reset(
    cast: Cast, training: TrainingSchool, build: Build
) -> None:
    TaskDone.objects.create(
        of_id=cast.school_id, personal_id="000190000001", name="Thử", task="phrase", done_at=AT
    )
    build(reset_training_school(by=cast.principal, at=LATER, confirmed=True))
    assert TaskDone.objects.filter(of_id=cast.school_id).count() == 1


def test_reset_is_refused_with_a_reason(cast: Cast) -> None:
    def refused(by: object, *, confirmed: bool = True, at: dt.datetime = AT) -> str:
        with pytest.raises(Refused) as refusal:
            reset_training_school(by=by, at=at, confirmed=confirmed)  # type: ignore[arg-type]
        return refusal.value.code

    assert refused(cast.principal) == "no_training"
    training_id = open_training_school(by=cast.principal, at=AT)
    assert refused(cast.homeroom) == "role"
    assert refused(cast.principal, confirmed=False) == "not_confirmed"
    assert refused(cast.principal) == "training_building"
    assert refused(actor("HIEU_TRUONG", unit=OTHER_CODE)) == "no_training"
    assert TrainingSchool.objects.get(pk=training_id).state == "building"


def test_a_reset_from_inside_resets_the_same_school(
    cast: Cast, training: TrainingSchool, build: Build
) -> None:
    inside = trainee(training, "QTV", personal_id="000090000009")
    made = build(reset_training_school(by=inside, at=LATER, confirmed=True))
    assert made.of_id == cast.school_id


def test_a_making_that_was_cut_off_goes_on(cast: Cast, build: Build) -> None:
    row = build(open_training_school(by=cast.principal, at=AT))
    TrainingSchool.objects.filter(pk=row.pk).update(state="building")
    rooms = set(Classroom.objects.filter(school=row.school).values_list("pk", flat=True))
    again = build(row.pk)
    assert again.state == "ready"
    assert set(Classroom.objects.filter(school=row.school).values_list("pk", flat=True)) == rooms
