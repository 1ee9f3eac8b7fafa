"""Secondary records written, read and written again: the same bytes and the same values."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from documents import PROFILES, V1, V2
from hypothesis import HealthCheck, given, settings
from secondary_strategies import secondary_records

from hocba.assessment.secondary.catalogue import GRADES
from hocba.assessment.secondary.levels import CommentLevel
from hocba.errors import Malformed
from hocba.record.codec import (
    ReadSecondary,
    parse_xml,
    read_any,
    read_record,
    write_any,
    write_data,
)
from hocba.record.model import FormatProfile, SignerRole
from hocba.record.sample import sample_record
from hocba.record.schema import validate_schema
from hocba.record.secondary.model import SecondaryRecord
from hocba.record.secondary.sample import HOMEROOM_SUBJECT, sample_people, sample_secondary
from hocba.record.slots import required_slots

PRIMARY = {
    "v1_2024": "1884035913b4d0b98cd1ada70664e82fa081911cb3b806bac7814ed839522e91",
    "v2_2025": "ebc3f1016f46863aaf9033e9773b949c222e0f0a05e0b4a61038f26b37493ba7",
}
"""SHA-256 over the samples of all primary grades as they were before secondary school came."""


def as_written(record: SecondaryRecord) -> SecondaryRecord:
    """The record as its document holds it: v1_2024 has no subject teachers."""
    if record.profile is V2:
        return record
    return replace(record, subjects=tuple(replace(each, teacher=None) for each in record.subjects))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("grade", GRADES)
@pytest.mark.parametrize("seed", range(4))
def test_samples_are_exact(grade: int, profile: FormatProfile, seed: int) -> None:
    record = sample_secondary(grade, profile, seed=seed)
    data = write_any(record)
    read = read_any(data)
    assert isinstance(read, ReadSecondary)
    assert read.record == as_written(record)
    assert (read.profile, read.warnings) == (profile, ())
    assert write_any(read.record) == data
    assert validate_schema(parse_xml(data), profile) == []
    assert validate_schema(parse_xml(data), V1 if profile is V2 else V2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=secondary_records())
def test_any_record_is_exact(record: SecondaryRecord) -> None:
    data = write_any(record)
    read = read_any(data)
    assert read.record == as_written(record)
    assert read.warnings == ()
    assert write_any(read.record) == data
    assert validate_schema(parse_xml(data), record.profile) == []


@pytest.mark.parametrize("profile", PROFILES)
def test_primary_records_are_byte_for_byte_what_they_were(profile: FormatProfile) -> None:
    digest = hashlib.sha256()
    for grade in range(1, 6):
        data = write_data(sample_record(grade, profile))
        assert read_any(data) == read_record(data)
        digest.update(data)
    assert digest.hexdigest() == PRIMARY[profile.value]


@pytest.mark.parametrize("grade", GRADES)
def test_what_handles_primary_only_refuses_a_secondary_record(grade: int) -> None:
    with pytest.raises(Malformed):
        read_record(write_any(sample_secondary(grade)))


@pytest.mark.parametrize("grade", [8, 11])
def test_every_subject_teacher_signs_but_the_homeroom_teacher(grade: int) -> None:
    record = sample_secondary(grade)
    slots = required_slots(record)
    teachers = [slot.subject for slot in slots if slot.role is SignerRole.SUBJECT_TEACHER]
    assert teachers == [
        subject.code for subject in record.subjects if subject.code != HOMEROOM_SUBJECT
    ]
    assert len(required_slots(sample_secondary(grade, V1))) == 3
    assert len(sample_people(grade)) == len(teachers) + 2


def test_marks_have_one_decimal_and_letters_stay() -> None:
    data = write_any(sample_secondary(7))
    assert b"<DIEM_HOC_KY_1>8.4</DIEM_HOC_KY_1>" in data
    assert "<DIEM_CA_NAM>Đ</DIEM_CA_NAM>".encode() in data
    assert b"<MA_CAP_HOC>03</MA_CAP_HOC>" in data
    assert b"<MA_CAP_HOC>04</MA_CAP_HOC>" in write_any(sample_secondary(10))


def test_an_exempt_subject_is_written_as_the_letter() -> None:
    record = sample_secondary(7)
    exempt = CommentLevel.EXEMPT
    first = replace(record.subjects[8], term_1=exempt, term_2=exempt, year=exempt)
    changed = replace(record, subjects=(*record.subjects[:8], first, *record.subjects[9:]))
    read = read_any(write_any(changed)).record
    assert read.subjects[8] == first
