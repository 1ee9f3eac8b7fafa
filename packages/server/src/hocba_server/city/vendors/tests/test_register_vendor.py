"""A vendor: registered, given accounts and keys, cut off; by the administrator only."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import IntegrityError, transaction

from hocba.errors import Malformed, Refused
from hocba_certworld.cast import Cast
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT, STRANGER
from hocba_server.city.vendors import selectors, services
from hocba_server.city.vendors.keys import register_key, revoke_key, usable_key
from hocba_server.city.vendors.models import AccountTerms, RequestKey, Vendor
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

FORM = {
    "name": "Công ty Đổi Mới",
    "software": "Trường Xanh 3.1",
    "contact_name": "Nguyễn Văn Mẫu",
    "contact_email": "mau@example.vn",
}


@pytest.fixture
def vendor(school: str) -> str:
    return services.register_vendor(by=ADMINISTRATOR, at=SENT, **FORM)


def test_it_is_registered_with_a_code_of_its_name(vendor: str) -> None:
    assert vendor == "cong-ty-doi-moi"
    row: Any = selectors.vendors(by=OFFICER).get()
    assert (row.account_count, row.key_count, row.switch_count) == (0, 0, 0)
    assert AuditEntry.objects.using("city").filter(action="register_vendor").count() == 1


def test_twice_is_refused(vendor: str) -> None:
    with pytest.raises(Refused) as refused:
        services.register_vendor(by=ADMINISTRATOR, at=SENT, **FORM)
    assert refused.value.code == "vendor_taken"


@pytest.mark.parametrize("actor", [OFFICER, STRANGER])
def test_others_may_not(school: str, actor: Actor) -> None:
    with pytest.raises(Refused):
        services.register_vendor(by=actor, at=SENT, **FORM)


@pytest.mark.parametrize(
    ("field", "value"), [("name", " "), ("contact_email", "khong-phai"), ("software", "x" * 201)]
)
def test_a_wrong_field_is_named(school: str, field: str, value: str) -> None:
    with pytest.raises(Malformed) as fault:
        services.register_vendor(by=ADMINISTRATOR, at=SENT, **{**FORM, field: value})
    assert fault.value.where == field


def test_an_account_belongs_to_one_vendor(vendor: str, school: str) -> None:
    services.give_account(by=ADMINISTRATOR, at=SENT, code=vendor, user_name=school)
    services.give_account(by=ADMINISTRATOR, at=SENT, code=vendor, user_name=school)
    other = services.register_vendor(by=ADMINISTRATOR, at=SENT, **{**FORM, "name": "Công ty Khác"})
    with pytest.raises(Refused) as refused:
        services.give_account(by=ADMINISTRATOR, at=SENT, code=other, user_name=school)
    assert refused.value.code == "account_taken"
    services.take_account(by=ADMINISTRATOR, at=SENT, user_name=school)
    services.give_account(by=ADMINISTRATOR, at=SENT, code=other, user_name=school)
    moved = AuditEntry.objects.using("city").filter(action="move_account")
    assert [one.detail["vendor"] for one in moved] == [vendor, "", other]


def test_terms_have_bounds(vendor: str, school: str) -> None:
    for wrong in (0, 10**6):
        with pytest.raises(Malformed):
            services.set_terms(
                by=ADMINISTRATOR,
                at=SENT,
                user_name=school,
                token_required=None,
                requests_per_minute=wrong,
            )
    services.set_terms(
        by=ADMINISTRATOR, at=SENT, user_name=school, token_required=True, requests_per_minute=9
    )
    assert AccountTerms.objects.get().requests_per_minute == 9


def test_a_key_is_registered_once_and_revoked_for_good(vendor: str, cast: Cast) -> None:
    row = Vendor.objects.get(code=vendor)
    pem = cast.seal.certificate.public_bytes(Encoding.PEM).decode()
    register_key(by=ADMINISTRATOR, at=SENT, key_id="con-dau", pem=pem, vendor=row)
    assert usable_key("con-dau") is not None
    with pytest.raises(Refused) as refused:
        register_key(by=ADMINISTRATOR, at=SENT, key_id="con-dau", pem=pem, vendor=row)
    assert refused.value.code == "key_taken"
    revoke_key(by=ADMINISTRATOR, at=SENT, key_id="con-dau")
    revoke_key(by=ADMINISTRATOR, at=SENT, key_id="con-dau")
    assert usable_key("con-dau") is None
    actions = ["register_request_key", "revoke_request_key"]
    entries = AuditEntry.objects.using("city").filter(action__in=actions)
    assert [one.action for one in entries] == actions


@pytest.mark.parametrize("pem", ["", "không phải PEM", "-----BEGIN PUBLIC KEY-----\nAAAA\n"])
def test_what_is_no_key_is_refused(vendor: str, pem: str) -> None:
    row = Vendor.objects.get(code=vendor)
    with pytest.raises(Malformed):
        register_key(by=ADMINISTRATOR, at=SENT, key_id="khoa-moi", pem=pem, vendor=row)


def test_a_key_id_is_plain(vendor: str) -> None:
    row = Vendor.objects.get(code=vendor)
    for key_id in ("", "có dấu", "a b", "x" * 81):
        with pytest.raises(Malformed):
            register_key(by=ADMINISTRATOR, at=SENT, key_id=key_id, pem="", vendor=row)


def test_the_database_wants_one_owner_of_a_key(vendor: str, school: str) -> None:
    row = Vendor.objects.get(code=vendor)
    account = GatewayAccount.objects.get(user_name=school)
    with pytest.raises(IntegrityError), transaction.atomic(using="city"):
        RequestKey.objects.create(
            key_id="hai-chu",
            vendor=row,
            account=account,
            algorithm="ed25519",
            public_key="",
            fingerprint="",
            registered_at=SENT,
        )
