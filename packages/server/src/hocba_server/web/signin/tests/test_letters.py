"""The letter of invitation, from writing to the first key, and new keys by two people."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from hocba.errors import Refused
from hocba_server.config.acting import PLATFORM, acting
from hocba_server.web.accounts.actor import Actor, platform_actor
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.models import AuditEntry
from hocba_server.web.signin import invitations, passkeys
from hocba_server.web.signin.__main__ import main
from hocba_server.web.signin.models import CodeApp, Invitation, Passkey
from hocba_server.web.signin.tests.authenticator import Device
from hocba_server.web.signin.tests.test_sign_in import AT, code_at, post
from hocba_server.web.signin.typed_codes import in_groups

pytestmark = pytest.mark.django_db(databases=["default", "school", "city"])
WRITER = Actor(901, "Quản trị Thử", "000190000091", "00000001", ("QTHT",), "school")
HEAD = Actor(902, "Hiệu trưởng Thử", "000190000092", "00000001", ("HIEU_TRUONG",), "school")
PERSONAL_ID = "000190000011"


@pytest.fixture
def teacher() -> User:
    return User.objects.create(
        username="co-hoa",
        full_name="Nguyễn Thị Thử",
        personal_id=PERSONAL_ID,
        house="school",
        unit_code="00000001",
        roles=["GVCN"],
    )


def give_key(user: User) -> Device:
    device = Device()
    options, state = passkeys.begin_registration(user)
    passkeys.complete_registration(user, state, device.create(options), name="", at=AT)
    return device


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_from_the_letter_to_the_first_passkey(client: Client, teacher: User) -> None:
    letter = invitations.invite(user=teacher, by=WRITER, at=now())
    typed = {"code": letter.shown_code.lower(), "personal_id": PERSONAL_ID}
    assert client.post("/thu-moi/", typed).headers["Location"] == "/thu-moi/tao/"
    assert teacher.full_name in client.get("/thu-moi/tao/").content.decode()
    device = Device()
    options = post(client, "/tai-khoan/khoa/bat-dau/", {}).json()
    answer = post(client, "/tai-khoan/khoa/", device.create(options, name="Điện thoại"))
    assert answer.json() == {"to": "/truong/"}
    assert client.session["_auth_user_id"] == str(teacher.pk)
    assert Passkey.objects.get().name == "Điện thoại"
    assert Invitation.objects.get().used_at is not None
    actions = AuditEntry.objects.using("school").values_list("action", flat=True).order_by("pk")
    assert list(actions) == ["add_passkey", "sign_in"]
    # The letter is spent.
    with pytest.raises(Refused):
        invitations.open_letter(letter.code, PERSONAL_ID, at=now())


def test_from_the_letter_to_the_app(client: Client, teacher: User) -> None:
    letter = invitations.invite(user=teacher, by=WRITER, at=now())
    client.post("/thu-moi/", {"code": letter.code, "personal_id": PERSONAL_ID})
    page = client.get("/tai-khoan/ma/").content.decode()
    number, secret = client.session["new_code_app"]
    assert in_groups(number) in page
    assert "không đúng" in client.post("/tai-khoan/ma/", {"code": "000000"}).content.decode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hocba_server.web.signin.tests.test_sign_in.SECRET", secret)
        answer = client.post("/tai-khoan/ma/", {"code": code_at(now())})
    assert answer.headers["Location"] == "/truong/"
    assert CodeApp.objects.get().user == teacher


def test_wrong_numbers_end_the_letter(client: Client, teacher: User) -> None:
    letter = invitations.invite(user=teacher, by=WRITER, at=now())
    for _ in range(invitations.WRONG_NUMBERS):
        page = client.post("/thu-moi/", {"code": letter.code, "personal_id": "000190000012"})
        assert "không đúng" in page.content.decode()
    with pytest.raises(Refused) as caught:
        invitations.open_letter(letter.code, PERSONAL_ID, at=now())
    assert caught.value.code == "invitation"


def test_letters_run_out_and_a_new_one_ends_the_old(teacher: User) -> None:
    first = invitations.invite(user=teacher, by=WRITER, at=AT)
    second = invitations.invite(user=teacher, by=WRITER, at=AT)
    for code, at in ((first.code, AT), (second.code, AT + invitations.LIFE), ("", AT), ("x", AT)):
        with pytest.raises(Refused) as caught:
            invitations.open_letter(code, PERSONAL_ID, at=at)
        assert caught.value.code == "invitation"
    assert invitations.open_letter(second.code, PERSONAL_ID, at=AT).user == teacher


def test_nobody_writes_to_himself(teacher: User) -> None:
    with pytest.raises(Refused) as caught:
        invitations.invite(
            user=teacher, by=Actor(teacher.pk, "", "", "", ("QTHT",), "school"), at=AT
        )
    assert caught.value.code == "self_invitation"


def test_new_keys_need_two_people(client: Client, teacher: User) -> None:
    old = give_key(teacher)
    letter = invitations.invite(user=teacher, by=WRITER, at=now())
    typed = {"code": letter.code, "personal_id": PERSONAL_ID}
    assert "người thứ hai" in client.post("/thu-moi/", typed).content.decode()
    owner = Actor(teacher.pk, teacher.full_name, PERSONAL_ID, "", ("GVCN",), "school")
    for by in (WRITER, owner):
        with pytest.raises(Refused) as caught:
            invitations.confirm(invitation=letter.invitation, by=by, at=now())
        assert caught.value.code == "second_person"
    invitations.confirm(invitation=letter.invitation, by=HEAD, at=now())
    # Whoever is signed in with the old key is out once the new one is made.
    elsewhere = Client()
    options = post(elsewhere, "/dang-nhap/khoa/bat-dau/", {}).json()
    post(elsewhere, "/dang-nhap/khoa/", old.get(options))
    assert "/ra/" in elsewhere.get("/tai-khoan/").content.decode()
    client.post("/thu-moi/", typed)
    options = post(client, "/tai-khoan/khoa/bat-dau/", {}).json()
    device = Device()
    assert post(client, "/tai-khoan/khoa/", device.create(options)).status_code == 200
    assert bytes(Passkey.objects.get().credential_id) == device.credential_id
    assert elsewhere.get("/tai-khoan/").status_code == 302


def test_the_database_knows_that_two_are_two(teacher: User) -> None:
    row = invitations.invite(user=teacher, by=WRITER, at=AT).invitation
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.filter(pk=row.pk).update(confirmed_by=WRITER.user_id)


def test_an_unconfirmed_letter_makes_no_key(client: Client, teacher: User) -> None:
    """A first letter that became one for new keys, because a key was made in between."""
    letter = invitations.invite(user=teacher, by=WRITER, at=now())
    client.post("/thu-moi/", {"code": letter.code, "personal_id": PERSONAL_ID})
    options = post(client, "/tai-khoan/khoa/bat-dau/", {}).json()
    Invitation.objects.update(replaces_keys=True)
    answer = post(client, "/tai-khoan/khoa/", Device().create(options))
    assert answer.status_code == 400
    assert not Passkey.objects.exists()


def test_without_a_letter_no_key_is_made(client: Client, teacher: User) -> None:
    del teacher
    assert post(client, "/tai-khoan/khoa/bat-dau/", {}).status_code == 400
    assert post(client, "/tai-khoan/khoa/", {}).status_code == 400
    assert client.get("/tai-khoan/ma/").headers["Location"] == "/thu-moi/"
    assert client.get("/thu-moi/tao/").headers["Location"] == "/thu-moi/"
    assert client.get("/tai-khoan/").headers["Location"] == "/dang-nhap/"


def test_the_last_key_stays(client: Client, teacher: User) -> None:
    device = give_key(teacher)
    options = post(client, "/dang-nhap/khoa/bat-dau/", {}).json()
    post(client, "/dang-nhap/khoa/", device.get(options))
    [row] = Passkey.objects.all()
    page = client.post(f"/tai-khoan/khoa/{row.pk}/xoa/", follow=True).content.decode()
    assert "duy nhất" in page
    other = give_key(teacher)
    assert client.post(f"/tai-khoan/khoa/{row.pk}/xoa/", follow=True).status_code == 200
    assert bytes(Passkey.objects.get().credential_id) == other.credential_id
    assert client.post("/tai-khoan/khoa/0/xoa/").status_code == 404


def test_keys_change_only_soon_after_signing_in(client: Client, teacher: User) -> None:
    give_key(teacher)
    give_key(teacher)
    client.force_login(teacher)  # a session that says nothing of when
    assert post(client, "/tai-khoan/khoa/bat-dau/", {}).status_code == 400
    row = Passkey.objects.first()
    assert row is not None
    page = client.post(f"/tai-khoan/khoa/{row.pk}/xoa/", follow=True).content.decode()
    assert "đăng nhập lại" in page
    assert Passkey.objects.count() == 2


def test_out_of_every_machine(client: Client, teacher: User) -> None:
    give_key(teacher)
    elsewhere = Client()
    for each in (client, elsewhere):
        each.force_login(teacher)
    client.post("/tai-khoan/thoat-het/")
    assert elsewhere.get("/tai-khoan/").headers["Location"] == "/dang-nhap/"


def test_the_first_letter_comes_from_the_command_line(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["quan-tri", "--name", "Trần Văn Thử", "--personal-id", "000180000021", "--unit", "79"]
    assert main(["quan-tri"]) == 1
    assert main([*asked, "--role", "KHONG_CO"]) == 1
    capsys.readouterr()
    assert main([*asked, "--role", "SO_QT"]) == 0
    address = capsys.readouterr().out.strip()
    code = re.sub(r".*/thu-moi/#", "", address)
    answer = client.post("/thu-moi/", {"code": code, "personal_id": "000180000021"})
    assert answer.headers["Location"] == "/thu-moi/tao/"
    with acting(PLATFORM):
        entry = AuditEntry.objects.using("city").get(action="write_letter")
    assert entry.name == platform_actor("city").name


def test_no_letter_and_no_code_is_kept_in_the_clear(teacher: User) -> None:
    letter = invitations.invite(user=teacher, by=WRITER, at=AT)
    kept = json.dumps(list(Invitation.objects.values()), default=str)
    assert letter.code not in kept
