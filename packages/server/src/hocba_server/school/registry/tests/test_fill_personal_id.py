from __future__ import annotations

import pytest

from hocba_server.school.registry.models import Pupil
from hocba_server.school.registry.pupil_selectors import pupils_without_number
from hocba_server.school.registry.pupil_services import fill_personal_id
from hocba_server.school.registry.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, Cast
from hocba_server.web.accounts.actor import Actor


@pytest.fixture
def nameless(pupil: Pupil) -> Pupil:
    Pupil.objects.filter(pk=pupil.pk).update(personal_id="")
    pupil.refresh_from_db()
    return pupil


def _fill(by: Actor, pupil: Pupil, number: str, *, checked: bool = False) -> bool:
    return fill_personal_id(by=by, at=AT, pupil_id=pupil.pk, number=number, number_checked=checked)


def test_the_number_is_written_once_and_the_list_gets_shorter(cast: Cast, nameless: Pupil) -> None:
    assert [row.pupil_id for row in pupils_without_number(cast.registrar)] == [nameless.pk]
    assert _fill(cast.registrar, nameless, "000 219 000001") is True
    assert _fill(cast.registrar, nameless, "000219000001") is False
    assert pupils_without_number(cast.registrar) == []
    [entry] = entries("fill_personal_id")
    assert entry.detail["new"] == {"personal_id": "000219000001"}


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("00021900000", "personal_id"),
        ("00021900000x", "personal_id"),
        ("000319000001", "number_taken"),
        ("000319000055", "check_number"),
        ("000220000055", "check_number"),
        ("999219000055", "check_number"),
    ],
)
def test_refused_numbers(cast: Cast, nameless: Pupil, number: str, code: str) -> None:
    assert refusal_of(_fill, cast.registrar, nameless, number) == code


def test_a_checked_paper_overrules_the_structure(cast: Cast, nameless: Pupil) -> None:
    assert _fill(cast.registrar, nameless, "999219000055", checked=True)


def test_a_number_that_stands_changes_by_civil_status_only(cast: Cast, pupil: Pupil) -> None:
    assert refusal_of(_fill, cast.registrar, pupil, "000219000001") == "has_number"


def test_only_the_registrar_of_the_school(cast: Cast, nameless: Pupil) -> None:
    for by, code in ((cast.homeroom, "role"), (cast.stranger, "not_found")):
        assert refusal_of(_fill, by, nameless, "000219000001") == code
    assert refusal_of(pupils_without_number, cast.administrator) == "role"
