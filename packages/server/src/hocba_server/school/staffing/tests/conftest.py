"""Fixtures of the staffing tests: people with accounts, and a browser for each."""

from __future__ import annotations

import pytest

from hocba_server.school.registry.models import School, StaffMember
from hocba_server.school.registry.services import add_staff
from hocba_server.school.staffing.role_sync import unit_of
from hocba_server.school.tests.cast import AT, CODE, HEAD_ID, HOMEROOM_ID, MUSIC_ID, Cast
from hocba_server.web.accounts.memberships import Unit, join
from hocba_server.web.accounts.models import User

CLERK_ID, ADMINISTRATOR_ID, NEW_ID = "000090000005", "000090000009", "000190000077"


@pytest.fixture
def staff(cast: Cast) -> dict[str, int]:
    """Staff numbers by personal number; clerk, administrator and a newcomer are on the list."""
    for number, name in (
        (CLERK_ID, "Ngô Thị Văn Thư"),
        (ADMINISTRATOR_ID, "Hồ Văn Quản Trị"),
        (NEW_ID, "Bùi Thị Mới"),
    ):
        add_staff(
            by=cast.principal,
            at=AT,
            school_id=cast.school_id,
            full_name=name,
            personal_id=number,
        )
    rows = StaffMember.objects.filter(school_id=cast.school_id)
    return dict(rows.values_list("personal_id", "pk"))


@pytest.fixture
def unit(cast: Cast) -> Unit:
    """The school as accounts know it."""
    return unit_of(School.objects.get(pk=cast.school_id))


@pytest.fixture
def accounts(unit: Unit, staff: dict[str, int]) -> dict[str, User]:
    """Accounts of head, homeroom and music teacher and administrator, by personal number."""
    given = {
        HEAD_ID: ("HIEU_TRUONG",),
        HOMEROOM_ID: ("GVCN", "GVBM"),
        MUSIC_ID: ("GVBM",),
        ADMINISTRATOR_ID: ("QTV",),
    }
    return {
        number: join(
            unit=unit,
            username=f"nguoi-{number[-4:]}-{CODE[-2:]}",
            full_name=StaffMember.objects.get(pk=staff[number]).full_name,
            personal_id=number,
            title="",
            roles=roles,
        ).user
        for number, roles in given.items()
    }
