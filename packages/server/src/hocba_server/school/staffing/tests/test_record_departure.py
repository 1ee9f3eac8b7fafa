"""Somebody leaves the school: work is handed over, the account is locked (QĐ 1789 Đ23)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from hocba_server.school.registry.models import StaffAssignment, StaffMember
from hocba_server.school.staffing.models import StaffDeparture
from hocba_server.school.staffing.services import (
    Departure,
    record_departure,
)
from hocba_server.school.staffing.tests.conftest import ADMINISTRATOR_ID, NEW_ID
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, HEAD_ID, MUSIC_ID, YEAR, Cast
from hocba_server.web.accounts.models import Membership, User

LEAVES = Departure(
    left_on=dt.date(2026, 5, 19), reason="Chuyển trường", handover_note="Đã giao sổ, huỷ chứng thư."
)


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
