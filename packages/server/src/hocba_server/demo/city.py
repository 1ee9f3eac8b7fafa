"""What the invented city consists of: facts only, no database.

Wards are real (QĐ 19/2025/QĐ-TTg); schools, people and numbers are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SCHOOL_YEAR = "2025-2026"
DEPARTMENT_CODE = "79"
DEPARTMENT_NAME = "Sở Giáo dục và Đào tạo Thành phố Hồ Chí Minh"
DEPARTMENT_ON_CERTIFICATE = "Sở GDĐT Thành phố Hồ Chí Minh"
"""A common name has at most 64 characters (RFC 5280, ub-common-name)."""
PROVINCE = "Thành phố Hồ Chí Minh"


class Stage(StrEnum):
    """How far the demo takes a class before the visitor takes over."""

    EMPTY = "empty"
    """The class exists; nothing is imported: the visitor starts the line."""
    RESULTS = "results"
    """Pupils and results are in; nothing is signed."""
    SIGNED = "signed"
    """Teachers have signed; the leader is next."""
    SEALED = "sealed"
    """Sealed; the clerk is to send."""
    IN_FORCE = "in_force"
    """Received, kept and logged by the department."""
    CLOSED = "closed"
    """Closed by the department: from here on a record changes only by a correction."""


@dataclass(frozen=True, slots=True)
class DemoClass:
    """One class and where its year stands when the demo first opens."""

    name: str
    grade: int
    size: int
    stage: Stage


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """One invented school."""

    order: int
    code: str
    name: str
    ward_code: str
    ward_name: str
    public: bool
    digital: bool
    classes: tuple[DemoClass, ...]


SCHOOLS = (
    DemoSchool(
        order=1,
        code="79267400001",
        name="Trường Tiểu học Hoa Mai (DEMO)",
        ward_code="26740",
        ward_name="Phường Sài Gòn",
        public=True,
        digital=True,
        classes=(
            DemoClass("1A1", 1, 12, Stage.SEALED),
            DemoClass("2A1", 2, 10, Stage.SIGNED),
            DemoClass("3A1", 3, 12, Stage.IN_FORCE),
            DemoClass("4A1", 4, 15, Stage.RESULTS),
            DemoClass("5A1", 5, 12, Stage.EMPTY),
        ),
    ),
    DemoSchool(
        order=2,
        code="79267370001",
        name="Trường Tiểu học tư thục Bến Thuyền (DEMO)",
        ward_code="26737",
        ward_name="Phường Tân Định",
        public=False,
        digital=True,
        classes=(DemoClass("4B", 4, 10, Stage.CLOSED), DemoClass("5B", 5, 10, Stage.RESULTS)),
    ),
    DemoSchool(
        order=3,
        code="79276640001",
        name="Trường Tiểu học Vườn Dừa (DEMO, học bạ giấy)",
        ward_code="27664",
        ward_name="Xã Cần Giờ",
        public=True,
        digital=False,
        classes=(DemoClass("3C", 3, 0, Stage.EMPTY),),
    ),
)

SPECIALIST_SUBJECTS = ("11", "12", "87", "88", "89", "90")
"""Subjects taught by specialists in the demo; the homeroom teacher teaches the others."""
