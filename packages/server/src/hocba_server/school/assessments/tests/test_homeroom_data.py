"""One action: weight and height by term, and absences as one running total of the year."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from hocba.assessment.periods import Period
from hocba.errors import Refused
from hocba_server.school.assessments.entering import CellChange, CellState, SavedCells, save_cells
from hocba_server.school.assessments.grid import Grid, open_grid
from hocba_server.school.assessments.models import TermMeasures, ValueChange, YearConclusion
from hocba_server.school.assessments.selectors import PupilCheck, class_findings
from hocba_server.school.assessments.sheet_values import changes_since, history_of, sheet_values
from hocba_server.school.assessments.sheets import HOMEROOM_SHEET
from hocba_server.school.assessments.window_services import (
    ask_permission,
    decide_permission,
    set_window,
)
from hocba_server.school.registry.models import Classroom, Enrolment
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, YEAR, Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

TODAY = dt.date(2026, 5, 20)


def save(cast: Cast, period: Period, *changes: CellChange, by: Actor | None = None) -> SavedCells:
    return save_cells(
        by=by or cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        sheet=HOMEROOM_SHEET,
        period=period,
        changes=changes,
    )


def window(cast: Cast, period: Period, opens: int, closes: int) -> None:
    set_window(
        by=cast.principal,
        at=AT,
        school_year=YEAR,
        period=period,
        opens_on=TODAY + dt.timedelta(days=opens),
        closes_on=TODAY + dt.timedelta(days=closes),
    )


def room_of(cast: Cast) -> Classroom:
    return Classroom.objects.get(pk=cast.classroom_id)


def grid_of(cast: Cast, period: Period) -> Grid:
    return open_grid(cast.homeroom, room_of(cast), HOMEROOM_SHEET, period, AT)


def check_of(cast: Cast, enrolment_id: int) -> PupilCheck:
    checks = {check.enrolment.pk: check for check in class_findings(room_of(cast))}
    return checks[enrolment_id]


def test_absences_are_one_total_in_every_period(cast: Cast) -> None:
    one = cast.enrolments[0]
    save(cast, Period.MID_TERM_1, CellChange(one, "excused_absences", "1", ""))
    save(cast, Period.END_TERM_1, CellChange(one, "excused_absences", "3", "1"))
    for period in (Period.MID_TERM_1, Period.END_TERM_1, Period.MID_TERM_2, Period.YEAR_END):
        values = sheet_values(room_of(cast), HOMEROOM_SHEET, period)
        assert values[one]["excused_absences"] == "3"
        row = Enrolment.objects.get(pk=one)
        history = history_of(row, HOMEROOM_SHEET, period, "excused_absences")
        assert [(line.old, line.new) for line in history] == [("1", "3"), ("", "1")]
        assert len(changes_since(room_of(cast), HOMEROOM_SHEET, period, 0)) == 2
    assert AuditEntry.objects.using("school").filter(action="enter_results").count() == 2


def test_two_periods_open_in_two_windows_find_the_conflict(cast: Cast) -> None:
    one = cast.enrolments[0]
    save(cast, Period.MID_TERM_2, CellChange(one, "unexcused_absences", "1", ""))
    saved = save(cast, Period.YEAR_END, CellChange(one, "unexcused_absences", "4", ""))
    assert [outcome.state for outcome in saved.outcomes] == [CellState.CONFLICT]
    assert YearConclusion.objects.get().unexcused_absences == 1


def test_only_the_homeroom_teacher_enters_them(cast: Cast) -> None:
    change = CellChange(cast.enrolments[0], "excused_absences", "1")
    for by in (cast.music, cast.principal, cast.administrator, cast.clerk):
        with pytest.raises(Refused):
            save(cast, Period.MID_TERM_1, change, by=by)
    assert not ValueChange.objects.exists()


def test_weight_and_height_are_kept_by_term(cast: Cast) -> None:
    one = cast.enrolments[0]
    for period, kilograms in ((Period.END_TERM_1, "24,5"), (Period.YEAR_END, "26")):
        save(cast, period, CellChange(one, "weight_kg", kilograms))
    assert TermMeasures.objects.get().weight_kg == Decimal("24.5")
    assert YearConclusion.objects.get().weight_kg == Decimal("26.0")
    row = Enrolment.objects.get(pk=one)
    assert len(history_of(row, HOMEROOM_SHEET, Period.END_TERM_1, "weight_kg")) == 1


def test_the_record_takes_term_one_where_term_two_is_missing(results: Cast) -> None:
    one = results.enrolments[0]
    save(
        results,
        Period.END_TERM_1,
        CellChange(one, "weight_kg", "24,5"),
        CellChange(one, "height_cm", "128"),
    )
    before = check_of(results, one)
    assert before.year.findings == ()
    assert before.measures.weight_kg == YearConclusion.objects.get(enrolment=one).weight_kg
    save(results, Period.YEAR_END, CellChange(one, "weight_kg", ""))
    after = check_of(results, one)
    assert after.measures.weight_kg == Decimal("24.5")
    assert after.year.errors == ()
    assert [finding.sentence.vi for finding in after.year.warnings] == [
        "Chưa có cân nặng học kỳ II: học bạ ghi số đo học kỳ I (24,5 kg)."
    ]
    row = next(row for row in grid_of(results, Period.YEAR_END).rows if row.enrolment.pk == one)
    hint = row.cells[0].hint
    assert hint is not None
    assert hint.vi == "HKI: 24,5"


def test_without_any_measure_the_record_waits(results: Cast) -> None:
    one = results.enrolments[0]
    save(results, Period.YEAR_END, CellChange(one, "height_cm", ""))
    codes = [finding.code for finding in check_of(results, one).year.errors]
    assert codes == ["height_cm_missing"]


def test_absences_do_not_wait_for_the_window_of_the_year_end(cast: Cast) -> None:
    one = cast.enrolments[0]
    window(cast, Period.MID_TERM_1, -9, -2)
    window(cast, Period.YEAR_END, 3, 9)
    save(cast, Period.MID_TERM_1, CellChange(one, "excused_absences", "1"))
    saved = save(
        cast,
        Period.YEAR_END,
        CellChange(one, "excused_absences", "2"),
        CellChange(one, "weight_kg", "25"),
    )
    assert [outcome.state for outcome in saved.outcomes] == [CellState.SAVED, CellState.REFUSED]
    assert saved.outcomes[1].code == "window_not_open"
    grid = grid_of(cast, Period.YEAR_END)
    assert grid.denial is None
    assert grid.partly is not None
    locked = {cell.column.field for cell in grid.rows[0].cells if cell.locked}
    assert "weight_kg" in locked
    assert "excused_absences" not in locked
    assert grid_of(cast, Period.MID_TERM_1).notice is None


def test_after_the_year_is_closed_absences_need_permission(cast: Cast) -> None:
    one = cast.enrolments[0]
    window(cast, Period.YEAR_END, -9, -1)
    with pytest.raises(Refused) as refusal:
        save(cast, Period.MID_TERM_2, CellChange(one, "excused_absences", "2"))
    assert refusal.value.code == "window_closed"
    grid = grid_of(cast, Period.MID_TERM_2)
    assert grid.denial is not None
    assert grid.ask_period is Period.YEAR_END
    permission = ask_permission(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        sheet=HOMEROOM_SHEET,
        period=grid.ask_period,
        reason="đếm sót hai buổi",
    )
    decide_permission(
        by=cast.principal, at=AT, permission_id=permission, granted=True, answer="", days=2
    )
    save(cast, Period.MID_TERM_2, CellChange(one, "excused_absences", "2"))
    change = ValueChange.objects.get()
    assert (change.period, change.reason) == ("CN", "đếm sót hai buổi")
    assert change.permission_id == permission


def test_the_page_shows_what_is_closed_and_what_is_open(cast: Cast, browse: Browse) -> None:
    window(cast, Period.END_TERM_1, -400, -390)
    address = f"/truong/lop/{cast.classroom_id}/nhap-diem/chu-nhiem/"
    page = browse(cast.homeroom).get(f"{address}CK1/").content.decode()
    assert "đã hết hạn nhập" in page
    assert "Các ô khác trong bảng vẫn nhập được." in page
    assert f'action="{address}CK1/xin-phep/"' in page
    assert page.count('aria-readonly="true"') == 6  # two columns, three pupils
    page = browse(cast.homeroom).get(f"{address}GK1/").content.decode()
    assert "hết hạn" not in page
    assert "aria-readonly" not in page
