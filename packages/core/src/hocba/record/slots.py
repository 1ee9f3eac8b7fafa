"""Whose signatures a record needs (QĐ 1789/QĐ-SGDĐT Đ20.5; CV 2088/BGDĐT-GDTH II.1.6)."""

from __future__ import annotations

from hocba.record.model import FormatProfile, SignerRole, SlotId
from hocba.record.secondary.model import AnyRecord


def required_slots(
    record: AnyRecord, *, homeroom_covers_own_subjects: bool = True
) -> tuple[SlotId, ...]:
    """Return the slots that must be filled, in the order in which people sign.

    In profile v2_2025 each subject teacher signs, except (by that setting) the homeroom teacher
    for subjects she teaches herself: her own signature covers them.
    """
    homeroom = record.terms.homeroom_teacher.personal_id
    subjects = tuple(
        SlotId(SignerRole.SUBJECT_TEACHER, subject.code)
        for subject in record.subjects
        if record.profile is FormatProfile.V2_2025
        and not (
            homeroom_covers_own_subjects
            and subject.teacher is not None
            and subject.teacher.personal_id == homeroom
        )
    )
    return (
        *subjects,
        SlotId(SignerRole.HOMEROOM_TEACHER),
        SlotId(SignerRole.SCHOOL_LEADER),
        SlotId(SignerRole.ORGANISATION),
    )
