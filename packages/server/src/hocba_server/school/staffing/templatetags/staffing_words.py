from __future__ import annotations

from collections.abc import Collection, Mapping

from django import template

from hocba_server.school.registry.models import StaffAssignment
from hocba_server.school.staffing.decision_lines import LineKey, line_of
from hocba_server.school.staffing.models import Campus
from hocba_server.school.staffing.selectors import line_key

register = template.Library()


@register.filter
def at(places: Mapping[int, Campus], room_id: int) -> Campus | str:
    """The campus of a class; empty for the main place."""
    return places.get(room_id, "")


@register.filter
def is_signed(row: StaffAssignment, signed: Collection[LineKey]) -> bool:
    """Does a signed decision cover this assignment?"""
    return line_key(row) in signed


@register.filter
def duty(row: StaffAssignment) -> str:
    """The duty in words."""
    return line_of(row).duty
