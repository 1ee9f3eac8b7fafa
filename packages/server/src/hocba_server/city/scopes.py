"""Who acts, as the city's database is told (decision 0027)."""

from __future__ import annotations

from hocba_server.city.certificates.offices import sees_whole_city, units_of
from hocba_server.city.permissions import CityRole
from hocba_server.city.role import is_store
from hocba_server.config.acting import NOBODY, Kind, Scope
from hocba_server.web.accounts.actor import Actor


def scope_of(by: Actor) -> Scope:
    """The rows that a person of the department or a ward may reach, whatever a page asks for."""
    if by.house != "city":
        return NOBODY
    if sees_whole_city(by):
        return Scope(Kind.CITY, unit=str(by.unit_code))
    if CityRole.WARD_OFFICER in by.roles:
        codes = units_of(by).order_by("code").values_list("code", flat=True)
        return Scope(Kind.UNITS, unit=str(by.unit_code), units=tuple(codes))
    if CityRole.ADMINISTRATOR in by.roles:
        return Scope(Kind.ADMINISTRATOR, unit=str(by.unit_code))
    return NOBODY


def school_scope(unit_code: str) -> Scope:
    """The rows of one school, for its software at the gateway; nobody's for what is no code."""
    if "," in unit_code:
        return Scope(Kind.UNITS, unit=unit_code)
    return Scope(Kind.UNITS, unit=unit_code, units=(unit_code,))


def sender_scope(unit_code: str) -> Scope:
    """The rows of whoever sends a message: a school's own; in the Ministry's store the sender is
    a department, whose records carry the codes of its schools, so that services narrow them."""
    if is_store():
        return Scope(Kind.CITY, unit=unit_code)
    return school_scope(unit_code)
