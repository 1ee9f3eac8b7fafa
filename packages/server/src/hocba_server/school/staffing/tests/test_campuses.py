"""Places where a school teaches, and which class learns where."""

from __future__ import annotations

from typing import Any

import pytest

from hocba_server.school.staffing.campus_services import place_classes, save_campus
from hocba_server.school.staffing.models import Campus, CampusClass
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, OTHER_CODE, Cast, actor


@pytest.fixture
def form(cast: Cast) -> dict[str, Any]:
    return {
        "by": cast.administrator,
        "at": AT,
        "school_id": cast.school_id,
        "name": "Cơ sở 2",
        "address": "2 đường Mẫu",
    }


def test_a_campus_is_kept_and_a_class_learns_there(cast: Cast, form: dict[str, Any]) -> None:
    row = save_campus(**form)
    named: dict[str, Any] = {"by": cast.principal, "at": AT, "places": {cast.classroom_id: row}}
    assert place_classes(**named) == 1
    assert place_classes(**named) == 0
    assert CampusClass.objects.get().campus_id == row
    assert [entry.detail for entry in entries("save_campus")] == [{"name": "Cơ sở 2"}]
    assert len(entries("place_class")) == 1


def test_the_same_name_twice_is_refused(form: dict[str, Any]) -> None:
    save_campus(**form)
    assert refusal_of(save_campus, **form) == "campus_twice"
    assert Campus.objects.count() == 1


def test_who_may_and_whose_class(cast: Cast, form: dict[str, Any]) -> None:
    row = save_campus(**form)
    places = {cast.classroom_id: row}
    outside = actor("QTV", unit=OTHER_CODE)
    for by, code in ((cast.registrar, "role"), (cast.homeroom, "role"), (outside, "not_found")):
        assert refusal_of(save_campus, **{**form, "by": by, "name": "Cơ sở 3"}) == code
        assert refusal_of(place_classes, by=by, at=AT, places=places) == code
    unknown = {cast.classroom_id: 999}
    assert refusal_of(place_classes, by=cast.principal, at=AT, places=unknown) == "not_found"
    assert not CampusClass.objects.exists()
