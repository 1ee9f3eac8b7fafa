"""Every page that every role can reach: no serious finding of axe, light, fits a small phone."""

from __future__ import annotations

import pytest
from every_page import Walk, walk
from playwright.sync_api import Page
from running_platform import Platform
from steps import CITY, SCHOOL, become, say_purpose

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(280)]


WARD = "Uỷ ban nhân dân Phường Sài Gòn"
READERS = {"Chuyên viên Sở", "Thanh tra Sở", "Phòng Văn hoá - Xã hội"}


@pytest.fixture(scope="module")
def known() -> Walk:
    """Pages that an earlier role has been through already."""
    return Walk()


@pytest.mark.parametrize(
    ("title", "unit", "least"),
    [
        ("Hiệu trưởng", SCHOOL, 45),
        ("Nhân viên học vụ", SCHOOL, 40),
        ("Nhân viên văn thư", SCHOOL, 32),
        ("Giáo viên chủ nhiệm lớp 4A1", SCHOOL, 22),
        ("Giáo viên môn Âm nhạc", SCHOOL, 15),
        ("Quản trị viên của trường", SCHOOL, 18),
        ("Chuyên viên Sở", CITY, 9),
        ("Thanh tra Sở", CITY, 7),
        ("Quản trị hệ thống cấp Sở", CITY, 3),
        ("Phòng Văn hoá - Xã hội", WARD, 6),
    ],
)
def test_every_page_of(
    page: Page, platform: Platform, known: Walk, title: str, unit: str, least: int
) -> None:
    become(page, platform, title, unit)
    if title in READERS:
        say_purpose(page, platform)
    found = walk(page, page.url, known=known)
    known.seen.update(found.seen)
    assert found.faults == []
    assert len(found.seen) >= least, f"{len(found.seen)}: {sorted(found.seen)}"


def test_every_page_of_a_stranger(page: Page, platform: Platform, known: Walk) -> None:
    found = walk(page, f"{platform.url}/xac-thuc", known=known)
    assert found.faults == []
    for_vendors = {"/thu-nghiem/", "/api/vN/tai-lieu"}
    assert {"/xac-thuc", "/", "/so-cong-khai", *for_vendors} <= set(found.seen)
