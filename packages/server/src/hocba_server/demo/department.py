"""What the department does in the demo: its list of schools, their accounts, their certificates."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils.timezone import localdate

from hocba_server.city.access.services import Appointment, give_role
from hocba_server.city.certificates.models import RegistrationState
from hocba_server.city.certificates.offices import Office, office_of
from hocba_server.city.certificates.selectors import registrations
from hocba_server.city.certificates.services import approve, register_unit
from hocba_server.city.closing.services import close_class
from hocba_server.city.gateway.services import open_account
from hocba_server.city.transparency.services import start_log
from hocba_server.city.upstream.client import is_connected
from hocba_server.city.upstream.registration import register
from hocba_server.city.vendors.services import give_account, register_vendor, set_switch
from hocba_server.demo.cast import DepartmentCast, Member
from hocba_server.demo.city import DemoSchool
from hocba_server.web.accounts.actor import NO_ACCOUNT, Actor


def found_department(at: datetime) -> None:
    """Sign the head of the empty log."""
    start_log(at=at)


def register_at_store(cast: DepartmentCast, at: datetime) -> None:
    """The officer registers the department's certificate with the Ministry, where there is one."""
    if is_connected():
        register(by=cast.officer.actor, at=at)


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
        email=f"truong-{school.code}@example.edu.vn",
    )
    open_account(by=by, at=at, unit_code=school.code)


def close_room(
    school: DemoSchool, school_year: str, classroom_name: str, cast: DepartmentCast, at: datetime
) -> None:
    """The officer closes one class of a school."""
    close_class(by=cast.officer.actor, at=at, key=(school.code, school_year, classroom_name))


def approve_waiting(cast: DepartmentCast, at: datetime) -> int:
    """The officer of the right office approves each certificate that waits; answers how many."""
    rows = list(registrations(by=cast.officer.actor, state=RegistrationState.WAITING))
    for row in rows:
        ward = office_of(row.unit) is Office.WARD
        officer = cast.ward_officers[row.unit.ward_code] if ward else cast.officer
        approve(by=officer.actor, at=at, registration_id=row.pk)
    return len(rows)


def appoint_department(cast: DepartmentCast, at: datetime) -> None:
    """The roles of the department's people, as a decision gave them."""
    installer = replace(cast.administrator.actor, user_id=NO_ACCOUNT, personal_id="")
    for member in (cast.administrator, cast.officer, cast.inspector):
        _appoint(installer, member, at)
    for code, member in cast.ward_officers.items():
        _appoint(installer, member, at, ward_code=code)


def _appoint(by: Actor, member: Member, at: datetime, ward_code: str = "") -> None:
    give_role(
        by=by,
        at=at,
        appointment=Appointment(
            full_name=member.full_name,
            personal_id=member.personal_id,
            username=member.username,
            role=member.actor.roles[0],
            decision_number="15/QĐ-SGDĐT (DEMO)",
            decision_date=localdate(at),
            ward_code=ward_code,
        ),
    )
