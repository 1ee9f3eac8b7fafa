"""A pupil who had left is in the class again in the same year."""

from __future__ import annotations

from typing import Any

import pytest

from hocba_server.school.registry.models import Enrolment
from hocba_server.school.registry.movement_services import come_back, leave
from hocba_server.school.registry.tests.refusals import DAY, entries, refusal_of
from hocba_server.school.tests.cast import AT, Cast


@pytest.fixture
def form(cast: Cast) -> dict[str, Any]:
    leave(
        by=cast.registrar,
        at=AT,
        enrolment_id=cast.enrolments[0],
        status="withdrawn",
        day=DAY,
        reason="Theo gia đình",
    )
    return {
        "by": cast.registrar,
        "at": AT,
        "enrolment_id": cast.enrolments[0],
        "day": DAY,
        "reason": "Xin học lại",
    }


def test_back_in_the_class_with_old_and_new_in_the_trail(form: dict[str, Any]) -> None:
    assert come_back(**form) is True
    row = Enrolment.objects.get(pk=form["enrolment_id"])
    assert (row.status, row.left_on) == ("returned", None)
    entry = entries("change_status")[-1]
    assert (entry.detail["old"], entry.detail["new"]) == (
        {"status": "withdrawn"},
        {"status": "returned"},
    )
    assert entry.detail["reason"] == "Xin học lại"


def test_twice_is_once(form: dict[str, Any]) -> None:
    assert [come_back(**form), come_back(**form)] == [True, False]
    assert len(entries("change_status")) == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": " "}, "reason_missing"),
        ({"day": DAY.replace(year=2024)}, "day"),
        ({"enrolment_id": 999999}, "not_found"),
    ],
)
def test_refusals_change_nothing(form: dict[str, Any], change: dict[str, Any], code: str) -> None:
    assert refusal_of(come_back, **{**form, **change}) == code
    assert Enrolment.objects.get(pk=form["enrolment_id"]).status == "withdrawn"


def test_only_the_registrar_of_the_school(cast: Cast, form: dict[str, Any]) -> None:
    for by, code in (
        (cast.principal, "role"),
        (cast.homeroom, "role"),
        (cast.administrator, "role"),
        (cast.stranger, "not_found"),
    ):
        assert refusal_of(come_back, **{**form, "by": by}) == code
