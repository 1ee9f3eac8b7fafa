"""Typed tables: one row per pupil, fields named `<field>-<enrolment id>`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from hocba.assessment.catalogue import traits_of_grade
from hocba.errors import Refused
from hocba_server.school.assessments.entries import (
    COMMENT_FIELDS,
    HomeroomEntry,
    SubjectEntry,
    TraitEntry,
    clean_text,
    read_subject_entry,
    refuse_faults,
)
from hocba_server.school.registry.models import Classroom, Enrolment


def subject_entries(
    post: Mapping[str, str], room: Classroom, subject_code: str, roll: Iterable[Enrolment]
) -> list[SubjectEntry]:
    """Read the table of one subject; rows left wholly empty are skipped. Raises `Refused`."""
    entries = []
    for row in roll:
        level, score, comment = (
            clean_text(post.get(f"{field}-{row.pk}", ""))
            for field in ("level", "test_score", "comment")
        )
        if not (level or score or comment):
            continue
        read = read_subject_entry(
            enrolment_id=row.pk,
            grade=room.grade,
            subject_code=subject_code,
            level=level,
            score=score,
            comment=comment,
        )
        if isinstance(read, tuple):
            raise refuse_faults(read, pupil=row.pupil.full_name)
        entries.append(read)
    return entries


def trait_entries(
    post: Mapping[str, str], room: Classroom, roll: Iterable[Enrolment]
) -> list[TraitEntry]:
    """Read the table of traits; pupils without any value are skipped."""
    codes = [str(trait.code) for trait in traits_of_grade(room.grade)]
    entries = []
    for row in roll:
        levels = {code: clean_text(post.get(f"{code}-{row.pk}", "")) for code in codes}
        comments = {
            field: clean_text(post.get(f"{field}-{row.pk}", "")) for field in COMMENT_FIELDS
        }
        if any(levels.values()) or any(comments.values()):
            entries.append(TraitEntry(row.pk, levels, **comments))
    return entries


def homeroom_entries(post: Mapping[str, str], roll: Iterable[Enrolment]) -> list[HomeroomEntry]:
    """Read the homeroom table. Raises `Refused` for what is no number."""
    return [
        HomeroomEntry(
            enrolment_id=row.pk,
            weight_kg=_decimal(post, "weight_kg", row),
            height_cm=_decimal(post, "height_cm", row),
            excused_absences=_whole(post, "excused_absences", row),
            unexcused_absences=_whole(post, "unexcused_absences", row),
            homeroom_comment=clean_text(post.get(f"homeroom_comment-{row.pk}", "")),
            award_text=clean_text(post.get(f"award_text-{row.pk}", "")),
            special_award_text=clean_text(post.get(f"special_award_text-{row.pk}", "")),
        )
        for row in roll
    ]


def _decimal(post: Mapping[str, str], field: str, row: Enrolment) -> Decimal | None:
    text = clean_text(post.get(f"{field}-{row.pk}", "")).replace(",", ".")
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise _no_number(row, text)
    return value.quantize(Decimal("0.1"))


def _whole(post: Mapping[str, str], field: str, row: Enrolment) -> int | None:
    text = clean_text(post.get(f"{field}-{row.pk}", ""))
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise _no_number(row, text)
    return int(text)


def _no_number(row: Enrolment, text: str) -> Refused:
    name = row.pupil.full_name
    return Refused(
        "entry",
        f"{name}: “{text[:20]}” không phải số. Ví dụ: 24,5 hoặc 2.",
        f"{name}: “{text[:20]}” is not a number.",
    )
