"""Who teaches what in a class."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from hocba_server.school.registry.models import Classroom, StaffAssignment
from hocba_server.school.staffing.assignment_services import (
    assign_class,
)
from hocba_server.school.staffing.selectors import grid_of, loads_of
from hocba_server.school.staffing.tests.conftest import NEW_ID
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, HOMEROOM_ID, MUSIC_ID, YEAR, Cast, actor
from hocba_server.web.accounts.models import Membership, User

DAY = AT.date()


def _roles(user: User) -> list[str]:
    return list(Membership.objects.get(user=user).roles)


def test_the_account_follows_the_assignment(
    cast: Cast, staff: dict[str, int], accounts: dict[str, User]
) -> None:
    changed = assign_class(
        by=cast.principal,
        at=AT,
        classroom_id=cast.classroom_id,
        chosen={"": staff[MUSIC_ID], "89": staff[NEW_ID], "01": staff[HOMEROOM_ID]},
    )
    assert changed == 2
    assert _roles(accounts[MUSIC_ID]) == ["GVCN"]
    assert _roles(accounts[HOMEROOM_ID]) == ["GVBM"]
    assert User.objects.get(pk=accounts[MUSIC_ID].pk).roles == ["GVCN"]
    assert {entry.name for entry in entries("sync_roles")} == {"Người Thử"}
    assert len(entries("sync_roles")) == 2


def test_taking_a_place_away_and_saving_twice(cast: Cast, staff: dict[str, int]) -> None:
    named: dict[str, Any] = {"by": cast.principal, "at": AT, "classroom_id": cast.classroom_id}
    assert assign_class(**named, chosen={"89": None}) == 1
    assert assign_class(**named, chosen={"89": None}) == 0
    grid = grid_of(Classroom.objects.get().school, YEAR, day=DAY, signed=set())
    assert grid[0].missing == 1


def test_only_the_head_assigns(cast: Cast, staff: dict[str, int]) -> None:
    def assign(by: object, **chosen: int) -> str:
        return refusal_of(assign_class, by=by, at=AT, classroom_id=cast.classroom_id, chosen=chosen)

    for other in (cast.administrator, cast.homeroom, cast.registrar, actor("CBQL")):
        assert assign(other, **{"89": staff[NEW_ID]}) == "role"
    assert assign(cast.stranger, **{"89": staff[NEW_ID]}) == "not_found"
    assert assign(cast.principal, **{"05": staff[NEW_ID]}) == "no_such_subject"
    assert assign(cast.principal, **{"89": 999999}) == "not_found"


def test_loads_tell_who_teaches_nothing(cast: Cast, staff: dict[str, int]) -> None:
    loads = {
        load.staff.personal_id: load for load in loads_of(Classroom.objects.get().school, YEAR)
    }
    assert loads[NEW_ID].periods == 0
    assert loads[MUSIC_ID].periods == 1
    assert loads[HOMEROOM_ID].homeroom == ("1A1",)
    assert loads[HOMEROOM_ID].periods == 24
    assert loads[HOMEROOM_ID].too_much


def test_the_homeroom_teacher_takes_what_is_open(
    cast: Cast, staff: dict[str, int], browse: Browse
) -> None:
    places = {"mon-": staff[MUSIC_ID], "mon-01": "", "mon-02": "", "mon-89": staff[NEW_ID]}
    address = reverse("school_staffing:class", args=[cast.classroom_id])
    browse(cast.principal).post(address, {**places, "con-trong": "on"})
    rows = StaffAssignment.objects.filter(classroom_id=cast.classroom_id)
    taught = dict(rows.filter(role="GVBM").values_list("subject_code", "staff_id"))
    assert (taught["01"], taught["02"], taught["89"]) == (
        staff[MUSIC_ID],
        staff[MUSIC_ID],
        staff[NEW_ID],
    )
    # Without the tick an empty choice takes the place away.
    browse(cast.principal).post(address, places)
    assert not rows.filter(role="GVBM", subject_code__in=["01", "02"]).exists()
