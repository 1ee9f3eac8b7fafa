"""A head's files: staff from the industry's database, phrases out of the bank and in again."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from every_page import assert_no_faults
from playwright.sync_api import Page, expect
from running_platform import Platform
from steps import become, picture

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(120)]

HEAD = "Hiệu trưởng"
STAFF = (
    ("STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CMND/CCCD", "Email", "Chức vụ"),
    ("1", "Cao Thị Mẫu Một", "06/07/1985", "Nữ", "000190000100", "", "Giáo viên"),
    ("2", "Tô Văn Mẫu Hai", "31/02/1990", "Nam", "000090000300", "", "Giáo viên"),
)


def test_staff_are_shown_before_they_are_saved(
    page: Page, platform: Platform, tmp_path: Path
) -> None:
    file = tmp_path / "CSDL_GiaoVien.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(STAFF):
            sheet.write_row(number, 0, row)
    become(page, platform, HEAD)
    page.goto(f"{platform.url}/truong/nhan-su/nhap/")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Xem trước").click()
    # A day that does not exist is told with its row; nothing is saved yet.
    expect(page.get_by_text("31/02/1990").first).to_be_visible()
    assert_no_faults(page)
    picture(page, "staff-preview")
    page.goto(f"{platform.url}/truong/nhan-su/")
    expect(page.get_by_text("Cao Thị Mẫu Một")).to_have_count(0)


def test_the_bank_goes_out_and_comes_in_unchanged(
    page: Page, platform: Platform, tmp_path: Path
) -> None:
    become(page, platform, HEAD)
    page.goto(f"{platform.url}/truong/nhan-xet/")
    starter = page.get_by_role("button", name="Lấy bộ mẫu")
    if starter.count():
        starter.click()
        expect(starter).to_be_hidden()
    page.get_by_role("link", name="Sửa").first.click()
    assert_no_faults(page)
    page.go_back()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Xuất ra Excel").click()
    file = tmp_path / "phrases.xlsx"
    taken.value.save_as(file)
    page.get_by_role("link", name="Nhập từ Excel").click()
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Xem trước")
    expect(page.get_by_text("Tệp không có gì mới so với mẫu đang có")).to_be_visible()
    assert_no_faults(page)
    picture(page, "phrases-preview")
