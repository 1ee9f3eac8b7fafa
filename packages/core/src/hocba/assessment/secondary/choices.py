"""What a pupil of upper secondary school chose: subjects and study topics (TT 13/2022/TT-BGDĐT)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from hocba.assessment.school_levels import SchoolLevel
from hocba.assessment.secondary.catalogue import (
    CHOICES,
    TOPIC_CLUSTERS,
    Standing,
    secondary_level,
    subject,
    subjects_of_grade,
)
from hocba.errors import Sentence
from hocba.ids import SubjectCode


def choice_faults(grade: int, taken: Collection[SubjectCode]) -> Iterator[Sentence]:
    """What is wrong with the subjects a pupil takes: a compulsory one missing, not four chosen.

    Raises `Malformed`: `grade`, `subject`.
    """
    for code in taken:
        subject(code, grade)
    for each in subjects_of_grade(grade):
        if each.standing is Standing.COMPULSORY and each.code not in taken:
            yield Sentence(f"Thiếu môn {each.name}.", f"{each.name} is missing.")
    if secondary_level(grade) is not SchoolLevel.UPPER_SECONDARY:
        return
    chosen = sum(subject(code, grade).standing is Standing.CHOICE for code in set(taken))
    if chosen != CHOICES:
        yield Sentence(
            f"Có {chosen} môn học lựa chọn; chương trình quy định {CHOICES} môn.",
            f"{chosen} choice subjects; the curriculum asks for {CHOICES}.",
        )


def topic_faults(
    grade: int, taken: Collection[SubjectCode], topics: Collection[SubjectCode]
) -> Iterator[Sentence]:
    """What is wrong with the subjects whose study topics a pupil takes.

    Three subjects with topics that the pupil also studies; none below grade 10.
    """
    for code in topics:
        found = subject(code, grade)
        if not found.has_topics:
            yield Sentence(
                f"Môn {found.name} không có cụm chuyên đề học tập.",
                f"{found.name} has no study topics.",
            )
        elif code not in taken:
            yield Sentence(
                f"Học cụm chuyên đề môn {found.name} nhưng không học môn đó.",
                f"Study topics of {found.name} without the subject.",
            )
    wanted = TOPIC_CLUSTERS if secondary_level(grade) is SchoolLevel.UPPER_SECONDARY else 0
    if topics and len(set(topics)) != wanted:
        yield Sentence(
            f"Có {len(set(topics))} cụm chuyên đề học tập; chương trình quy định {wanted}.",
            f"{len(set(topics))} clusters of study topics; the curriculum asks for {wanted}.",
        )
