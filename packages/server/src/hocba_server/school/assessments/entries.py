"""What a teacher types or imports for one pupil, read strictly: values or faults, never guesses.

Rules: TT 27/2020/TT-BGDĐT Điều 7.1, 7.2; CV 2088/BGDĐT-GDTH annex 1 for lengths.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from hocba.assessment.catalogue import TRAITS, subject, traits_of_grade
from hocba.assessment.levels import SubjectLevel, TraitLevel
from hocba.assessment.periods import Period, has_test
from hocba.errors import Refused, Sentence
from hocba.ids import SubjectCode
from hocba_server.school.assessments.models import (
    SUBJECT_COMMENT_LIMIT,
    TRAIT_COMMENT_LIMIT,
)

_WHOLE: Final = re.compile(r"([0-9]{1,3})(?:[.,]0+)?")
COMMENT_FIELDS: Final = (
    "general_competence_comment",
    "specific_competence_comment",
    "quality_comment",
)


@dataclass(frozen=True, slots=True)
class SubjectEntry:
    """Year-end result of one pupil in one subject."""

    enrolment_id: int
    level: str
    test_score: int | None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class TraitEntry:
    """Levels by trait code and the three comments of one pupil."""

    enrolment_id: int
    levels: Mapping[str, str]
    general_competence_comment: str
    specific_competence_comment: str
    quality_comment: str


@dataclass(frozen=True, slots=True)
class HomeroomEntry:
    """What the homeroom teacher adds for one pupil; None where nothing was entered yet."""

    enrolment_id: int
    weight_kg: Decimal | None = None
    height_cm: Decimal | None = None
    excused_absences: int | None = None
    unexcused_absences: int | None = None
    homeroom_comment: str = ""
    award_text: str = ""
    special_award_text: str = ""


@dataclass(frozen=True, slots=True)
class EntryFault:
    """One value that cannot be taken: the field, the value as given, and why with what to do."""

    field: str
    value: str
    sentence: Sentence


def read_subject_entry(
    *,
    enrolment_id: int,
    grade: int,
    subject_code: str,
    level: str,
    score: str,
    comment: str,
    period: Period = Period.YEAR_END,
) -> SubjectEntry | tuple[EntryFault, ...]:
    """Read one row of results of a subject. Texts must be trimmed and in Unicode NFC."""
    name = subject(SubjectCode(subject_code)).name
    tested = has_test(SubjectCode(subject_code), grade, period)
    letter = level.upper()
    faults: list[EntryFault] = []
    if letter not in {item.value for item in SubjectLevel}:
        faults.append(_level_fault(level, f"môn {name}", name))
    exempt = letter == SubjectLevel.EXEMPT.value
    test_score = _read_score(score, name=name, tested=tested, exempt=exempt, faults=faults)
    _check_comment("comment", comment, SUBJECT_COMMENT_LIMIT, faults)
    if faults:
        return tuple(faults)
    return SubjectEntry(enrolment_id, letter, test_score, comment)


def _level_fault(level: str, vi_where: str, en_where: str) -> EntryFault:
    if not level:
        vi = f"còn trống. Điền T, H, C hoặc M (miễn học) cho {vi_where}."
        en = f"is empty. Enter T, H, C or M (exempt) for {en_where}."
    else:
        vi = f"không hợp lệ vì {vi_where} chỉ nhận T, H, C hoặc M (miễn học). Sửa ô này."
        en = f"is not valid: {en_where} takes T, H, C or M (exempt). Correct this cell."
    return EntryFault("level", level, Sentence(vi, en))


def _read_score(
    score: str, *, name: str, tested: bool, exempt: bool, faults: list[EntryFault]
) -> int | None:
    def refuse(vi: str, en: str) -> None:
        faults.append(EntryFault("test_score", score, Sentence(vi, en)))

    if exempt and score.upper() in {"", SubjectLevel.EXEMPT.value}:
        return None
    if exempt:
        refuse(
            "không được điền vì em được miễn học môn này. Xoá điểm hoặc sửa mức đạt được.",
            "must be empty because the pupil is exempt. Clear the score or change the level.",
        )
        return None
    if not tested:
        if score:
            refuse(
                f"không được điền vì môn {name} không có bài kiểm tra ở thời điểm này. Xoá ô này.",
                f"must be empty: {name} has no test in this grade and period. Clear this cell.",
            )
        return None
    if not score:
        refuse(
            f"còn trống. Môn {name} có bài kiểm tra: điền số nguyên 0-10.",
            f"is empty. {name} has a test: enter a whole number 0-10.",
        )
        return None
    found = _WHOLE.fullmatch(score)
    if not found or int(found[1]) > 10:
        refuse(
            f"không hợp lệ vì môn {name} chỉ nhận số nguyên 0-10. Sửa ô này rồi tải lại.",
            f"is not valid: {name} takes whole numbers 0-10 only. Correct this cell.",
        )
        return None
    return int(found[1])


def read_trait_entry(
    *, enrolment_id: int, grade: int, levels: Mapping[str, str], comments: Mapping[str, str]
) -> TraitEntry | tuple[EntryFault, ...]:
    """Read one pupil's levels (by trait code) and comments (by names of `COMMENT_FIELDS`)."""
    faults: list[EntryFault] = []
    assessed = {str(trait.code) for trait in traits_of_grade(grade)}
    kept: dict[str, str] = {}
    for trait in TRAITS:
        given = levels.get(str(trait.code), "")
        # U+00D0 looks exactly like the letter Đ (U+0110) and is typed by some keyboards.
        letter = given.upper().replace("Ð", "Đ")
        if trait.code not in assessed:
            if given:
                vi = f"phải để trống: {trait.name} chưa đánh giá ở khối {grade}. Xoá ô này."
                en = f"must be empty: {trait.name} is not assessed in grade {grade}."
                faults.append(EntryFault(str(trait.code), given, Sentence(vi, en)))
        elif letter in {item.value for item in TraitLevel}:
            kept[str(trait.code)] = letter
        else:
            problem = ("còn trống", "is empty") if not given else ("không hợp lệ", "is not valid")
            vi = f"{problem[0]}. {trait.name} nhận T, Đ hoặc C (Cần cố gắng). Sửa ô này."
            en = f"{problem[1]}. {trait.name} takes T, Đ or C. Correct this cell."
            faults.append(EntryFault(str(trait.code), given, Sentence(vi, en)))
    texts = {name: comments.get(name, "") for name in COMMENT_FIELDS}
    for name, text in texts.items():
        if not text:
            sentence = Sentence("còn trống. Điền nhận xét cho em.", "is empty. Enter a comment.")
            faults.append(EntryFault(name, text, sentence))
        _check_comment(name, text, TRAIT_COMMENT_LIMIT, faults)
    if faults:
        return tuple(faults)
    return TraitEntry(enrolment_id, kept, **texts)


def _check_comment(field: str, text: str, limit: int, faults: list[EntryFault]) -> None:
    if len(text) > limit:
        vi = f"dài {len(text)} ký tự, tối đa {limit}. Rút gọn nhận xét này."
        en = f"has {len(text)} characters, at most {limit}. Shorten this comment."
        faults.append(EntryFault(field, text, Sentence(vi, en)))
    if any(unicodedata.category(letter) == "Cc" for letter in text):
        vi = "có ký tự điều khiển (xuống dòng hoặc ký tự ẩn). Gõ lại trên một dòng."
        en = "holds control characters. Type it again on one line."
        faults.append(EntryFault(field, text, Sentence(vi, en)))


def clean_text(text: str) -> str:
    """Unicode NFC, no outer spaces, single inner spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def refuse_faults(faults: tuple[EntryFault, ...], *, pupil: str) -> Refused:
    """One refusal for a form: the first fault of a pupil, by name."""
    first = faults[0]
    return Refused(
        "entry",
        f"{pupil}: giá trị “{first.value[:40]}” {first.sentence.vi}",
        f"{pupil}: the value “{first.value[:40]}” {first.sentence.en}",
        where=first.field,
    )
