from __future__ import annotations

from typing import Any

import pytest

from hocba_server.school.registry.models import Enrolment, Pupil, PupilMovement
from hocba_server.school.registry.pupil_services import add_pupil
from hocba_server.school.registry.tests.refusals import DAY, entries, refusal_of
from hocba_server.school.tests.cast import AT, Cast


@pytest.fixture
def form(cast: Cast, new_values: dict[str, str]) -> dict[str, Any]:
    return {
        "by": cast.registrar,
        "at": AT,
        "classroom_id": cast.classroom_id,
        "pupil_code": "7900000099",
        "personal_id": "000 319 000 099",
        "values": new_values,
        "arrived_on": DAY,
    }


def test_a_new_pupil_gets_a_register_number_and_a_place(form: dict[str, Any]) -> None:
    row = Enrolment.objects.get(pk=add_pupil(**form))
    assert row.pupil.personal_id == "000319000099"
    assert row.pupil.birth_date == "05/09/2019"
    assert row.pupil.register_number == "00004/2026"
    assert (row.position, row.status, row.arrived_on) == (4, "studying", DAY)
    assert PupilMovement.objects.get().to_classroom_id == row.classroom_id
    assert [entry.detail["classroom"] for entry in entries("add_pupil")] == ["1A1"]


def test_a_transfer_names_the_other_school(form: dict[str, Any]) -> None:
    moved = {**form, "status": "transferred_in"}
    assert refusal_of(add_pupil, **moved) == "other_school"
    add_pupil(**moved, other_school="Trường Tiểu học Khác")
    assert PupilMovement.objects.get().other_school == "Trường Tiểu học Khác"


def test_without_a_number_the_pupil_still_comes(form: dict[str, Any]) -> None:
    row = Enrolment.objects.get(pk=add_pupil(**{**form, "personal_id": " "}))
    assert row.pupil.personal_id == ""


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"pupil_code": "7900000000"}, "known_pupil"),
        ({"personal_id": "000319000000"}, "known_pupil"),
        ({"personal_id": "12345"}, "personal_id"),
        ({"personal_id": "000219000099"}, "check_number"),
        ({"pupil_code": ""}, "value"),
        ({"status": "deceased"}, "status"),
    ],
)
def test_refusals_leave_nothing_behind(
    form: dict[str, Any], change: dict[str, str], code: str
) -> None:
    assert refusal_of(add_pupil, **{**form, **change}) == code
    assert Pupil.objects.count() == 3
    assert entries("add_pupil") == []


@pytest.mark.parametrize(
    ("field", "text"),
    [("full_name", " "), ("birth_date", "31/02/2019"), ("gender", "nam"), ("mother_name", "")],
)
def test_data_as_no_birth_certificate_has_them(form: dict[str, Any], field: str, text: str) -> None:
    values = {**form["values"], field: text}
    assert refusal_of(add_pupil, **{**form, "values": values}) == "value"


def test_a_doubtful_number_is_taken_when_the_paper_was_checked(form: dict[str, Any]) -> None:
    add_pupil(**{**form, "personal_id": "000219000099"}, number_checked=True)
    assert Pupil.objects.filter(personal_id="000219000099").exists()


def test_only_the_registrar_of_the_school(cast: Cast, form: dict[str, Any]) -> None:
    for by in (cast.principal, cast.homeroom, cast.administrator):
        assert refusal_of(add_pupil, **{**form, "by": by}) == "role"
    assert refusal_of(add_pupil, **{**form, "by": cast.stranger}) == "not_found"


def test_the_same_form_twice_makes_one_pupil(form: dict[str, Any]) -> None:
    add_pupil(**form)
    assert refusal_of(add_pupil, **form) == "known_pupil"
    assert Pupil.objects.count() == 4
    assert len(entries("add_pupil")) == 1
