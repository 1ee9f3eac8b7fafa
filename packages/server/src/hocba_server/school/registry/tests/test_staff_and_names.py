from __future__ import annotations

import pytest

from hocba.errors import Malformed, Refused
from hocba_server.school.registry.models import Classroom, StaffAssignment, StaffMember
from hocba_server.school.registry.names import name_key
from hocba_server.school.registry.selectors import homeroom_teacher, own_classrooms
from hocba_server.school.registry.services import add_staff, assign
from hocba_server.school.tests.cast import AT, HOMEROOM_ID, MUSIC_ID, YEAR, Cast
from hocba_server.web.audit.models import AuditEntry


def _staff(personal_id: str) -> int:
    return StaffMember.objects.get(personal_id=personal_id).pk


def test_names_sort_by_given_name_with_vietnamese_letters_and_tones() -> None:
    names = ["Lê Văn Đức", "Trần An", "Lê Văn Dũng", "Phạm Ánh", "Bùi An", "Hồ Ân", "Võ Ẩn"]
    assert sorted(names, key=name_key) == [
        "Bùi An",
        "Trần An",
        "Phạm Ánh",
        "Hồ Ân",
        "Võ Ẩn",
        "Lê Văn Dũng",
        "Lê Văn Đức",
    ]


def test_a_new_homeroom_teacher_replaces_the_one_before(cast: Cast) -> None:
    assign(
        by=cast.principal,
        at=AT,
        staff_id=_staff(MUSIC_ID),
        role="GVCN",
        school_year=YEAR,
        classroom_id=cast.classroom_id,
    )
    teacher = homeroom_teacher(Classroom.objects.get())
    assert teacher is not None
    assert teacher.personal_id == MUSIC_ID
    assert StaffAssignment.objects.filter(role="GVCN").count() == 1


def test_the_administrator_holds_no_role_that_touches_results(cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        assign(
            by=cast.principal,
            at=AT,
            staff_id=_staff(HOMEROOM_ID),
            role="QTV",
            school_year=YEAR,
        )
    assert refusal.value.code == "separation"


def test_only_the_principal_assigns_and_only_at_the_own_school(cast: Cast) -> None:
    for by, code in (
        (cast.administrator, "role"),
        (cast.homeroom, "role"),
        (cast.registrar, "role"),
        (cast.stranger, "not_found"),
    ):
        with pytest.raises(Refused) as refusal:
            assign(by=by, at=AT, staff_id=_staff(MUSIC_ID), role="CBQL", school_year=YEAR)
        assert refusal.value.code == code


def test_staff_need_a_real_personal_number(cast: Cast) -> None:
    with pytest.raises(Malformed):
        add_staff(
            by=cast.principal,
            at=AT,
            school_id=cast.school_id,
            full_name="Ai Đó",
            personal_id="123",
        )


def test_teachers_see_their_classes_and_the_office_sees_all(cast: Cast) -> None:
    for by in (cast.homeroom, cast.music, cast.registrar, cast.clerk):
        assert [room.name for room in own_classrooms(by)] == ["1A1"]
    assert own_classrooms(cast.stranger) == []


def test_assignments_are_audited(cast: Cast) -> None:
    entries = AuditEntry.objects.using("school").filter(action="assign")
    assert entries.count() == StaffAssignment.objects.count()
