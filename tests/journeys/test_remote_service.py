"""Signing with a key that a provider keeps: by a code, and on the provider's own page."""

from __future__ import annotations

import re

import pytest
from every_page import assert_no_faults
from playwright.sync_api import Page, expect
from running_platform import Platform
from steps import become, open_class, picture

from hocba_certworld.csc.people import DEMO_PASSWORD, DEMO_PIN
from hocba_server.demo.people import invent_staff

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(180)]

PRIVATE_SCHOOL = "Trường Tiểu học tư thục Bến Thuyền (DEMO)"
CLERK, CLERKS_SCHOOL_CODE = "Nhân viên văn thư", "79267400001"
PUPIL = "Bùi Gia Bảo"


def account_at_the_provider(page: Page) -> str:
    """The number of whoever is signed in: providers know their customers by it."""
    name = page.locator(".who__name strong").inner_text()
    numbers = dict(invent_staff(school=2, order=order) for order in range(1, 60))
    return numbers[name]


def sign_in_to_the_provider(page: Page, account: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ký từ xa")
    assert_no_faults(page)
    page.get_by_label("Tên đăng nhập ở nhà cung cấp").fill(account)
    page.get_by_label("Mật khẩu ở nhà cung cấp").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Đăng nhập dịch vụ ký").click()


def sent_code(platform: Platform, account: str) -> str:
    """The last one-time code; the demo's provider writes it instead of sending a message."""
    log = (platform.var / "log" / "certificates.log").read_text("utf-8")
    return re.findall(rf"OTP {account}: (\d+)", log)[-1]


def test_one_code_signs_a_class(page: Page, platform: Platform) -> None:
    become(page, platform, "Hiệu trưởng", PRIVATE_SCHOOL)
    room = open_class(page, platform, "5B")
    page.goto(f"{room}phat-hanh/")
    page.get_by_role("button", name="Mở đợt phát hành").click()
    become(page, platform, "Nhân viên học vụ", PRIVATE_SCHOOL)
    page.goto(f"{room}phat-hanh/")
    page.get_by_role("button", name="Khởi tạo học bạ cả lớp").click()
    become(page, platform, "Giáo viên môn Âm nhạc", PRIVATE_SCHOOL)
    account = account_at_the_provider(page)
    page.goto(f"{room}phat-hanh/")
    step = page.locator(".step--current")
    step.get_by_label("Dịch vụ ký số từ xa").check()
    step.get_by_role("button", name="Ký cả lớp").click()
    page.get_by_role("link", name="Kích hoạt khoá ở dịch vụ ký từ xa").click()
    sign_in_to_the_provider(page, account)
    way = page.get_by_role("region", name=f"{account}-otp")
    expect(way).to_be_visible()
    assert_no_faults(page)
    # The way over the provider's page is there too; this person goes back and takes the code.
    page.get_by_role("button", name="Cho phép ký ở trang của nhà cung cấp").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sang trang của nhà cung cấp")
    assert_no_faults(page)
    page.go_back()
    way.get_by_role("button", name="Gửi mã xác nhận").click()
    expect(page.get_by_text("Đã gửi mã xác nhận.")).to_be_visible()
    # A wrong PIN signs nothing and says so.
    code = sent_code(platform, account)
    way.get_by_label("Mã PIN").fill("000000")
    way.get_by_label("Mã xác nhận (OTP)").fill(code)
    way.get_by_role("button", name="Ký", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    picture(page, "remote-refused")
    way.get_by_role("button", name="Gửi mã xác nhận").click()
    expect(page.get_by_text("Đã gửi mã xác nhận.")).to_be_visible()
    way.get_by_label("Mã PIN").fill(DEMO_PIN)
    way.get_by_label("Mã xác nhận (OTP)").fill(sent_code(platform, account))
    way.get_by_role("button", name="Ký", exact=True).click()
    expect(page.get_by_role("status").get_by_text("10/10")).to_be_visible()
    picture(page, "remote-signed")


def test_the_providers_own_page_signs_a_certified_copy(page: Page, platform: Platform) -> None:
    become(page, platform, CLERK)
    open_class(page, platform, "3A1")
    page.get_by_role("link", name=PUPIL).click()
    page.goto(f"{page.url}in/")
    page.get_by_label("Người nhận").fill("Bùi Văn Sơn, cha của em")
    page.get_by_role("button", name="Ký bằng dịch vụ ký từ xa").click()
    sign_in_to_the_provider(page, CLERKS_SCHOOL_CODE)
    way = page.get_by_role("region", name=f"{CLERKS_SCHOOL_CODE}-web")
    expect(way).to_be_visible()
    assert_no_faults(page)
    way.get_by_role("button", name="Cho phép ký ở trang của nhà cung cấp").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sang trang của nhà cung cấp")
    assert_no_faults(page)
    page.get_by_role("link", name="Đi tiếp").click()
    picture(page, "provider")
    for label, value in (
        ("Tên đăng nhập", CLERKS_SCHOOL_CODE),
        ("Mật khẩu", DEMO_PASSWORD),
        ("Mã PIN", DEMO_PIN),
    ):
        if page.get_by_label(label).count():
            page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Đồng ý").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Bản sao y số \d+/SY-"))
    assert_no_faults(page)
    picture(page, "remote-copy")
