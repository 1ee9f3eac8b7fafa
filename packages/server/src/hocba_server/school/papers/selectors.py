from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from hocba.errors import Sentence
from hocba.workflow.transitions import RecordState
from hocba_server.school.issuing.models import ISSUED_STATES, AnnualRecordDraft
from hocba_server.school.papers.models import (
    OPEN_STATES,
    IssuedPaper,
    JobState,
    PaperKind,
    PrintJob,
)
from hocba_server.school.papers.rights import deny_printing, deny_register
from hocba_server.school.registry.models import (
    Classroom,
    Enrolment,
    Pupil,
    School,
    StaffMember,
)
from hocba_server.school.registry.permissions import deny_other_school, require
from hocba_server.school.registry.selectors import (
    enrolment_by_id,
    leaders,
    not_found,
    own_school,
    school_years,
)
from hocba_server.web.accounts.actor import Actor

_GONE: Final = (
    RecordState.REJECTED.value,
    RecordState.RECALLED.value,
    RecordState.REPLACED.value,
)
"""States of a record that holds no more; it is never printed."""
_ISSUED: Final = frozenset(state.value for state in ISSUED_STATES)
REGISTER_ROWS: Final = 300
"""Lines that the page of the register shows; the file has all of them."""


@dataclass(frozen=True, slots=True)
class PrintableYear:
    """One year of a pupil: its record, if there is one to print."""

    enrolment: Enrolment
    record: AnnualRecordDraft | None

    @property
    def issued(self) -> bool:
        """It is in force, so it prints without the mark of a draft."""
        return self.record is not None and self.record.state in _ISSUED


def printing_place(by: Actor, enrolment_id: int, on: dt.date) -> Enrolment:
    """The pupil in a class where this person may print."""
    found = enrolment_by_id(by, enrolment_id)
    require(deny_printing(by, found.classroom, on))
    return found


def printable_years(pupil: Pupil) -> list[PrintableYear]:
    """The pupil's years at this school, oldest first, without the bytes of the records."""
    enrolments = Enrolment.objects.filter(pupil=pupil).select_related("classroom")
    rows = (
        AnnualRecordDraft.objects.filter(enrolment__pupil=pupil)
        .exclude(state__in=_GONE)
        .defer("document")
    )
    records = {row.enrolment_id: row for row in rows}
    return [
        PrintableYear(each, records.get(each.pk)) for each in enrolments.order_by("school_year")
    ]


def records_to_print(
    pupil: Pupil, school_years: Sequence[str] | None = None
) -> list[AnnualRecordDraft]:
    """The records of a pupil that hold or are on their way, with their exact bytes."""
    rows = AnnualRecordDraft.objects.filter(enrolment__pupil=pupil).exclude(state__in=_GONE)
    if school_years is not None:
        rows = rows.filter(enrolment__school_year__in=school_years)
    return list(
        rows.select_related("batch__classroom__school", "enrolment__pupil").order_by(
            "enrolment__school_year"
        )
    )


def is_issued(record: AnnualRecordDraft) -> bool:
    """The record is in force."""
    return record.state in _ISSUED


def papers_of(pupil: Pupil) -> list[IssuedPaper]:
    """What was issued of this pupil, newest first, without the files."""
    return list(IssuedPaper.objects.filter(pupil=pupil).defer("content"))


def copy_leaders(school: School) -> list[StaffMember]:
    """Who may be named on a certified copy: the leaders of the newest year that has any."""
    for year in school_years(school):
        found = leaders(school, year)
        if found:
            return found
    return []


@dataclass(frozen=True, slots=True)
class RegisterQuery:
    """What somebody looks for in the register; empty values ask for everything."""

    kind: str = ""
    year: int | None = None
    text: str = ""
    """Part of the number, the pupil's name, the recipient or the purpose; or a record's UUID."""
    sha256: str = ""


def register_rows(by: Actor, query: RegisterQuery) -> QuerySet[IssuedPaper]:
    """Lines of the own school's register, newest first, without the files."""
    require(deny_register(by))
    rows = IssuedPaper.objects.filter(school=own_school(by)).defer("content")
    if query.kind in PaperKind.values:
        rows = rows.filter(kind=query.kind)
    if query.year is not None:
        rows = rows.filter(year=query.year)
    if query.sha256:
        rows = rows.filter(sha256=query.sha256)
    text = query.text.strip()
    if text:
        rows = rows.filter(
            Q(sign__icontains=text)
            | Q(pupil__full_name__icontains=text)
            | Q(recipient__icontains=text)
            | Q(purpose__icontains=text)
            | Q(record_uuids__contains=[text.lower()])
        )
    return rows.select_related("pupil", "classroom")


def register_years(school: School) -> list[int]:
    """Years that have lines, newest first."""
    rows = IssuedPaper.objects.filter(school=school).order_by("-year")
    return list(rows.values_list("year", flat=True).distinct())


def paper_by_id(by: Actor, paper_id: int, *, with_file: bool = False) -> IssuedPaper:
    """One line of the own school's register, `with_file` also the bytes of the kept copy."""
    rows = IssuedPaper.objects.select_related("school", "pupil", "classroom")
    if not with_file:
        rows = rows.defer("content")
    found = rows.filter(pk=paper_id).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.school.code))
    require(deny_register(by))
    return found


def job_by_id(by: Actor, job_id: int, on: dt.date, *, with_file: bool = False) -> PrintJob:
    """A class print of the own school, if this person may print that class."""
    rows = PrintJob.objects.select_related("classroom__school", "paper")
    if not with_file:
        rows = rows.defer("result", "paper__content")
    found = rows.filter(pk=job_id).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.classroom.school.code))
    require(deny_printing(by, found.classroom, on))
    return found


@dataclass(frozen=True, slots=True)
class JobView:
    """How far a class print is, as its page shows it."""

    job_id: int
    state: str
    state_name: str
    form_name: str
    double_sided: bool
    all_years: bool
    total: int
    done: int
    problem: Sentence | None
    asked_name: str
    asked_at: dt.datetime
    expires_at: dt.datetime | None
    size: int
    sign: str
    ready: bool

    @property
    def finished(self) -> bool:
        """Nothing more will happen by itself."""
        return self.state not in OPEN_STATES

    @property
    def percent(self) -> int:
        """Share of pupils done, 0 to 100."""
        return 100 * self.done // self.total if self.total else 100


def job_view(row: PrintJob, at: dt.datetime) -> JobView:
    """The job as its page shows it; `ready` while the file is still kept."""
    kept = row.expires_at is not None and at < row.expires_at
    return JobView(
        job_id=row.pk,
        state=row.state,
        state_name=str(JobState(row.state).label),
        form_name=str(row.get_form_display()),
        double_sided=row.double_sided,
        all_years=row.all_years,
        total=row.total,
        done=row.done,
        problem=row.why,
        asked_name=str(row.actor.get("name", "")),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        size=row.size,
        sign=row.paper.sign if row.paper else "",
        ready=row.state == JobState.DONE and kept,
    )


def jobs_of(room: Classroom, at: dt.datetime) -> list[JobView]:
    """The newest class prints of a class."""
    rows = PrintJob.objects.filter(classroom=room).select_related("paper")
    return [job_view(row, at) for row in rows.defer("result", "paper__content")[:10]]
