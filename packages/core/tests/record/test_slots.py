"""Whose signatures a record needs (QĐ 1789/QĐ-SGDĐT Điều 20.5)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from documents import GRADES, V1, V2

from hocba.ids import SubjectCode
from hocba.record.model import SignerRole, SlotId
from hocba.record.sample import HOMEROOM, LEADER, SPECIALISTS, sample_record
from hocba.record.slots import required_slots

SCHOOL = (
    SlotId(SignerRole.HOMEROOM_TEACHER),
    SlotId(SignerRole.SCHOOL_LEADER),
    SlotId(SignerRole.ORGANISATION),
)


def teachers(*codes: str) -> tuple[SlotId, ...]:
    return tuple(SlotId(SignerRole.SUBJECT_TEACHER, SubjectCode(code)) for code in codes)


@pytest.mark.parametrize("grade", GRADES)
def test_v1_has_three_signatures(grade: int) -> None:
    for covered in (True, False):
        record = sample_record(grade, V1)
        assert required_slots(record, homeroom_covers_own_subjects=covered) == SCHOOL


@pytest.mark.parametrize(
    ("grade", "codes"),
    [
        (1, ("88", "89", "90")),
        (2, ("88", "89", "90")),
        (3, ("11", "12", "87", "88", "89", "90")),
        (4, ("11", "12", "87", "88", "89", "90")),
        (5, ("11", "12", "87", "88", "89", "90")),
    ],
)
def test_v2_subject_teachers_sign_what_the_homeroom_teacher_does_not_teach(
    grade: int, codes: tuple[str, ...]
) -> None:
    slots = required_slots(sample_record(grade))
    assert slots == (*teachers(*codes), *SCHOOL)
    assert 4 <= len(slots) <= 9
    assert set(codes) <= set(SPECIALISTS)


@pytest.mark.parametrize("grade", GRADES)
def test_v2_every_subject_when_the_setting_says_so(grade: int) -> None:
    record = sample_record(grade)
    slots = required_slots(record, homeroom_covers_own_subjects=False)
    assert slots == (*teachers(*(each.code for each in record.subjects)), *SCHOOL)


def test_one_teacher_for_everything_needs_three_signatures() -> None:
    record = sample_record(1)
    own = tuple(replace(each, teacher=HOMEROOM) for each in record.subjects)
    assert required_slots(replace(record, subjects=own)) == SCHOOL


def test_the_person_counts_not_the_name() -> None:
    record = sample_record(1)
    namesake = replace(HOMEROOM, personal_id=LEADER.personal_id)
    subjects = tuple(replace(each, teacher=namesake) for each in record.subjects)
    slots = required_slots(replace(record, subjects=subjects))
    assert len(slots) == len(subjects) + 3


def test_a_subject_without_a_teacher_still_needs_a_signature() -> None:
    record = sample_record(1, V2)
    subjects = (replace(record.subjects[0], teacher=None), *record.subjects[1:])
    assert required_slots(replace(record, subjects=subjects))[0] == teachers("02")[0]
