"""What a person does in many journeys: come in as somebody, paste into the grid, be saved."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect
from running_platform import Platform

SCHOOL = "Trường Tiểu học Hoa Mai (DEMO)"
CITY = "Sở Giáo dục và Đào tạo Thành phố Hồ Chí Minh"


def become(page: Page, platform: Platform, title: str, unit: str = SCHOOL) -> None:
    """Sign in with one click on a card of the start page."""
    page.goto(platform.url)
    section = page.locator("section", has=page.get_by_role("heading", name=unit, exact=True))
    section.locator("button.card", has=page.get_by_text(title, exact=True)).click()
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()


def say_purpose(page: Page, platform: Platform) -> None:
    """As somebody of the department: say what records are opened for."""
    page.goto(f"{platform.url}/so/muc-dich/")
    page.get_by_label("Đối chiếu hồ sơ, số liệu").check()
    page.get_by_label("Việc cụ thể").fill("Đối chiếu số liệu cuối năm")
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_text("Đang xem học bạ với mục đích")).to_be_visible()


def open_class(page: Page, platform: Platform, name: str) -> str:
    """Open a class from the school's home; answers its address."""
    page.goto(f"{platform.url}/truong/")
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    return page.url


def cell(row: int, field: str) -> str:
    """The selector of a cell of the entry grid; the first pupil is row 1."""
    return f"#grid tbody tr:nth-child({row}) .cell[data-f='{field}']"


def paste(page: Page, row: int, field: str, text: str) -> None:
    """Select a cell and paste what a spreadsheet would put on the clipboard."""
    page.locator("#grid-actions:not([hidden])").wait_for()
    page.locator(cell(row, field)).click()
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def saved(page: Page) -> None:
    """Wait until the grid says that everything is saved."""
    expect(page.locator("#save-state")).to_have_text(re.compile("Đã lưu"))


def picture(page: Page, name: str) -> None:
    """Keep a picture when asked for."""
    folder = os.environ.get("HOCBA_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))
