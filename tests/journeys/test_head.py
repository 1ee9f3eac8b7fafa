"""A head: an entry window and one reasoned exception, a returned record, a class signed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from running_platform import Platform
from steps import become, cell, open_class, picture, saved

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(180)]

HOMEROOM_2A1 = "Giáo viên chủ nhiệm lớp 2A1"
HOMEROOM_4A1 = "Giáo viên chủ nhiệm lớp 4A1"
HEAD = "Hiệu trưởng"
MID_YEAR = "Giữa học kỳ II"
WHY_BACK = "Nhận xét môn Toán ghi nhầm em"
WHY = "Chấm lại bài kiểm tra của em"


def period_line(page: Page) -> Locator:
    return page.get_by_role("row").filter(has_text=MID_YEAR).first


def set_window(page: Page, platform: Platform, opens: str, closes: str) -> None:
    """Fill the line of one period on the page of entry windows."""
    page.goto(f"{platform.url}/truong/thoi-han-nhap/")
    line = period_line(page)
    line.locator("[name=opens_on]").fill(opens)
    line.locator("[name=closes_on]").fill(closes)
    line.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thời hạn nhập kết quả")


def sign_class(page: Page, room: str, count: int) -> None:
    """One action signs what waits in the class; the session says how many it signed."""
    page.goto(f"{room}phat-hanh/")
    page.locator("button:not([disabled])", has_text="Ký cả lớp").first.click()
    expect(page.get_by_role("status").get_by_text(f"{count}/{count}")).to_be_visible()


def test_a_closed_window_opens_for_one_reasoned_change(page: Page, platform: Platform) -> None:
    become(page, platform, HEAD)
    set_window(page, platform, "01/02/2026", "15/03/2026")
    expect(period_line(page)).to_contain_text("Đang đóng")
    # The teacher sees why nothing can be typed, and asks.
    become(page, platform, HOMEROOM_4A1)
    room = open_class(page, platform, "4A1")
    page.goto(f"{room}nhap-diem/mon-02/GK2/")
    expect(page.locator("#grid")).to_have_attribute("aria-readonly", "true")
    page.get_by_label("Lý do xin sửa").fill(WHY)
    page.get_by_role("button", name="Gửi hiệu trưởng").click()
    expect(page.get_by_text("đang chờ hiệu trưởng")).to_be_visible()
    # The head reads the reason and grants it.
    become(page, platform, HEAD)
    page.goto(f"{platform.url}/truong/thoi-han-nhap/")
    expect(page.get_by_text(WHY)).to_be_visible()
    picture(page, "permission")
    page.get_by_role("button", name="Cho phép").first.click()
    # The change is made, and its history says who, from what, to what and why.
    become(page, platform, HOMEROOM_4A1)
    page.goto(f"{room}nhap-diem/mon-02/GK2/")
    expect(page.get_by_text("Hiệu trưởng cho phép sửa đến")).to_be_visible()
    page.locator("#grid-actions:not([hidden])").wait_for()
    page.locator(cell(6, "level")).focus()
    page.keyboard.press("h")
    saved(page)
    page.locator(cell(6, "level")).click()
    page.get_by_role("button", name="Lịch sử ô").click()
    dialog = page.locator("#grid-dialog")
    expect(dialog).to_contain_text(WHY)
    expect(dialog).to_contain_text("Vũ Thị Thủy")
    picture(page, "history")
    become(page, platform, HEAD)
    today = datetime.now(tz=UTC).date()
    until = today + timedelta(days=30)
    set_window(page, platform, f"{today:%d/%m/%Y}", f"{until:%d/%m/%Y}")
    expect(period_line(page)).to_contain_text("Đang mở")


def test_a_record_is_returned_corrected_and_the_class_signed(
    page: Page, platform: Platform
) -> None:
    become(page, platform, HEAD)
    # What waits for whom: by class, by person, by step.
    page.goto(f"{platform.url}/truong/tien-do/")
    for view in ("Theo người", "Theo bước", "Theo lớp"):
        page.get_by_role("link", name=view).click()
        expect(page.get_by_role("main")).to_contain_text("2A1" if view == "Theo lớp" else "ký")
    # One pupil as the finished page; then back to the homeroom teacher with a reason.
    room = open_class(page, platform, "2A1")
    page.goto(f"{room}phat-hanh/")
    page.get_by_role("row").filter(has_text="Võ Đức Anh").get_by_role("link", name="Xem").click()
    page.get_by_role("link", name=re.compile("Đọc soát")).click()
    expect(page.locator("main img").first).to_be_visible()
    picture(page, "proof")
    page.get_by_text("Trả lại học bạ này để sửa").click()
    page.get_by_label("Toán", exact=True).check()
    page.get_by_label("Lý do").fill(WHY_BACK)
    page.get_by_role("button", name="Trả lại", exact=True).click()
    # The teacher is told, corrects, says so, and signs again what was voided.
    become(page, platform, HOMEROOM_2A1)
    page.goto(f"{platform.url}/truong/thong-bao/")
    expect(page.get_by_text(WHY_BACK)).to_be_visible()
    page.goto(f"{room}nhap-diem/mon-01/CN/")
    expect(page.get_by_text(WHY_BACK)).to_be_visible()
    page.locator("#grid-actions:not([hidden])").wait_for()
    picture(page, "returned")
    page.locator(cell(1, "comment")).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("Tính đúng, trình bày rõ.")
    page.keyboard.press("Enter")
    saved(page)
    page.get_by_role("button", name="Đã sửa xong").click()
    expect(page.get_by_text(WHY_BACK)).to_be_hidden()
    # The registrar creates the record anew; only what was voided is signed again.
    become(page, platform, "Nhân viên học vụ")
    page.goto(f"{room}phat-hanh/")
    page.get_by_role("button", name="Khởi tạo lại học bạ").click()
    expect(page.get_by_text("Đã khởi tạo lại học bạ; giữ 3 chữ ký")).to_be_visible()
    become(page, platform, HOMEROOM_2A1)
    sign_class(page, room, 1)
    become(page, platform, HEAD)
    sign_class(page, room, 10)
    page.goto(f"{platform.url}/truong/tien-do/")
    picture(page, "board")
