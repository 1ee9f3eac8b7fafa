"""A person of the staff list is entered or corrected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hocba_server.school.registry.models import StaffMember
from hocba_server.school.staffing.models import StaffProfile
from hocba_server.school.staffing.services import (
    PersonData,
    save_person,
)
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, MUSIC_ID, Cast

SOMEBODY = PersonData(
    full_name="Đinh Văn Khác",
    personal_id="000090000123",
    title="Phó hiệu trưởng",
    birth_date="5/9/1985",
    gender="Nam",
    subjects="Toán",
    email="khac@truong.edu.vn",
)


def test_the_administrator_enters_a_person(cast: Cast) -> None:
    staff_id = save_person(by=cast.administrator, at=AT, school_id=cast.school_id, data=SOMEBODY)
    assert StaffMember.objects.get(pk=staff_id).title == "Phó hiệu trưởng"
    assert StaffProfile.objects.get(staff_id=staff_id).birth_date == "05/09/1985"
    assert entries("save_person")[-1].subject == f"staff:{staff_id}"


def test_the_same_number_twice_is_refused(cast: Cast) -> None:
    save_person(by=cast.principal, at=AT, school_id=cast.school_id, data=SOMEBODY)
    again = refusal_of(
        save_person, by=cast.principal, at=AT, school_id=cast.school_id, data=SOMEBODY
    )
    assert again == "personal_id_taken"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"full_name": " "}, "person_name"),
        ({"birth_date": "31/02/1985"}, "person_birth_date"),
        ({"gender": "khác"}, "person_gender"),
        ({"email": "khong-phai"}, "person_email"),
        ({"personal_id": "123"}, "personal_id"),
        ({"campus_id": 999}, "not_found"),
    ],
)
def test_wrong_data_is_refused(cast: Cast, change: dict[str, Any], code: str) -> None:
    data = replace(SOMEBODY, **change)
    found = refusal_of(save_person, by=cast.principal, at=AT, school_id=cast.school_id, data=data)
    assert found == code
    assert not StaffMember.objects.filter(full_name=SOMEBODY.full_name).exists()


def test_a_teacher_and_another_school_enter_nobody(cast: Cast) -> None:
    assert (
        refusal_of(save_person, by=cast.homeroom, at=AT, school_id=cast.school_id, data=SOMEBODY)
        == "role"
    )
    assert (
        refusal_of(save_person, by=cast.stranger, at=AT, school_id=cast.school_id, data=SOMEBODY)
        == "not_found"
    )


def test_the_number_of_somebody_who_works_stays(cast: Cast, staff: dict[str, int]) -> None:
    found = refusal_of(
        save_person,
        by=cast.principal,
        at=AT,
        school_id=cast.school_id,
        staff_id=staff[MUSIC_ID],
        data=SOMEBODY,
    )
    assert found == "person_has_account"
    same = replace(SOMEBODY, personal_id=MUSIC_ID)
    save_person(
        by=cast.principal, at=AT, school_id=cast.school_id, staff_id=staff[MUSIC_ID], data=same
    )
    assert StaffMember.objects.get(pk=staff[MUSIC_ID]).full_name == SOMEBODY.full_name
