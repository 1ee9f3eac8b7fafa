"""Subjects of lower and upper secondary school: codes, kind of assessment, periods a year, choices.

Codes and names are the Ministry's catalogues, one for each level: the same code may mean another
subject at another level. Kinds of assessment: TT 22/2021/TT-BGDĐT Điều 5.3. Subjects and periods:
curriculum of 2018 (TT 32/2018/TT-BGDĐT) as amended by TT 13/2022/TT-BGDĐT, which made Lịch sử
compulsory and the choice of upper secondary school four subjects out of nine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final

from hocba.assessment.school_levels import SchoolLevel, level_of_grade
from hocba.errors import Malformed
from hocba.ids import SubjectCode

CHOICES: Final = 4
"""How many of the choice subjects a pupil of upper secondary school takes (TT 13/2022)."""
TOPIC_CLUSTERS: Final = 3
"""Of how many subjects such a pupil takes the study topics (cụm chuyên đề học tập)."""


class Standing(StrEnum):
    """How a pupil comes to take a subject."""

    COMPULSORY = "compulsory"
    CHOICE = "choice"
    ELECTIVE = "elective"


@dataclass(frozen=True, slots=True)
class SecondarySubject:
    """One subject or educational activity of one level."""

    code: SubjectCode
    name: str
    name_on_form: str
    short_name: str
    """At most 20 characters, as the national record wants it."""
    scored: bool
    """True: comment and marks. False: comment only, Đạt or Chưa đạt (Điều 5.3)."""
    standing: Standing
    periods: Mapping[int, int] = field(hash=False)
    """Grade -> periods a year, without the study topics."""
    has_topics: bool = False
    """Has study topics of 35 periods a year in upper secondary school."""


def _subject(
    level: SchoolLevel,
    code: str,
    name: str,
    periods: int | Mapping[int, int],
    *,
    scored: bool = True,
    standing: Standing = Standing.COMPULSORY,
    topics: bool = False,
    short: str | None = None,
) -> SecondarySubject:
    every = dict.fromkeys(level.grades, periods) if isinstance(periods, int) else periods
    form = f"{name} …" if standing is Standing.ELECTIVE else name
    return SecondarySubject(
        SubjectCode(code), name, form, short or name, scored, standing, every, topics
    )


_LOWER, _UPPER = SchoolLevel.LOWER_SECONDARY, SchoolLevel.UPPER_SECONDARY
_ACTIVITY, _LOCAL = "Hoạt động trải nghiệm, hướng nghiệp", "Nội dung giáo dục của địa phương"
_ELECTIVE, _CHOICE = Standing.ELECTIVE, Standing.CHOICE

LOWER_SUBJECTS: Final = (
    _subject(_LOWER, "19", "Ngữ văn", 140),
    _subject(_LOWER, "15", "Toán", 140),
    _subject(_LOWER, "69", "Ngoại ngữ 1", 105),
    _subject(_LOWER, "26", "Giáo dục công dân", 35),
    _subject(_LOWER, "05", "Lịch sử và Địa lí", 105),
    _subject(_LOWER, "66", "Khoa học tự nhiên", 140),
    _subject(_LOWER, "27", "Công nghệ", {6: 35, 7: 35, 8: 52, 9: 52}),
    _subject(_LOWER, "32", "Tin học", 35),
    _subject(_LOWER, "88", "Giáo dục thể chất", 70, scored=False),
    _subject(_LOWER, "97", "Nghệ thuật", 70, scored=False),
    _subject(_LOWER, "91", _ACTIVITY, 105, scored=False, short="HĐTN, hướng nghiệp"),
    _subject(_LOWER, "99", _LOCAL, 35, scored=False, short="GD của địa phương"),
    _subject(_LOWER, "14", "Tiếng dân tộc thiểu số", 105, standing=_ELECTIVE, short="Tiếng DTTS"),
    _subject(_LOWER, "31", "Ngoại ngữ 2", 105, standing=_ELECTIVE),
)
"""Lower secondary school (THCS), in the order of the printed form."""

UPPER_SUBJECTS: Final = (
    _subject(_UPPER, "19", "Ngữ văn", 105, topics=True),
    _subject(_UPPER, "15", "Toán", 105, topics=True),
    _subject(_UPPER, "69", "Ngoại ngữ 1", 105),
    _subject(_UPPER, "88", "Giáo dục thể chất", 70, scored=False),
    _subject(_UPPER, "47", "Giáo dục quốc phòng và an ninh", 35, short="GDQP và an ninh"),
    _subject(_UPPER, "91", _ACTIVITY, 105, scored=False, short="HĐTN, hướng nghiệp"),
    _subject(_UPPER, "99", _LOCAL, 35, scored=False, short="GD của địa phương"),
    _subject(_UPPER, "35", "Vật lí", 70, standing=_CHOICE, topics=True),
    _subject(_UPPER, "36", "Hóa học", 70, standing=_CHOICE, topics=True),
    _subject(_UPPER, "37", "Sinh học", 70, standing=_CHOICE, topics=True),
    _subject(_UPPER, "40", "Lịch sử", 52, topics=True),
    _subject(_UPPER, "41", "Địa lí", 70, standing=_CHOICE, topics=True),
    _subject(
        _UPPER,
        "100",
        "Giáo dục kinh tế và pháp luật",
        70,
        standing=_CHOICE,
        topics=True,
        short="GDKT và pháp luật",
    ),
    _subject(_UPPER, "46", "Công nghệ", 70, standing=_CHOICE, topics=True),
    _subject(_UPPER, "38", "Tin học", 70, standing=_CHOICE, topics=True),
    _subject(_UPPER, "29", "Âm nhạc", 70, scored=False, standing=_CHOICE, topics=True),
    _subject(_UPPER, "30", "Mĩ thuật", 70, scored=False, standing=_CHOICE, topics=True),
    _subject(_UPPER, "14", "Tiếng dân tộc thiểu số", 105, standing=_ELECTIVE, short="Tiếng DTTS"),
    _subject(_UPPER, "70", "Ngoại ngữ 2", 105, standing=_ELECTIVE),
)
"""Upper secondary school (THPT), in the order of the printed form."""

SUBJECTS: Final = {_LOWER: LOWER_SUBJECTS, _UPPER: UPPER_SUBJECTS}
_BY_CODE: Final = {
    level: {subject.code: subject for subject in subjects} for level, subjects in SUBJECTS.items()
}
GRADES: Final = range(6, 13)
"""Grades of lower and upper secondary school."""


def secondary_level(grade: int) -> SchoolLevel:
    """The level of a grade from 6 to 12. Raises `Malformed` with code `grade`."""
    level = level_of_grade(grade)
    if level not in SUBJECTS:
        raise Malformed(
            "grade", f"Khối {grade} không thuộc cấp trung học.", f"Grade {grade} is not secondary."
        )
    return level


@lru_cache(maxsize=8)
def subjects_of_grade(grade: int) -> tuple[SecondarySubject, ...]:
    """Subjects of a grade in the order of the form; a pupil takes some of those to choose from."""
    return SUBJECTS[secondary_level(grade)]


def subject(code: str, grade: int) -> SecondarySubject:
    """Find a subject of a grade by its code. Raises `Malformed`: `grade`, `subject`."""
    level = secondary_level(grade)
    found = _BY_CODE[level].get(SubjectCode(code))
    if found is None:
        raise Malformed(
            "subject",
            f"“{code[:20]}” không có trong danh mục môn học cấp {level.word}.",
            f"“{code[:20]}” is not a subject of this level.",
        )
    return found
