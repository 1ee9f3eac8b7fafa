"""A report of an office as PDF/A: the same values give the same bytes."""

from __future__ import annotations

import datetime as dt
import io

import pikepdf

from hocba.rendition.table_report import ReportTable, TableReport, render_table_report

AT = dt.datetime(2026, 5, 28, 1, tzinfo=dt.UTC)
TABLE = ReportTable(
    title="Theo phường, xã",
    columns=(("Phường, xã", False), ("Học bạ lưu hành", True)),
    rows=(("Phường Sài Gòn", "1.234"), ("Cộng", "1.234")),
    has_total=True,
    note="Số liệu do Sở đếm.",
)
EMPTY = ReportTable("Việc đang vướng", (("Trường", False),), (), empty="Không có việc nào.")


def report(*tables: ReportTable) -> TableReport:
    return TableReport(
        "Sở Giáo dục và Đào tạo",
        "Báo cáo tiến độ ngày",
        "2025-2026",
        "Nguyễn Văn Mẫu",
        AT,
        "Đã nhắc các trường.",
        "ab" * 32,
        tables,
    )


def test_the_same_report_is_the_same_file() -> None:
    first = render_table_report(report(TABLE, EMPTY), fonts=None)
    assert first.startswith(b"%PDF-")
    assert render_table_report(report(TABLE, EMPTY), fonts=None) == first
    with pikepdf.open(io.BytesIO(first)) as pdf:
        assert str(pdf.docinfo["/Title"]).startswith("Báo cáo tiến độ ngày")


def test_heads_go_on_over_many_pages() -> None:
    rows = tuple((f"Trường {number}", str(number)) for number in range(400))
    many = ReportTable("Theo trường", (("Trường", False), ("Học bạ", True)), rows)
    with pikepdf.open(io.BytesIO(render_table_report(report(many), fonts=None))) as pdf:
        assert len(pdf.pages) > 5
