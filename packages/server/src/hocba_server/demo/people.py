"""Invented people. The same seed gives the same person; personal numbers begin with 000."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

FAMILY_NAMES = (
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ",
    "Hồ", "Ngô", "Dương", "Lý",
)  # fmt: skip
BOYS = (
    "Gia Bảo", "Minh Khôi", "Đức Anh", "Quốc Huy", "Thiên Phúc", "Hoàng Nam", "Tuấn Kiệt",
    "Nhật Minh", "Khánh Duy", "Bảo Long", "Hải Đăng", "Trung Nghĩa", "Anh Quân", "Phúc Lâm",
    "Chí Thành", "Đình Phong",
)  # fmt: skip
GIRLS = (
    "Ngọc Hân", "Bảo Trâm", "Khánh Linh", "Thanh Trúc", "Phương Uyên", "Minh Thư", "Gia Hân",
    "Hà My", "Quỳnh Như", "Tường Vi", "An Nhiên", "Cẩm Tú", "Diễm Quỳnh", "Mai Chi",
    "Thảo Nguyên", "Yến Nhi",
)  # fmt: skip
STREETS = ("Hoa Mai", "Hoa Sen", "Cây Bàng", "Bến Thuyền", "Vườn Dừa")


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
    home_ward: str
    address: str
    father: str
    mother: str


def invent_pupil(*, school: int, grade: int, order: int, ward: str) -> InventedPupil:
    """Make up the pupil with this order number in this class."""
    draw = random.Random(f"{school}-{grade}-{order}")  # noqa: S311 - invented people, no secret
    girl = draw.random() < 0.5
    family = draw.choice(FAMILY_NAMES)
    year = 2025 - 5 - grade
    born = date(year, 1, 1) + timedelta(days=draw.randrange(365))
    sex_digit = 3 if girl else 2
    number = f"000{sex_digit}{year % 100:02d}{school:02d}{grade:01d}{order:03d}"
    return InventedPupil(
        pupil_code=f"79{school:02d}{grade:02d}{order:04d}",
        personal_id=number,
        full_name=f"{family} {draw.choice(GIRLS if girl else BOYS)}",
        gender="Nữ" if girl else "Nam",
        birth_date=born,
        ethnic_group=draw.choice(("Kinh", "Kinh", "Kinh", "Kinh", "Hoa", "Khmer")),
        birth_place="Bệnh viện Mẫu, Thành phố Hồ Chí Minh",
        home_ward=ward,
        address=f"{order} đường {draw.choice(STREETS)}, {ward}, Thành phố Hồ Chí Minh",
        father=f"{family} Văn {draw.choice(('An', 'Bình', 'Hải', 'Sơn', 'Tâm'))}",
        mother=f"{draw.choice(FAMILY_NAMES)} Thị {draw.choice(('Hoa', 'Lan', 'Mai', 'Thu'))}",
    )


def invent_staff(*, school: int, order: int) -> tuple[str, str]:
    """Make up a member of staff: full name and personal number."""
    draw = random.Random(f"staff-{school}-{order}")  # noqa: S311 - invented people, no secret
    woman = order % 3 != 0
    given = draw.choice(
        ("Hạnh", "Hương", "Nga", "Thủy", "Vân", "Yến") if woman else ("Dũng", "Hòa", "Long", "Phát")
    )
    middle = "Thị" if woman else "Văn"
    digit, year = (1, 75 + order) if woman else (0, 70 + order)
    return (
        f"{draw.choice(FAMILY_NAMES)} {middle} {given}",
        f"000{digit}{year % 100:02d}{school:02d}{order:04d}",
    )
