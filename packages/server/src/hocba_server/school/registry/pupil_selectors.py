"""Pupils' files: the list of the school, one pupil with years and events, what is missing.

What other rooms keep about an enrolment (records) is read through the reverse relations, so that
the registry imports none of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse

from hocba.errors import HocBaError, Sentence
from hocba.record.codec import read_record
from hocba_server.school.database import SCHOOL_DATABASE
from hocba_server.school.registry.models import (
    ON_CLASS_LIST,
    Attachment,
    CaseState,
    CivilStatusChange,
    Classroom,
    Enrolment,
    Pupil,
    PupilStatus,
    School,
    SchoolRole,
)
from hocba_server.school.registry.names import name_key
from hocba_server.school.registry.permissions import deny_other_school, deny_role, require
from hocba_server.school.registry.pupil_rights import (
    OFFICE,
    STANDING_RECORD,
    deny_pupil_reader,
)
from hocba_server.school.registry.pupil_values import (
    LABELS,
    ValueChange,
    changes_between,
    gaps_of,
    plain,
    values_of,
)
from hocba_server.school.registry.selectors import (
    enrolment_by_id,
    not_found,
    own_assignments,
    own_school,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry
from hocba_server.web.audit.selectors import entries_of

PAGE: Final = 50
FIRST_SCHOOL_DAY: Final = (9, 5)
"""Ngày khai giảng, 5 September: the day of arrival when nothing else is known."""


def pupil_by_id(by: Actor, pupil_id: int, *, lock: bool = False) -> Pupil:
    """A pupil of this person's school; `lock` keeps others from changing it until commit."""
    rows = Pupil.objects.select_related("school")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=pupil_id).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.school.code))
    return found


def locked_enrolment(by: Actor, enrolment_id: int) -> Enrolment:
    """An enrolment whose row and pupil wait for nobody else until commit."""
    pupil_by_id(by, enrolment_by_id(by, enrolment_id).pupil_id, lock=True)
    Enrolment.objects.select_for_update().get(pk=enrolment_id)
    return enrolment_by_id(by, enrolment_id)


def latest_enrolment(pupil: Pupil) -> Enrolment | None:
    """The pupil's newest year at this school."""
    rows = Enrolment.objects.filter(pupil=pupil).select_related(
        "pupil", "classroom", "classroom__school"
    )
    return rows.order_by("-school_year").first()


@dataclass(frozen=True, slots=True)
class Search:
    """What the list is asked for; the name never stands in an address."""

    name: str = ""
    classroom_id: int | None = None
    status: str = ""
    missing: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class PupilLine:
    """One pupil of the list."""

    enrolment: Enrolment
    missing: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class PupilList:
    """One page of the list, and how many there are in all."""

    school: School
    school_year: str
    lines: tuple[PupilLine, ...]
    total: int
    pages: int
    page: int
    rooms: tuple[Classroom, ...]


def pupil_list(by: Actor, search: Search) -> PupilList:
    """The pupils whom this person may open, in the newest year of each, in name order."""
    school = own_school(by)
    rooms = _readable_rooms(by, school)
    rows = Enrolment.objects.filter(classroom__in=rooms).select_related("pupil", "classroom")
    if search.classroom_id is not None:
        rows = rows.filter(classroom_id=search.classroom_id)
    newest: dict[int, Enrolment] = {}
    for row in rows.order_by("school_year"):
        newest[row.pupil_id] = row
    lines = [
        PupilLine(row, missing_words(row.pupil)) for row in newest.values() if _fits(row, search)
    ]
    if search.missing:
        lines = [line for line in lines if line.missing]
    lines.sort(key=lambda line: (name_key(line.enrolment.pupil.full_name), line.enrolment.pk))
    pages = max(1, -(-len(lines) // PAGE))
    page = min(max(1, search.page), pages)
    return PupilList(
        school=school,
        school_year=max((room.school_year for room in rooms), default=""),
        lines=tuple(lines[(page - 1) * PAGE : page * PAGE]),
        total=len(lines),
        pages=pages,
        page=page,
        rooms=tuple(rooms),
    )


def _readable_rooms(by: Actor, school: School) -> list[Classroom]:
    rows = Classroom.objects.filter(school=school).order_by("-school_year", "grade", "name")
    if deny_role(by, *OFFICE) is None:
        return list(rows)
    require(deny_role(by, *OFFICE, SchoolRole.HOMEROOM_TEACHER))
    own = {
        row.classroom_id for row in own_assignments(by) if row.role == SchoolRole.HOMEROOM_TEACHER
    }
    return [room for room in rows if room.pk in own]


def _fits(row: Enrolment, search: Search) -> bool:
    if search.status == "on_list":
        if row.status not in ON_CLASS_LIST:
            return False
    elif search.status and row.status != search.status:
        return False
    return plain(search.name) in plain(row.pupil.full_name) if search.name else True


def missing_words(pupil: Pupil) -> tuple[Sentence, ...]:
    """The names of the fields that are still missing or wrong."""
    return tuple(LABELS[name] for name in gaps_of(pupil))


def pupils_without_number(by: Actor) -> list[Enrolment]:
    """Pupils of the classes of the newest year who have no personal number yet."""
    require(deny_role(by, *OFFICE))
    rows = Enrolment.objects.filter(
        classroom__school=own_school(by), pupil__personal_id="", status__in=ON_CLASS_LIST
    ).select_related("pupil", "classroom")
    newest = {row.pupil_id: row for row in rows.order_by("school_year")}
    return sorted(newest.values(), key=lambda row: name_key(row.pupil.full_name))


def waiting_civil_changes(by: Actor) -> list[CivilStatusChange]:
    """Changes of civil status of the school that wait for the principal."""
    rows = CivilStatusChange.objects.filter(
        pupil__school=own_school(by), state=CaseState.PROPOSED
    ).select_related("pupil", "attachment")
    return list(rows.defer("attachment__content").order_by("proposed_at"))


@dataclass(frozen=True, slots=True)
class OldRecord:
    """A record in force whose personal data differ from the pupil's data now."""

    record_uuid: str
    school_year: str
    changes: tuple[ValueChange, ...]


def records_with_other_data(pupil: Pupil) -> tuple[OldRecord, ...]:
    """Issued records of the pupil that carry other data than now; read from the signed bytes."""
    now, found = values_of(pupil), []
    for row in Enrolment.objects.filter(pupil=pupil).order_by("school_year"):
        for record in row.records.filter(state__in=STANDING_RECORD):
            signed = signed_values(bytes(record.document))
            changes = changes_between(signed, now)
            if changes:
                found.append(OldRecord(record.record_uuid, row.school_year, changes))
    return tuple(found)


def signed_values(document: bytes) -> dict[str, str]:
    """The personal data that stand in a record, by field; empty when it cannot be read."""
    try:
        pupil = read_record(document, strict=False).record.pupil
    except HocBaError:
        return {}
    return {name: str(getattr(pupil, name) or "") for name in LABELS}


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another room."""

    title: Sentence
    url: str


_ROOMS: Final = (
    ("school_assessments:pupil", Sentence("Kết quả học tập", "Results")),
    ("school_papers:pupil", Sentence("In học bạ, bản sao y", "Print, certified copies")),
    ("school_transfers:pupil", Sentence("Chuyển trường", "Transfer")),
)


def links_of(enrolment: Enrolment) -> list[Link]:
    """Ways to the pupil's results, records and papers, where such a page exists."""
    links = [
        Link(title, url)
        for name, title in _ROOMS
        if (url := address(name, enrolment.pk)) is not None
    ]
    rows = Enrolment.objects.filter(pupil_id=enrolment.pupil_id).order_by("-school_year")
    for row in rows:
        for record in row.records.order_by("-pk").defer("document")[:1]:
            url = address("school_issuing:record", record.record_uuid)
            if url is not None:
                links.append(Link(_record_title(row.school_year), url))
    return links


def _record_title(year: str) -> Sentence:
    return Sentence(f"Học bạ năm học {year}", f"Record of {year}")


def address(name: str, *args: object) -> str | None:
    """The address of a page by its name, or None while no room has such a page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None


def events_of(pupil: Pupil) -> list[AuditEntry]:
    """Who changed the pupil's file and when, newest first; readings are left out."""
    entries = entries_of(f"pupil:{pupil.pk}", using=SCHOOL_DATABASE)
    return list(entries.filter(kind=AuditEntry.Kind.WRITE).order_by("-pk"))


def last_change(pupil: Pupil) -> AuditEntry | None:
    """Who changed the pupil's file last."""
    return next(iter(events_of(pupil)), None)


def attachment_for(by: Actor, attachment_id: int) -> Attachment:
    """A file of this person's school; whoever uses it has checked the right to its case."""
    found = Attachment.objects.filter(pk=attachment_id).select_related("school").first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.school.code))
    return found


def readable_enrolment(by: Actor, enrolment_id: int, on: dt.date) -> Enrolment:
    """One pupil's file, if this person may open it."""
    row = enrolment_by_id(by, enrolment_id)
    require(deny_pupil_reader(by, row.classroom, on))
    return row


def status_words(rows: Iterable[Enrolment]) -> list[tuple[str, str]]:
    """The statuses that occur, for the filter of the list."""
    used = {row.status for row in rows}
    return [(value, str(label)) for value, label in PupilStatus.choices if value in used]


def day_of_opening(school_year: str) -> dt.date:
    """5 September of the school year."""
    return dt.date(int(school_year[:4]), *FIRST_SCHOOL_DAY)
