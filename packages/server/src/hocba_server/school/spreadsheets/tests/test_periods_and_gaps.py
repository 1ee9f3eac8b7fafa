"""Periods, rows without results yet, homeroom data, and files that were written out half filled."""

from __future__ import annotations

import datetime as dt

import pytest

from hocba.assessment.periods import Period
from hocba.errors import Refused
from hocba_server.school.assessments.entering import CellChange, save_cells
from hocba_server.school.assessments.models import (
    EntryWindow,
    SubjectAssessment,
    TermMeasures,
    TraitAssessment,
    YearConclusion,
)
from hocba_server.school.assessments.sheets import Sheet
from hocba_server.school.registry.models import (
    Classroom,
    Enrolment,
    StaffAssignment,
    StaffMember,
    Substitution,
)
from hocba_server.school.spreadsheets.period_words import period_of
from hocba_server.school.spreadsheets.previews import Preview
from hocba_server.school.spreadsheets.services import (
    preview_homeroom_data,
    preview_subject_results,
    preview_trait_results,
    save_homeroom_data,
    save_subject_results,
    save_trait_results,
)
from hocba_server.school.spreadsheets.tests.files import (
    HOMEROOM_HEADERS,
    SUBJECT_HEADERS,
    TRAIT_HEADERS,
    Rows,
    homeroom_cells,
    subject_cells,
    trait_cells,
    xlsx,
)
from hocba_server.school.tests.cast import AT, YEAR, Cast

PERIOD = "Thời điểm đánh giá"


def _file(rows: Rows) -> bytes:
    return xlsx({"A": [SUBJECT_HEADERS, *rows]})


def _preview(cast: Cast, rows: Rows, code: str = "01", period: Period | None = None) -> Preview:
    return preview_subject_results(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        subject_code=code,
        content=_file(rows),
        filename="diem.xlsx",
        period=period,
    )


def _save(cast: Cast, preview: Preview) -> int:
    return save_subject_results(by=cast.homeroom, at=AT, preview_id=preview.preview_id)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Giữa học kỳ I", Period.MID_TERM_1),
        ("Giữa học kỳ 1", Period.MID_TERM_1),
        ("giữa kì 1", Period.MID_TERM_1),
        ("GHKI", Period.MID_TERM_1),
        ("GK1", Period.MID_TERM_1),
        ("Cuối học kì I", Period.END_TERM_1),
        ("CHK I", Period.END_TERM_1),
        ("Học kỳ 1", Period.END_TERM_1),
        ("Giữa HK2", Period.MID_TERM_2),
        ("GHK II", Period.MID_TERM_2),
        ("Cuối kỳ II", Period.YEAR_END),
        ("Cuối HK 2", Period.YEAR_END),
        ("CUỐI NĂM HỌC", Period.YEAR_END),
        ("Cả năm", Period.YEAR_END),
        ("CN", Period.YEAR_END),
        ("Đánh giá bổ sung", Period.REASSESSMENT),
        ("Kiểm tra lại sau hè", Period.REASSESSMENT),
        ("Giữa kỳ", None),
        ("lần 1", None),
        ("", None),
    ],
)
def test_periods_are_read_as_schools_write_them(text: str, period: Period | None) -> None:
    assert period_of(text) is period


def test_the_column_decides_and_tests_exist_only_where_the_circular_has_them(cast: Cast) -> None:
    middle = {PERIOD: "Giữa kỳ I", "Điểm KTĐK": ""}
    preview = _preview(cast, [subject_cells(order, **middle) for order in range(3)])
    assert preview.faults == ()
    assert _save(cast, preview) == 3
    assert set(SubjectAssessment.objects.values_list("period", "test_score")) == {("GK1", None)}
    scored = _preview(cast, [subject_cells(0, **{PERIOD: "Giữa kỳ I"})])
    assert [fault.column for fault in scored.faults] == ["Điểm KTĐK"]


def test_one_file_holds_one_period_unless_the_page_says_which(cast: Cast) -> None:
    rows = [
        subject_cells(0),
        subject_cells(1),
        subject_cells(0, **{PERIOD: "Cuối HKI", "Mức đạt được": "H"}),
        subject_cells(1, **{PERIOD: "Cuối HKI"}),
        subject_cells(2),
    ]
    mixed = _preview(cast, rows)
    assert [(fault.row, fault.column) for fault in mixed.faults] == [(4, PERIOD), (5, PERIOD)]
    chosen = _preview(cast, rows, period=Period.END_TERM_1)
    assert chosen.faults == ()
    assert [row.status for row in chosen.rows] == ["other", "other", "new", "new", "other"]
    assert _save(cast, chosen) == 2
    assert set(SubjectAssessment.objects.values_list("period", flat=True)) == {"CK1"}
    wrong = _preview(cast, rows, period=Period.MID_TERM_2)
    assert [fault.column for fault in wrong.faults] == [PERIOD]


def test_a_row_without_results_is_passed_over(cast: Cast) -> None:
    empty = {"Mức đạt được": "", "Điểm KTĐK": "", "Nội dung nhận xét": ""}
    preview = _preview(cast, [subject_cells(0), subject_cells(1, **empty)])
    assert preview.faults == ()
    assert [row.status for row in preview.rows] == ["new", "empty"]
    assert _save(cast, preview) == 1


def test_a_half_typed_row_comes_back_unchanged(cast: Cast) -> None:
    save_cells(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        sheet=Sheet.of_subject("01"),
        period=Period.YEAR_END,
        changes=[CellChange(cast.enrolments[0], "comment", "Tốt lắm.")],
    )
    half = {"Mức đạt được": "", "Điểm KTĐK": ""}
    preview = _preview(cast, [subject_cells(0, **half), subject_cells(1, **half)])
    assert [row.status for row in preview.rows] == ["same", "invalid"]


def test_pupils_of_the_other_grade_of_a_combined_class_are_passed_over(cast: Cast) -> None:
    other = Classroom.objects.create(
        school_id=cast.school_id, school_year=YEAR, name="1A1", grade=2
    )
    Enrolment.objects.filter(pk=cast.enrolments[2]).update(classroom=other)
    preview = _preview(cast, [subject_cells(order) for order in range(3)])
    assert preview.faults == ()
    assert [row.status for row in preview.rows] == ["new", "new", "other"]


def test_a_substitute_imports_only_on_the_own_days(cast: Cast) -> None:
    row = StaffAssignment.objects.get(subject_code="01", classroom_id=cast.classroom_id)
    stand_in = StaffMember.objects.get(personal_id=str(cast.music.personal_id))
    days = Substitution.objects.create(
        assignment=row,
        staff=stand_in,
        first_day=AT.date(),
        last_day=AT.date(),
        reason="Nghỉ ốm",
        assigned_by=1,
        assigned_at=AT,
    )

    def read() -> Preview:
        return preview_subject_results(
            by=cast.music,
            at=AT,
            classroom_id=cast.classroom_id,
            subject_code="01",
            content=_file([subject_cells(0)]),
            filename="diem.xlsx",
        )

    saved = save_subject_results(by=cast.music, at=AT, preview_id=read().preview_id)
    assert saved == 1
    days.delete()
    with pytest.raises(Refused) as refusal:
        read()
    assert refusal.value.code == "role"


def test_a_closed_window_is_said_before_saving_and_refuses(cast: Cast) -> None:
    EntryWindow.objects.create(
        school_id=cast.school_id,
        school_year=YEAR,
        period="CN",
        opens_on=dt.date(2026, 5, 1),
        closes_on=dt.date(2026, 5, 10),
        set_by=1,
        set_by_name="Hiệu trưởng",
        set_at=AT,
    )
    preview = _preview(cast, [subject_cells(0)])
    assert "đã hết hạn nhập" in preview.warnings[0].vi
    with pytest.raises(Refused) as refusal:
        _save(cast, preview)
    assert refusal.value.code == "window_closed"
    assert not SubjectAssessment.objects.exists()


def test_an_exempt_pupil_may_carry_the_letter_twice(cast: Cast) -> None:
    preview = _preview(cast, [subject_cells(0, **{"Mức đạt được": "m", "Điểm KTĐK": "M"})])
    assert preview.faults == ()
    _save(cast, preview)
    row = SubjectAssessment.objects.get()
    assert (row.level, row.test_score) == ("M", None)


def test_comments_on_traits_may_wait_until_the_end_of_the_year(cast: Cast) -> None:
    blank = {"Nhận xét NL Chung": "", "Nhận xét NL Đặc thù": "", "Nhận xét Phẩm chất": ""}

    def preview(**changes: object) -> Preview:
        return preview_trait_results(
            by=cast.homeroom,
            at=AT,
            classroom_id=cast.classroom_id,
            content=xlsx({"A": [TRAIT_HEADERS, trait_cells(0, **blank, **changes)]}),
            filename="nl-pc.xlsx",
        )

    assert len(preview().faults) == 3
    middle = preview(**{PERIOD: "GHK II"})
    assert middle.faults == ()
    assert save_trait_results(by=cast.homeroom, at=AT, preview_id=middle.preview_id) == 1
    assert TraitAssessment.objects.get().period == "GK2"


def _homeroom(cast: Cast, rows: Rows) -> Preview:
    return preview_homeroom_data(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        content=xlsx({"A": [HOMEROOM_HEADERS, *rows]}),
        filename="chu-nhiem.xlsx",
    )


def test_homeroom_data_come_from_our_own_layout(cast: Cast) -> None:
    preview = _homeroom(cast, [homeroom_cells(order) for order in range(3)])
    assert preview.faults == ()
    assert save_homeroom_data(by=cast.homeroom, at=AT, preview_id=preview.preview_id) == 3
    row = YearConclusion.objects.get(enrolment=cast.enrolments[0])
    assert (str(row.weight_kg), row.excused_absences) == ("20.5", 2)
    again = _homeroom(cast, [homeroom_cells(0, **{"Cân nặng (kg)": "21,5"}), homeroom_cells(1)])
    assert [row.status for row in again.rows] == ["changed", "same"]
    assert again.rows[0].reasons[0].vi == "Cân nặng (kg): “20,5” thành “21,5”"


def test_homeroom_data_of_term_one_hold_measures_only(cast: Cast) -> None:
    term = {PERIOD: "Cuối HKI", "Nhận xét của giáo viên chủ nhiệm": ""}
    preview = _homeroom(cast, [homeroom_cells(0, **term)])
    assert preview.faults == ()
    save_homeroom_data(by=cast.homeroom, at=AT, preview_id=preview.preview_id)
    assert TermMeasures.objects.count() == 1
    assert YearConclusion.objects.get().excused_absences == 2
    wrong = _homeroom(cast, [homeroom_cells(0, **{PERIOD: "Cuối HKI"})])
    assert [fault.column for fault in wrong.faults] == ["Nhận xét của giáo viên chủ nhiệm"]
    heavy = _homeroom(cast, [homeroom_cells(0, **{"Cân nặng (kg)": "hai mươi"})])
    assert [fault.value for fault in heavy.faults] == ["hai mươi"]
    with pytest.raises(Refused) as refusal:
        _homeroom(cast, [homeroom_cells(0, **{PERIOD: "Đánh giá bổ sung"})])
    assert refusal.value.code == "sheet_of_period"


def test_absences_are_imported_in_every_period(cast: Cast) -> None:
    bare = dict.fromkeys(HOMEROOM_HEADERS[5:-1], "") | {PERIOD: "GK1"}
    preview = _homeroom(cast, [homeroom_cells(0, **(bare | {"Số buổi nghỉ có phép": "3"}))])
    assert preview.faults == ()
    save_homeroom_data(by=cast.homeroom, at=AT, preview_id=preview.preview_id)
    assert YearConclusion.objects.get().excused_absences == 3
    again = _homeroom(cast, [homeroom_cells(0, **(bare | {"Số buổi nghỉ có phép": "3"}))])
    assert [row.status for row in again.rows] == ["same"]


def test_somebody_changed_a_cell_since_the_preview(cast: Cast) -> None:
    preview = _preview(cast, [subject_cells(order) for order in range(3)])
    save_cells(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        sheet=Sheet.of_subject("01"),
        period=Period.YEAR_END,
        changes=[
            CellChange(cast.enrolments[0], "level", "H"),
            CellChange(cast.enrolments[1], "comment", "Tốt lắm."),
        ],
    )
    with pytest.raises(Refused) as refusal:
        _save(cast, preview)
    assert refusal.value.code == "overtaken"
    assert "Trần Văn Tí, Mức đạt được (nay là “H”)" in refusal.value.sentence.vi
    assert "Lê Thị Đào" not in refusal.value.sentence.vi
    assert SubjectAssessment.objects.count() == 2
    assert SubjectAssessment.objects.filter(test_score=9).count() == 0


def test_a_pupil_whose_record_exists_is_named_before_saving(cast: Cast) -> None:
    _save(cast, _preview(cast, [subject_cells(0)]))
    Enrolment.objects.filter(pk=cast.enrolments[0]).update(
        results_locked_by=1, results_locked_at=AT
    )
    same = _preview(cast, [subject_cells(0), subject_cells(1)])
    assert [row.status for row in same.rows] == ["same", "new"]
    changed = _preview(cast, [subject_cells(0, **{"Điểm KTĐK": 8})])
    assert [fault.column for fault in changed.faults] == ["Họ và tên"]
    assert "đã khởi tạo" in changed.faults[0].sentence.vi
