"""Spreadsheets of one invented class in the layouts that schools have (pupil list, marks, traits).

Used by the headless line when no folder is given, by the demo city and by the journeys. Each file
carries the quirks of real ones: title rows, merged cells, text dates here, serial dates there.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path

import xlsxwriter

from hocba.assessment.catalogue import (
    TRAITS,
    PrimarySubject,
    has_year_end_test,
    subjects_of_grade,
    traits_of_grade,
)
from hocba_server.demo.people import InventedPupil

PUPIL_HEADERS = (
    "STT", "Mã định danh Bộ GD&ĐT", "Họ tên", "Ngày sinh", "Giới tính", "Dân tộc", "Trạng thái",
    "SĐT liên hệ", "Nơi sinh chi tiết", "Tổ/thôn Hộ khẩu thường trú", "Tỉnh thành quê quán",
    "Phường Xã quê quán", "Chỗ ở hiện nay", "Số CMND", "Ngày cấp", "Nơi cấp", "Tên cha",
    "Nghề nghiệp cha", "Năm sinh cha", "Tên mẹ", "Nghề nghiệp mẹ", "Năm sinh mẹ", "Lớp học",
    "Khối học", "Số định danh cá nhân",
)  # fmt: skip
MARK_HEADERS = (
    "STT", "Lớp", "Mã học sinh", "Họ và tên", "Ngày sinh", "Mức đạt được", "Điểm KTĐK",
    "Mã nhận xét", "Nội dung nhận xét", "Thời điểm đánh giá",
)  # fmt: skip
TRAIT_HEADERS = (
    "STT", "Lớp", "Mã định danh", "Họ và tên", "Ngày sinh", "Nhận xét NL Chung",
    "Nhận xét NL Đặc thù", "Nhận xét Phẩm chất", "Thời điểm đánh giá",
)  # fmt: skip
COMMENTS = {
    "T": ("Nắm chắc kiến thức, vận dụng tốt.", "Tích cực phát biểu, trình bày rõ ràng."),
    "H": ("Hoàn thành nội dung học tập, có tiến bộ.", "Hiểu bài, cần cẩn thận hơn khi làm bài."),
}
DEPARTMENT = "SỞ GIÁO DỤC VÀ ĐÀO TẠO THÀNH PHỐ HỒ CHÍ MINH"
END_OF_YEAR = "Cuối năm học"


def write_class(folder: Path, *, classroom: str, grade: int, pupils: list[InventedPupil]) -> None:
    """Write danh-sach-lop.xlsx, a diem-<subject>.xlsx for each subject, and nl-pc.xlsx."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_pupils(folder / "danh-sach-lop.xlsx", classroom, grade, pupils)
    for subject in subjects_of_grade(grade):
        if grade in subject.compulsory_grades:
            _write_marks(folder / f"diem-{subject.code}.xlsx", classroom, grade, subject, pupils)
    _write_traits(folder / "nl-pc.xlsx", classroom, grade, pupils)


def _sheet(path: Path, title: str, headers: tuple[str, ...]) -> tuple[xlsxwriter.Workbook, object]:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Sheet1")
    bold = book.add_format({"bold": True})
    sheet.merge_range(0, 0, 0, 7, DEPARTMENT, bold)
    sheet.merge_range(1, 0, 1, 7, title, bold)
    sheet.write_row(3, 0, headers, bold)
    return book, sheet


def _write_pupils(path: Path, classroom: str, grade: int, pupils: list[InventedPupil]) -> None:
    book, sheet = _sheet(path, f"DANH SÁCH HỌC SINH LỚP {classroom}", PUPIL_HEADERS)
    for order, pupil in enumerate(pupils, start=1):
        cells: Mapping[str, object] = {
            "STT": order,
            "Mã định danh Bộ GD&ĐT": pupil.pupil_code,
            "Họ tên": pupil.full_name,
            "Ngày sinh": pupil.birth_date.strftime("%d/%m/%Y"),
            "Giới tính": pupil.gender,
            "Dân tộc": pupil.ethnic_group,
            "Trạng thái": "Đang học",
            "Nơi sinh chi tiết": pupil.birth_place,
            "Tỉnh thành quê quán": "Thành phố Hồ Chí Minh",
            "Phường Xã quê quán": pupil.home_ward,
            "Chỗ ở hiện nay": pupil.address,
            "Tên cha": pupil.father,
            "Tên mẹ": pupil.mother,
            "Lớp học": classroom,
            "Khối học": grade,
            "Số định danh cá nhân": pupil.personal_id,
        }
        sheet.write_row(3 + order, 0, [cells.get(header, "") for header in PUPIL_HEADERS])  # type: ignore[attr-defined]
    book.close()


def _ability(pupil: InventedPupil) -> float:
    return random.Random(pupil.personal_id).random()  # noqa: S311 - invented results


def _write_marks(
    path: Path, classroom: str, grade: int, subject: PrimarySubject, pupils: list[InventedPupil]
) -> None:
    title = f"BẢNG ĐIỂM MÔN {subject.name.upper()} - LỚP {classroom} - CUỐI NĂM HỌC 2025-2026"
    book, sheet = _sheet(path, title, MARK_HEADERS)
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    for order, pupil in enumerate(pupils, start=1):
        draw = random.Random(f"{pupil.personal_id}{subject.code}")  # noqa: S311 - invented results
        strong = _ability(pupil) + draw.uniform(-0.25, 0.25) > 0.4
        level = "T" if strong else "H"
        score: object = ""
        if has_year_end_test(subject.code, grade):
            score = draw.randint(8, 10) if strong else draw.randint(5, 8)
        row = 3 + order
        sheet.write_row(row, 0, [order, classroom, pupil.pupil_code, pupil.full_name])  # type: ignore[attr-defined]
        sheet.write_datetime(row, 4, datetime.combine(pupil.birth_date, time()), day)  # type: ignore[attr-defined]
        cells = [level, score, "", draw.choice(COMMENTS[level]), END_OF_YEAR]
        sheet.write_row(row, 5, cells)  # type: ignore[attr-defined]
    book.close()


def _write_traits(path: Path, classroom: str, grade: int, pupils: list[InventedPupil]) -> None:
    headers = TRAIT_HEADERS + tuple(trait.name for trait in TRAITS)
    book, sheet = _sheet(path, f"ĐÁNH GIÁ NĂNG LỰC, PHẨM CHẤT - LỚP {classroom}", headers)
    assessed = {trait.code for trait in traits_of_grade(grade)}
    for order, pupil in enumerate(pupils, start=1):
        draw = random.Random(f"traits-{pupil.personal_id}")  # noqa: S311 - invented results
        levels = [
            ("T" if _ability(pupil) + draw.uniform(0, 0.5) > 0.4 else "Đ")
            if trait.code in assessed
            else ""
            for trait in TRAITS
        ]
        cells = [
            order,
            classroom,
            pupil.pupil_code,
            pupil.full_name,
            pupil.birth_date.strftime("%d/%m/%Y"),
            "Tự giác, biết hợp tác với bạn.",
            "Diễn đạt rõ ràng, tính toán nhanh.",
            "Đi học đều, biết giúp đỡ bạn.",
            END_OF_YEAR,
            *levels,
        ]
        sheet.write_row(3 + order, 0, cells)  # type: ignore[attr-defined]
    book.close()
