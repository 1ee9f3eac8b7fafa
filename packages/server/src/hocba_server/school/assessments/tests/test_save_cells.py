"""One action: cells of a sheet are saved as they are typed."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, connections, transaction

from hocba.assessment.periods import Period
from hocba.errors import Refused
from hocba_server.school.assessments.entering import CellChange, CellState, SavedCells, save_cells
from hocba_server.school.assessments.models import (
    SubjectAssessment,
    TermMeasures,
    TraitMark,
    ValueChange,
    YearConclusion,
)
from hocba_server.school.assessments.sheet_values import history_of, sheet_values
from hocba_server.school.assessments.sheets import HOMEROOM_SHEET, TRAITS_SHEET, Sheet
from hocba_server.school.registry.models import Classroom, Enrolment, StaffAssignment, Substitution
from hocba_server.school.tests.cast import AT, MUSIC_ID, Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

MATHS = Sheet.of_subject("01")


def save(
    cast: Cast,
    *changes: CellChange,
    by: Actor | None = None,
    sheet: Sheet = MATHS,
    period: Period = Period.END_TERM_1,
) -> SavedCells:
    return save_cells(
        by=by or cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        sheet=sheet,
        period=period,
        changes=changes,
    )


def test_every_cell_is_saved_for_itself(cast: Cast) -> None:
    one, two, _ = cast.enrolments
    saved = save(
        cast,
        CellChange(one, "level", "t", ""),
        CellChange(one, "test_score", "9,0", ""),
        CellChange(two, "test_score", "10.5", ""),
        CellChange(two, "comment", "  Cần   cẩn thận. ", ""),
    )
    states = [outcome.state for outcome in saved.outcomes]
    assert states == [CellState.SAVED, CellState.SAVED, CellState.REFUSED, CellState.SAVED]
    assert "10.5" in str(saved.outcomes[2].sentence)
    row = SubjectAssessment.objects.get(enrolment=one, period="CK1")
    assert (row.level, row.test_score) == ("T", 9)
    row = SubjectAssessment.objects.get(enrolment=two, period="CK1")
    assert (row.level, row.test_score, row.comment) == ("", None, "Cần cẩn thận.")


def test_periods_are_kept_apart(cast: Cast) -> None:
    one = cast.enrolments[0]
    save(cast, CellChange(one, "level", "T"), period=Period.MID_TERM_1)
    save(cast, CellChange(one, "level", "H"), period=Period.YEAR_END)
    room = Classroom.objects.get(pk=cast.classroom_id)
    levels = {
        period: sheet_values(room, MATHS, period)[one]["level"]
        for period in (Period.MID_TERM_1, Period.YEAR_END)
    }
    assert levels == {Period.MID_TERM_1: "T", Period.YEAR_END: "H"}


def test_a_score_stands_only_where_the_circular_has_a_test(cast: Cast) -> None:
    """TT 27/2020 Điều 7.1b: grade 1 has no test in the middle of a term."""
    [outcome] = save(
        cast, CellChange(cast.enrolments[0], "test_score", "9"), period=Period.MID_TERM_1
    ).outcomes
    assert outcome.state is CellState.REFUSED


def test_two_editors_see_the_conflict_and_nothing_is_overwritten(cast: Cast) -> None:
    one = cast.enrolments[0]
    save(cast, CellChange(one, "level", "T", ""))
    [outcome] = save(cast, CellChange(one, "level", "H", "")).outcomes
    assert outcome.state is CellState.CONFLICT
    assert (outcome.value, outcome.by) == ("T", "Người Thử")
    assert SubjectAssessment.objects.get().level == "T"
    [outcome] = save(cast, CellChange(one, "level", "H", "T")).outcomes
    assert outcome.state is CellState.SAVED


def test_the_same_value_twice_is_no_change(cast: Cast) -> None:
    one = cast.enrolments[0]
    for _ in range(2):
        save(cast, CellChange(one, "level", "T", ""))
    assert ValueChange.objects.count() == 1
    assert AuditEntry.objects.using("school").filter(action="enter_results").count() == 1


def test_the_history_says_who_when_from_to(cast: Cast) -> None:
    one = cast.enrolments[0]
    save(cast, CellChange(one, "level", "T"))
    save(cast, CellChange(one, "level", "C"))
    row = Enrolment.objects.get(pk=one)
    found = history_of(row, MATHS, Period.END_TERM_1, "level")
    assert [(change.old, change.new) for change in found] == [("T", "C"), ("", "T")]
    assert found[0].by == "Người Thử"
    assert found[0].at == AT


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE school_assessments_valuechange SET new = 'T'",
        "DELETE FROM school_assessments_valuechange",
        "TRUNCATE school_assessments_valuechange",
    ],
)
def test_the_database_keeps_the_history(cast: Cast, statement: str) -> None:
    save(cast, CellChange(cast.enrolments[0], "level", "T"))
    with (
        pytest.raises(DatabaseError, match="lịch sử"),
        transaction.atomic(using="school"),
        connections["school"].cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def test_exempt_takes_the_score_away(cast: Cast) -> None:
    one = cast.enrolments[0]
    save(cast, CellChange(one, "level", "T"), CellChange(one, "test_score", "8"))
    saved = save(cast, CellChange(one, "level", "M", "T"))
    assert [(each.field, each.value) for each in saved.outcomes] == [
        ("level", "M"),
        ("test_score", ""),
    ]
    [outcome] = save(cast, CellChange(one, "test_score", "8", "")).outcomes
    assert outcome.state is CellState.REFUSED
    assert SubjectAssessment.objects.get().test_score is None


def test_others_are_refused_with_the_reason(cast: Cast) -> None:
    for by in (cast.music, cast.registrar, cast.principal, cast.administrator):
        with pytest.raises(Refused) as refusal:
            save(cast, CellChange(cast.enrolments[0], "level", "T"), by=by)
        assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        save(cast, CellChange(cast.enrolments[0], "level", "T"), by=cast.stranger)
    assert refusal.value.code == "not_found"
    assert not SubjectAssessment.objects.exists()


def test_a_substitute_enters_in_her_days_only(cast: Cast) -> None:
    assignment = StaffAssignment.objects.get(subject_code="01")
    music = StaffAssignment.objects.get(subject_code="89").staff
    day = AT.date()
    Substitution.objects.create(
        assignment=assignment,
        staff=music,
        first_day=day - dt.timedelta(days=9),
        last_day=day - dt.timedelta(days=1),
        reason="nghỉ thai sản",
        assigned_by=1,
        assigned_at=AT,
    )
    with pytest.raises(Refused):
        save(cast, CellChange(cast.enrolments[0], "level", "T"), by=cast.music)
    Substitution.objects.update(last_day=None)
    save(cast, CellChange(cast.enrolments[0], "level", "T"), by=cast.music)
    assert SubjectAssessment.objects.get().teacher.personal_id == MUSIC_ID


def test_traits_and_term_measures(cast: Cast) -> None:
    one = cast.enrolments[0]
    save(cast, CellChange(one, "01", "d"), CellChange(one, "02", "C"), sheet=TRAITS_SHEET)
    assert list(TraitMark.objects.values_list("trait_code", "level")) == [("01", "Đ"), ("02", "C")]
    save(cast, CellChange(one, "02", ""), sheet=TRAITS_SHEET)
    assert TraitMark.objects.count() == 1
    save(
        cast,
        CellChange(one, "weight_kg", "24,55"),
        CellChange(one, "excused_absences", "2"),
        sheet=HOMEROOM_SHEET,
    )
    assert str(TermMeasures.objects.get().weight_kg) == "24.6"
    assert YearConclusion.objects.get().excused_absences == 2
    with pytest.raises(Refused) as refusal:
        save(
            cast,
            CellChange(one, "weight_kg", "24"),
            sheet=HOMEROOM_SHEET,
            period=Period.REASSESSMENT,
        )
    assert refusal.value.code == "sheet_of_period"


def test_a_pupil_whose_record_exists_is_locked_the_others_are_not(cast: Cast) -> None:
    one, two, _ = cast.enrolments
    Enrolment.objects.filter(pk=one).update(results_locked_by=1, results_locked_at=AT)
    outcomes = save(cast, CellChange(one, "level", "T"), CellChange(two, "level", "T")).outcomes
    assert [each.state for each in outcomes] == [CellState.REFUSED, CellState.SAVED]
    assert outcomes[0].code == "locked"


@pytest.mark.django_db(transaction=True, databases=["default", "school"])
def test_many_editors_at_once_lose_nothing(cast: Cast) -> None:
    """Each value is either kept or named as a conflict; the history adds up to what is kept."""
    one = cast.enrolments[0]
    found: list[CellState] = []

    def work(level: str) -> None:
        try:
            [outcome] = save(cast, CellChange(one, "level", level, "")).outcomes
            found.append(outcome.state)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(level,)) for level in ("T", "H", "C")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [CellState.CONFLICT, CellState.CONFLICT, CellState.SAVED]
    assert [row.new for row in ValueChange.objects.all()] == [SubjectAssessment.objects.get().level]
