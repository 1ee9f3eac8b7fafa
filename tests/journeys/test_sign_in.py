"""A first day: the letter, a passkey of the phone, and in again without the door of the demo."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from every_page import assert_no_faults
from playwright.sync_api import BrowserContext, Page, expect
from running_platform import Platform
from steps import become, picture

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(180)]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A phone that recognises its owner's finger."""


def by_name(address: str) -> str:
    """The same address by the machine's name: no browser makes a passkey for a bare number."""
    return address.replace("127.0.0.1", "localhost")


def written_letter(page: Page, platform: Platform) -> tuple[str, str]:
    """As the administrator: write a letter for a teacher; her personal number and the code."""
    become(page, platform, "Quản trị viên của trường")
    page.goto(f"{platform.url}/truong/tai-khoan/")
    row = page.locator("tr", has=page.get_by_text("Giáo viên chủ nhiệm")).filter(
        has=page.get_by_text("Chưa có khoá")
    )
    name = row.first.locator("th").inner_text()
    page.goto(f"{platform.url}/truong/nhan-su/")
    page.get_by_role("link", name=name, exact=True).first.click()
    number = page.locator("[name=personal_id]").input_value()
    page.goto(f"{platform.url}/truong/tai-khoan/")
    page.get_by_role("button", name=f"Thư mời {name}").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    assert_no_faults(page)
    picture(page, "thu-moi")
    code = page.get_by_text(re.compile(r"^[2-9A-Z]{4}(-[2-9A-Z]{4}){3}$")).inner_text()
    return number, code


def test_from_the_letter_to_work(page: Page, context: BrowserContext, platform: Platform) -> None:
    number, code = written_letter(page, platform)
    page.get_by_role("button", name="Đăng xuất").click()

    phone = context.new_cdp_session(page)
    phone.send("WebAuthn.enable")
    phone.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    home = by_name(platform.url)
    page.goto(f"{home}/thu-moi/#{code}")
    expect(page.get_by_label("Mã thư mời")).to_have_value(code)
    assert code not in page.url, "the code leaves the address at once"
    assert_no_faults(page)
    page.get_by_label("Số định danh cá nhân của mình").fill(number)
    page.get_by_role("button", name="Mở thư").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Chào")
    assert_no_faults(page)
    picture(page, "tao-khoa")
    page.get_by_label("Đặt tên khoá").fill("Điện thoại của tôi")
    page.get_by_role("button", name="Tạo khoá truy cập").click()
    page.wait_for_url(f"{home}/truong/")

    page.get_by_role("link", name="Cách đăng nhập").click()
    expect(page.get_by_text("Điện thoại của tôi").first).to_be_visible()
    assert_no_faults(page)
    picture(page, "cach-dang-nhap")
    page.get_by_role("link", name="Thêm ứng dụng mã trên điện thoại").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Đặt ứng dụng mã")
    assert_no_faults(page)
    picture(page, "ung-dung-ma")

    page.get_by_role("button", name="Đăng xuất").click()
    page.goto(f"{home}/dang-nhap/")
    assert_no_faults(page)
    picture(page, "dang-nhap")
    page.get_by_role("button", name="Đăng nhập bằng khoá truy cập").click()
    page.wait_for_url(f"{home}/truong/")
    assert urlsplit(page.url).hostname == "localhost"


def test_a_stranger_gets_a_sentence(
    page: Page, context: BrowserContext, platform: Platform
) -> None:
    phone = context.new_cdp_session(page)
    phone.send("WebAuthn.enable")
    phone.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, "isUserVerified": False}})
    page.goto(f"{by_name(platform.url)}/dang-nhap/")
    page.get_by_role("button", name="Đăng nhập bằng khoá truy cập").click()
    expect(page.get_by_role("alert")).to_contain_text("Bấm lại nút để thử lần nữa")
    page.get_by_label("Số đăng nhập").fill("2222-2222")
    page.get_by_label("Mã", exact=True).fill("123456")
    page.get_by_role("button", name="Đăng nhập bằng mã").click()
    expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("không đúng")
