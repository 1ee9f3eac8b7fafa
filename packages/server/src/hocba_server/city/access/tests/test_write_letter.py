"""Action: the department's administrator writes a letter; new keys need a second person."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from hocba.errors import Refused
from hocba_server.city.access.letters import confirm_letter, waiting_letters, write_letter
from hocba_server.city.access.tests.test_give_role import NEW, actions, give
from hocba_server.city.tests.cast import ADMINISTRATOR, INSPECTOR, OFFICER, SENT, sign_in
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.models import User
from hocba_server.web.signin.models import Invitation, Passkey


def refusal(action: object, **named: object) -> str:
    with pytest.raises(Refused) as caught:
        action(**named)  # type: ignore[operator]
    return caught.value.code


@pytest.fixture
def person() -> User:
    give()
    return User.objects.get(personal_id=NEW.personal_id)


def key(user: User) -> None:
    Passkey.objects.create(user=user, credential_id=b"k", credential=b"", name="k", created_at=SENT)


def test_only_the_administrator_writes(person: User) -> None:
    for by in (OFFICER, INSPECTOR):
        assert refusal(write_letter, by=by, at=SENT, username=person.username) == "role"
    assert refusal(write_letter, by=ADMINISTRATOR, at=SENT, username="x") == "not_found"
    assert write_letter(by=ADMINISTRATOR, at=SENT, username=person.username).code
    assert actions()[-1] == "write_letter"
    own = Actor(person.pk, "", "", "79", ("SO_QT",), "city")
    assert refusal(write_letter, by=own, at=SENT, username=person.username) == "self_invitation"


def test_new_keys_need_two(person: User) -> None:
    key(person)
    row = write_letter(by=ADMINISTRATOR, at=SENT, username=person.username).invitation
    assert waiting_letters(SENT) == [row]
    named: dict[str, Any] = {"at": SENT, "invitation_id": row.pk}
    assert refusal(confirm_letter, by=INSPECTOR, **named) == "role"
    assert refusal(confirm_letter, by=ADMINISTRATOR, **named) == "second_person"
    confirm_letter(by=OFFICER, **named)
    assert waiting_letters(SENT) == []
    assert actions()[-1] == "confirm_letter"
    assert refusal(confirm_letter, by=OFFICER, **named) == "not_found"


def test_on_the_pages(client: Client, person: User) -> None:
    key(person)
    administrator = sign_in(client, ADMINISTRATOR)
    assert "Có khoá" in administrator.get("/so/can-bo/").content.decode()
    letter = administrator.post("/so/can-bo/thu-moi/", {"username": person.username})
    assert "người thứ hai duyệt" in letter.content.decode()
    row = Invitation.objects.get()
    assert row.expires_at > timezone.now()
    officer = sign_in(Client(), OFFICER)
    assert "thư cấp lại khoá" in officer.get("/so/").content.decode()
    assert person.full_name in officer.get("/so/can-bo/thu-moi/cho-duyet/").content.decode()
    officer.post(f"/so/can-bo/thu-moi/{row.pk}/duyet/")
    row.refresh_from_db()
    assert row.confirmed_at is not None
    assert sign_in(Client(), INSPECTOR).get("/so/can-bo/thu-moi/cho-duyet/").status_code == 403
