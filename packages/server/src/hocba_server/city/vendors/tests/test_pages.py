"""The pages of vendors: found from the department's home, changed by the administrator only."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client
from django.utils import timezone

from hocba_certworld.cast import Cast
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.tests.cast import ADMINISTRATOR, SENT
from hocba_server.city.vendors.models import (
    AccountTerms,
    RequestKey,
    TokenOrigin,
    Vendor,
    VendorSwitch,
)
from hocba_server.city.vendors.services import register_vendor
from hocba_server.city.vendors.tokens import issue_token
from hocba_server.web.accounts.models import User

FORM = {
    "name": "Công ty Mẫu",
    "software": "Trường Xanh 3.1",
    "contact_name": "Nguyễn Văn Mẫu",
    "contact_email": "mau@example.vn",
}


def browser_of(role: str) -> Client:
    user = User.objects.create(
        username=role,
        full_name="Cán bộ Mẫu",
        personal_id="000080000091" if role == "SO_QT" else "000080000090",
        house="city",
        unit_code="79",
        roles=[role],
    )
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def administrator() -> Client:
    return browser_of("SO_QT")


@pytest.fixture
def vendor(school: str) -> str:
    return register_vendor(by=ADMINISTRATOR, at=SENT, **FORM)


def place(code: str, rest: str = "") -> str:
    return f"/so/nha-cung-cap/{code}/{rest}"


def test_it_is_found_from_the_home_page(administrator: Client) -> None:
    page = administrator.get("/so/").content.decode()
    assert "/so/nha-cung-cap/" in page
    assert "/api/v2/tai-lieu" in page
    assert "Chưa có nhà cung cấp nào" in administrator.get("/so/nha-cung-cap/").content.decode()


def test_a_vendor_is_registered_on_the_page(administrator: Client) -> None:
    answer = administrator.post("/so/nha-cung-cap/", FORM, follow=True)
    assert "Trường Xanh 3.1" in answer.content.decode()
    wrong = administrator.post("/so/nha-cung-cap/", {**FORM, "name": "Khác", "contact_email": "x"})
    assert "Thư điện tử chưa đúng dạng" in wrong.content.decode()
    assert 'value="Khác"' in wrong.content.decode(), "what was typed is still there"


def test_accounts_keys_terms_and_switches_are_set(
    administrator: Client, vendor: str, school: str, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    post = administrator.post
    post(place(vendor, "tai-khoan/"), {"user_name": school})
    post(
        place(vendor, "dieu-kien/"),
        {"user_name": school, "token_required": "yes", "requests_per_minute": "30"},
    )
    terms = AccountTerms.objects.get()
    assert (terms.token_required, terms.requests_per_minute) == (True, 30)
    post(place(vendor, "cong-tac/"), {"name": "results", "value": "list"})
    assert VendorSwitch.objects.get().value == "list"
    bad = post(place(vendor, "khoa/"), {"key_id": "khoa-1", "pem": "x"}, follow=True)
    assert "Không đọc được khoá công khai" in bad.content.decode()
    page = administrator.get(place(vendor)).content.decode()
    assert "khác mặc định" in page
    assert "Mặc định:" in page
    unit = post(place(vendor, "thu-nghiem/"))
    names = zipfile.ZipFile(io.BytesIO(unit.content)).namelist()
    assert "tai-khoan.json" in names
    post(place(vendor, "tai-khoan/go/"), {"user_name": school})
    post(place(vendor, "ket-noi/"), {"active": "no"})
    assert not Vendor.objects.get().active


def test_an_officer_looks_and_may_not_change(vendor: str, school: str) -> None:
    officer = browser_of("SO_DUYET")
    page = officer.get(place(vendor)).content.decode()
    assert "Công tắc đọc và trả lời" in page
    assert "<form" not in page.split("<main")[1].split("</main")[0]
    for rest in ("cong-tac/", "tai-khoan/", "khoa/", "ket-noi/", "thu-nghiem/"):
        answer = officer.post(place(vendor, rest), {"name": "results", "value": "list"})
        assert answer.status_code == 403, rest
    assert not VendorSwitch.objects.exists()
    assert not RequestKey.objects.exists()


def test_an_account_has_terms_keys_and_tokens_of_its_own(
    administrator: Client, school: str, cast: Cast
) -> None:
    row = GatewayAccount.objects.get(user_name=school)
    base = f"/so/tai-khoan-cong/{row.pk}/"
    listed = administrator.get("/so/tai-khoan-cong/", {"tim": school[:5]}).content.decode()
    assert base in listed
    assert "Không có tài khoản nào khớp" in (
        administrator.get("/so/tai-khoan-cong/", {"tim": "zzz"}).content.decode()
    )
    pem = cast.seal.certificate.public_bytes(Encoding.PEM).decode()
    administrator.post(f"{base}khoa/", {"key_id": "khoa-rieng", "pem": pem, "pkcs1": "on"})
    assert RequestKey.objects.get().account_id == row.pk
    administrator.post(f"{base}dieu-kien/", {"token_required": "no", "requests_per_minute": "9"})
    wrong = administrator.post(f"{base}dieu-kien/", {"requests_per_minute": "x"}, follow=True)
    assert "Số yêu cầu mỗi phút" in wrong.content.decode()
    assert AccountTerms.objects.get().requests_per_minute == 9
    issue_token(account=row, origin=TokenOrigin.SIGNATURE, at=timezone.now())
    assert "1 token còn hạn" in administrator.get(base).content.decode()
    administrator.post(f"{base}token/thu-hoi/")
    assert "0 token còn hạn" in administrator.get(base).content.decode()
    administrator.post(f"{base}khoa/thu-hoi/", {"key_id": "khoa-rieng"})
    assert RequestKey.objects.get().revoked_at is not None
    officer = browser_of("SO_DUYET")
    assert officer.get(base).status_code == 200
    for rest in ("dieu-kien/", "khoa/", "khoa/thu-hoi/", "token/thu-hoi/"):
        assert officer.post(base + rest, {"key_id": "khoa-rieng"}).status_code == 403, rest
    assert administrator.get("/so/tai-khoan-cong/987654/").status_code == 404


def test_what_is_not_there_is_not_found(administrator: Client) -> None:
    assert administrator.get(place("khong-co")).status_code == 404


def test_strangers_are_sent_to_the_start(vendor: str) -> None:
    assert Client().get(place(vendor)).status_code == 302


def test_english(administrator: Client, vendor: str) -> None:
    administrator.cookies["hocba_language"] = "en"
    page = administrator.get(place(vendor)).content.decode()
    assert "Switches for reading and answering" in page
    assert "Spelling of the error" in page
