from __future__ import annotations

from collections.abc import Collection, Mapping

from django import template
from django.utils.translation import gettext as _

from hocba_server.school.registry.models import StaffAssignment
from hocba_server.school.staffing.decision_lines import LineKey
from hocba_server.school.staffing.models import Campus
from hocba_server.school.staffing.selectors import line_key, place_title

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
    """The duty in words of the page; a decision keeps its own words in Vietnamese."""
    if row.classroom is None:
        return _(row.get_role_display())
    if not row.subject_code:
        return _("Chủ nhiệm lớp %(room)s") % {"room": row.classroom.name}
    names = {"subjects": place_title(row), "rooms": row.classroom.name}
    return _("Dạy %(subjects)s lớp %(rooms)s") % names
