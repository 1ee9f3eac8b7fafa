"""The people of the invented city, their accounts and their keys.

Everybody's account signs in with one click (demo mode only). Keys are PKCS#12 files under the demo
folder, made at first start; every certificate name says DEMO.
"""

from __future__ import annotations

from dataclasses import dataclass

from hocba.assessment.catalogue import subject
from hocba_server.demo.city import (
    DEPARTMENT_CODE,
    DEPARTMENT_NAME,
    SCHOOLS,
    SPECIALIST_SUBJECTS,
    DemoClass,
    DemoSchool,
)
from hocba_server.demo.keys import KeyFolder
from hocba_server.demo.people import invent_staff
from hocba_server.web.accounts.actor import Actor, actor_of_user
from hocba_server.web.accounts.services import save_account

HEAD, CLERK, REGISTRAR, ADMINISTRATOR = 1, 2, 3, 4
_HOMEROOM_FROM, _SPECIALIST_FROM = 10, 40
_DEPARTMENT_SCHOOL = 99
_WARD_OFFICERS_FROM = 10


@dataclass(frozen=True, slots=True)
class Member:
    """One person with an account; `actor` is what services take as `by=`."""

    full_name: str
    personal_id: str
    title: str
    actor: Actor
    username: str = ""


@dataclass(frozen=True, slots=True)
class SchoolCast:
    """Everybody who works on the records of one school."""

    head: Member
    clerk: Member
    registrar: Member
    administrator: Member
    homeroom: dict[str, Member]
    """By class name."""
    specialists: dict[str, Member]
    """By subject code."""


@dataclass(frozen=True, slots=True)
class DepartmentCast:
    """The people at the department."""

    officer: Member
    administrator: Member
    inspector: Member
    ward_officers: dict[str, Member]
    """By ward code."""


def hire_department() -> DepartmentCast:
    """Make the department's accounts."""

    def member(order: int, title: str, roles: tuple[str, ...]) -> Member:
        name, number = invent_staff(school=_DEPARTMENT_SCHOOL, order=order)
        return _account(
            f"so-{order}", name, number, title, roles, "city", DEPARTMENT_CODE, DEPARTMENT_NAME
        )

    def ward_officer(order: int, code: str, name: str) -> Member:
        person, number = invent_staff(school=_DEPARTMENT_SCHOOL, order=order)
        unit = f"Uỷ ban nhân dân {name}"
        title = "Phòng Văn hoá - Xã hội"
        return _account(f"xa-{code}", person, number, title, ("XA_VHXH",), "city", code, unit)

    wards = dict.fromkeys((school.ward_code, school.ward_name) for school in SCHOOLS)
    return DepartmentCast(
        officer=member(1, "Chuyên viên Sở", ("SO_DUYET",)),
        administrator=member(2, "Quản trị hệ thống cấp Sở", ("SO_QT",)),
        inspector=member(3, "Thanh tra Sở", ("KIEM_TRA",)),
        ward_officers={
            code: ward_officer(_WARD_OFFICERS_FROM + place, code, name)
            for place, (code, name) in enumerate(wards)
        },
    )


def hire_school(school: DemoSchool, keys: KeyFolder) -> SchoolCast:
    """Make the accounts of a school, the keys of those who sign, and the school's seal."""

    def member(order: int, title: str, roles: tuple[str, ...], *, signs: bool = True) -> Member:
        name, number = invent_staff(school=school.order, order=order)
        if signs and school.digital:
            keys.person(name, number)
        account = f"{school.code}-{order:02d}"
        return _account(account, name, number, title, roles, "school", school.code, school.name)

    if school.digital:
        keys.organisation(school.name, school.code, public=school.public)
    head = member(HEAD, "Hiệu trưởng", ("HIEU_TRUONG", "CBQL"))
    clerk = member(CLERK, "Nhân viên văn thư", ("VAN_THU",), signs=False)
    registrar = member(REGISTRAR, "Nhân viên học vụ", ("HOC_VU",), signs=False)
    administrator = member(ADMINISTRATOR, "Quản trị viên của trường", ("QTV",), signs=False)
    homeroom = {
        room.name: member(
            _HOMEROOM_FROM + place, f"Giáo viên chủ nhiệm lớp {room.name}", ("GVCN", "GVBM")
        )
        for place, room in enumerate(school.classes)
        if school.digital
    }
    # Also in a school of more than thirty classes nobody is two people.
    first_specialist = max(_SPECIALIST_FROM, _HOMEROOM_FROM + len(school.classes))
    specialists = {
        code: member(
            first_specialist + place, f"Giáo viên môn {subject(code).short_name}", ("GVBM",)
        )
        for place, code in enumerate(SPECIALIST_SUBJECTS)
        if school.digital and _taught(code, school.classes)
    }
    return SchoolCast(head, clerk, registrar, administrator, homeroom, specialists)


def _taught(code: str, classes: tuple[DemoClass, ...]) -> bool:
    return any(room.grade in subject(code).compulsory_grades for room in classes)


def _account(
    username: str,
    full_name: str,
    personal_id: str,
    title: str,
    roles: tuple[str, ...],
    house: str,
    unit_code: str,
    unit_name: str,
) -> Member:
    user = save_account(
        username=username,
        full_name=full_name,
        personal_id=personal_id,
        house=house,
        unit_code=unit_code,
        unit_name=unit_name,
        title=title,
        roles=roles,
        demo=True,
    )
    return Member(full_name, personal_id, title, actor_of_user(user), username)
