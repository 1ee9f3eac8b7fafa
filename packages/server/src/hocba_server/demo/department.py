"""What the department does in the demo: its list of schools, their accounts, their certificates."""

from __future__ import annotations

from datetime import datetime

from hocba_server.city.certificates.models import RegistrationState
from hocba_server.city.certificates.selectors import registrations
from hocba_server.city.certificates.services import approve, register_unit
from hocba_server.city.closing.services import close_class
from hocba_server.city.gateway.services import open_account
from hocba_server.city.transparency.services import start_log
from hocba_server.city.vendors.services import give_account, register_vendor, set_switch
from hocba_server.demo.cast import DepartmentCast
from hocba_server.demo.city import DemoSchool


def found_department(at: datetime) -> None:
    """Sign the head of the empty log."""
    start_log(at=at)


def welcome_vendor(user_name: str, cast: DepartmentCast, at: datetime) -> None:
    """The administrator registers an invented vendor and gives it the account of one school."""
    by = cast.administrator.actor
    code = register_vendor(
        by=by,
        at=at,
        name="Công ty Phần mềm Mẫu (DEMO)",
        software="Trường Xanh 3.1",
        contact_name="Nguyễn Văn Mẫu",
        contact_email="ky-thuat@example.vn",
    )
    give_account(by=by, at=at, code=code, user_name=user_name)
    set_switch(by=by, at=at, code=code, name="year_as_text", value="on")


def enter_school(school: DemoSchool, cast: DepartmentCast, at: datetime) -> None:
    """The department's administrator enters a school and opens its account at the gateway."""
    by = cast.administrator.actor
    register_unit(
        by=by,
        at=at,
        code=school.code,
        name=school.name,
        ownership="public" if school.public else "private",
        ward_code=school.ward_code,
        ward_name=school.ward_name,
    )
    open_account(by=by, at=at, unit_code=school.code)


def close_room(
    school: DemoSchool, school_year: str, classroom_name: str, cast: DepartmentCast, at: datetime
) -> None:
    """The officer closes one class of a school."""
    close_class(by=cast.officer.actor, at=at, key=(school.code, school_year, classroom_name))


def approve_waiting(cast: DepartmentCast, at: datetime) -> int:
    """The officer approves every certificate that waits; answers how many."""
    rows = list(registrations(by=cast.officer.actor, state=RegistrationState.WAITING))
    for row in rows:
        approve(by=cast.officer.actor, at=at, registration_id=row.pk)
    return len(rows)
