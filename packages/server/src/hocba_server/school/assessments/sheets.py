"""The sheets that teachers fill: which columns a class has in a period, and how a cell is read.

A sheet is one subject, the qualities and competences, or the homeroom data of a class. Pure: texts
in, canonical texts or the reason why not out. Rules: TT 27/2020/TT-BGDĐT Điều 7, 9;
CV 2088/BGDĐT-GDTH annex 1 for lengths.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Final

from hocba.assessment.catalogue import TraitGroup, subject, subjects_of_grade, traits_of_grade
from hocba.assessment.levels import SubjectLevel, TraitLevel
from hocba.assessment.periods import REGULAR_PERIODS, Period, has_test
from hocba.errors import Malformed, Refused, Sentence
from hocba_server.school.assessments.entries import clean_text
from hocba_server.school.assessments.models import (
    HOMEROOM_COMMENT_LIMIT,
    SUBJECT_COMMENT_LIMIT,
    TRAIT_COMMENT_LIMIT,
)

TRAITS_SLUG: Final = "pham-chat-nang-luc"
HOMEROOM_SLUG: Final = "chu-nhiem"
_SUBJECT_SLUG: Final = re.compile(r"mon-([0-9]{2})")
_WHOLE: Final = re.compile(r"([0-9]{1,3})(?:[.,]0+)?")
_AWARD_LIMIT: Final = 2000
_PROPOSAL_LIMIT: Final = 500
HIGH_TEST, LOW_TEST = 7, 5


class CellKind(StrEnum):
    """What a column takes; the page chooses the editor by it."""

    SUBJECT_LEVEL = "subject_level"
    TRAIT_LEVEL = "trait_level"
    SCORE = "score"
    DECIMAL = "decimal"
    WHOLE = "whole"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: the field it fills, its heading and its limits."""

    field: str
    title: Sentence
    kind: CellKind
    limit: int = 0
    """Longest text in characters, or greatest number."""
    group: str = ""
    """What the comment bank is asked for: a subject code, a trait group or `homeroom`.

    A level of a quality or competence names the group whose comment goes with it.
    """
    required: bool = True
    all_year: bool = False
    """A running total: one value for every period, open until entry for the year's end closes."""

    def kept_in(self, period: Period) -> Period:
        """The period under which the value of this column is kept, with its history."""
        return Period.YEAR_END if self.all_year else period


@dataclass(frozen=True, slots=True)
class Sheet:
    """Which table of a class: `mon-02`, `pham-chat-nang-luc` or `chu-nhiem`."""

    slug: str

    @classmethod
    def parse(cls, slug: str) -> Sheet:
        """Read the name that stands in addresses. Raises `Refused` with code `not_found`."""
        found = _SUBJECT_SLUG.fullmatch(slug)
        if found is not None:
            try:
                subject(found[1])
            except Malformed:
                found = None
        if found is None and slug not in {TRAITS_SLUG, HOMEROOM_SLUG}:
            raise Refused("not_found", "Không có bảng nhập này.", "There is no such sheet.")
        return cls(slug)

    @classmethod
    def of_subject(cls, subject_code: str) -> Sheet:
        """The sheet of one subject."""
        return cls(f"mon-{subject_code}")

    @property
    def subject_code(self) -> str:
        """Code of the subject, empty for the two other sheets."""
        return self.slug.removeprefix("mon-") if self.slug.startswith("mon-") else ""

    @property
    def title(self) -> Sentence:
        """Name of the sheet for a person."""
        if self.subject_code:
            name = subject(self.subject_code).name
            return Sentence(name, name)
        if self.slug == TRAITS_SLUG:
            return Sentence("Phẩm chất, năng lực", "Qualities and competences")
        return Sentence("Dữ liệu chủ nhiệm", "Homeroom data")


TRAITS_SHEET: Final = Sheet(TRAITS_SLUG)
HOMEROOM_SHEET: Final = Sheet(HOMEROOM_SLUG)
_COMMENT_TITLES: Final = {
    "quality_comment": (
        Sentence("Nhận xét phẩm chất", "Comment on qualities"),
        TraitGroup.QUALITY,
    ),
    "general_competence_comment": (
        Sentence("Nhận xét năng lực chung", "Comment on general competences"),
        TraitGroup.GENERAL_COMPETENCE,
    ),
    "specific_competence_comment": (
        Sentence("Nhận xét năng lực đặc thù", "Comment on specific competences"),
        TraitGroup.SPECIFIC_COMPETENCE,
    ),
}


_YEAR_TEXTS: Final = (
    Column(
        "homeroom_comment",
        Sentence("Nhận xét của giáo viên chủ nhiệm", "Homeroom comment"),
        CellKind.TEXT,
        HOMEROOM_COMMENT_LIMIT,
        "homeroom",
    ),
    Column(
        "award_text",
        Sentence("Khen thưởng", "Award"),
        CellKind.TEXT,
        _AWARD_LIMIT,
        required=False,
    ),
    Column(
        "special_award_text",
        Sentence("Khen thưởng đột xuất", "Special award"),
        CellKind.TEXT,
        _AWARD_LIMIT,
        required=False,
    ),
    Column(
        "promotion_proposal",
        Sentence("Đề nghị về lên lớp", "Proposal on promotion"),
        CellKind.TEXT,
        _PROPOSAL_LIMIT,
        required=False,
    ),
)


ABSENCE_TITLES: Final = {
    "excused_absences": Sentence(
        "Nghỉ có phép từ đầu năm (buổi)", "Excused, since September (half-days)"
    ),
    "unexcused_absences": Sentence(
        "Nghỉ không phép từ đầu năm (buổi)", "Unexcused, since September (half-days)"
    ),
}


@lru_cache(maxsize=256)
def columns_of(sheet: Sheet, grade: int, period: Period) -> tuple[Column, ...]:
    """The columns of a sheet in a grade and period; none where the circular has nothing to enter.

    TT 27/2020 Điều 7.1 (levels and tests of subjects), 7.2 (traits). Weight and height stand at
    the end of each term; absences in every regular period (QĐ 1789 Đ31.1: followed every week).
    """
    if sheet.subject_code:
        return _subject_columns(sheet.subject_code, grade, period)
    if sheet.slug == TRAITS_SLUG:
        return _trait_columns(grade, period)
    return _homeroom_columns(period)


def _subject_columns(code: str, grade: int, period: Period) -> tuple[Column, ...]:
    if code not in {str(each.code) for each in subjects_of_grade(grade)}:
        return ()
    columns = [Column("level", Sentence("Mức đạt được", "Level"), CellKind.SUBJECT_LEVEL)]
    if has_test(code, grade, period):
        columns.append(
            Column("test_score", Sentence("Điểm KTĐK", "Test score"), CellKind.SCORE, 10)
        )
    columns.append(
        Column(
            "comment",
            Sentence("Nhận xét", "Comment"),
            CellKind.TEXT,
            SUBJECT_COMMENT_LIMIT,
            code,
            required=False,
        )
    )
    return tuple(columns)


def _trait_columns(grade: int, period: Period) -> tuple[Column, ...]:
    final = period is Period.YEAR_END
    levels = [
        Column(
            str(trait.code),
            Sentence(trait.name, trait.name),
            CellKind.TRAIT_LEVEL,
            group=trait.group.value,
        )
        for trait in traits_of_grade(grade)
    ]
    comments = [
        Column(field, title, CellKind.TEXT, TRAIT_COMMENT_LIMIT, group.value, required=final)
        for field, (title, group) in _COMMENT_TITLES.items()
    ]
    return (*levels, *comments)


def _homeroom_columns(period: Period) -> tuple[Column, ...]:
    if period not in REGULAR_PERIODS:
        return ()
    final = period is Period.YEAR_END
    absences = tuple(
        Column(field, title, CellKind.WHOLE, 400, required=final, all_year=True)
        for field, title in ABSENCE_TITLES.items()
    )
    if final:
        return (*_measures("II", required=True), *absences, *_YEAR_TEXTS)
    if period is Period.END_TERM_1:
        return (*_measures("I", required=False), *absences)
    return absences


def _measures(term: str, *, required: bool) -> tuple[Column, Column]:
    return (
        Column(
            "weight_kg",
            Sentence(f"Cân nặng học kỳ {term} (kg)", f"Weight, term {term} (kg)"),
            CellKind.DECIMAL,
            200,
            required=required,
        ),
        Column(
            "height_cm",
            Sentence(f"Chiều cao học kỳ {term} (cm)", f"Height, term {term} (cm)"),
            CellKind.DECIMAL,
            250,
            required=required,
        ),
    )


def read_cell(column: Column, text: str) -> str | Sentence:
    """Read what was typed: the canonical text of the value, or the sentence that says why not.

    Empty is always taken: a cell may be cleared. Decimals keep a point inside and one place.
    """
    text = clean_text(text)
    if not text:
        return ""
    match column.kind:
        case CellKind.SUBJECT_LEVEL:
            return _level(text, [level.value for level in SubjectLevel])
        case CellKind.TRAIT_LEVEL:
            return _level(text, [level.value for level in TraitLevel])
        case CellKind.SCORE | CellKind.WHOLE:
            return _whole(text, column.limit)
        case CellKind.DECIMAL:
            return _decimal(text, column.limit)
        case CellKind.TEXT:
            return _text(text, column.limit)


def _level(text: str, allowed: list[str]) -> str | Sentence:
    # U+00D0 and the plain letter D are what many keyboards give for Đ (U+0110).
    letter = text.upper().replace("\u00d0", "\u0110")
    if letter == "D" and "\u0110" in allowed:
        letter = "\u0110"
    if letter in allowed:
        return letter
    names = ", ".join(allowed)
    return Sentence(
        f"“{text[:20]}” không hợp lệ: ô này nhận {names}.",
        f"“{text[:20]}” is not valid: this cell takes {names}.",
    )


def _whole(text: str, limit: int) -> str | Sentence:
    found = _WHOLE.fullmatch(text)
    if found and int(found[1]) <= limit:
        return str(int(found[1]))
    return Sentence(
        f"“{text[:20]}” không hợp lệ: ô này nhận số nguyên 0-{limit}.",
        f"“{text[:20]}” is not valid: this cell takes whole numbers 0-{limit}.",
    )


def _decimal(text: str, limit: int) -> str | Sentence:
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        value = Decimal("NaN")
    if value.is_finite() and 0 < value <= limit:
        return str(value.quantize(Decimal("0.1")).normalize().quantize(Decimal("0.1")))
    return Sentence(
        f"“{text[:20]}” không hợp lệ: ô này nhận số lớn hơn 0, tối đa {limit}, ví dụ 24,5.",
        f"“{text[:20]}” is not valid: this cell takes a number up to {limit}, such as 24.5.",
    )


def _text(text: str, limit: int) -> str | Sentence:
    if len(text) <= limit:
        return text
    return Sentence(
        f"dài {len(text)} ký tự, tối đa {limit}. Rút gọn lại.",
        f"has {len(text)} characters, at most {limit}. Shorten it.",
    )


def contradiction(sheet: Sheet, values: Mapping[str, str]) -> Sentence | None:
    """What the circular forbids in one row: an exempt pupil has no test score."""
    if (
        sheet.subject_code
        and values.get("level") == SubjectLevel.EXEMPT.value
        and values.get("test_score")
    ):
        return Sentence(
            "Em được miễn học môn này nên không có điểm. Xoá điểm hoặc sửa mức đạt được.",
            "The pupil is exempt, so there is no score. Clear the score or change the level.",
        )
    return None


def row_warnings(sheet: Sheet, values: Mapping[str, str]) -> list[Sentence]:
    """What only habit says (assessment rules of thumb of schools): warned of, never blocking."""
    if not sheet.subject_code or not values.get("test_score"):
        return []
    level, score = values.get("level", ""), int(values["test_score"])
    found = []
    if score == 0:
        found.append(
            Sentence("Điểm 0: kiểm tra lại giúp Thầy/Cô.", "A score of 0: please look again.")
        )
    high = level == SubjectLevel.WELL_COMPLETED.value and score < HIGH_TEST
    low = level == SubjectLevel.NOT_COMPLETED.value and score >= LOW_TEST
    if high or low:
        found.append(
            Sentence(
                f"Mức {level} đi với điểm {score}, nên xem lại.",
                f"Level {level} with a score of {score}; look again.",
            )
        )
    return found
