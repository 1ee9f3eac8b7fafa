from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

_DAY = dt.datetime(2026, 5, 29, 7, 30, tzinfo=dt.UTC)


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component on one page, with invented content: what pages are put together from."""
    checks = [
        {
            "number": number,
            "title": title,
            "outcome": outcome,
            "sentence": sentence,
            "advice": "Xin trường đã phát hành cấp lại tệp gốc.",
            "clause": "QĐ 1789 Đ12.2a",
        }
        for number, title, outcome, sentence in (
            (1, "Tệp đọc được", "passed", "Tệp đọc được."),
            (6, "Tính toàn vẹn của dữ liệu", "failed", "Dữ liệu đã bị thay đổi sau khi ký."),
            (13, "Đang lưu hành", "not_checked", "Chưa biết học bạ còn lưu hành không."),
        )
    ]
    stamps = [
        {
            "role": "Giáo viên chủ nhiệm",
            "name": "Phạm Thị Mẫu",
            "issuer": "CA công cộng DEMO",
            "at": _DAY,
            "seal": False,
        },
        {
            "role": "Cơ sở giáo dục",
            "name": "Trường Tiểu học Mẫu",
            "issuer": "CA Chính phủ DEMO",
            "at": _DAY,
            "seal": True,
        },
        {"role": "Cán bộ quản lý", "name": "", "issuer": "", "at": None, "seal": False},
    ]
    steps = [
        {"title": "Nhập danh sách lớp", "sentence": "45 học sinh", "state": "done"},
        {"title": "Nhập kết quả", "sentence": "còn thiếu 3 em", "state": "current"},
        {"title": "Ký học bạ", "sentence": "", "state": "waiting"},
    ]
    events = [{"at": _DAY, "text": "Đã ký phát hành", "by": "Trường Tiểu học Mẫu"}]
    context = {
        "checks": checks,
        "stamps": stamps,
        "steps": steps,
        "events": events,
        "facts": [("Học sinh", "Nguyễn Thị Mẫu"), ("Lớp", "4A1"), ("Năm học", "2025-2026")],
        "trail": [("Trang đầu", "/")],
    }
    return render(request, "web_design/gallery.html", context)
