"""An administrator: opens and locks accounts as the head orders, and never sees a result."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from running_platform import Platform
from steps import become, open_class, picture

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(180)]

ADMINISTRATOR = "Quản trị viên của trường"
WHY = "Nghỉ phép dài ngày"
TEACHER = "Đặng Văn Dũng"


def test_an_account_is_locked_and_opened_as_the_head_orders(page: Page, platform: Platform) -> None:
    for order, state in (("Khoá", "Đã khoá"), ("Mở khoá", "Đang dùng")):
        become(page, platform, "Hiệu trưởng")
        page.goto(f"{platform.url}/truong/tai-khoan/")
        line = page.get_by_role("row").filter(has_text=TEACHER)
        if order == "Khoá":
            line.locator("summary").click()
            line.get_by_label("Lý do").fill(WHY)
            line.get_by_role("button", name="Yêu cầu khoá").click()
        else:
            line.get_by_role("button", name=f"{order} {TEACHER}").click()
        expect(page.get_by_text("Đã ghi yêu cầu")).to_be_visible()
        become(page, platform, ADMINISTRATOR)
        page.goto(f"{platform.url}/truong/tai-khoan/")
        if order == "Khoá":
            expect(page.get_by_text(WHY)).to_be_visible()
            picture(page, "accounts")
        page.get_by_role("button", name=f"Làm {order} tài khoản {TEACHER}").click()
        expect(page.get_by_role("row").filter(has_text=TEACHER)).to_contain_text(state)


def test_results_are_refused_with_the_reason(context: BrowserContext, platform: Platform) -> None:
    page = context.new_page()  # a refusal is an error of the browser's console, expected here
    become(page, platform, ADMINISTRATOR)
    room = open_class(page, platform, "3A1")
    expect(page.get_by_text("Bùi Gia Bảo")).to_have_count(0)
    for address in ("nhap-diem/mon-02/CN/", "phat-hanh/", "bang-tong-hop/CN/", "in/", "kiem-tra/"):
        page.goto(f"{room}{address}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Chưa mở được trang này")
        expect(page.get_by_text("Bùi Gia Bảo")).to_have_count(0)
