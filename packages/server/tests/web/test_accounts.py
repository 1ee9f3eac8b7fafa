from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from hocba.errors import Refused
from hocba_server.web.accounts.actor import EVERYBODY, NO_ACCOUNT, Actor, actor_of, platform_actor
from hocba_server.web.accounts.models import User
from hocba_server.web.accounts.roles import ROLES
from hocba_server.web.accounts.services import save_account

Person = Callable[..., User]
SignIn = Callable[[User], Client]


def test_the_start_page_shows_a_card_for_each_invented_person(
    client: Client, person: Person
) -> None:
    person("GVCN", username="co-giao")
    person("SO_DUYET", username="chuyen-vien", house="city")
    page = client.get("/").content.decode()
    assert page.count('name="username"') == 2
    assert "Giáo viên chủ nhiệm" in page
    assert "Nhập kết quả cuối năm" in page


@pytest.mark.parametrize(("house", "home"), [("school", "/truong/"), ("city", "/so/")])
def test_one_click_leads_to_work(client: Client, person: Person, house: str, home: str) -> None:
    user = person("HOC_VU", house=house)
    answer = client.post("/vao/", {"username": user.username})
    assert (answer.status_code, answer.headers["Location"]) == (302, home)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_session_is_a_new_one_after_sign_in(sign_in: SignIn, person: Person) -> None:
    first = sign_in(person("GVCN", username="mot")).session.session_key
    second = sign_in(person("HOC_VU", username="hai")).session.session_key
    assert first != second


@pytest.mark.parametrize("mode", ["training", "production"])
def test_outside_the_demo_nobody_enters_with_a_click(
    client: Client, person: Person, settings: Settings, mode: str
) -> None:
    user = person("GVCN")
    settings.HOCBA_MODE = mode
    assert 'name="username"' not in client.get("/").content.decode()
    assert client.post("/vao/", {"username": user.username}).status_code == 403
    assert "_auth_user_id" not in client.session
    with pytest.raises(Refused) as refusal:
        person("GVCN", username="khac")
    assert refusal.value.code == "demo_account"


def test_a_real_account_is_no_demo_account(client: Client, person: Person) -> None:
    user = person("HIEU_TRUONG", username="that", demo=False)
    assert client.post("/vao/", {"username": user.username}).status_code == 403
    assert 'value="that"' not in client.get("/").content.decode()


def test_a_closed_account_is_out_at_once(sign_in: SignIn, person: Person) -> None:
    user = person("HOC_VU")
    client = sign_in(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert "/ra/" not in client.get("/design").content.decode()
    assert client.post("/vao/", {"username": user.username}).status_code == 403


def test_signing_out_needs_a_press_of_the_button(sign_in: SignIn, person: Person) -> None:
    client = sign_in(person("HOC_VU"))
    assert client.get("/ra/").status_code == 405
    assert client.post("/ra/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_form_from_elsewhere_is_refused_with_words() -> None:
    answer = Client(enforce_csrf_checks=True).post("/vao/", {"username": "mau"})
    assert answer.status_code == 403
    assert "Biểu mẫu đã hết hạn" in answer.content.decode()


@pytest.mark.django_db(databases=["default", "school", "city"])
@pytest.mark.parametrize(
    ("role", "house", "address"), [("GVCN", "school", "/so/"), ("SO_DUYET", "city", "/truong/")]
)
def test_people_of_one_house_are_refused_in_the_other(
    sign_in: SignIn, person: Person, role: str, house: str, address: str
) -> None:
    answer = sign_in(person(role, house=house)).get(address)
    assert answer.status_code == 403
    assert "Trang này dành cho" in answer.content.decode()


@pytest.mark.parametrize("address", ["/truong/", "/so/"])
def test_somebody_not_signed_in_is_sent_to_the_start(
    client: Client, db: None, address: str
) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


@pytest.mark.parametrize("roles", [("GVXX",), ("GVCN", "")])
def test_a_role_that_does_not_exist_is_refused(person: Person, roles: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as refusal:
        person(*roles)
    assert refusal.value.code == "unknown_role"


def test_the_same_username_is_the_same_account(person: Person) -> None:
    before, after = person("GVCN"), person("GVCN", "GVBM")
    assert before.pk == after.pk
    assert User.objects.get().roles == ["GVCN", "GVBM"]


def test_the_database_refuses_a_wrong_personal_number(person: Person) -> None:
    user = person("GVCN")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(personal_id="12345678901x")
    user.personal_id = "123"
    with pytest.raises(ValidationError, match="12 chữ số"):
        user.full_clean(exclude=["password"])


def test_no_password_is_kept(person: Person) -> None:
    assert person("GVCN").password == ""


def test_an_actor_goes_through_a_job_unchanged(person: Person) -> None:
    user = person("GVCN", "GVBM")
    request = RequestFactory().get("/")
    request.user = user
    actor = actor_of(request)
    assert Actor.from_json(actor.to_json()) == actor
    assert (actor.user_id, actor.roles, actor.house) == (user.pk, ("GVCN", "GVBM"), "school")
    assert actor.has("GVBM", "QTV")
    assert not actor.has("QTV")


def test_the_platform_and_guests_have_no_account() -> None:
    assert platform_actor("city").user_id == EVERYBODY.user_id == NO_ACCOUNT
    assert not EVERYBODY.has(*(role.code for role in ROLES))


def test_every_role_says_what_it_is_for() -> None:
    assert len({role.code for role in ROLES}) == len(ROLES)
    assert all(str(role.name) and str(role.work) and role.house for role in ROLES)


def test_a_demo_account_is_never_saved_outside_the_demo(db: None, settings: Settings) -> None:
    settings.HOCBA_MODE = "production"
    saved = save_account(
        username="that",
        full_name="Lê Văn Thật",
        personal_id="000012345679",
        house="school",
        unit_code="79000001",
        roles=["HIEU_TRUONG"],
    )
    assert not saved.demo
