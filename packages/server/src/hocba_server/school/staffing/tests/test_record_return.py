"""Somebody who had left works at the school again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hocba_server.school.staffing.models import StaffDeparture
from hocba_server.school.staffing.services import (
    Departure,
    record_departure,
    record_return,
)
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, MUSIC_ID, Cast

LEAVES = Departure(
    left_on=dt.date(2026, 5, 19), reason="Chuyển trường", handover_note="Đã giao sổ, huỷ chứng thư."
)


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
