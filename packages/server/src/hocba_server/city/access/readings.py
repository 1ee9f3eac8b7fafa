"""Who looked at what, when and why: for the inspector, and by pupil for the family."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from hocba_server.city.access.selectors import wards
from hocba_server.city.database import CITY_DATABASE
from hocba_server.city.permissions import (
    DEPARTMENT_READERS,
    CityRole,
    deny_role,
    require,
)
from hocba_server.city.repository.models import StoredRecord
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

_RECORD = "record:"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which readings to show; everything when nothing is said."""

    person: str = ""
    """Part of the name, or the personal number, of who looked."""
    record: str = ""
    """Number of a record, or personal number of a pupil."""
    since: dt.datetime | None = None
    before: dt.datetime | None = None
    public: bool = False
    """Also those of the public page, by whoever has number and birth date."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading, with the school that the record is of."""

    entry: AuditEntry
    record_uuid: str
    school_name: str
    purpose: str
    office: str


def readings(*, by: Actor, wanted: Wanted) -> QuerySet[AuditEntry]:
    """Readings of records and lists, newest first."""
    require(deny_role(by, CityRole.INSPECTOR))
    rows = _all_readings()
    if not wanted.public:
        rows = rows.filter(user_id__isnull=False)
    if wanted.person:
        rows = rows.filter(Q(name__icontains=wanted.person) | Q(personal_id=wanted.person))
    if wanted.record:
        rows = rows.filter(subject__in=_subjects(wanted.record))
    if wanted.since:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.before:
        rows = rows.filter(at__lt=wanted.before)
    return rows


def readings_of_pupil(personal_id: str) -> QuerySet[AuditEntry]:
    """Everything that was read of one pupil, newest first. The family's page asks this; whether
    the asker is the family is the caller's question."""
    return _all_readings().filter(subject__in=_of_pupil(personal_id))


def shown(entries: Iterable[AuditEntry]) -> list[Reading]:
    """The entries as people read them."""
    found = list(entries)
    numbers = [_number(entry) for entry in found]
    rows = StoredRecord.objects.filter(record_uuid__in=[number for number in numbers if number])
    schools, names = dict(rows.values_list("record_uuid", "school_name")), dict(wards())
    return [
        Reading(
            entry,
            number,
            schools.get(number, "") or str(entry.detail.get("school", "")),
            str(entry.detail.get("purpose", "")),
            _office(entry, names),
        )
        for entry, number in zip(found, numbers, strict=True)
    ]


def _office(entry: AuditEntry, names: Mapping[str, str]) -> str:
    """The office for which somebody read, by name where it is known."""
    if any(role.value in entry.roles for role in DEPARTMENT_READERS):
        return gettext("Sở Giáo dục và Đào tạo")
    return names.get(entry.unit_code, entry.unit_code)


def _all_readings() -> QuerySet[AuditEntry]:
    return (
        AuditEntry.objects.using(CITY_DATABASE)
        .filter(kind=AuditEntry.Kind.READ)
        .order_by("-at", "-pk")
    )


def _number(entry: AuditEntry) -> str:
    return entry.subject.removeprefix(_RECORD) if entry.subject.startswith(_RECORD) else ""


def _subjects(text: str) -> list[str]:
    return [f"{_RECORD}{text.lower()}", *_of_pupil(text)]


def _of_pupil(personal_id: str) -> list[str]:
    rows = StoredRecord.objects.filter(personal_id=personal_id)
    return [f"{_RECORD}{number}" for number in rows.values_list("record_uuid", flat=True)]
