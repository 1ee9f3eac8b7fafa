"""A class list that comes again: what people did by hand is kept, locked pupils stay."""

from __future__ import annotations

from typing import Any

from hocba_server.school.registry.models import Enrolment, Pupil, PupilMovement
from hocba_server.school.registry.services import import_class_list
from hocba_server.school.registry.sheet_services import confirm_data
from hocba_server.school.registry.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, YEAR, Cast, class_list_row


def _import(cast: Cast, **changes: Any) -> None:
    import_class_list(
        by=cast.registrar,
        at=AT,
        school_id=cast.school_id,
        school_year=YEAR,
        rows=[class_list_row(0, **changes)],
    )


def test_another_class_in_the_file_is_a_movement_and_opens_the_sheet(cast: Cast) -> None:
    confirm_data(
        by=cast.homeroom,
        at=AT,
        classroom_id=cast.classroom_id,
        enrolment_ids=cast.enrolments,
        compared=True,
    )
    _import(cast, classroom_name="1A2")
    [move] = PupilMovement.objects.all()
    assert move.to_classroom is not None
    assert (move.to_classroom.name, move.reason) == ("1A2", "Nhập danh sách lớp")
    assert len(entries("reopen_data_sheet")) == 1


def test_who_left_by_the_file_has_a_day_and_comes_back_without(cast: Cast) -> None:
    _import(cast, status="withdrawn")
    row = Enrolment.objects.get(pk=cast.enrolments[0])
    assert row.left_on == AT.date()
    _import(cast)
    row.refresh_from_db()
    assert row.status == "studying"
    assert not row.left_on


def test_a_file_without_the_number_takes_none_away(cast: Cast, pupil: Pupil) -> None:
    _import(cast, personal_id="")
    pupil.refresh_from_db()
    assert pupil.personal_id == "000319000000"


def test_a_pupil_with_a_record_is_not_carried_into_another_class(
    results: Cast, created: int
) -> None:
    assert refusal_of(_import, results, classroom_name="1A2") == "locked"
    assert refusal_of(_import, results, classroom_name="1A2", full_name="Khác") == "locked"


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    before = list(Enrolment.objects.order_by("pk").values())
    _import(cast)
    _import(cast)
    assert list(Enrolment.objects.order_by("pk").values()) == before
    assert not PupilMovement.objects.exists()


def test_only_the_registrar_of_the_school_imports(cast: Cast) -> None:
    for by, code in (
        (cast.principal, "role"),
        (cast.administrator, "role"),
        (cast.homeroom, "role"),
        (cast.stranger, "not_found"),
    ):
        rows = [class_list_row(0, full_name="Khác")]
        found = refusal_of(
            import_class_list,
            by=by,
            at=AT,
            school_id=cast.school_id,
            school_year=YEAR,
            rows=rows,
        )
        assert found == code
    assert not Pupil.objects.filter(full_name="Khác").exists()
