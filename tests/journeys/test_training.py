"""Training mode: the head opens a school to practise in, a teacher does a guided task there."""

from __future__ import annotations

import pytest
from every_page import assert_no_faults
from playwright.sync_api import Page, expect
from running_platform import Platform
from steps import SCHOOL, become, picture

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(240)]

TRAINING_SCHOOL = f"{SCHOOL} (TẬP HUẤN)"
PHRASE = "Em kể chuyện rõ ràng, biết nhìn vào người nghe."


def enter(page: Page, platform: Platform) -> None:
    page.goto(f"{platform.url}/truong/tap-huan/")
    page.get_by_role("button", name="Vào trường tập huấn").click()
    expect(page.locator("header.site-header")).to_contain_text(TRAINING_SCHOOL)


def test_the_head_opens_it_and_a_teacher_completes_a_task(page: Page, platform: Platform) -> None:
    become(page, platform, "Hiệu trưởng")
    page.goto(f"{platform.url}/truong/tap-huan/")
    page.get_by_role("button", name="Mở trường tập huấn").click()
    ready = page.get_by_role("link", name="Tải lại trang để vào")
    expect(ready).to_be_visible(timeout=150_000)
    ready.click()
    expect(page.get_by_role("button", name="Vào trường tập huấn")).to_be_visible()
    assert_no_faults(page)
    picture(page, "training")
    page.get_by_role("link", name="Làm lại từ đầu").click()
    assert_no_faults(page)
    # Invented pupils in invented classes; nothing of the real school.
    enter(page, platform)
    page.goto(f"{platform.url}/truong/")
    expect(page.get_by_role("link", name="1A", exact=True).first).to_be_visible()
    expect(page.get_by_role("link", name="3A1", exact=True)).to_have_count(0)
    picture(page, "training-home")
    page.goto(f"{platform.url}/truong/tap-huan/")
    page.get_by_role("button", name="Về trường thật").click()
    expect(page.locator("header.site-header")).not_to_contain_text(TRAINING_SCHOOL)
    # A guided task is done by doing it.
    become(page, platform, "Giáo viên môn Âm nhạc")
    enter(page, platform)
    page.goto(f"{platform.url}/truong/tap-huan/")
    task = page.get_by_role("listitem").filter(has_text="Thêm một mẫu nhận xét của mình")
    task.get_by_role("link", name="Đến chỗ làm").click()
    page.get_by_role("link", name="Thêm câu").click()
    page.get_by_label("Câu nhận xét").fill(PHRASE)
    page.get_by_label("Dùng cho").select_option(index=1)
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text(PHRASE)).to_be_visible()
    page.goto(f"{platform.url}/truong/tap-huan/")
    expect(task.get_by_text("Đã xong")).to_be_attached()
    # The head sees who has done what; the real bank has nothing of it.
    become(page, platform, "Hiệu trưởng")
    page.goto(f"{platform.url}/truong/tap-huan/ket-qua/")
    expect(page.get_by_role("main")).to_contain_text("1/")
    picture(page, "training-results")
    page.goto(f"{platform.url}/truong/nhan-xet/?q=biết nhìn vào người nghe")
    expect(page.get_by_text(PHRASE)).to_have_count(0)
