"""Invented content of the page of components."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django import forms

_DAY: Final = dt.datetime(2026, 5, 29, 7, 30, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Toast:
    """A message as the layout shows it, without a session to keep it in."""

    text: str
    tags: str

    def __str__(self) -> str:
        return self.text


class SampleForm(forms.Form):
    """One field as people meet it: with its help and with what is wrong."""

    score = forms.IntegerField(
        label="Điểm kiểm tra cuối năm môn Toán",
        help_text="Số nguyên từ 0 đến 10.",
        error_messages={"invalid": "Điểm 7,5 không hợp lệ: môn Toán chỉ nhận số nguyên 0-10."},
    )


def sample_content() -> dict[str, Any]:
    """What the page shows in its components."""
    return {
        "messages": [Toast("Đã lưu 45 học sinh.", "success")],
        "trail": [("Trang đầu", "/")],
        "checks": [
            _check(1, "Tệp đọc được", "passed", "Tệp đọc được."),
            _check(6, "Tính toàn vẹn của dữ liệu", "failed", "Dữ liệu đã bị thay đổi sau khi ký."),
            _check(13, "Đang lưu hành", "not_checked", "Chưa biết học bạ còn lưu hành không."),
        ],
        "stamps": [
            _stamp("Giáo viên chủ nhiệm", "Phạm Thị Mẫu", "CA công cộng DEMO"),
            {
                **_stamp("Cơ sở giáo dục", "Trường Tiểu học Mẫu", "CA Chính phủ DEMO"),
                "seal": True,
            },
            {"role": "Cán bộ quản lý", "at": None},
        ],
        "steps": [
            {"title": "Nhập danh sách lớp", "sentence": "45 học sinh", "state": "done"},
            {"title": "Nhập kết quả", "sentence": "còn thiếu 3 em", "state": "current"},
            {"title": "Ký học bạ", "sentence": "", "state": "waiting"},
        ],
        "events": [{"at": _DAY, "text": "Đã ký phát hành", "by": "Trường Tiểu học Mẫu"}],
        "facts": [("Học sinh", "Nguyễn Thị Mẫu"), ("Lớp", "4A1"), ("Năm học", "2025-2026")],
        "rows": [("Lê Văn An", 9, "good"), ("Trần Thị Bình", "", "waiting")],
        "form": SampleForm({"score": "7,5"}),
        "swatches": ("accent", "ink", "soft", "good", "bad", "wait"),
    }


def _check(number: int, title: str, outcome: str, sentence: str) -> dict[str, Any]:
    return {
        "number": number,
        "title": title,
        "outcome": outcome,
        "sentence": sentence,
        "advice": "Xin trường đã phát hành cấp lại tệp gốc.",
        "clause": "QĐ 1789 Đ12.2a",
    }


def _stamp(role: str, name: str, issuer: str) -> dict[str, Any]:
    return {"role": role, "name": name, "issuer": issuer, "at": _DAY}
