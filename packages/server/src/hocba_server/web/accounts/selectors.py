from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.conf import settings

from hocba_server.web.accounts.models import User


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A school or the department of the demo, with its people."""

    code: str
    name: str
    house: str
    people: tuple[User, ...]


def demo_units() -> list[DemoUnit]:
    """The invented people, by unit: the department after its schools. Empty outside demo mode."""
    if settings.HOCBA_MODE != "demo":
        return []
    found = User.objects.filter(demo=True, is_active=True).order_by("-house", "pk")
    groups = groupby(found, key=lambda user: (user.house, user.unit_code))
    units = [(house, code, tuple(people)) for (house, code), people in groups]
    return [
        DemoUnit(code, people[0].unit_name or code, house, people) for house, code, people in units
    ]
