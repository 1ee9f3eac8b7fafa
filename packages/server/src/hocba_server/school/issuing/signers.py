"""Who signs which part of a record: fixed when it is created, because the record names the person.

The teacher who is assigned; in her absence the substitute of that day (QĐ 1789 Đ14.5, Đ32.6); for
a teacher who has left, the leader, and the record says for whom (Đ14.7).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from hocba.ids import PersonalId
from hocba.record.model import Person
from hocba_server.school.registry.models import (
    Classroom,
    SchoolRole,
    StaffAssignment,
    StaffMember,
    Substitution,
)

_LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class NamedSigner:
    """The person who signs a part, and for whom when it is not the own part."""

    staff: StaffMember
    stands_for: StaffMember | None = None

    @property
    def person(self) -> Person:
        """As the record names the signer."""
        name = self.staff.full_name
        if self.stands_for is not None:
            name = f"{name} (ký thay {self.stands_for.full_name} đã nghỉ, Đ14.7)"
        return Person(name[:_LONGEST_NAME], PersonalId(self.staff.personal_id))


@dataclass(frozen=True, slots=True)
class ClassSigners:
    """The signers of one class on one day."""

    subjects: Mapping[str, NamedSigner]
    homeroom: NamedSigner | None


def signers_of(room: Classroom, leader: StaffMember, day: dt.date) -> ClassSigners:
    """Who signs the records of a class that are created on this day."""
    rows = list(
        StaffAssignment.objects.filter(
            classroom=room, role__in=[SchoolRole.SUBJECT_TEACHER, SchoolRole.HOMEROOM_TEACHER]
        ).select_related("staff")
    )
    stand_ins = _substitutes(rows, day)
    gone = _departed(rows, day)
    subjects: dict[str, NamedSigner] = {}
    homeroom: NamedSigner | None = None
    for row in rows:
        if row.pk in stand_ins:
            signer = NamedSigner(stand_ins[row.pk])
        elif row.staff_id in gone and row.staff_id != leader.pk:
            signer = NamedSigner(leader, row.staff)
        else:
            signer = NamedSigner(row.staff)
        if row.role == SchoolRole.HOMEROOM_TEACHER:
            homeroom = signer
        else:
            subjects[row.subject_code] = signer
    return ClassSigners(subjects, homeroom)


def _substitutes(rows: list[StaffAssignment], day: dt.date) -> dict[int, StaffMember]:
    covering = Q(first_day__lte=day) & (Q(last_day__isnull=True) | Q(last_day__gte=day))
    found = Substitution.objects.filter(covering, assignment__in=rows).select_related("staff")
    return {row.assignment_id: row.staff for row in found.order_by("first_day")}


def _departed(rows: list[StaffAssignment], day: dt.date) -> set[int]:
    """Staff who have left the school by this day; the staffing room keeps when."""
    left = StaffMember.objects.filter(
        pk__in=[row.staff_id for row in rows],
        departures__left_on__lte=day,
        departures__returned_on__isnull=True,
    )
    return set(left.values_list("pk", flat=True))
