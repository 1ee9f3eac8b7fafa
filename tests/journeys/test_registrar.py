"""A registrar: a pupil joins in mid-year, is corrected, and leaves with the results to date."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from every_page import assert_no_faults
from playwright.sync_api import Page, expect
from running_platform import Platform
from steps import become, open_class, picture

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(180)]

REGISTRAR = "Nhân viên học vụ"
CODE = "7901049999"
NAME = "Trịnh Thị Mẫu Đơn"


def test_a_pupil_joins_and_leaves_with_a_signed_sheet(
    page: Page, platform: Platform, tmp_path: Path
) -> None:
    become(page, platform, REGISTRAR)
    open_class(page, platform, "4A1")
    page.get_by_role("link", name="Thêm học sinh").click()
    page.get_by_label("Chuyển đến từ trường khác").check()
    form = page.get_by_role("main")
    for name, value in {
        "day": "12/01/2026",
        "other_school": "Trường Tiểu học Mẫu, Phường Mẫu",
        "pupil_code": CODE,
        "full_name": NAME,
        "birth_date": "31/02/2016",
        "birth_place": "Phường Mẫu, Thành phố Hồ Chí Minh",
        "home_town": "Phường Mẫu, Thành phố Hồ Chí Minh",
        "current_address": "1 đường Mẫu, Phường Mẫu, Thành phố Hồ Chí Minh",
        "ethnic_group": "Kinh",
        "nationality": "Việt Nam",
        "father_name": "Trịnh Văn Mẫu",
        "mother_name": "Lê Thị Mẫu",
    }.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("[name=gender]").select_option("Nữ")
    # A day that does not exist is told at its field; nothing that was typed is lost.
    page.get_by_role("button", name="Thêm học sinh").click()
    expect(form.locator("[name=birth_date]")).to_have_attribute("aria-invalid", "true")
    expect(form.locator("[name=full_name]")).to_have_value(NAME)
    form.locator("[name=birth_date]").fill("28/02/2016")
    page.get_by_role("button", name="Thêm học sinh").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    picture(page, "pupil")
    pupil = page.url
    for change in ("Sửa thông tin", "Chuyển lớp"):
        page.goto(pupil)
        page.get_by_role("link", name=change).click()
        assert_no_faults(page)
    page.goto(f"{platform.url}/truong/ho-tich/")
    assert_no_faults(page)
    page.goto(f"{platform.url}/truong/hoc-sinh/chua-co-so-dinh-danh/")
    expect(page.get_by_text(NAME)).to_be_visible()
    # She moves on before the year ends: the sheet of results to date is drawn, then she leaves.
    page.goto(pupil)
    page.get_by_text("Lập bảng kết quả đến nay để chuyển trường").click()
    page.get_by_label("Lý do").fill("Theo gia đình chuyển nơi ở")
    page.get_by_role("button", name="Lập bảng kết quả").click()
    expect(page.get_by_text("Đã lập bảng kết quả đến nay, chờ thủ trưởng ký.")).to_be_visible()
    page.goto(f"{pupil}roi-lop/")
    page.get_by_label("Chuyển đi trường khác").check()
    page.get_by_label("Trường chuyển đến").fill("Trường Tiểu học Mẫu 2")
    page.get_by_label("Từ ngày").fill("02/03/2026")
    page.get_by_label("Lý do").fill("Theo gia đình chuyển nơi ở")
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.get_by_text("Trường Tiểu học Mẫu 2").first).to_be_visible()
    page.get_by_role("link", name="Đi học lại").click()
    assert_no_faults(page)
    # The head signs, the clerk seals, the family gets a file that others can check.
    for title, button in (("Hiệu trưởng", "Ký tất cả"), ("Nhân viên văn thư", "Đóng dấu tất cả")):
        become(page, platform, title)
        page.goto(f"{platform.url}/truong/giay-to-ky/")
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("button", name=button)).to_be_hidden()
    line = page.get_by_role("row").filter(has_text=NAME)
    picture(page, "statements")
    file = tmp_path / "results.pdf"
    address = line.get_by_role("link", name="Tải PDF").get_attribute("href")
    file.write_bytes(page.request.get(f"{platform.url}{address}").body())
    said = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False)
    assert said.stdout.count("Signature is Valid") == 2, said.stdout
    # Nobody else of her class is touched.
    become(page, platform, REGISTRAR)
    open_class(page, platform, "4A1")
    expect(page.get_by_role("row").filter(has_text="Đang học")).to_have_count(15)
