"""What the department accepted reaches the Ministry's store; both sides agree, the store shows."""

from __future__ import annotations

import re
import time

import pytest
from every_page import assert_no_faults
from playwright.sync_api import Page, expect
from running_platform import Platform
from steps import CITY, become, picture

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(280)]
MINISTRY = "Bộ Giáo dục và Đào tạo (DEMO)"
ALL_THERE = "Mọi thứ đã được Bộ tiếp nhận."


def until(page: Page, sentence: str, *, seconds: int = 150) -> None:
    """Reload until the page says it; the department's job runs every minute."""
    end = time.monotonic() + seconds
    while not page.get_by_text(sentence).count() and time.monotonic() < end:
        time.sleep(1)
        page.reload()
    expect(page.get_by_text(sentence).first).to_be_visible()


def test_from_the_department_to_the_store(page: Page, platform: Platform) -> None:
    # 1. The officer sees that everything was reported, and sends what may have come meanwhile.
    become(page, platform, "Chuyên viên Sở", CITY)
    page.goto(f"{platform.url}/so/")
    page.get_by_role("link", name="Mở trang báo cáo về Bộ").click()
    until(page, "Bộ đã phê duyệt")
    page.get_by_role("button", name="Gửi ngay những gì đang chờ").click()
    until(page, ALL_THERE)
    assert_no_faults(page)
    picture(page, "reporting")
    # 2. Store and repository are compared and agree.
    page.get_by_role("link", name="Đối chiếu với Kho của Bộ").click()
    page.get_by_role("button", name="Đối chiếu ngay").click()
    until(page, "Hai kho khớp nhau.")
    assert_no_faults(page)
    # 3. The rows of a school are taken as a file; the reason is asked for.
    page.goto(f"{platform.url}/so/bo/bang/")
    page.get_by_label("Lý do tải").fill("Kiểm tra trước khi nộp")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Tải tệp").click()
    assert re.fullmatch(r"du-lieu-quoc-gia-\d+-2025-2026\.xlsx", saved.value.suggested_filename)
    # 4. On the Ministry's side an officer sees what came.
    page.goto(f"{platform.url}/so/bo/")
    page.get_by_role("link", name="mở Kho để xem những gì đã nhận").click()
    section = page.locator("section", has=page.get_by_role("heading", name=MINISTRY, exact=True))
    section.locator("button.card").click()
    expect(page.get_by_role("heading", name="Kho học bạ số của Bộ")).to_be_visible()
    expect(page.get_by_role("cell", name="Nộp học bạ").first).to_be_visible()
    assert_no_faults(page)
    picture(page, "store")
    page.get_by_role("row").filter(has_text="Dòng dữ liệu quốc gia").get_by_role(
        "link"
    ).first.click()
    expect(page.get_by_text("Tiếp nhận").first).to_be_visible()
    assert_no_faults(page)
