"""Counting: what the boards say is what the repository holds, whenever it is counted."""

from __future__ import annotations

import datetime as dt

import pytest

from hocba.record.sample import SCHOOL_CODE
from hocba_server.city.conftest import Submit
from hocba_server.city.oversight.models import (
    ClassTally,
    Counting,
    DaySnapshot,
    RefusalTally,
    ResultTally,
)
from hocba_server.city.oversight.situations import save_situation
from hocba_server.city.oversight.tallying import (
    OVERLAP,
    count_changes,
    count_everything,
    count_school,
    current_year,
    grade_of_name,
)
from hocba_server.city.oversight.tests.words import YEAR, said
from hocba_server.city.tests.cast import OFFICER, SENT

LATER = SENT + dt.timedelta(minutes=1)


def test_a_class_is_counted_with_its_results(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    assert count_changes(at=LATER) == 1
    tally = ClassTally.objects.get()
    assert (tally.unit_code, tally.school_year, tally.in_force) == (SCHOOL_CODE, YEAR, 3)
    assert tally.grade == 4
    assert tally.last_accepted_at == SENT
    assert sum(row.pupils for row in ResultTally.objects.all()) == 3
    assert {row.grade for row in ResultTally.objects.all()} == {4}
    assert all(row.result for row in ResultTally.objects.all())


def test_refused_records_are_counted_by_reason(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    submit(*documents[:2], at=LATER)
    count_changes(at=LATER)
    row = RefusalTally.objects.get()
    assert (row.records, row.open) == (2, 0), "their pupils have a record in force"
    assert ClassTally.objects.get().refused == 0


def test_nothing_new_is_not_counted_again(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    count_changes(at=LATER)
    much_later = LATER + 3 * OVERLAP
    count_changes(at=much_later)
    assert count_changes(at=much_later + OVERLAP) == 0
    assert Counting.objects.get().finished_at == much_later + OVERLAP


def test_counting_twice_changes_nothing(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    for _ in range(2):
        count_school(unit_code=SCHOOL_CODE, school_year=YEAR, at=LATER)
        assert ClassTally.objects.count() == 1
        assert sum(row.pupils for row in ResultTally.objects.all()) == 3
        assert DaySnapshot.objects.get().in_force == 3


def test_a_word_alone_is_a_change(approved: str) -> None:
    save_situation(by=OFFICER, at=SENT, unit_code=approved, situation=said())
    assert count_changes(at=LATER) == 1
    assert DaySnapshot.objects.get().expected == 5


def test_a_class_that_is_gone_is_taken_out(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    count_everything(at=LATER, school_year=YEAR)
    ClassTally.objects.create(
        unit_code=SCHOOL_CODE, school_year=YEAR, classroom_name="9Z", counted_at=SENT
    )
    assert count_everything(at=LATER, school_year=YEAR) == 1
    assert not ClassTally.objects.filter(classroom_name="9Z").exists()


def test_a_day_without_change_has_no_row(submit: Submit, documents: list[bytes]) -> None:
    submit(*documents)
    count_school(unit_code=SCHOOL_CODE, school_year=YEAR, at=LATER)
    count_school(unit_code=SCHOOL_CODE, school_year=YEAR, at=LATER + dt.timedelta(days=1))
    assert DaySnapshot.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "grade"), [("4A1", 4), ("12C3", 12), ("Lớp 4", 0), ("13A", 0), ("", 0), ("123", 0)]
)
def test_the_grade_that_a_name_begins_with(name: str, grade: int) -> None:
    assert grade_of_name(name) == grade


def test_the_school_year_begins_in_september() -> None:
    assert current_year(dt.date(2026, 8, 31)) == "2025-2026"
    assert current_year(dt.date(2026, 9, 1)) == "2026-2027"
