"""Invented results for training classes. Pure: the same pupil always gets the same."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Final

from hocba.assessment.catalogue import PrimarySubject, traits_of_grade
from hocba_server.school.assessments.entries import HomeroomEntry, SubjectEntry, TraitEntry

_SMALLEST: Final = {1: (17, 108), 2: (19, 114), 3: (21, 120), 4: (24, 126), 5: (27, 131)}
"""By grade: kilograms and centimetres to start from."""
_GOOD: Final = ("Nắm vững kiến thức, làm bài cẩn thận.", "Học tốt, tích cực phát biểu.")
_FAIR: Final = ("Có cố gắng, cần luyện tập thêm.", "Hoàn thành bài, cần mạnh dạn hơn.")
_WEAK: Final = "Chưa nắm được bài, cần được giúp đỡ thêm."
_HOMEROOM: Final = ("Em chăm ngoan, có nhiều cố gắng.", "Em lễ phép, hoà đồng với bạn.")


def subject_entry(
    enrolment_id: int, subject: PrimarySubject, grade: int, *, weak: bool = False
) -> SubjectEntry:
    """A result at the year's end; a weak pupil has not completed the subject."""
    draw = _draw(enrolment_id, subject.code)
    tested = grade in subject.test_grades
    if weak:
        return SubjectEntry(enrolment_id, "C", 4 if tested else None, _WEAK)
    if draw.random() < 0.6:
        return SubjectEntry(
            enrolment_id, "T", draw.choice((9, 10)) if tested else None, draw.choice(_GOOD)
        )
    return SubjectEntry(
        enrolment_id, "H", draw.choice((6, 7, 8)) if tested else None, draw.choice(_FAIR)
    )


def trait_entry(enrolment_id: int, grade: int) -> TraitEntry:
    """Levels and comments on qualities and competences."""
    draw = _draw(enrolment_id, "traits")
    levels = {str(trait.code): draw.choice(("T", "T", "Đ")) for trait in traits_of_grade(grade)}
    return TraitEntry(
        enrolment_id,
        levels,
        "Biết tự học, hợp tác tốt với bạn.",
        "Đọc, viết và tính toán tốt.",
        "Chăm học, trung thực, có trách nhiệm.",
    )


def homeroom_entry(enrolment_id: int, grade: int) -> HomeroomEntry:
    """Measures, half-days of absence and the homeroom teacher's comment."""
    draw = _draw(enrolment_id, "homeroom")
    kilograms, centimetres = _SMALLEST[grade]
    return HomeroomEntry(
        enrolment_id,
        weight_kg=Decimal(kilograms) + Decimal(draw.randrange(120)) / 10,
        height_cm=Decimal(centimetres + draw.randrange(15)),
        excused_absences=draw.randrange(5),
        unexcused_absences=0,
        homeroom_comment=draw.choice(_HOMEROOM),
    )


def _draw(enrolment_id: int, what: str) -> random.Random:
    return random.Random(f"{enrolment_id}-{what}")  # noqa: S311 - invented results, no secret
