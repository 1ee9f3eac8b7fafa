"""What stands in the head of the school's papers, confirmed by a person."""

from __future__ import annotations

from typing import Any

import pytest

from hocba_server.school.staffing.facts_services import Facts, confirm_facts
from hocba_server.school.staffing.models import SchoolFacts
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, CODE, Cast

GOOD = Facts("Ủy ban nhân dân Phường Sài Gòn", "1 đường Mẫu", "028 0000 0000", "a@truong.edu.vn")


@pytest.fixture
def form(cast: Cast) -> dict[str, Any]:
    return {"by": cast.principal, "at": AT, "school_id": cast.school_id, "facts": GOOD}


def test_the_data_are_kept_with_who_confirmed_them(cast: Cast, form: dict[str, Any]) -> None:
    confirm_facts(**form)
    row = SchoolFacts.objects.get()
    assert (row.upper_body, row.confirmed_by_name) == (GOOD.upper_body, cast.principal.name)
    [entry] = entries("confirm_school_facts")
    assert entry.subject == f"school:{CODE}"
    assert entry.detail["phone"] == "028 0000 0000"


def test_twice_keeps_one_row(form: dict[str, Any]) -> None:
    assert confirm_facts(**form) == confirm_facts(**{**form, "facts": Facts("Ủy ban khác")})
    assert SchoolFacts.objects.get().upper_body == "Ủy ban khác"


@pytest.mark.parametrize(
    ("facts", "code"),
    [(Facts(" "), "facts_upper_body"), (Facts("Ủy ban", email="khong-phai"), "facts_email")],
)
def test_refusals_keep_nothing(form: dict[str, Any], facts: Facts, code: str) -> None:
    assert refusal_of(confirm_facts, **{**form, "facts": facts}) == code
    assert not SchoolFacts.objects.exists()


def test_who_may(cast: Cast, form: dict[str, Any]) -> None:
    for by, code in (
        (cast.homeroom, "role"),
        (cast.registrar, "role"),
        (cast.clerk, "role"),
        (cast.stranger, "not_found"),
    ):
        assert refusal_of(confirm_facts, **{**form, "by": by}) == code
    assert entries("confirm_school_facts") == []
