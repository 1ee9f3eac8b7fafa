"""Action: the administrator gives a role by decision, and ends it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from hocba.errors import Malformed, Refused
from hocba_server.city.access.models import RoleGrant
from hocba_server.city.access.services import Appointment, end_role, give_role
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT, sign_in
from hocba_server.web.accounts.models import Membership, User
from hocba_server.web.audit.models import AuditEntry

NEW = Appointment(
    full_name="Trần Thị Mẫu",
    personal_id="000080000077",
    username="tran.mau",
    role="SO_DUYET",
    decision_number="15/QĐ-SGDĐT",
    decision_date=dt.date(2026, 5, 20),
)


def give(**changed: Any) -> int:
    return give_role(by=ADMINISTRATOR, at=SENT, appointment=replace(NEW, **changed))


def actions() -> list[str]:
    entries = AuditEntry.objects.using("city").order_by("pk")
    return list(entries.values_list("action", flat=True))


def test_a_role_opens_an_account_and_its_end_locks_it() -> None:
    grant = give()
    user = User.objects.get(personal_id=NEW.personal_id)
    assert (user.username, user.unit_code, user.roles) == ("tran.mau", "79", ["SO_DUYET"])
    give(role="KIEM_TRA")
    user.refresh_from_db()
    assert user.roles == ["KIEM_TRA", "SO_DUYET"]
    end_role(by=ADMINISTRATOR, at=SENT, grant_id=grant, reason="16/QĐ-SGDĐT")
    user.refresh_from_db()
    assert user.roles == ["KIEM_TRA"]
    end_role(by=ADMINISTRATOR, at=SENT, grant_id=RoleGrant.objects.latest("pk").pk, reason="nghỉ")
    user.refresh_from_db()
    assert not user.is_active
    assert actions() == ["give_role", "give_role", "end_role", "end_role"]
    with pytest.raises(Refused) as refusal:
        end_role(by=ADMINISTRATOR, at=SENT, grant_id=grant, reason="lại")
    assert refusal.value.code == "ended"
    give(role="KIEM_TRA")
    user.refresh_from_db()
    assert (user.is_active, user.roles) == (True, ["KIEM_TRA"])


@pytest.mark.usefixtures("school")
def test_a_ward_officer_belongs_to_a_ward() -> None:
    with pytest.raises(Refused) as refusal:
        give(role="XA_VHXH")
    assert refusal.value.where == "ward"
    give(role="XA_VHXH", ward_code="26740")
    place = Membership.objects.get(user__personal_id=NEW.personal_id)
    assert (place.house, place.unit_code, place.roles) == ("city", "26740", ["XA_VHXH"])
    assert "Phường Sài Gòn" in place.unit_name


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"full_name": ""}, "full_name"),
        ({"username": "a b"}, "username"),
        ({"role": "HIEU_TRUONG"}, "role"),
        ({"decision_number": ""}, "decision_number"),
        ({"decision_date": None}, "decision_date"),
        ({"decision_date": dt.date(2027, 1, 1)}, "decision_date"),
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, Any], where: str) -> None:
    with pytest.raises(Refused) as refusal:
        give(**changed)
    assert refusal.value.where == where
    assert not RoleGrant.objects.exists()


def test_who_may_not() -> None:
    with pytest.raises(Refused) as refusal:
        give_role(by=OFFICER, at=SENT, appointment=NEW)
    assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        give(personal_id=ADMINISTRATOR.personal_id)
    assert refusal.value.code == "own_role"
    with pytest.raises(Malformed):
        give(personal_id="12")
    give()
    with pytest.raises(Refused) as refusal:
        give()
    assert refusal.value.code == "given_already"
    with pytest.raises(Refused) as refusal:
        give(role="SO_QT")
    assert refusal.value.code == "administrator_reads_nothing"


def test_the_administrators_page(client: Client) -> None:
    pages = sign_in(client, ADMINISTRATOR)
    typed = {
        "full_name": NEW.full_name,
        "personal_id": NEW.personal_id,
        "username": NEW.username,
        "role": NEW.role,
        "decision_number": NEW.decision_number,
        "decision_date": "20/05/2026",
    }
    wrong = pages.post("/so/can-bo/", {**typed, "decision_date": "hôm qua"}).content.decode()
    assert "viết như 01/06/2026" in wrong
    page = pages.post("/so/can-bo/", typed, follow=True).content.decode()
    assert NEW.full_name in page
    grant = RoleGrant.objects.get()
    done = pages.post(f"/so/can-bo/{grant.pk}/thu-hoi/", {"reason": "16/QĐ"}, follow=True)
    assert "Đã thu hồi vai trò" in done.content.decode()
    home = pages.get("/so/").content.decode()
    assert "Quản trị hệ thống của Sở" in home
    assert "Học bạ trong kho" not in home
    assert sign_in(client, OFFICER).get("/so/can-bo/").status_code == 403
