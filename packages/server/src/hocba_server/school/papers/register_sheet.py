"""The register of papers as an .xlsx file."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Final

import xlsxwriter
from django.utils.timezone import localtime

from hocba_server.school.papers.models import IssuedPaper

HEADERS: Final = (
    ("Số và ký hiệu", 18),
    ("Loại", 22),
    ("Ngày giờ phát hành", 18),
    ("Họ và tên học sinh", 26),
    ("Lớp", 8),
    ("Năm học", 24),
    ("Người nhận", 28),
    ("Mục đích", 30),
    ("Số bản", 8),
    ("Người ký bản sao", 26),
    ("Người phát hành", 26),
    ("Mã tra cứu học bạ", 40),
    ("Mã băm tệp (SHA-256)", 68),
)


def register_sheet(papers: Iterable[IssuedPaper], school_name: str) -> bytes:
    """Write the lines in the order given. Everything is text, so that nothing is a formula."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet("Sổ bản in, bản sao")
    bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
    page.write_string(
        0, 0, f"SỔ BẢN IN, BẢN SAO HỌC BẠ: {school_name}", book.add_format({"bold": True})
    )
    for column, (header, width) in enumerate(HEADERS):
        page.set_column(column, column, width)
        page.write_string(2, column, header, bold)
    for at, paper in enumerate(papers, start=3):
        for column, text in enumerate(_cells(paper)):
            page.write_string(at, column, text)
    page.freeze_panes(3, 1)
    book.close()
    return target.getvalue()


def _cells(paper: IssuedPaper) -> tuple[str, ...]:
    signer = f"{paper.leader_name}, {paper.leader_title}" if paper.leader_name else ""
    return (
        paper.sign,
        str(paper.get_kind_display()),
        localtime(paper.issued_at).strftime("%d/%m/%Y %H:%M"),
        paper.pupil.full_name if paper.pupil else "Cả lớp",
        paper.classroom.name,
        ", ".join(paper.school_years),
        paper.recipient,
        paper.purpose,
        str(paper.copies),
        signer,
        paper.issued_by_name,
        ", ".join(paper.record_uuids),
        paper.sha256,
    )
