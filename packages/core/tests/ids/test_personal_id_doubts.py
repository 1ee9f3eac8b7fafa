from __future__ import annotations

import pytest

from hocba.ids import PersonalId, SchoolYear, personal_id_doubts

LAST_PLACE, PAST_THE_LAST = "096", "097"
"""The last place code in use and the first that no place has."""


@pytest.mark.parametrize(
    ("number", "gender", "birth_date", "doubts"),
    [
        ("000219000001", "Nam", "05/09/2019", 0),
        ("000319000001", "Nữ", "09/2019", 0),
        (f"{LAST_PLACE}199000001", "Nữ", "1999", 0),
        (f"{PAST_THE_LAST}219000001", "Nam", "05/09/2019", 1),
        ("000319000001", "Nam", "05/09/2019", 1),
        ("000220000001", "Nam", "05/09/2019", 1),
        ("000019000001", "Nam", "05/09/2019", 1),
        ("999120000001", "Nam", "05/09/2019", 3),
        ("000219000001", "", "", 0),
    ],
)
def test_what_does_not_fit_is_a_doubt(
    number: str, gender: str, birth_date: str, doubts: int
) -> None:
    found = personal_id_doubts(PersonalId(number), gender=gender, birth_date=birth_date)
    assert len(found) == doubts


def test_the_year_after() -> None:
    assert SchoolYear("2025-2026").following() == "2026-2027"
