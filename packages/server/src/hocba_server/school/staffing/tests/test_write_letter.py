"""Action: the administrator writes a letter for signing in; new keys need a second person."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from hocba_server.school.registry.models import School
from hocba_server.school.staffing.letter_services import (
    confirm_letter,
    waiting_letters,
    write_letter,
)
from hocba_server.school.staffing.tests.conftest import ADMINISTRATOR_ID
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, HEAD_ID, MUSIC_ID, Cast
from hocba_server.web.accounts.models import Membership, User
from hocba_server.web.signin.models import Invitation, Passkey

Accounts = dict[str, User]


def with_key(user: User) -> User:
    Passkey.objects.create(
        user=user, credential_id=user.username.encode(), credential=b"", name="k", created_at=AT
    )
    return user


def test_a_letter_is_written_once_and_audited(cast: Cast, accounts: Accounts) -> None:
    letter = write_letter(by=cast.administrator, at=AT, username=accounts[MUSIC_ID].username)
    row = Invitation.objects.get()
    assert (row.user, row.replaces_keys, row.pk) == (
        accounts[MUSIC_ID],
        False,
        letter.invitation.pk,
    )
    assert entries("write_letter")[0].subject == f"account:{accounts[MUSIC_ID].username}"
    assert letter.code not in str(entries("write_letter")[0].detail)


def test_who_writes(cast: Cast, accounts: Accounts) -> None:
    named: dict[str, Any] = {"at": AT, "username": accounts[MUSIC_ID].username}
    for by in (cast.principal, cast.homeroom, cast.registrar):
        assert refusal_of(write_letter, by=by, **named) == "role"
    own: dict[str, Any] = {"at": AT, "username": accounts[ADMINISTRATOR_ID].username}
    assert refusal_of(write_letter, by=cast.administrator, **own) == "role"
    assert write_letter(by=cast.principal, **own), "administrators' accounts are the head's"
    assert refusal_of(write_letter, by=cast.administrator, at=AT, username="x") == "not_found"
    Membership.objects.filter(user=accounts[MUSIC_ID]).update(is_active=False)
    assert refusal_of(write_letter, by=cast.administrator, **named) == "account_locked"


def test_new_keys_wait_for_the_head(cast: Cast, accounts: Accounts) -> None:
    with_key(accounts[MUSIC_ID])
    administrator = replace(cast.administrator, user_id=71)
    principal = replace(cast.principal, user_id=72)
    write_letter(by=administrator, at=AT, username=accounts[MUSIC_ID].username)
    [row] = waiting_letters(School.objects.get(pk=cast.school_id), AT)
    named: dict[str, Any] = {"at": AT, "invitation_id": row.pk}
    assert refusal_of(confirm_letter, by=cast.homeroom, **named) == "role"
    assert refusal_of(confirm_letter, by=administrator, **named) == "second_person"
    assert refusal_of(confirm_letter, by=principal, at=AT, invitation_id=0) == "not_found"
    confirm_letter(by=principal, **named)
    row.refresh_from_db()
    assert row.confirmed_by_name == principal.name
    assert entries("confirm_letter")
    assert refusal_of(confirm_letter, by=principal, **named) == "not_found"
    late: dict[str, Any] = {"at": AT + dt.timedelta(days=8), "invitation_id": row.pk}
    assert refusal_of(confirm_letter, by=principal, **late) == "not_found"


def test_on_the_page(cast: Cast, accounts: Accounts, browse: Browse) -> None:
    with_key(accounts[HEAD_ID])
    page = browse(cast.administrator).get("/truong/tai-khoan/").content.decode()
    assert page.count("Có khoá") == 1
    username = accounts[MUSIC_ID].username
    answer = browse(cast.administrator).post("/truong/tai-khoan/thu-moi/", {"username": username})
    code = Invitation.objects.get().code_sha256
    assert "Gõ mã thư mời" in answer.content.decode()
    assert code not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    refused = browse(cast.homeroom).post("/truong/tai-khoan/thu-moi/", {"username": username})
    assert refused.status_code in {302, 403}
    with_key(accounts[MUSIC_ID])
    write_letter(by=cast.administrator, at=timezone.now(), username=username)
    page = browse(cast.principal).get("/truong/tai-khoan/").content.decode()
    assert "chờ người thứ hai duyệt" in page
    row = Invitation.objects.latest("pk")
    browse(cast.principal).post(f"/truong/tai-khoan/thu-moi/{row.pk}/duyet/")
    row.refresh_from_db()
    assert row.confirmed_at is not None


@pytest.mark.usefixtures("accounts")
def test_nobody_confirms_for_another_school(cast: Cast) -> None:
    stranger = User.objects.create(
        username="truong-khac",
        full_name="Người Khác",
        personal_id="000190000066",
        house="school",
        unit_code="00000002",
        roles=["GVBM"],
    )
    assert refusal_of(write_letter, by=cast.administrator, at=AT, username="truong-khac") == (
        "not_found"
    )
    row = Invitation.objects.create(
        user=with_key(stranger),
        code_sha256="x",
        made_by=7,
        made_by_name="",
        made_at=AT,
        expires_at=AT + dt.timedelta(days=1),
        replaces_keys=True,
    )
    assert refusal_of(confirm_letter, by=cast.principal, at=AT, invitation_id=row.pk) == "not_found"
