"""Signatures of secondary records: each teacher's own subject, carried over, in a package."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hocba.ids import SubjectCode
from hocba.record.codec import read_any, write_any
from hocba.record.model import FormatProfile, SignerRole
from hocba.record.secondary.fields import FORMATS, SecondaryFormat
from hocba.record.secondary.model import SecondaryRecord
from hocba.record.slots import required_slots
from hocba.signature.carry_over import carry_over
from hocba.signature.slots import LAYOUTS
from hocba.signature.xml_verify import verify_signatures

FILES = Path(__file__).resolve().parents[4] / "vectors" / "secondary" / "files"
V2 = FormatProfile.V2_2025


def signed(name: str) -> tuple[bytes, SecondaryRecord]:
    data = (FILES / name).read_bytes()
    record = read_any(data).record
    assert isinstance(record, SecondaryRecord)
    return data, record


@pytest.mark.parametrize("layout", FORMATS.values())
def test_teachers_sign_in_the_list_that_the_table_of_tags_names(layout: SecondaryFormat) -> None:
    place = LAYOUTS[V2].payload[SignerRole.SUBJECT_TEACHER]
    assert place.endswith(f"/TONG_KET/{layout.marks_list}")
    assert layout.mark == "DIEM_TONG_KET"


@pytest.mark.parametrize("name", ["thcs-valid.xml", "thpt-valid.xml", "thcs-valid-v1.xml"])
def test_every_slot_is_filled_and_holds(name: str) -> None:
    data, record = signed(name)
    facts = verify_signatures(data)
    assert {fact.slot for fact in facts} == set(required_slots(record))
    assert all(fact.fault is None for fact in facts)


@pytest.mark.parametrize("name", ["thcs-valid.xml", "thpt-valid.xml"])
def test_a_changed_mark_breaks_that_teacher_and_everybody_above(name: str) -> None:
    data, record = signed(name)
    mark = str(record.subjects[1].term_1)
    at = data.index(b"<MA_MON_HOC>15<")
    old = f"<DIEM_HOC_KY_1>{mark}<".encode()
    changed = data[:at] + data[at:].replace(old, b"<DIEM_HOC_KY_1>9.9<", 1)
    broken = {fact.slot for fact in verify_signatures(changed) if fact.fault is not None}
    subjects = {slot.subject for slot in broken if slot.role is SignerRole.SUBJECT_TEACHER}
    assert subjects == {SubjectCode("15")}
    assert {slot.role for slot in broken} == set(SignerRole)


@pytest.mark.parametrize("name", ["thcs-valid.xml", "thpt-valid.xml"])
def test_teachers_of_unchanged_subjects_need_not_sign_again(name: str) -> None:
    """A returned record whose homeroom comment and one subject comment were changed."""
    data, record = signed(name)
    second = replace(record.subjects[1], comment="Nhận xét đã sửa.")
    corrected = replace(
        record,
        subjects=(record.subjects[0], second, *record.subjects[2:]),
        summary=replace(record.summary, homeroom_comment="Đã sửa."),
    )
    document, carried = carry_over(data, write_any(corrected), V2)
    teachers = [
        slot.subject
        for slot in required_slots(record)
        if slot.role is SignerRole.SUBJECT_TEACHER and slot.subject != second.code
    ]
    assert list(carried) == teachers
    assert all(fact.fault is None for fact in verify_signatures(document))
