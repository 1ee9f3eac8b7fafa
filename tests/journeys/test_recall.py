"""A wrong record is recalled and made anew, through both houses in a real browser."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from every_page import assert_no_faults
from playwright.sync_api import Page, expect
from running_platform import Platform
from steps import CITY, become, open_class, picture

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(280)]
CLERK = "Nhân viên văn thư"
SPECIALISTS = (
    "Giáo viên môn Ngoại ngữ 1",
    "Giáo viên môn TH và CN (Tin học)",
    "Giáo viên môn TH và CN (Công nghệ)",
    "Giáo viên môn Giáo dục thể chất",
    "Giáo viên môn Âm nhạc",
    "Giáo viên môn Mĩ thuật",
)
REASON = "Ghi sai nơi sinh so với giấy khai sinh"


def ask_department(page: Page, answer: str) -> None:
    """Ask until the department's answer is there, as the clerk would."""
    for _ in range(20):
        if page.get_by_text(answer).count():
            return
        button = page.get_by_role("button", name="Hỏi Sở bây giờ")
        if button.count():
            button.click()
        else:
            page.reload()
        time.sleep(0.5)
    expect(page.get_by_text(answer).first).to_be_visible()


def sign_and_send(page: Page, platform: Platform, room: str) -> None:
    """Subject teachers, homeroom teacher, head and clerk sign what waits; the clerk sends it."""
    for title in (*SPECIALISTS, "Giáo viên chủ nhiệm lớp 3A1", "Hiệu trưởng", CLERK):
        become(page, platform, title)
        page.goto(f"{room}phat-hanh/")
        page.locator("button:not([disabled])", has_text="Ký cả lớp").first.click()
        expect(page.get_by_role("status").get_by_text("1/1")).to_be_visible()
    page.goto(f"{room}phat-hanh/")
    page.get_by_role("link", name="Trang nộp về Sở").click()
    page.get_by_role("button", name="Nộp về Sở").click()
    expect(page.get_by_text("1 được tiếp nhận, 0 bị từ chối, 0 chờ kết quả")).to_be_visible()


def test_from_the_wrong_record_to_its_successor(
    page: Page, platform: Platform, tmp_path: Path
) -> None:
    # 1. The clerk finds the record in force and asks for its recall with the school's key.
    become(page, platform, CLERK)
    room = open_class(page, platform, "3A1")
    page.goto(f"{room}phat-hanh/")
    page.get_by_role("link", name="Xem", exact=True).first.click()
    record = page.url
    number = page.locator("code").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải XML").click()
    xml = tmp_path / "hoc-ba.xml"
    download.value.save_as(xml)
    page.get_by_role("link", name="Yêu cầu thu hồi").click()
    expect(page.locator(f"input[value='{number}']")).to_be_checked()
    page.get_by_label("Lý do thu hồi").fill(REASON)
    picture(page, "recall-ask")
    page.get_by_role("button", name="Ký và gửi yêu cầu", exact=True).click()
    expect(page.get_by_text("Đã ký và gửi yêu cầu thu hồi")).to_be_visible()
    request = page.url
    assert_no_faults(page)
    ask_department(page, "Sở đã nhận yêu cầu và chưa quyết định xong")
    # 2. The officer reads the record beside the reason and grants the recall.
    become(page, platform, "Chuyên viên Sở", CITY)
    page.get_by_role("link", name=re.compile("yêu cầu thu hồi chờ quyết định")).click()
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_text(REASON)).to_be_visible()
    picture(page, "recall-request")
    page.get_by_role("link", name="Xem học bạ").click()
    expect(page.get_by_text("Lượt xem này đã được ghi lại.")).to_be_visible()
    page.get_by_role("button", name="Đồng ý thu hồi").click()
    expect(page.get_by_text("Đã thu hồi 1 học bạ")).to_be_visible()
    # 3. Anybody who has the file is told.
    page.get_by_role("button", name="Đăng xuất").click()
    page.goto(f"{platform.url}/xac-thuc")
    page.set_input_files("#file", xml)
    page.get_by_role("button", name="Kiểm tra tệp").click()
    expect(page.get_by_role("heading", name="Học bạ không có giá trị")).to_be_visible()
    expect(page.get_by_text(re.compile("Học bạ đã bị thu hồi ngày")).first).to_be_visible()
    # 4. The school hears of it, and the registrar begins the successor.
    become(page, platform, CLERK)
    page.goto(request)
    ask_department(page, "Sở đã quyết định về mọi học bạ")
    become(page, platform, "Nhân viên học vụ")
    page.goto(record)
    expect(page.get_by_text("Sở đã thu hồi học bạ này")).to_be_visible()
    page.get_by_role("button", name="Làm lại học bạ").click()
    expect(page.get_by_text("Bản trước, đã thu hồi").first).to_be_visible()
    assert page.url != record
    successor = page.locator("code").first.inner_text()
    # 5. Everybody signs it again, the clerk sends it, and it stands in the other one's place.
    sign_and_send(page, platform, room)
    page.goto(record)
    expect(page.get_by_text("Sở đã thu hồi học bạ này")).to_be_visible()
    page.get_by_role("button", name="Đăng xuất").click()
    page.goto(f"{platform.url}/xac-thuc")
    page.set_input_files("#file", xml)
    page.get_by_role("button", name="Kiểm tra tệp").click()
    expect(page.get_by_text(f"được thay bằng học bạ mang mã {successor}").first).to_be_visible()
