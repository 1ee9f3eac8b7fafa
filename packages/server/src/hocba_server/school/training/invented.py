"""Invented people for training schools. The same numbers give the same person.

Nobody here exists: personal numbers begin with 000, which no province has (TT 59/2021/TT-BCA).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

FAMILY_NAMES: Final = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ",
    "Hồ", "Ngô", "Dương", "Lý",
)  # fmt: skip
BOYS: Final = (
    "Gia Bảo", "Minh Khôi", "Đức Anh", "Quốc Huy", "Thiên Phúc", "Hoàng Nam", "Tuấn Kiệt",
    "Nhật Minh", "Khánh Duy", "Bảo Long", "Hải Đăng", "Trung Nghĩa", "Anh Quân", "Phúc Lâm",
    "Chí Thành", "Đình Phong",
)  # fmt: skip
GIRLS: Final = (
    "Ngọc Hân", "Bảo Trâm", "Khánh Linh", "Thanh Trúc", "Phương Uyên", "Minh Thư", "Gia Hân",
    "Hà My", "Quỳnh Như", "Tường Vi", "An Nhiên", "Cẩm Tú", "Diễm Quỳnh", "Mai Chi",
    "Thảo Nguyên", "Yến Nhi",
)  # fmt: skip
STREETS: Final = ("Hoa Mai", "Hoa Sen", "Cây Bàng", "Bến Thuyền", "Vườn Dừa")
CITY: Final = "Thành phố Hồ Chí Minh"
FIRST_GRADE_AGE: Final = 6


@dataclass(frozen=True, slots=True)
class InventedPupil:
    """A child who does not exist."""

    pupil_code: str
    personal_id: str
    full_name: str
    gender: str
    birth_date: date
    ethnic_group: str
    birth_place: str
    home_town: str
    address: str
    father: str
    mother: str


def invent_pupil(*, room: int, grade: int, order: int, first_year: int, ward: str) -> InventedPupil:
    """Make up the pupil with this order number in the class with this number (1 to 99).

    `first_year` is the calendar year in which the school year begins.
    """
    draw = random.Random(f"tap-huan-{room}-{grade}-{order}")  # noqa: S311 - invented, no secret
    girl = draw.random() < 0.5
    family = draw.choice(FAMILY_NAMES)
    year = first_year - (FIRST_GRADE_AGE - 1) - grade
    born = date(year, 1, 1) + timedelta(days=draw.randrange(365))
    return InventedPupil(
        pupil_code=f"7900{room:02d}{order:04d}",
        personal_id=f"000{3 if girl else 2}{year % 100:02d}{room:02d}{order:04d}",
        full_name=f"{family} {draw.choice(GIRLS if girl else BOYS)}",
        gender="Nữ" if girl else "Nam",
        birth_date=born,
        ethnic_group=draw.choice(("Kinh", "Kinh", "Kinh", "Kinh", "Hoa", "Khmer")),
        birth_place=f"Bệnh viện Mẫu, {CITY}",
        home_town=f"{ward}, {CITY}",
        address=f"{order} đường {draw.choice(STREETS)}, {ward}, {CITY}",
        father=f"{family} Văn {draw.choice(('An', 'Bình', 'Hải', 'Sơn', 'Tâm'))}",
        mother=f"{draw.choice(FAMILY_NAMES)} Thị {draw.choice(('Hoa', 'Lan', 'Mai', 'Thu'))}",
    )


def invent_staff(order: int) -> tuple[str, str]:
    """Make up a member of staff for a role that nobody holds: full name and personal number."""
    draw = random.Random(f"tap-huan-nhan-su-{order}")  # noqa: S311 - invented, no secret
    given = draw.choice(("Hạnh", "Hương", "Nga", "Thủy", "Vân", "Yến"))
    return f"{draw.choice(FAMILY_NAMES)} Thị {given} (mẫu)", f"00018099{order:04d}"
