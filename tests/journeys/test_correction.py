"""A closed record is corrected: school, department and registrar in a real browser."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from every_page import assert_no_faults
from playwright.sync_api import Page, expect
from running_platform import Platform
from steps import CITY, become, open_class
from test_recall import ask_department

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys"), pytest.mark.timeout(280)]
CLOSED_SCHOOL = "Trường Tiểu học tư thục Bến Thuyền (DEMO)"
REASON = "Quyết định 45/QĐ-UBND: nơi sinh là Bệnh viện Từ Dũ"
ANSWER = "Quyết định hợp lệ, đồng ý chỉnh lý nơi sinh"


def scan() -> dict[str, str | bytes]:
    """The authority's decision as a file."""
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(target)
    return {"name": "quyet-dinh.pdf", "mimeType": "application/pdf", "buffer": target.getvalue()}


def test_a_closed_record_is_corrected_by_decision(page: Page, platform: Platform) -> None:
    # 1. The principal finds the closed record, says why, attaches the decision, signs.
    become(page, platform, "Hiệu trưởng", CLOSED_SCHOOL)
    room = open_class(page, platform, "4B")
    page.goto(f"{room}phat-hanh/")
    page.get_by_role("link", name="Xem", exact=True).first.click()
    record = page.url
    page.get_by_role("link", name="Yêu cầu chỉnh lý học bạ này").click()
    page.get_by_label("Học sinh thay đổi hộ tịch").check()
    page.get_by_label("Sai ở đâu").fill(REASON)
    page.get_by_role("button", name="Xem lại trước khi ký").click()
    expect(page.get_by_text("phải kèm quyết định của cơ quan hộ tịch")).to_be_visible()
    page.goto(page.url)
    assert_no_faults(page)
    page.get_by_label("Học sinh thay đổi hộ tịch").check()
    page.get_by_label("Sai ở đâu").fill(REASON)
    page.get_by_label("Tệp đính kèm").set_input_files([scan()])  # type: ignore[list-item]
    page.get_by_role("button", name="Xem lại trước khi ký").click()
    assert_no_faults(page)
    page.get_by_role("button", name="Ký và gửi yêu cầu", exact=True).click()
    expect(page.get_by_text("Đã ký và gửi yêu cầu chỉnh lý")).to_be_visible()
    request = page.url
    ask_department(page, "Sở đã nhận yêu cầu và chưa quyết định xong")
    # 2. The officer reads original, reason and file, and grants it with a reason.
    become(page, platform, "Chuyên viên Sở", CITY)
    page.get_by_role("link", name=re.compile("yêu cầu chỉnh lý chờ quyết định")).click()
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_text(REASON)).to_be_visible()
    expect(page.get_by_role("link", name="quyet-dinh.pdf")).to_be_visible()
    assert_no_faults(page)
    page.get_by_label("Lý do quyết định").fill(ANSWER)
    page.get_by_role("button", name="Đồng ý chỉnh lý").click()
    expect(page.get_by_text("Đã đồng ý chỉnh lý")).to_be_visible()
    # 3. The list of the class still agrees, and says that one record was corrected.
    page.get_by_role("link", name=re.compile("^[0-9]{2}:[0-9]{2}")).first.click()
    expect(page.get_by_text("Kho khớp với bản kê đã ký: 10 học bạ")).to_be_visible()
    expect(page.get_by_text("1 học bạ đã được chỉnh lý sau khi chốt")).to_be_visible()
    assert_no_faults(page)
    # 4. The school hears of it, and the registrar begins the successor.
    become(page, platform, "Hiệu trưởng", CLOSED_SCHOOL)
    page.goto(request)
    ask_department(page, "Sở đã quyết định về mọi học bạ")
    expect(page.get_by_text(ANSWER)).to_be_visible()
    become(page, platform, "Nhân viên học vụ", CLOSED_SCHOOL)
    page.goto(record)
    expect(page.get_by_text("Sở đồng ý chỉnh lý, bản này hết hiệu lực")).to_be_visible()
    page.get_by_role("button", name="Làm lại học bạ").click()
    expect(page.get_by_text("Bản trước, đã thu hồi").first).to_be_visible()
    assert page.url != record
