"""Subjects, qualities and competences of primary school, and which of them are tested.

Codes and names are the Ministry's catalogue for the primary level; the same code may mean another
subject at another level. Tests: TT 27/2020/TT-BGDĐT Điều 7.1b; subjects by grade: curriculum of
2018 (TT 32/2018/TT-BGDĐT); the two rows of "Tin học và Công nghệ": QĐ 2904/QĐ-BGDĐT.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from hocba.errors import Malformed
from hocba.ids import SubjectCode, TraitCode

GRADES: Final = range(1, 6)
"""Grades of primary school."""


@dataclass(frozen=True, slots=True)
class PrimarySubject:
    """One subject or educational activity of primary school; grades are numbers 1 to 5."""

    code: SubjectCode
    name: str
    name_on_form: str
    short_name: str
    compulsory_grades: frozenset[int]
    elective_grades: frozenset[int]
    test_grades: frozenset[int]
    """Grades with a test at the end of each term and of the year."""
    mid_term_test_grades: frozenset[int]
    """Grades with a test in the middle of each term as well."""


def _grades(first: int, last: int) -> frozenset[int]:
    return frozenset(range(first, last + 1))


_NONE: Final[frozenset[int]] = frozenset()
_ALL: Final = _grades(1, 5)
_FROM_3: Final = _grades(3, 5)
_FROM_4: Final = _grades(4, 5)


def _subject(
    code: str,
    name: str,
    compulsory: frozenset[int],
    *,
    tests: frozenset[int] = _NONE,
    mid_term: frozenset[int] = _NONE,
    elective: frozenset[int] = _NONE,
    on_form: str | None = None,
    short: str | None = None,
) -> PrimarySubject:
    return PrimarySubject(
        SubjectCode(code),
        name,
        on_form or name,
        short or name,
        compulsory,
        elective,
        tests,
        mid_term,
    )


SUBJECTS: Final = (
    _subject("02", "Tiếng Việt", _ALL, tests=_ALL, mid_term=_FROM_4),
    _subject("01", "Toán", _ALL, tests=_ALL, mid_term=_FROM_4),
    _subject(
        "11",
        "Ngoại ngữ 1",
        _FROM_3,
        tests=_FROM_3,
        elective=_grades(1, 2),
        on_form="Ngoại ngữ 1 (Tiếng Anh)",
    ),
    _subject("05", "Lịch sử và Địa lí", _FROM_4, tests=_FROM_4),
    _subject("13", "Khoa học", _FROM_4, tests=_FROM_4),
    _subject(
        "12", "Tin học và Công nghệ (Tin học)", _FROM_3, tests=_FROM_3, short="TH và CN (Tin học)"
    ),
    _subject(
        "87",
        "Tin học và Công nghệ (Công nghệ)",
        _FROM_3,
        tests=_FROM_3,
        short="TH và CN (Công nghệ)",
    ),
    _subject("03", "Đạo đức", _ALL),
    _subject("04", "Tự nhiên và Xã hội", _grades(1, 3)),
    _subject("88", "Giáo dục thể chất", _ALL),
    _subject("89", "Nghệ thuật (Âm nhạc)", _ALL, short="Âm nhạc"),
    _subject("90", "Nghệ thuật (Mĩ thuật)", _ALL, short="Mĩ thuật"),
    _subject("91", "Hoạt động trải nghiệm", _ALL, short="HĐ trải nghiệm"),
    _subject("14", "Tiếng dân tộc", _NONE, elective=_ALL),
)
"""Every subject, in the order of the printed form."""

_BY_CODE: Final = {subject.code: subject for subject in SUBJECTS}


class TraitGroup(StrEnum):
    """The three groups under which the form prints qualities and competences."""

    QUALITY = "quality"
    GENERAL_COMPETENCE = "general_competence"
    SPECIFIC_COMPETENCE = "specific_competence"


@dataclass(frozen=True, slots=True)
class Trait:
    """A quality (phẩm chất) or competence (năng lực) of the 2018 curriculum."""

    code: TraitCode
    name: str
    group: TraitGroup
    grades: frozenset[int]
    """Grades in which it is assessed."""


def _trait(code: str, name: str, group: TraitGroup, grades: frozenset[int] = _ALL) -> Trait:
    return Trait(TraitCode(code), name, group, grades)


TRAITS: Final = (
    _trait("01", "Yêu nước", TraitGroup.QUALITY),
    _trait("02", "Nhân ái", TraitGroup.QUALITY),
    _trait("03", "Chăm chỉ", TraitGroup.QUALITY),
    _trait("04", "Trung thực", TraitGroup.QUALITY),
    _trait("05", "Trách nhiệm", TraitGroup.QUALITY),
    _trait("06", "Tự chủ và tự học", TraitGroup.GENERAL_COMPETENCE),
    _trait("07", "Giao tiếp và hợp tác", TraitGroup.GENERAL_COMPETENCE),
    _trait("08", "Giải quyết vấn đề và sáng tạo", TraitGroup.GENERAL_COMPETENCE),
    _trait("09", "Ngôn ngữ", TraitGroup.SPECIFIC_COMPETENCE),
    _trait("10", "Tính toán", TraitGroup.SPECIFIC_COMPETENCE),
    _trait("11", "Khoa học", TraitGroup.SPECIFIC_COMPETENCE),
    _trait("12", "Công nghệ", TraitGroup.SPECIFIC_COMPETENCE, _FROM_3),
    _trait("13", "Tin học", TraitGroup.SPECIFIC_COMPETENCE, _FROM_3),
    _trait("14", "Thẩm mĩ", TraitGroup.SPECIFIC_COMPETENCE),
    _trait("15", "Thể chất", TraitGroup.SPECIFIC_COMPETENCE),
)
"""Five qualities and ten competences (TT 27/2020 Điều 5.2b, 5.2c), in the order of their codes."""


def check_grade(grade: int) -> int:
    """Return a grade of primary school. Raises `Malformed` with code `grade`."""
    if grade not in GRADES:
        raise Malformed(
            "grade", f"Khối {grade} không thuộc cấp tiểu học.", f"Grade {grade} is not primary."
        )
    return grade


def subject(code: str) -> PrimarySubject:
    """Find a subject by its code. Raises `Malformed` with code `subject`."""
    found = _BY_CODE.get(SubjectCode(code))
    if found is None:
        raise Malformed(
            "subject",
            f"“{code[:20]}” không có trong danh mục môn học cấp tiểu học.",
            f"“{code[:20]}” is not a primary subject.",
        )
    return found


@lru_cache(maxsize=8)
def subjects_of_grade(grade: int) -> tuple[PrimarySubject, ...]:
    """Subjects taught in a grade, electives included, in the order of the form."""
    check_grade(grade)
    return tuple(
        each
        for each in SUBJECTS
        if grade in each.compulsory_grades or grade in each.elective_grades
    )


def has_year_end_test(code: str, grade: int) -> bool:
    """Tell whether the subject ends the year with a test in this grade (TT 27/2020 Điều 7.1b)."""
    return check_grade(grade) in subject(code).test_grades


@lru_cache(maxsize=8)
def traits_of_grade(grade: int) -> tuple[Trait, ...]:
    """Qualities and competences assessed in a grade: 13 in grades 1 and 2, then 15."""
    check_grade(grade)
    return tuple(trait for trait in TRAITS if grade in trait.grades)
