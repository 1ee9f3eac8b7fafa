"""A pupil moves to another class of the same grade and year."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hocba_server.school.registry.models import Classroom, Enrolment, PupilMovement
from hocba_server.school.registry.movement_services import (
    change_class,
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


def test_another_class_takes_the_results_along(results: Cast) -> None:
    room = _room(results)
    assert _move(results, room) is True
    assert _move(results, room) is False
    row = Enrolment.objects.get(pk=results.enrolments[0])
    assert (row.classroom_id, row.status, row.subjects.exists()) == (room, "moved_class", True)
    assert [each.pk for each in class_roll(Classroom.objects.get(pk=room))] == [row.pk]
    [move] = PupilMovement.objects.all()
    assert (move.from_classroom_id, move.to_classroom_id) == (results.classroom_id, room)
    [entry] = entries("change_class")
    assert entry.detail["new"]["classroom"] == "1A2"


def test_only_within_grade_and_year_with_reason_and_a_day_of_the_year(cast: Cast) -> None:
    room = _room(cast)
    assert refusal_of(_move, cast, _room(cast, "2A1", 2)) == "other_grade"
    assert refusal_of(_move, cast, room, reason="") == "reason_missing"
    assert refusal_of(_move, cast, room, day=dt.date(2024, 1, 1)) == "day"


def test_nobody_moves_while_the_record_exists(results: Cast, created: int) -> None:
    assert refusal_of(_move, results, _room(results)) == "locked"


def test_only_the_registrar_of_the_school_moves(cast: Cast) -> None:
    room = _room(cast)
    for by, code in (
        (cast.principal, "role"),
        (cast.administrator, "role"),
        (cast.stranger, "not_found"),
    ):
        assert refusal_of(_move, cast, room, by) == code
