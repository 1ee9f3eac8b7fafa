from __future__ import annotations

import pytest

from hocba.errors import Refused
from hocba_server.school.registry.models import Classroom
from hocba_server.school.tests.cast import AT, HOMEROOM_ID, OTHER_CODE, Cast, actor
from hocba_server.school.training.models import TrainingSchool
from hocba_server.school.training.services import enter_training_school, open_training_school
from hocba_server.school.training.tests.conftest import Account, Browse
from hocba_server.web.accounts.actor import actor_of_user
from hocba_server.web.accounts.models import Membership
from hocba_server.web.audit.models import AuditEntry

YELLOW = "Bản tập huấn: học bạ tạo ở đây không có giá trị."


def test_a_teacher_goes_in_and_comes_back(
    cast: Cast, training: TrainingSchool, account: Account, browse: Browse
) -> None:
    client = browse(account(cast.homeroom))
    outside = client.get("/truong/tap-huan/").content.decode()
    assert YELLOW not in outside
    client.post("/truong/tap-huan/vao/")
    inside = client.get("/truong/tap-huan/").content.decode()
    assert YELLOW in inside
    assert "(TẬP HUẤN)" in inside
    for name in ("/truong/", "/truong/ky/", "/truong/nhan-xet/"):
        assert YELLOW in client.get(name).content.decode(), name
    client.post("/truong/tap-huan/ra/")
    assert YELLOW not in client.get("/truong/").content.decode()
    for action in ("enter_training", "leave_training"):
        assert AuditEntry.objects.using("school").filter(action=action).count() == 1


def test_neither_school_sees_the_other(
    cast: Cast, training: TrainingSchool, account: Account, browse: Browse
) -> None:
    client = browse(account(cast.homeroom))
    mock = Classroom.objects.filter(school=training.school).first()
    assert mock is not None
    real_page, mock_page = f"/truong/lop/{cast.classroom_id}/", f"/truong/lop/{mock.pk}/"
    assert client.get(real_page).status_code == 200
    assert client.get(mock_page).status_code == 404
    client.post("/truong/tap-huan/vao/")
    assert client.get(real_page).status_code == 404
    assert client.get(mock_page).status_code == 200


def test_only_people_of_the_school_enter(
    cast: Cast, training: TrainingSchool, account: Account
) -> None:
    stranger = actor("HIEU_TRUONG", unit=OTHER_CODE)
    with pytest.raises(Refused) as refusal:
        enter_training_school(by=stranger, at=AT)
    assert refusal.value.code == "no_training"
    # A person without an active account at the school is nobody there.
    with pytest.raises(Refused) as refusal:
        enter_training_school(by=cast.homeroom, at=AT)
    assert refusal.value.code == "not_found"
    assert not Membership.objects.filter(unit_code=training.school.code).exists()


def test_entering_twice_is_one_place_with_the_real_roles(
    cast: Cast, training: TrainingSchool, account: Account
) -> None:
    user = account(cast.homeroom)
    by = actor_of_user(user)
    assert enter_training_school(by=by, at=AT) == enter_training_school(by=by, at=AT)
    place = Membership.objects.get(unit_code=training.school.code, user=user)
    assert place.roles == ["GVCN", "GVBM"]
    user.refresh_from_db()
    assert user.unit_code == by.unit_code
    assert user.personal_id == HOMEROOM_ID


def test_nobody_enters_before_it_is_ready(cast: Cast, account: Account) -> None:
    by = actor_of_user(account(cast.homeroom))
    with pytest.raises(Refused) as refusal:
        enter_training_school(by=by, at=AT)
    assert refusal.value.code == "no_training"
    open_training_school(by=cast.principal, at=AT)
    with pytest.raises(Refused) as refusal:
        enter_training_school(by=by, at=AT)
    assert refusal.value.code == "training_building"


def test_who_is_locked_out_of_the_school_is_locked_out_here(
    cast: Cast, training: TrainingSchool, account: Account
) -> None:
    by = actor_of_user(account(cast.homeroom))
    enter_training_school(by=by, at=AT)
    Membership.objects.filter(user_id=by.user_id, unit_code=by.unit_code).update(is_active=False)
    with pytest.raises(Refused) as refusal:
        enter_training_school(by=by, at=AT)
    assert refusal.value.code == "not_found"
