"""The officer sees the whole and reports on it; the ward sees its own; a school tells by hand."""

from __future__ import annotations

import re

import pytest
from every_page import assert_no_faults
from playwright.sync_api import Page, expect
from running_platform import Platform
from steps import CITY, SCHOOL, become, picture

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(280)]
WARD = "Uỷ ban nhân dân Phường Sài Gòn"
OTHER_SCHOOL = "Trường Tiểu học tư thục Bến Thuyền (DEMO)"
REPORTING = "Trường Tiểu học Sao Mai (DEMO)"


def test_the_department_from_the_city_to_a_class(page: Page, platform: Platform) -> None:
    # 1. The whole: steps, charts, wards, grades, what is stuck.
    become(page, platform, "Chuyên viên Sở", CITY)
    page.goto(f"{platform.url}/so/")
    page.get_by_role("link", name="Mở toàn cảnh").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Toàn cảnh năm học 2025-2026")
    expect(page.locator("svg.chart__sheet").first).to_be_visible()
    assert_no_faults(page)
    picture(page, "oversight")
    # 2. A box leads to exactly its rows.
    box = page.locator(".board a").first
    count = int(box.locator("strong").inner_text())
    box.click()
    expect(page.locator("table tbody tr")).to_have_count(count)
    assert_no_faults(page)
    # 3. City, ward, school, class; sorted and narrowed on the way.
    page.goto(f"{platform.url}/so/toan-canh/2025-2026/")
    page.get_by_role("row").get_by_role("link", name="Phường Sài Gòn").click()
    expect(page.get_by_role("link", name=OTHER_SCHOOL)).to_have_count(0)
    page.get_by_role("columnheader", name="Học bạ lưu hành").get_by_role("link").click()
    expect(page.locator('th[aria-sort="descending"]')).to_have_count(1)
    page.get_by_role("link", name=SCHOOL).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SCHOOL)
    expect(page.get_by_role("row").filter(has_text="3A1").first).to_contain_text("đã nộp")
    assert_no_faults(page)
    page.get_by_role("link", name="3A1").first.click()
    expect(page.get_by_text("mục đích").first).to_be_visible()
    # 4. A file, and a report that stays.
    page.goto(f"{platform.url}/so/toan-canh/2025-2026/truong/")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Tải Excel").click()
    assert re.fullmatch(r"truong-2025-2026-\d{8}\.xlsx", saved.value.suggested_filename)
    page.goto(f"{platform.url}/so/bao-cao/")
    page.get_by_label("Năm học").select_option("2025-2026")
    page.get_by_label("Nhận xét của người lập").fill("Đã nhắc các trường chưa nộp.")
    page.get_by_role("button", name="Lập và ký tên").click()
    expect(page.get_by_text("Đã lập báo cáo.")).to_be_visible()
    assert_no_faults(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Tải PDF").click()
    assert saved.value.suggested_filename.endswith(".pdf")


def test_the_ward_sees_and_enters_its_own(page: Page, platform: Platform) -> None:
    become(page, platform, "Phòng Văn hoá - Xã hội", WARD)
    page.goto(f"{platform.url}/so/toan-canh/2025-2026/truong/")
    expect(page.get_by_role("link", name=SCHOOL)).to_be_visible()
    expect(page.get_by_role("link", name=OTHER_SCHOOL)).to_have_count(0)
    expect(page.get_by_role("link", name="Trường THPT Bạch Đằng (DEMO)")).to_have_count(0)
    page.get_by_role("link", name=REPORTING).click()
    page.get_by_role("link", name="Nhập tình hình của trường").click()
    page.get_by_label("Khối 1, Lớp đã nộp").fill("9")
    page.get_by_role("button", name="Lưu tình hình").click()
    expect(page.get_by_role("alert")).to_contain_text("Khối 1")
    page.get_by_label("Khối 1, Lớp đã nộp").fill("1")
    page.get_by_label("Đã tập huấn học bạ số").fill("40")
    page.get_by_role("button", name="Lưu tình hình").click()
    expect(page.get_by_text("Đã lưu tình hình của trường.")).to_be_visible()
    expect(page.get_by_text("40/41")).to_be_visible()
    assert_no_faults(page)


def test_the_clerk_tells_the_department(page: Page, platform: Platform) -> None:
    become(page, platform, "Nhân viên văn thư", SCHOOL)
    page.goto(f"{platform.url}/truong/tinh-hinh/")
    expect(page.get_by_role("row").filter(has_text="3A1")).to_contain_text("đã nộp")
    assert_no_faults(page)
    page.get_by_role("button", name="Ký và gửi về Sở", exact=True).click()
    expect(page.get_by_text("Đã ký và gửi tình hình của trường về Sở.")).to_be_visible()
    for _ in range(30):
        if page.get_by_text("Sở đã nhận").count() > 1:
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_text("Sở đã nhận").nth(1)).to_be_visible()
