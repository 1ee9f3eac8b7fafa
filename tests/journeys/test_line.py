"""The main job in a real browser: an empty class becomes issued records that a stranger verifies.

Pictures for the README are taken on the way when `HOCBA_PICTURES` names a folder.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import xlsxwriter
from every_page import assert_no_faults
from playwright.sync_api import Page, expect
from running_platform import Platform
from steps import CITY, become, cell, paste, picture, saved

from hocba_server.demo.spreadsheets import PUPIL_HEADERS

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(280)]

SPECIALISTS = {
    "11": "Giáo viên môn Ngoại ngữ 1",
    "12": "Giáo viên môn TH và CN (Tin học)",
    "87": "Giáo viên môn TH và CN (Công nghệ)",
    "88": "Giáo viên môn Giáo dục thể chất",
    "89": "Giáo viên môn Âm nhạc",
    "90": "Giáo viên môn Mĩ thuật",
}
HOMEROOM = "Giáo viên chủ nhiệm lớp 5A1"
HOMEROOM_SUBJECTS = ("02", "01", "05", "13", "03", "91")


def upload(page: Page, file: Path) -> None:
    """Choose a file, look at the preview, save."""
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_text("Tệp không có lỗi")).to_be_visible()


def save(page: Page) -> None:
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text(re.compile("Đã lưu|đã được lưu")).first).to_be_visible()


def sign_class(page: Page, room: str) -> None:
    """One action signs the whole class; progress is shown until it is done."""
    page.goto(f"{room}phat-hanh/")
    page.locator("button:not([disabled])", has_text="Ký cả lớp").first.click()
    expect(page.get_by_role("status").get_by_text("12/12")).to_be_visible()


def test_a_class_becomes_issued_records(page: Page, platform: Platform, tmp_path: Path) -> None:
    files = platform.spreadsheets
    # 1. The registrar imports the class list.
    page.goto(platform.url)
    picture(page, "start")
    become(page, platform, "Nhân viên học vụ")
    page.get_by_role("link", name="Nhập danh sách lớp").first.click()
    upload(page, files / "danh-sach-lop.xlsx")
    assert_no_faults(page)
    picture(page, "preview")
    save(page)
    page.goto(f"{platform.url}/truong/")
    page.get_by_role("link", name="5A1", exact=True).click()
    room = page.url
    # 2. The teachers import the results of the year.
    for code, title in SPECIALISTS.items():
        become(page, platform, title)
        page.goto(f"{room}nhap/mon/{code}/")
        upload(page, files / f"diem-{code}.xlsx")
        save(page)
    become(page, platform, HOMEROOM)
    for kind in ("mon/02", "pham-chat-nang-luc", "chu-nhiem"):
        page.goto(f"{room}nhap/{kind}/")
        assert_no_faults(page)
    for code in HOMEROOM_SUBJECTS:
        page.goto(f"{room}nhap/mon/{code}/")
        upload(page, files / f"diem-{code}.xlsx")
        save(page)
    page.goto(f"{room}nhap/pham-chat-nang-luc/")
    upload(page, files / "nl-pc.xlsx")
    save(page)
    # 3. The homeroom teacher sees what is missing and types it.
    page.goto(f"{room}kiem-tra/")
    expect(page.get_by_text("Chưa có cân nặng").first).to_be_visible()
    page.goto(f"{room}nhap-diem/chu-nhiem/CN/")
    paste(page, 1, "weight_kg", "31,5\t138\t1\t0\n" * 12)
    page.locator(cell(1, "homeroom_comment")).click()
    page.get_by_role("button", name="Điền cả lớp…").click()
    page.get_by_role("button", name="Ghép từ nhận xét các môn").click()
    saved(page)
    page.goto(f"{room}kiem-tra/")
    expect(page.get_by_text("Chưa có cân nặng")).to_have_count(0)
    picture(page, "check")
    # 4. The head opens the issue, the registrar creates the records, everybody signs.
    become(page, platform, "Hiệu trưởng")
    page.goto(f"{room}phat-hanh/")
    page.get_by_role("button", name="Mở đợt phát hành").click()
    become(page, platform, "Nhân viên học vụ")
    page.goto(f"{room}phat-hanh/")
    page.get_by_role("button", name="Khởi tạo học bạ cả lớp").click()
    expect(page.get_by_text("12 học bạ đã khởi tạo")).to_be_visible()
    for title in (*SPECIALISTS.values(), HOMEROOM, "Hiệu trưởng", "Nhân viên văn thư"):
        become(page, platform, title)
        sign_class(page, room)
    picture(page, "signed")
    # 5. The clerk sends; the department answers for every record.
    page.goto(f"{room}phat-hanh/")
    page.get_by_role("link", name="Trang nộp về Sở").click()
    page.get_by_role("button", name="Nộp về Sở").click()
    expect(page.get_by_text("12 được tiếp nhận, 0 bị từ chối, 0 chờ kết quả")).to_be_visible()
    picture(page, "answers")
    # 7. The record is shown and downloaded as XML and as PDF.
    page.goto(f"{room}phat-hanh/")
    page.get_by_role("link", name="Xem", exact=True).first.click()
    picture(page, "record")
    number = page.locator("code").first.inner_text()
    born = page.locator("dt", has_text="Ngày sinh").locator("+ dd").inner_text()
    xml, pdf = tmp_path / "hoc-ba.xml", tmp_path / "hoc-ba.pdf"
    for name, target in (("Tải XML", xml), ("Tải PDF", pdf)):
        with page.expect_download() as download:
            page.get_by_role("link", name=name).click()
        download.value.save_as(target)
    # 6. A stranger verifies both, an edited one, and looks the number up.
    page.get_by_role("button", name="Đăng xuất").click()
    verify(page, platform, xml, "Học bạ có giá trị")
    picture(page, "verify")
    verify(page, platform, pdf, "Học bạ có giá trị")
    edited = tmp_path / "da-sua.xml"
    edited.write_bytes(xml.read_bytes().replace(b"<CAN_NANG>31.5<", b"<CAN_NANG>41.5<"))
    verify(page, platform, edited, "Học bạ không có giá trị")
    picture(page, "invalid")
    page.goto(f"{platform.url}/xac-thuc?ma={number}")
    page.get_by_label("Ngày sinh của học sinh").fill(born)
    page.get_by_role("button", name="Tra cứu").click()
    expect(page.get_by_role("heading", name="Học bạ có giá trị")).to_be_visible()
    expect(page.get_by_role("link", name="Tải XML gốc")).to_be_visible()


def verify(page: Page, platform: Platform, file: Path, headline: str) -> None:
    """Drop a file on the public page and read the verdict."""
    page.goto(f"{platform.url}/xac-thuc")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Kiểm tra tệp").click()
    expect(page.get_by_role("heading", name=headline)).to_be_visible()


def test_the_department_sees_packages_and_records(page: Page, platform: Platform) -> None:
    become(page, platform, "Chuyên viên Sở", CITY)
    expect(page.get_by_role("heading", name="Gói học bạ mới nhận")).to_be_visible()
    picture(page, "department")
    page.get_by_role("link", name="3A1", exact=True).click()
    expect(page.get_by_role("link", name="Học sinh thứ 1", exact=True)).to_be_visible()
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_label("Giải quyết đơn, kiến nghị").check()
    page.get_by_label("Việc cụ thể").fill("Đơn số 45")
    picture(page, "purpose")
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_text("Đang xem học bạ với mục đích")).to_be_visible()
    expect(page.get_by_text("Lượt xem này đã được ghi lại.")).to_be_visible()


def test_faults_in_a_file_are_named_cell_by_cell(
    page: Page, platform: Platform, tmp_path: Path
) -> None:
    broken = tmp_path / "danh-sach-lop.xlsx"
    pupil = {
        "STT": 1,
        "Mã định danh Bộ GD&ĐT": "7999990001",
        "Họ tên": "Nguyễn Thị Mẫu",
        "Ngày sinh": "31/02/2016",
        "Giới tính": "Nữ",
        "Lớp học": "5A9",
        "Khối học": 5,
        "Số định danh cá nhân": "12345",
    }
    book = xlsxwriter.Workbook(str(broken))
    sheet = book.add_worksheet()
    sheet.write_row(3, 0, PUPIL_HEADERS)
    sheet.write_row(4, 0, [pupil.get(header, "") for header in PUPIL_HEADERS])
    book.close()
    become(page, platform, "Nhân viên học vụ")
    page.get_by_role("link", name="Nhập danh sách lớp").first.click()
    page.set_input_files("input[type=file]", broken)
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_role("heading", name="Các ô cần sửa")).to_be_visible()
    expect(page.get_by_text("31/02/2016").first).to_be_visible()
    expect(page.get_by_role("button", name="Lưu", exact=True)).to_have_count(0)


@pytest.mark.parametrize("width", [375, 1280])
def test_public_page_fits_the_screen(page: Page, platform: Platform, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{platform.url}/xac-thuc")
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0
    if width == 375:
        picture(page, "phone")
