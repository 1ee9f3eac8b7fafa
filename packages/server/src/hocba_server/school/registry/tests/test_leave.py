"""A pupil leaves the class: another school, withdrawn, on leave, died."""

from __future__ import annotations

from typing import Any

import pytest

from hocba_server.school.registry.models import Classroom, Enrolment
from hocba_server.school.registry.movement_services import (
    change_class,
    come_back,
    leave,
)
from hocba_server.school.registry.selectors import class_roll
from hocba_server.school.registry.services import open_classroom
from hocba_server.school.registry.tests.refusals import DAY, entries, refusal_of
from hocba_server.school.tests.cast import AT, YEAR, Cast
from hocba_server.web.accounts.actor import Actor


def _room(cast: Cast, name: str = "1A2", grade: int = 1, year: str = YEAR) -> int:
    return open_classroom(
        by=cast.registrar,
        at=AT,
        school_id=cast.school_id,
        school_year=year,
        name=name,
        grade=grade,
    )


def _move(cast: Cast, room: int, by: Actor | None = None, **more: Any) -> bool:
    form: dict[str, Any] = {
        "enrolment_id": cast.enrolments[0],
        "day": DAY,
        "reason": "Gần nhà",
        **more,
    }
    return change_class(by=by or cast.registrar, at=AT, classroom_id=room, **form)


def _leave(cast: Cast, status: str, by: Actor | None = None, **more: Any) -> bool:
    form: dict[str, Any] = {
        "enrolment_id": cast.enrolments[0],
        "day": DAY,
        "reason": "Theo gia đình",
        **more,
    }
    return leave(by=by or cast.registrar, at=AT, status=status, **form)


def test_leaving_and_coming_back(cast: Cast) -> None:
    assert refusal_of(_leave, cast, "transferred_out") == "other_school"
    assert _leave(cast, "transferred_out", other_school="Trường Khác") is True
    assert _leave(cast, "transferred_out", other_school="Trường Khác") is False
    room = Classroom.objects.get()
    assert len(class_roll(room)) == 2
    assert refusal_of(_move, cast, _room(cast)) == "not_in_class"
    back: dict[str, Any] = {
        "by": cast.registrar,
        "at": AT,
        "enrolment_id": cast.enrolments[0],
        "day": DAY,
    }
    assert come_back(**back, reason="Xin học lại") is True
    assert come_back(**back, reason="Xin học lại") is False
    row = Enrolment.objects.get(pk=cast.enrolments[0])
    assert (row.status, row.left_on) == ("returned", None)
    assert len(entries("change_status")) == 2


@pytest.mark.parametrize("status", ["studying", "completed_level", ""])
def test_leaving_has_its_own_statuses(cast: Cast, status: str) -> None:
    assert refusal_of(_leave, cast, status) == "status"


def test_a_death_needs_no_reason_and_keeps_the_file(cast: Cast) -> None:
    assert _leave(cast, "deceased", reason="") is True
    row = Enrolment.objects.get(pk=cast.enrolments[0])
    assert (row.status, row.left_on) == ("deceased", DAY)
    back: dict[str, Any] = {"by": cast.registrar, "at": AT, "enrolment_id": row.pk, "day": DAY}
    assert refusal_of(come_back, **back, reason="") == "reason_missing"
    assert come_back(**back, reason="Ghi nhầm em khác") is True
    row.refresh_from_db()
    assert row.status == "studying"


def test_nobody_leaves_while_the_record_exists(results: Cast, created: int) -> None:
    assert refusal_of(_leave, results, "withdrawn") == "locked"


def test_only_the_registrar_of_the_school_lets_go(cast: Cast) -> None:
    for by, code in (
        (cast.principal, "role"),
        (cast.administrator, "role"),
        (cast.stranger, "not_found"),
    ):
        assert refusal_of(_leave, cast, "withdrawn", by) == code
    assert entries("change_status") == []
