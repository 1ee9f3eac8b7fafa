from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from hocba_server.school.registry.models import StaffAssignment, StaffMember
from hocba_server.school.staffing.models import StaffDeparture, StaffProfile
from hocba_server.school.staffing.services import (
    Departure,
    PersonData,
    record_departure,
    record_return,
    save_person,
)
from hocba_server.school.staffing.tests.conftest import ADMINISTRATOR_ID, NEW_ID
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, HEAD_ID, MUSIC_ID, YEAR, Cast
from hocba_server.web.accounts.models import Membership, User

SOMEBODY = PersonData(
    full_name="Đinh Văn Khác",
    personal_id="000090000123",
    title="Phó hiệu trưởng",
    birth_date="5/9/1985",
    gender="Nam",
    subjects="Toán",
    email="khac@truong.edu.vn",
)
LEAVES = Departure(
    left_on=dt.date(2026, 5, 19), reason="Chuyển trường", handover_note="Đã giao sổ, huỷ chứng thư."
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


def test_the_successor_takes_over_and_the_account_is_locked(
    cast: Cast, staff: dict[str, int], accounts: dict[str, User]
) -> None:
    record_departure(
        by=cast.principal,
        at=AT,
        staff_id=staff[MUSIC_ID],
        terms=replace(LEAVES, successor_id=staff[NEW_ID]),
    )
    row = StaffAssignment.objects.get(subject_code="89", school_year=YEAR)
    assert row.staff_id == staff[NEW_ID]
    assert not Membership.objects.get(user=accounts[MUSIC_ID]).is_active
    assert not User.objects.get(pk=accounts[MUSIC_ID].pk).is_active
    departure = StaffDeparture.objects.get()
    assert departure.handed_over[0]["subject"] == "89"
    assert entries("staff_left")[0].detail["account_locked"] is True


def test_without_successor_the_places_are_open(cast: Cast, staff: dict[str, int]) -> None:
    record_departure(by=cast.principal, at=AT, staff_id=staff[MUSIC_ID], terms=LEAVES)
    assert not StaffAssignment.objects.filter(staff_id=staff[MUSIC_ID]).exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"left_on": dt.date(2026, 6, 1)}, "departure_terms"),
        ({"handover_note": ""}, "departure_terms"),
        ({"reason": ""}, "departure_terms"),
    ],
)
def test_incomplete_departures_are_refused(
    cast: Cast, staff: dict[str, int], change: dict[str, Any], code: str
) -> None:
    terms = replace(LEAVES, **change)
    found = refusal_of(
        record_departure, by=cast.principal, at=AT, staff_id=staff[MUSIC_ID], terms=terms
    )
    assert found == code


def test_who_may_not_leave_like_this(cast: Cast, staff: dict[str, int]) -> None:
    def leave(**change: Any) -> str:
        named = {"by": cast.principal, "at": AT, "staff_id": staff[MUSIC_ID], "terms": LEAVES}
        return refusal_of(record_departure, **{**named, **change})

    assert leave(by=cast.administrator) == "role"
    assert leave(by=cast.stranger) == "not_found"
    assert leave(staff_id=staff[HEAD_ID]) == "departure_own"
    assert leave(terms=replace(LEAVES, successor_id=staff[MUSIC_ID])) == "successor"
    record_departure(by=cast.principal, at=AT, staff_id=staff[MUSIC_ID], terms=LEAVES)
    assert leave() == "departure_twice"
    # Work that touches results never passes to the administrator.
    assert StaffMember.objects.filter(personal_id=ADMINISTRATOR_ID).exists()


def test_somebody_comes_back(cast: Cast, staff: dict[str, int]) -> None:
    record_departure(by=cast.principal, at=AT, staff_id=staff[MUSIC_ID], terms=LEAVES)
    back: dict[str, Any] = {"by": cast.principal, "at": AT, "staff_id": staff[MUSIC_ID]}
    early = refusal_of(record_return, **back, returned_on=dt.date(2026, 5, 1))
    assert early == "not_left"
    record_return(**back, returned_on=dt.date(2026, 5, 20))
    assert refusal_of(record_return, **back, returned_on=dt.date(2026, 5, 20)) == "not_left"
    assert len(entries("staff_returned")) == 1


def test_only_the_head_of_the_school_records_a_return(cast: Cast, staff: dict[str, int]) -> None:
    record_departure(by=cast.principal, at=AT, staff_id=staff[MUSIC_ID], terms=LEAVES)
    back: dict[str, Any] = {
        "at": AT,
        "staff_id": staff[MUSIC_ID],
        "returned_on": dt.date(2026, 5, 20),
    }
    for by, code in (
        (cast.administrator, "role"),
        (cast.registrar, "role"),
        (cast.stranger, "not_found"),
    ):
        assert refusal_of(record_return, by=by, **back) == code
    assert StaffDeparture.objects.get().returned_on is None
