from __future__ import annotations

from django.test import Client
from django.urls import reverse

from hocba_server.school.tests.cast import CODE, MUSIC_ID, OTHER_CODE, Cast
from hocba_server.web.accounts.memberships import (
    Unit,
    join,
    lock_member,
    memberships_of,
    set_member_roles,
    unlock_member,
)
from hocba_server.web.accounts.models import Membership, User

OTHER = Unit("school", OTHER_CODE, "Trường Tiểu học Bên Kia")


def _second(user: User) -> Membership:
    return join(
        unit=OTHER,
        username="khong-dung",
        full_name=user.full_name,
        personal_id=MUSIC_ID,
        title="Giáo viên thỉnh giảng",
        roles=["GVBM", "HOC_VU"],
    )


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_one_account_two_schools(cast: Cast, accounts: dict[str, User]) -> None:
    place = _second(accounts[MUSIC_ID])
    assert place.user_id == accounts[MUSIC_ID].pk
    assert [each.unit_code for each in memberships_of(place.user)] == [OTHER_CODE, CODE]
    assert User.objects.get(pk=place.user_id).roles == ["GVBM"]


def test_she_switches_and_the_rights_stay_apart(cast: Cast, accounts: dict[str, User]) -> None:
    place = _second(accounts[MUSIC_ID])
    client = _browser(accounts[MUSIC_ID])
    here = reverse("school_registry:classroom", args=[cast.classroom_id])
    assert client.get(here).status_code == 200
    assert reverse("web_accounts:workplace") in client.get("/truong/").content.decode()
    answer = client.post(reverse("web_accounts:workplace"), {"noi-lam-viec": str(place.pk)})
    assert answer.status_code == 302
    assert "Giáo viên thỉnh giảng" in client.get("/truong/").content.decode()
    assert client.get(here).status_code == 404
    # The registrar of the other school opens no pupil's file of this one.
    file = reverse("school_registry:pupil", args=[cast.enrolments[0]])
    assert client.get(file).status_code == 404
    assert User.objects.get(pk=place.user_id).unit_code == CODE


def test_nobody_goes_to_a_place_of_somebody_else(cast: Cast, accounts: dict[str, User]) -> None:
    place = _second(accounts[MUSIC_ID])
    client = _browser(next(user for number, user in accounts.items() if number != MUSIC_ID))
    for asked in (str(place.pk), "999999", "x", ""):
        answer = client.post(reverse("web_accounts:workplace"), {"noi-lam-viec": asked})
        assert answer.status_code == 403
    assert "Đổi trường" not in client.get("/truong/").content.decode()


def test_a_lock_at_one_school_counts_at_once_and_there_only(
    cast: Cast, accounts: dict[str, User]
) -> None:
    place = _second(accounts[MUSIC_ID])
    client = _browser(accounts[MUSIC_ID])
    client.post(reverse("web_accounts:workplace"), {"noi-lam-viec": str(place.pk)})
    assert lock_member(unit=OTHER, personal_id=MUSIC_ID)
    assert not lock_member(unit=OTHER, personal_id=MUSIC_ID)
    here = reverse("school_registry:classroom", args=[cast.classroom_id])
    assert client.get(here).status_code == 200
    assert lock_member(unit=Unit("school", CODE, ""), personal_id=MUSIC_ID)
    assert client.get(here).status_code == 302
    assert unlock_member(unit=OTHER, personal_id=MUSIC_ID)
    user = User.objects.get(personal_id=MUSIC_ID)
    assert (user.is_active, user.unit_code, user.roles) == (True, OTHER_CODE, ["GVBM", "HOC_VU"])


def test_roles_change_in_one_school_only(cast: Cast, accounts: dict[str, User]) -> None:
    place = _second(accounts[MUSIC_ID])
    assert set_member_roles(unit=OTHER, personal_id=MUSIC_ID, roles=["GVBM"]) == (
        ("GVBM", "HOC_VU"),
        ("GVBM",),
    )
    assert set_member_roles(unit=OTHER, personal_id=MUSIC_ID, roles=["GVBM"]) is None
    assert Membership.objects.get(pk=place.pk).roles == ["GVBM"]
    assert User.objects.get(pk=place.user_id).unit_code == CODE
