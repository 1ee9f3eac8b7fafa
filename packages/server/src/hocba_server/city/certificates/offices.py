"""Which office a unit belongs to, and whose schools a person sees (decision 0026).

QĐ 1789 Đ9.3, Đ20.3 and CV 2088 III.1: the certificates of a school are approved by the office
directly above it. A unit with several levels belongs to the office of its highest one.
"""

from __future__ import annotations

from enum import StrEnum

from django.conf import settings
from django.db.models import Q, QuerySet

from hocba.errors import Sentence
from hocba.workflow.transitions import Denial
from hocba_server.city.certificates.models import Unit
from hocba_server.city.permissions import DEPARTMENT_READERS, CityRole
from hocba_server.web.accounts.actor import Actor


class Office(StrEnum):
    """Who is directly above a school. Values of the setting."""

    WARD = "ward"
    DEPARTMENT = "department"


def office_of(unit: Unit) -> Office:
    """The office that decides on the certificates of a unit."""
    offices = {settings.CERTIFICATE_OFFICES[level] for level in unit.levels}
    return Office.WARD if offices == {Office.WARD.value} else Office.DEPARTMENT


def office_name(unit: Unit) -> Sentence:
    """That office, as people read it."""
    if office_of(unit) is Office.DEPARTMENT:
        return Sentence("Sở Giáo dục và Đào tạo", "the department")
    return Sentence(
        f"Phòng Văn hoá - Xã hội {unit.ward_name}", f"the ward office of {unit.ward_name}"
    )


def deny_deciding(by: Actor, unit: Unit) -> Denial | None:
    """Only the officer of the right office decides; the department for a ward by setting."""
    office = office_of(unit)
    if by.house == "city":
        own_ward = office is Office.WARD and by.unit_code == unit.ward_code
        if CityRole.WARD_OFFICER in by.roles and own_ward:
            return None
        departments = office is Office.DEPARTMENT or settings.CERTIFICATE_STAND_IN
        if CityRole.OFFICER in by.roles and departments:
            return None
    name = office_name(unit)
    return Denial(
        "role",
        Sentence(
            f"Chứng thư số của {unit.name} do {name.vi} phê duyệt.",
            f"The certificates of {unit.name} are approved by {name.en}.",
        ),
    )


def ward_levels() -> list[str]:
    """The levels whose schools are the wards'."""
    return [level for level, office in settings.CERTIFICATE_OFFICES.items() if office == "ward"]


def sees_whole_city(by: Actor) -> bool:
    """Does the person work for the whole city?"""
    return by.house == "city" and any(role.value in by.roles for role in DEPARTMENT_READERS)


def units_of(by: Actor) -> QuerySet[Unit]:
    """The units that a person sees: all, those of the ward, or none."""
    if sees_whole_city(by):
        return Unit.objects.all()
    if by.house == "city" and CityRole.WARD_OFFICER in by.roles:
        return Unit.objects.filter(ward_code=by.unit_code, levels__contained_by=ward_levels())
    return Unit.objects.none()


def own(by: Actor, field: str = "unit_code") -> Q:
    """A condition on the column that holds a unit's code: rows of units that the person sees."""
    if sees_whole_city(by):
        return Q()
    return Q(**{f"{field}__in": list(units_of(by).values_list("code", flat=True))})
