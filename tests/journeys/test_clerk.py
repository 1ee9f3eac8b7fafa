"""A clerk: a certified copy with its number in the register, a class as one file to print."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from every_page import assert_no_faults
from playwright.sync_api import Page, expect
from running_platform import Platform
from steps import become, open_class, picture

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(180)]

CLERK = "Nhân viên văn thư"
PUPIL = "Bùi Gia Bảo"


def test_a_certified_copy_is_signed_numbered_and_kept(
    page: Page, platform: Platform, tmp_path: Path
) -> None:
    become(page, platform, CLERK)
    open_class(page, platform, "3A1")
    page.get_by_role("link", name=PUPIL).click()
    page.goto(f"{page.url}in/")
    page.get_by_label("Người nhận").fill("Bùi Văn Sơn, cha của em")
    page.get_by_label("Mục đích").fill("Nộp hồ sơ tuyển sinh")
    page.get_by_role("button", name="Phát hành bản sao y").click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(re.compile(r"Bản sao y số \d+/SY-"))
    number = title.inner_text().removeprefix("Bản sao y số ")
    picture(page, "certified")
    assert_no_faults(page)
    # What the family receives is signed by the school; a program not written here says so.
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Mở bản sao y").click(modifiers=["Control"])
    opened.value.close()
    copy = tmp_path / "copy.pdf"
    address = page.get_by_role("link", name="Mở bản sao y").get_attribute("href")
    copy.write_bytes(page.request.get(f"{platform.url}{address}").body())
    said = subprocess.run(["pdfsig", "-nocert", copy], capture_output=True, text=True, check=False)
    assert "Signature is Valid" in said.stdout, said.stdout
    assert "Total document signed" in said.stdout
    # The register of the school keeps it.
    page.goto(f"{platform.url}/truong/so-ban-sao/")
    line = page.get_by_role("row").filter(has_text=number)
    expect(line).to_contain_text(PUPIL)
    picture(page, "register")


def test_a_class_becomes_one_file_in_print_order(
    page: Page, platform: Platform, tmp_path: Path
) -> None:
    become(page, platform, CLERK)
    room = open_class(page, platform, "3A1")
    page.goto(f"{room}in/")
    page.get_by_role("button", name="Dựng tệp").click()
    expect(page.get_by_text("Đã xong: 12/12 em")).to_be_visible(timeout=60_000)
    assert_no_faults(page)
    address = page.get_by_role("link", name="Mở tệp để in").get_attribute("href")
    file = tmp_path / "class.pdf"
    file.write_bytes(page.request.get(f"{platform.url}{address}").body())
    text = subprocess.run(["mutool", "draw", "-F", "txt", file], capture_output=True, check=True)
    words = " ".join(text.stdout.decode().split())
    names = ("Bùi Gia Bảo", "Huỳnh Khánh Duy", "Vũ Tường Vi")
    places = [words.rindex(name) for name in names]
    assert places == sorted(places), "the order of the class list"
