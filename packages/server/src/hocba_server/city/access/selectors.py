from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet

from hocba_server.city.access.models import RoleGrant
from hocba_server.city.certificates.models import Unit
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.web.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a role now, and every role that the person has."""

    full_name: str
    username: str
    grants: tuple[RoleGrant, ...]


def people(*, by: Actor) -> list[Person]:
    """Everybody who has a role at the department or for a ward, by name."""
    require(deny_role(by, CityRole.ADMINISTRATOR))
    rows = running_grants().order_by("full_name", "personal_id", "role")
    groups = groupby(rows, key=lambda row: row.personal_id)
    found = [tuple(grants) for _, grants in groups]
    return [Person(grants[0].full_name, grants[0].username, grants) for grants in found]


def ended_grants(*, by: Actor) -> QuerySet[RoleGrant]:
    """Roles that ended, the newest end first."""
    require(deny_role(by, CityRole.ADMINISTRATOR))
    return RoleGrant.objects.filter(ended_at__isnull=False).order_by("-ended_at", "-pk")


def running_grants() -> QuerySet[RoleGrant]:
    """Roles that hold now."""
    return RoleGrant.objects.filter(ended_at__isnull=True)


def wards() -> list[tuple[str, str]]:
    """Code and name of the wards that have schools, by name."""
    rows = Unit.objects.exclude(ward_code="").order_by("ward_name", "ward_code")
    return list(rows.values_list("ward_code", "ward_name").distinct())
