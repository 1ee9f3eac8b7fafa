"""The two houses, their apps and their databases. One deployment runs either or both."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Final

SCHOOL: Final = "school"
CITY: Final = "city"

WEB_APPS: Final = (
    "hocba_server.web.accounts",
    "hocba_server.web.audit",
    "hocba_server.web.design",
    "hocba_server.web.signin",
)
HOUSE_APPS: Final = {
    SCHOOL: (
        "hocba_server.school.registry",
        "hocba_server.school.spreadsheets",
        "hocba_server.school.assessments",
        "hocba_server.school.issuing",
        "hocba_server.school.signing",
        "hocba_server.school.submission",
        "hocba_server.school.recalls",
        "hocba_server.school.staffing",
        "hocba_server.school.regulation",
        "hocba_server.school.onboarding",
        "hocba_server.school.reviewing",
        "hocba_server.school.summaries",
        "hocba_server.school.statements",
        "hocba_server.school.papers",
        "hocba_server.school.paperwork",
        "hocba_server.school.notices",
        "hocba_server.school.phrases",
        "hocba_server.school.training",
        "hocba_server.school.situation",
    ),
    CITY: (
        "hocba_server.city.certificates",
        "hocba_server.city.gateway",
        "hocba_server.city.repository",
        "hocba_server.city.transparency",
        "hocba_server.city.portal",
        "hocba_server.city.recalls",
        "hocba_server.city.corrections",
        "hocba_server.city.closing",
        "hocba_server.city.access",
        "hocba_server.city.archiving",
        "hocba_server.city.store",
        "hocba_server.city.upstream",
        "hocba_server.city.vendors",
        "hocba_server.city.sandbox",
        "hocba_server.city.api",
        "hocba_server.city.oversight",
    ),
}


def running_houses() -> tuple[str, ...]:
    """Read the houses of this deployment from `HOCBA_HOUSES`, e.g. "school" or "school,city"."""
    asked = os.environ.get("HOCBA_HOUSES", f"{SCHOOL},{CITY}").split(",")
    houses = tuple(house.strip() for house in asked if house.strip())
    unknown = set(houses) - set(HOUSE_APPS)
    if unknown or not houses:
        msg = f"HOCBA_HOUSES: phải là school, city hoặc school,city (got {sorted(unknown)})"
        raise ValueError(msg)
    return houses


def is_there(module: str) -> bool:
    """Tell whether a module exists, without importing it."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
