from __future__ import annotations

from typing import Any

from hocba.record.pupil_sheet import read_sheet, write_sheet
from hocba_server.school.registry.data_sheets import sheet_lines, sheet_of
from hocba_server.school.registry.models import Classroom, Enrolment, Pupil, PupilDataReview
from hocba_server.school.registry.pupil_services import edit_pupil
from hocba_server.school.registry.pupil_values import values_of
from hocba_server.school.registry.sheet_services import (
    confirm_data,
    initialise_data,
    mark_sheets_signed,
)
from hocba_server.school.registry.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, Cast
from hocba_server.web.accounts.actor import Actor


def _confirm(cast: Cast, by: Actor | None = None, *, compared: bool = True) -> int:
    return confirm_data(
        by=by or cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        enrolment_ids=cast.enrolments,
        compared=compared,
    )


def _initialise(cast: Cast, by: Actor | None = None) -> int:
    return initialise_data(by=by or cast.registrar, at=AT, classroom_id=cast.classroom_id)


def _states() -> list[str]:
    rows = PupilDataReview.objects.order_by("enrolment_id")
    return list(rows.values_list("state", flat=True))


def test_confirm_initialise_sign(cast: Cast) -> None:
    assert _confirm(cast) == 3
    assert _confirm(cast) == 0
    assert _initialise(cast) == 3
    assert refusal_of(_initialise, cast) == "nothing_confirmed"
    row = Enrolment.objects.get(pk=cast.enrolments[0])
    sheet = sheet_of(row)
    assert sheet.pupil.full_name == "Trần Văn Tí"
    assert read_sheet(write_sheet(sheet)) == sheet
    signed: dict[str, Any] = {"by": cast.clerk, "at": AT, "enrolment_ids": cast.enrolments}
    assert mark_sheets_signed(**signed) == 3
    assert mark_sheets_signed(**signed) == 0
    assert _states() == ["signed"] * 3
    assert len(entries("confirm_pupil_data")) == len(entries("issue_pupil_data")) == 3
    assert len(entries("initialise_pupil_data")) == 3


def test_a_change_opens_just_that_pupil_again(cast: Cast, pupil: Pupil) -> None:
    _confirm(cast)
    _initialise(cast)
    edit_pupil(
        by=cast.registrar,
        at=AT,
        pupil_id=pupil.pk,
        values={"home_town": "Phường Khác"},
        seen={"home_town": values_of(pupil)["home_town"]},
        reason="Theo giấy khai sinh",
    )
    assert _states() == ["open", "initialised", "initialised"]
    row = Enrolment.objects.get(pk=cast.enrolments[0])
    assert refusal_of(sheet_of, row) == "not_initialised"
    assert _confirm(cast) == 1
    assert _initialise(cast) == 1
    assert sheet_of(row).pupil.home_town == "Phường Khác"
    assert len(entries("reopen_data_sheet")) == 1


def test_missing_data_are_named(cast: Cast, pupil: Pupil) -> None:
    Pupil.objects.filter(pk=pupil.pk).update(personal_id="")
    assert refusal_of(_confirm, cast) == "data_missing"
    line = next(
        line
        for line in sheet_lines(Classroom.objects.get())
        if line.enrolment.pk == cast.enrolments[0]
    )
    assert [word.vi for word in line.missing] == ["Số định danh cá nhân"]
    assert not line.may_confirm


def test_the_teacher_says_that_the_papers_were_compared(cast: Cast) -> None:
    assert refusal_of(_confirm, cast, compared=False) == "not_compared"


def test_grade_1_checks_all_and_other_grades_what_changed(cast: Cast, pupil: Pupil) -> None:
    room = Classroom.objects.get()
    assert all(line.whole for line in sheet_lines(room))
    _confirm(cast)
    later = Classroom.objects.create(
        school_id=cast.school_id, school_year="2026-2027", name="2A1", grade=2
    )
    first = Enrolment.objects.get(pk=cast.enrolments[0])
    Enrolment.objects.create(
        pupil=pupil,
        classroom=later,
        school_year=later.school_year,
        arrived_on=first.arrived_on,
        entered_by=1,
        entered_at=AT,
    )
    Pupil.objects.filter(pk=pupil.pk).update(current_address="9 đường Mới")
    [line] = sheet_lines(later)
    assert not line.whole
    assert [each.field for each in line.changes] == ["current_address"]


def test_who_may(cast: Cast) -> None:
    for by, code in (
        (cast.music, "role"),
        (cast.registrar, "role"),
        (cast.administrator, "role"),
        (cast.stranger, "not_found"),
    ):
        assert refusal_of(_confirm, cast, by) == code
    _confirm(cast)
    for by, code in ((cast.homeroom, "role"), (cast.stranger, "not_found")):
        assert refusal_of(_initialise, cast, by) == code
    _initialise(cast)
    for by, code in ((cast.registrar, "role"), (cast.stranger, "not_found")):
        form: dict[str, Any] = {"by": by, "at": AT, "enrolment_ids": cast.enrolments}
        assert refusal_of(mark_sheets_signed, **form) == code
