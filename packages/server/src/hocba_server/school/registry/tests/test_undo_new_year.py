"""The opening of a year is taken back while nothing followed."""

from __future__ import annotations

from typing import Any

import pytest

from hocba_server.school.registry.models import Classroom, Enrolment, PupilDataReview
from hocba_server.school.registry.new_year_services import (
    Choices,
    open_new_year,
    preview_new_year,
    undo_new_year,
)
from hocba_server.school.registry.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, YEAR, Cast

NEXT = "2026-2027"


@pytest.fixture
def form(cast: Cast) -> dict[str, Any]:
    choices = Choices(room_outcomes={cast.classroom_id: "up"})
    plan = preview_new_year(cast.registrar, YEAR, choices)
    opening = open_new_year(
        by=cast.registrar,
        at=AT,
        from_year=YEAR,
        choices=choices,
        fingerprint=plan.fingerprint,
    )
    return {"by": cast.registrar, "at": AT, "opening_id": opening}


def test_classes_and_places_of_the_opening_are_gone(form: dict[str, Any]) -> None:
    assert undo_new_year(**form) is True
    assert not Enrolment.objects.filter(school_year=NEXT).exists()
    assert not Classroom.objects.filter(school_year=NEXT).exists()
    [entry] = entries("undo_new_year")
    assert entry.detail["to"] == NEXT


def test_twice_is_once(form: dict[str, Any]) -> None:
    assert [undo_new_year(**form), undo_new_year(**form)] == [True, False]
    assert len(entries("undo_new_year")) == 1


def test_not_once_somebody_worked_in_the_new_year(form: dict[str, Any]) -> None:
    PupilDataReview.objects.create(enrolment=Enrolment.objects.filter(school_year=NEXT)[0])
    assert refusal_of(undo_new_year, **form) == "year_in_use"
    assert Enrolment.objects.filter(school_year=NEXT).count() == 3
    assert entries("undo_new_year") == []


def test_who_may(cast: Cast, form: dict[str, Any]) -> None:
    for by, code in (
        (cast.homeroom, "role"),
        (cast.clerk, "role"),
        (cast.administrator, "role"),
        (cast.stranger, "not_found"),
    ):
        assert refusal_of(undo_new_year, **{**form, "by": by}) == code
    assert undo_new_year(**{**form, "by": cast.principal}) is True
