"""A person signs in with a passkey or a code; nobody else does."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client
from pytest_django.fixtures import Settings

from hocba.errors import Refused
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.models import AuditEntry
from hocba_server.web.signin import codes, passkeys
from hocba_server.web.signin.models import CodeApp, Passkey
from hocba_server.web.signin.tests.authenticator import Device

pytestmark = pytest.mark.django_db(databases=["default", "school", "city"])
AT = dt.datetime(2026, 5, 20, 14, 30, tzinfo=dt.UTC)


@pytest.fixture
def teacher() -> User:
    return User.objects.create(
        username="co-hoa",
        full_name="Nguyễn Thị Thử",
        personal_id="000190000011",
        house="school",
        unit_code="00000001",
        unit_name="Trường Tiểu học Thử",
        roles=["GVCN"],
    )


@pytest.fixture
def device(teacher: User) -> Device:
    made = Device()
    options, state = passkeys.begin_registration(teacher)
    passkeys.complete_registration(teacher, state, made.create(options), name="Máy", at=AT)
    return made


def post(client: Client, address: str, body: dict[str, Any]) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json")


def test_a_passkey_opens_the_door(client: Client, teacher: User, device: Device) -> None:
    options = post(client, "/dang-nhap/khoa/bat-dau/", {}).json()
    answer = post(client, "/dang-nhap/khoa/", device.get(options))
    assert (answer.status_code, answer.json()) == (200, {"to": "/truong/"})
    assert client.session["_auth_user_id"] == str(teacher.pk)
    entry = AuditEntry.objects.using("school").get(action="sign_in")
    assert (entry.name, entry.detail) == (teacher.full_name, {"means": "passkey"})
    assert Passkey.objects.get().last_used_at is not None


def refused(client: Client, body: dict[str, Any]) -> None:
    answer = post(client, "/dang-nhap/khoa/", body)
    assert answer.status_code == 400
    assert "khoá truy cập" in answer.json()["problem"]
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "http://example.vn"},
        {"origin": "https://localhost.example.vn"},
        {"host": "example.vn"},
        {"verifies": False},
        {"credential_id": b"another"},
    ],
    ids=str,
)
def test_a_false_answer_opens_nothing(client: Client, device: Device, lie: dict[str, Any]) -> None:
    for name, value in lie.items():
        setattr(device, name, value)
    options = post(client, "/dang-nhap/khoa/bat-dau/", {}).json()
    refused(client, device.get(options))


def test_another_key_under_the_same_name(client: Client, device: Device) -> None:
    other = Device(credential_id=device.credential_id)
    options = post(client, "/dang-nhap/khoa/bat-dau/", {}).json()
    refused(client, other.get(options))


def test_an_answer_is_good_for_one_question(client: Client, device: Device) -> None:
    options = post(client, "/dang-nhap/khoa/bat-dau/", {}).json()
    answer = device.get(options)
    refused(Client(), answer)
    assert post(client, "/dang-nhap/khoa/", answer).status_code == 200
    client.post("/ra/")
    post(client, "/dang-nhap/khoa/bat-dau/", {})
    refused(client, answer)


def test_a_copied_key_is_found_by_its_counter(client: Client, device: Device) -> None:
    device.counts = True
    for good in (True, False):
        device.count = 0 if not good else device.count
        options = post(client, "/dang-nhap/khoa/bat-dau/", {}).json()
        answer = post(client, "/dang-nhap/khoa/", device.get(options))
        assert (answer.status_code == 200) is good
        client.post("/ra/")


def test_a_closed_account_has_no_door(client: Client, teacher: User, device: Device) -> None:
    User.objects.filter(pk=teacher.pk).update(is_active=False)
    options = post(client, "/dang-nhap/khoa/bat-dau/", {}).json()
    refused(client, device.get(options))


@pytest.mark.parametrize(
    "body", ["", "[]", "{", '{"rawId": 1}', '{"response": {}}', "[" * 100_000, '"\\ud800"']
)
def test_nonsense_is_refused(client: Client, device: Device, body: str) -> None:
    del device
    post(client, "/dang-nhap/khoa/bat-dau/", {})
    answer = client.post("/dang-nhap/khoa/", body, content_type="application/json")
    assert answer.status_code == 400


def test_the_host_of_the_keys_is_that_of_the_address(settings: Settings) -> None:
    for address, host in (
        ("http://127.0.0.1:8000", "localhost"),
        ("https://hocba.example.vn", "hocba.example.vn"),
    ):
        settings.PUBLIC_URL = address
        assert passkeys.relying_party() == host


def test_in_production_only_the_own_address_counts(
    client: Client, settings: Settings, device: Device
) -> None:
    settings.PUBLIC_URL = "https://hocba.example.vn"
    device.host = "hocba.example.vn"
    for origin, good in (
        ("https://khac.hocba.example.vn", False),
        ("http://hocba.example.vn", False),
        ("http://localhost:8000", False),
        ("https://hocba.example.vn", True),
    ):
        device.origin = origin
        options = post(client, "/dang-nhap/khoa/bat-dau/", {}).json()
        answer = post(client, "/dang-nhap/khoa/", device.get(options))
        assert (answer.status_code == 200) is good, origin


# The code of an app.

NUMBER, SECRET = "7K2M9QXD", base64.b32encode(b"12345678901234567890").decode()


def code_at(at: dt.datetime) -> str:
    totp = TOTP(base64.b32decode(SECRET), 6, SHA1(), 30)  # noqa: S303 - RFC 6238
    return totp.generate(int(at.timestamp())).decode()


@pytest.fixture
def app(teacher: User) -> CodeApp:
    before = AT - dt.timedelta(hours=1)
    return codes.keep_code_app(teacher, NUMBER, SECRET, code_at(before), at=before)


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238 appendix B, the last six of eight digits."""
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        assert code_at(dt.datetime.fromtimestamp(seconds, dt.UTC)) == code


def test_number_and_code_open_the_door(client: Client, teacher: User, app: CodeApp) -> None:
    del app
    now = dt.datetime.now(dt.UTC)
    answer = client.post("/dang-nhap/", {"number": "7k2m-9qxd", "code": code_at(now)})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/truong/")
    assert client.session["_auth_user_id"] == str(teacher.pk)


@pytest.mark.parametrize("off", [-30, 0, 30])
def test_a_phone_may_be_half_a_minute_off(teacher: User, app: CodeApp, off: int) -> None:
    del app
    code = code_at(AT + dt.timedelta(seconds=off))
    assert codes.sign_in_with_code(NUMBER, f" {code[:3]} {code[3:]} ", at=AT) == teacher


@pytest.mark.parametrize(
    ("number", "seconds"), [(NUMBER, -90), (NUMBER, 90), ("7K2M9QXE", 0), ("", 0)]
)
def test_neither_old_codes_nor_other_numbers(app: CodeApp, number: str, seconds: int) -> None:
    del app
    code = code_at(AT + dt.timedelta(seconds=seconds))
    with pytest.raises(Refused) as caught:
        codes.sign_in_with_code(number, code, at=AT)
    assert caught.value.code == "code"


def test_a_code_is_good_for_once(app: CodeApp) -> None:
    del app
    codes.sign_in_with_code(NUMBER, code_at(AT), at=AT)
    for again in (code_at(AT), code_at(AT - dt.timedelta(seconds=30))):
        with pytest.raises(Refused):
            codes.sign_in_with_code(NUMBER, again, at=AT)
    later = AT + dt.timedelta(seconds=30)
    codes.sign_in_with_code(NUMBER, code_at(later), at=later)


def test_after_five_wrong_codes_the_door_is_shut_for_a_while(app: CodeApp) -> None:
    del app
    for _ in range(codes.WRONG_CODES):
        with pytest.raises(Refused):
            codes.sign_in_with_code(NUMBER, "abcdef", at=AT)
    with pytest.raises(Refused) as caught:
        codes.sign_in_with_code(NUMBER, code_at(AT), at=AT)
    assert caught.value.code == "code_shut"
    later = AT + codes.SHUT
    codes.sign_in_with_code(NUMBER, code_at(later), at=later)


def test_the_secret_is_not_in_the_table(app: CodeApp) -> None:
    stored = bytes(app.secret) + app.number_sha256.encode()
    assert SECRET.encode() not in stored
    assert NUMBER.encode() not in stored


@pytest.mark.parametrize("code", ["", "é", "12345", "1234567", "\0", "１２３４５６"])
def test_odd_codes_are_wrong_codes(client: Client, app: CodeApp, code: str) -> None:
    del app
    answer = client.post("/dang-nhap/", {"number": NUMBER, "code": code})
    assert answer.status_code == 200
    assert "không đúng" in answer.content.decode()


def test_the_page_says_by_which_address_passkeys_work(client: Client) -> None:
    by_address, by_name = (
        client.get("/dang-nhap/", headers={"host": host}).content.decode()
        for host in ("127.0.0.1:8000", "localhost:8000")
    )
    assert "http://localhost:8000/dang-nhap/" in by_address
    assert "localhost" not in by_name
