"""Pages: what a class lacks in each of the four periods, and whom the school waits for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from hocba.assessment.catalogue import traits_of_grade
from hocba.assessment.periods import Period
from hocba_server.school.assessments import grid
from hocba_server.school.assessments.entering import CellChange, save_cells
from hocba_server.school.assessments.entry_progress import ClassEntry, entry_progress
from hocba_server.school.assessments.sheets import TRAITS_SHEET, Sheet
from hocba_server.school.assessments.window_services import set_window
from hocba_server.school.registry.models import Classroom, Enrolment
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, NAMES, YEAR, Cast
from hocba_server.web.accounts.actor import Actor


def _entry(cast: Cast, period: Period = Period.MID_TERM_1) -> ClassEntry:
    [found] = entry_progress([Classroom.objects.get(pk=cast.classroom_id)], period)
    return found


def _type(
    by: Actor, cast: Cast, sheet: Sheet, cells: Iterable[tuple[int, str, str]], **when: Any
) -> None:
    values: dict[str, Any] = {"at": AT, "period": Period.MID_TERM_1} | when
    changes = [CellChange(*cell) for cell in cells]
    saved = save_cells(
        by=by, classroom_id=cast.classroom_id, sheet=sheet, changes=changes, **values
    )
    assert {outcome.state for outcome in saved.outcomes} == {"saved"}


def _music(cast: Cast, *rows: int, **when: Any) -> None:
    _type(cast.music, cast, Sheet.of_subject("89"), [(row, "level", "T") for row in rows], **when)


@pytest.fixture
def autumn(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """It is autumn on the day of the test, and entry of the middle of term I is open."""
    monkeypatch.setattr(grid, "period_of_season", lambda *_: Period.MID_TERM_1)
    today = timezone.localdate()
    set_window(
        by=cast.principal,
        at=AT,
        school_year=YEAR,
        period=Period.MID_TERM_1,
        opens_on=today - dt.timedelta(days=1),
        closes_on=today + dt.timedelta(days=5),
    )
    return cast


def test_every_sheet_of_the_period_counts_its_pupils(cast: Cast) -> None:
    before = _entry(cast)
    titles = [line.sheet.slug for line in before.sheets]
    assert titles[0] == "mon-02"
    assert titles[-1] == "pham-chat-nang-luc"
    assert {line.pupils for line in before.sheets} == {3}
    assert before.complete == 0
    _music(cast, *cast.enrolments[:2])
    [music] = [line for line in _entry(cast).sheets if line.sheet.subject_code == "89"]
    assert (music.done, [row.pk for row in music.missing]) == (2, [cast.enrolments[2]])
    assert music.teacher is not None
    assert music.teacher.full_name == "Võ Văn Nhạc"
    # Another period is another matter.
    assert _entry(cast, Period.MID_TERM_2).complete == 0


def test_a_score_belongs_to_it_only_where_the_circular_has_a_test(cast: Cast) -> None:
    levels = [(row, "level", "H") for row in cast.enrolments]
    for period, done in ((Period.MID_TERM_1, 3), (Period.END_TERM_1, 0)):
        _type(cast.homeroom, cast, Sheet.of_subject("01"), levels, period=period)
        [maths] = [line for line in _entry(cast, period).sheets if line.sheet.subject_code == "01"]
        assert maths.done == done


def test_traits_are_complete_with_the_last_of_them(cast: Cast) -> None:
    codes = [str(trait.code) for trait in traits_of_grade(1)]
    for given, done in ((codes[:-1], 0), (codes[-1:], 1)):
        cells = [(cast.enrolments[0], code, "T") for code in given]
        _type(cast.homeroom, cast, TRAITS_SHEET, cells)
        assert _entry(cast).sheets[-1].done == done


def test_who_is_not_assessed_is_not_waited_for(cast: Cast) -> None:
    Enrolment.objects.filter(pk=cast.enrolments[0]).update(assessment_mode="not_assessed")
    assert {line.pupils for line in _entry(cast).sheets} == {2}


def test_the_class_page_shows_the_open_period_and_any_other(autumn: Cast, browse: Browse) -> None:
    _music(autumn, *autumn.enrolments[:2], at=timezone.now())
    address = reverse("school_assessments:check", args=[autumn.classroom_id])
    page = browse(autumn.homeroom).get(address).content.decode()
    assert "Giữa học kỳ I: còn" in page
    assert NAMES[2] in page
    year = browse(autumn.homeroom).get(address, {"thoi-diem": "CN"}).content.decode()
    assert "thiếu hoặc mâu thuẫn" in year
    assert browse(autumn.stranger).get(address).status_code == 404


def test_the_home_page_asks_for_the_open_period(autumn: Cast, browse: Browse) -> None:
    page = browse(autumn.music).get("/truong/").content.decode()
    assert "(0/3 em)" in page
    assert "/nhap-diem/mon-89/GK1/" in page
    head = browse(autumn.principal).get("/truong/").content.decode()
    assert "Giữa học kỳ I: 0/" in head
    assert "Mở đợt phát hành" not in head


def test_the_board_names_who_is_waited_for_and_reminds(autumn: Cast, browse: Browse) -> None:
    _music(autumn, *autumn.enrolments[:2], at=timezone.now())
    page = browse(autumn.principal).get("/truong/tien-do/", {"xem": "nhap"})
    text = page.content.decode()
    assert "Võ Văn Nhạc" in text
    assert "2/3" in text
    assert "Nhắc: Võ Văn Nhạc" in text
    _music(autumn, autumn.enrolments[2], at=timezone.now())
    later = browse(autumn.principal).get("/truong/tien-do/", {"xem": "nhap"}).content.decode()
    assert "Võ Văn Nhạc" not in later
    assert browse(autumn.music).get("/truong/tien-do/", {"xem": "nhap"}).status_code == 403


def test_at_the_years_end_the_record_is_in_view_whatever_is_open(
    autumn: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grid, "period_of_season", lambda *_: Period.YEAR_END)
    address = reverse("school_assessments:check", args=[autumn.classroom_id])
    assert "thiếu hoặc mâu thuẫn" in browse(autumn.homeroom).get(address).content.decode()
    assert "Giữa học kỳ I: 0/" not in browse(autumn.principal).get("/truong/").content.decode()
