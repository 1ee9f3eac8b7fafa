"""A pupil whom the school knows gets a class of another year: repeats, comes back, was left out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from hocba_server.school.registry.models import Enrolment, Pupil, PupilMovement
from hocba_server.school.registry.movement_services import place_in_class
from hocba_server.school.registry.services import open_classroom
from hocba_server.school.registry.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, Cast

NEXT = "2026-2027"


def _room(cast: Cast, name: str = "1A1") -> int:
    return open_classroom(
        by=cast.registrar,
        at=AT,
        school_id=cast.school_id,
        school_year=NEXT,
        name=name,
        grade=1,
    )


@pytest.fixture
def form(cast: Cast, pupil: Pupil) -> dict[str, Any]:
    return {
        "by": cast.registrar,
        "at": AT,
        "pupil_id": pupil.pk,
        "classroom_id": _room(cast),
        "status": "repeating",
        "day": dt.date(2026, 9, 5),
        "reason": "Chưa hoàn thành chương trình lớp học",
    }


def test_one_who_repeats_has_a_row_of_its_own_for_the_new_year(
    cast: Cast, form: dict[str, Any], pupil: Pupil
) -> None:
    row = Enrolment.objects.get(pk=place_in_class(**form))
    assert (row.status, row.school_year) == ("repeating", NEXT)
    assert Enrolment.objects.filter(pupil=pupil).count() == 2
    assert PupilMovement.objects.get(enrolment=row).reason == form["reason"]
    [entry] = entries("place_in_class")
    assert entry.detail == {"classroom": "1A1", "year": NEXT, "status": "repeating"}


def test_the_same_again_is_the_same_row(form: dict[str, Any]) -> None:
    assert place_in_class(**form) == place_in_class(**form)
    assert len(entries("place_in_class")) == 1


def test_one_class_in_a_year(cast: Cast, form: dict[str, Any]) -> None:
    place_in_class(**form)
    other = {**form, "classroom_id": _room(cast, "1A2"), "status": "studying"}
    assert refusal_of(place_in_class, **other) == "enrolled_already"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": "deceased"}, "status"),
        ({"status": "transferred_in"}, "other_school"),
        ({"classroom_id": 999999}, "not_found"),
    ],
)
def test_refusals_leave_nothing(form: dict[str, Any], change: dict[str, Any], code: str) -> None:
    assert refusal_of(place_in_class, **{**form, **change}) == code
    assert not Enrolment.objects.filter(school_year=NEXT).exists()
    assert entries("place_in_class") == []


def test_only_the_registrar_of_the_school(cast: Cast, form: dict[str, Any]) -> None:
    for by, code in (
        (cast.principal, "role"),
        (cast.homeroom, "role"),
        (cast.administrator, "role"),
        (cast.stranger, "not_found"),
    ):
        assert refusal_of(place_in_class, **{**form, "by": by}) == code
