from __future__ import annotations

from typing import Any

import pytest

from hocba_server.school.registry.models import (
    Classroom,
    Enrolment,
    NewYearOpening,
    PupilDataReview,
)
from hocba_server.school.registry.new_year import (
    Leaving,
    OldRoom,
    Outcome,
    next_name,
    plan_new_year,
)
from hocba_server.school.registry.new_year_services import (
    Choices,
    open_new_year,
    preview_new_year,
    undo_new_year,
)
from hocba_server.school.registry.selectors import class_roll
from hocba_server.school.registry.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, YEAR, Cast
from hocba_server.web.accounts.actor import Actor


def _open(cast: Cast, choices: Choices, by: Actor | None = None) -> int:
    plan = preview_new_year(cast.registrar, YEAR, choices)
    return open_new_year(
        by=by or cast.registrar,
        at=AT,
        from_year=YEAR,
        choices=choices,
        fingerprint=plan.fingerprint,
    )


@pytest.mark.parametrize(
    ("name", "grade", "after"),
    [("4A1", 4, "5A1"), ("Lớp 1/2", 1, "Lớp 2/2"), ("1A1", 1, "2A1"), ("A11", 1, "A11")],
)
def test_names_go_one_grade_on(name: str, grade: int, after: str) -> None:
    assert next_name(name, grade) == after


def test_the_plan_moves_up_repeats_completes_and_leaves_open() -> None:
    rooms = [OldRoom(1, "1A1", 1), OldRoom(2, "4A2", 4), OldRoom(3, "5A1", 5), OldRoom(4, "3A2", 3)]
    pupils = [
        Leaving(10, 100, "Một", 1, promoted=True),
        Leaving(11, 101, "Hai", 1, promoted=False),
        Leaving(12, 102, "Ba", 2, promoted=False),
        Leaving(13, 103, "Bốn", 3, promoted=True),
        Leaving(14, 104, "Năm", 3, promoted=None),
        Leaving(15, 105, "Sáu", 3, promoted=False),
    ]
    plan = plan_new_year(rooms, pupils)
    found = {each.pupil.full_name: (each.outcome, each.target) for each in plan.placements}
    assert found == {
        "Một": (Outcome.UP, ("2A1", 2)),
        "Hai": (Outcome.REPEATS, ("1A1", 1)),
        "Ba": (Outcome.REPEATS, ("4A2", 4)),
        "Bốn": (Outcome.COMPLETES, None),
        "Năm": (Outcome.UNDECIDED, None),
        "Sáu": (Outcome.REPEATS, ("5A2", 5)),
    }


def test_open_once_and_take_the_left_ones_along_later(cast: Cast) -> None:
    first, second, third = cast.enrolments
    choices = Choices(outcomes={first: "up", second: "repeats"})
    _open(cast, choices)
    rooms = {
        room.name: [row.status for row in class_roll(room)]
        for room in Classroom.objects.filter(school_year="2026-2027")
    }
    assert rooms == {"1A1": ["repeating"], "2A1": ["studying"]}
    assert refusal_of(_open, cast, Choices()) == "nothing_to_do"
    _open(cast, Choices(outcomes={third: "up"}))
    assert Enrolment.objects.filter(school_year="2026-2027").count() == 3
    assert Classroom.objects.filter(school_year="2026-2027").count() == 2
    assert [entry.detail["up"] for entry in entries("open_new_year")] == [1, 1]


def test_what_was_previewed_is_what_is_done(cast: Cast) -> None:
    choices = Choices(room_outcomes={cast.classroom_id: "up"})
    stale = preview_new_year(cast.registrar, YEAR, choices).fingerprint
    Enrolment.objects.filter(pk=cast.enrolments[0]).update(status="withdrawn")
    form: dict[str, Any] = {"by": cast.registrar, "at": AT, "from_year": YEAR, "choices": choices}
    assert refusal_of(open_new_year, **form, fingerprint=stale) == "changed_meanwhile"


def test_undo_while_nothing_followed(cast: Cast) -> None:
    choices = Choices(names={cast.classroom_id: "2B1"}, room_outcomes={cast.classroom_id: "up"})
    opening = _open(cast, choices)
    assert Classroom.objects.filter(name="2B1").exists()
    undo: dict[str, Any] = {"by": cast.registrar, "at": AT, "opening_id": opening}
    assert undo_new_year(**undo) is True
    assert undo_new_year(**undo) is False
    assert not Classroom.objects.filter(school_year="2026-2027").exists()
    again = _open(cast, choices)
    row = Enrolment.objects.filter(school_year="2026-2027").first()
    assert row is not None
    PupilDataReview.objects.create(enrolment=row)
    undo["opening_id"] = again
    assert refusal_of(undo_new_year, **undo) == "year_in_use"
    assert Enrolment.objects.filter(school_year="2026-2027").count() == 3


def test_grade_5_completes_the_level_and_undo_takes_it_back(cast: Cast) -> None:
    Classroom.objects.update(grade=5, name="5A1")
    opening = _open(cast, Choices(room_outcomes={cast.classroom_id: "up"}))
    statuses = set(Enrolment.objects.values_list("status", flat=True))
    assert statuses == {"completed_level"}
    assert len(class_roll(Classroom.objects.get(grade=5))) == 3
    undo_new_year(by=cast.principal, at=AT, opening_id=opening)
    assert set(Enrolment.objects.values_list("status", flat=True)) == {"studying"}
    assert NewYearOpening.objects.get().undone_at == AT


def test_the_issued_record_says_who_is_promoted(results: Cast, issued: int) -> None:
    plan = preview_new_year(results.registrar, YEAR)
    assert len(plan.of(Outcome.UP)) == 3


def test_who_may(cast: Cast) -> None:
    choices = Choices(room_outcomes={cast.classroom_id: "up"})
    for by in (cast.homeroom, cast.administrator, cast.clerk):
        assert refusal_of(_open, cast, choices, by) == "role"
    stranger = cast.stranger
    assert preview_new_year(stranger, YEAR).placements == ()
    opening = _open(cast, choices)
    undo: dict[str, Any] = {"by": stranger, "at": AT, "opening_id": opening}
    assert refusal_of(undo_new_year, **undo) == "not_found"
