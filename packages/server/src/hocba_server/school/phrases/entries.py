"""What a person types or imports as a phrase, read strictly: values or faults, never guesses."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hocba.assessment.catalogue import GRADES, SUBJECTS, TraitGroup
from hocba.assessment.levels import SubjectLevel, TraitLevel
from hocba.errors import Refused, Sentence
from hocba_server.school.phrases.models import PHRASE_LIMIT
from hocba_server.school.phrases.placeholders import unknown_placeholders

HOMEROOM: Final = "homeroom"
SUBJECT_CODES: Final = tuple(str(subject.code) for subject in SUBJECTS)
ABOUT: Final[Mapping[str, Sentence]] = {
    **{
        code: Sentence(each.name, each.name)
        for code, each in zip(SUBJECT_CODES, SUBJECTS, strict=True)
    },
    TraitGroup.QUALITY.value: Sentence("Phẩm chất", "Qualities"),
    TraitGroup.GENERAL_COMPETENCE.value: Sentence("Năng lực chung", "General competences"),
    TraitGroup.SPECIFIC_COMPETENCE.value: Sentence("Năng lực đặc thù", "Specific competences"),
    HOMEROOM: Sentence("Nhận xét của chủ nhiệm", "Homeroom comment"),
}
"""Where a phrase may be used, by its code, in the order of the form."""

# Two tables: the letters T and C mean different things for subjects and for traits.
_SUBJECT_LEVELS: Final = {
    SubjectLevel.WELL_COMPLETED: "well completed",
    SubjectLevel.COMPLETED: "completed",
    SubjectLevel.NOT_COMPLETED: "not completed",
}
_TRAIT_LEVELS: Final = {
    TraitLevel.GOOD: "good",
    TraitLevel.SATISFACTORY: "satisfactory",
    TraitLevel.NEEDS_EFFORT: "needs effort",
}


def levels_of(about: str) -> dict[str, Sentence]:
    """The levels of a place by letter, with their words (TT 27/2020 Điều 7.1a, 7.2)."""
    if about in {group.value for group in TraitGroup}:
        return {level.value: Sentence(level.word, en) for level, en in _TRAIT_LEVELS.items()}
    return {level.value: Sentence(level.word, en) for level, en in _SUBJECT_LEVELS.items()}


@dataclass(frozen=True, slots=True)
class PhraseEntry:
    """A phrase as it may be kept; no level means every level, no grade means every grade."""

    about: str
    level: str
    first_grade: int | None
    last_grade: int | None
    text: str


@dataclass(frozen=True, slots=True)
class PhraseFault:
    """One value that cannot be taken: the field, the value as given, why and what to do."""

    field: str
    value: str
    sentence: Sentence

    def as_refused(self) -> Refused:
        """The same as a refusal of the service."""
        return Refused(f"phrase_{self.field}", self.sentence.vi, self.sentence.en)


def read_phrase(
    *, about: str, level: str, first_grade: str, last_grade: str, text: str
) -> PhraseEntry | tuple[PhraseFault, ...]:
    """Read one phrase. The text becomes one line of NFC; levels may be typed small."""
    about, letter = about.strip(), level.strip().upper()
    line = one_line(text)
    grades = {"first_grade": first_grade.strip(), "last_grade": last_grade.strip()}
    faults = (
        *_faults_of_place(about, letter),
        *_faults_of_grades(grades),
        *_faults_of_text(line),
    )
    if faults:
        return faults
    first, last = (int(value) if value else None for value in grades.values())
    return PhraseEntry(about, letter, first, last, line)


def one_line(text: str) -> str:
    """The text as one line of NFC, without the invisible signs that come with pasting."""
    seen = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join(unicodedata.normalize("NFC", seen).split())


def _faults_of_place(about: str, letter: str) -> Iterator[PhraseFault]:
    if about not in ABOUT:
        yield PhraseFault(
            "about",
            about,
            Sentence(
                "chưa rõ dùng cho đâu. Chọn một môn học, phẩm chất, năng lực hoặc nhận xét của "
                "chủ nhiệm.",
                "is no place for a phrase. Choose a subject, a trait group or the homeroom "
                "comment.",
            ),
        )
    elif letter and letter not in levels_of(about):
        known = ", ".join(levels_of(about))
        where = ABOUT[about]
        yield PhraseFault(
            "level",
            letter,
            Sentence(
                f"không phải mức của {where.vi}: chỉ nhận {known} hoặc để trống.",
                f"is no level of {where.en}: enter {known} or nothing.",
            ),
        )


def _faults_of_grades(grades: Mapping[str, str]) -> Iterator[PhraseFault]:
    known = {str(grade) for grade in GRADES}
    wrong = {field: value for field, value in grades.items() if value and value not in known}
    for field, value in wrong.items():
        yield PhraseFault(
            field,
            value,
            Sentence(
                f"không phải khối lớp: nhận {GRADES[0]} đến {GRADES[-1]} hoặc để trống.",
                f"is no grade: enter {GRADES[0]} to {GRADES[-1]} or nothing.",
            ),
        )
    first, last = grades.values()
    if not wrong and first and last and int(first) > int(last):
        yield PhraseFault(
            "last_grade",
            last,
            Sentence(
                f"nhỏ hơn khối bắt đầu là {first}. Đổi lại hai khối.",
                f"is smaller than the first grade, {first}. Change one of them.",
            ),
        )


def _faults_of_text(line: str) -> Iterator[PhraseFault]:
    if not line:
        vi, en = "còn trống. Viết một câu nhận xét.", "is empty. Write a comment."
        yield PhraseFault("text", "", Sentence(vi, en))
    if len(line) > PHRASE_LIMIT:
        yield PhraseFault(
            "text",
            line,
            Sentence(
                f"dài {len(line)} ký tự, nhiều nhất là {PHRASE_LIMIT}. Viết ngắn lại.",
                f"has {len(line)} characters, at most {PHRASE_LIMIT}. Make it shorter.",
            ),
        )
    if not line.isprintable():
        vi = "có ký tự không in được. Gõ lại câu này."
        yield PhraseFault("text", line, Sentence(vi, "has unprintable characters. Retype it."))
    for found in dict.fromkeys(unknown_placeholders(line)):
        yield PhraseFault(
            "text",
            line,
            Sentence(
                f"có “{found[:30]}” mà chỗ điền sẵn chỉ có {{ten}} và {{em}}. Sửa lại chỗ đó.",
                f"has “{found[:30]}”; only {{ten}} and {{em}} are filled in. Correct it.",
            ),
        )
