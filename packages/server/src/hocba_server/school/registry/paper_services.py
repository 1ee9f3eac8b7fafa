"""The paper form of a pupil who is not assessed: printed by us, written and signed by hand.

TT 27/2020/TT-BGDĐT Điều 4 and 8; the record format has no value for "not assessed" (decision
0012), so the year of this pupil stands on the Ministry's paper form.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from hocba.errors import Refused
from hocba.ids import SchoolYear
from hocba.record.model import StudyYear
from hocba.record.pupil_sheet import pupil_data
from hocba.record.values import VIETNAM
from hocba.rendition.paper_record import PaperRecord, render_paper_record
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.registry.data_sheets import issuing_school
from hocba_server.school.registry.models import AssessmentMode, Enrolment
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.pupil_rights import deny_special_reader
from hocba_server.school.registry.pupil_services import audit
from hocba_server.school.registry.pupil_values import values_of
from hocba_server.school.registry.selectors import enrolment_by_id, study_history
from hocba_server.school.registry.taught import subject_title, taught_subjects
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry
from hocba_server.web.audit.selectors import entries_of

ACTION = "print_paper_form"


@dataclass(frozen=True, slots=True)
class PaperForm:
    """The file to print; its name tells nothing about the pupil."""

    pdf: bytes
    filename: str


def print_paper_form(*, by: Actor, at: dt.datetime, enrolment_id: int) -> PaperForm:
    """Render the form with the personal data as they are now, and keep who printed it.

    Printing again is allowed: sheets get spoiled, a later year is added. Raises `Refused`:
    `not_found`, `role`, `digital_record` for a pupil who is assessed, `rendition`.
    """
    with school_transaction():
        row = enrolment_by_id(by, enrolment_id)
        require(deny_special_reader(by, row.classroom, at.date()))
        if row.assessment_mode != AssessmentMode.NOT_ASSESSED:
            raise Refused(
                "digital_record",
                f"{row.pupil.full_name} được đánh giá trong năm học {row.school_year} nên học bạ "
                "của em là học bạ số. In ở mục Giấy tờ của em.",
                f"{row.pupil.full_name} is assessed in {row.school_year}, so the record is "
                "digital. Print it under Papers.",
            )
        pdf = render_paper_record(_paper(row), fonts=settings.FONTS_DIR, timestamp=at)
        detail = {"enrolment": row.pk, "school_year": row.school_year}
        audit(by, at, ACTION, row.pupil, detail)
    return PaperForm(pdf, f"mau-hoc-ba-giay-{row.pk}.pdf")


def printings_of(row: Enrolment) -> list[AuditEntry]:
    """Who printed the form of this year, and when, newest first."""
    entries = entries_of(f"pupil:{row.pupil_id}", using=SCHOOL_DATABASE)
    return list(entries.filter(action=ACTION, detail__enrolment=row.pk).order_by("-pk"))


def _paper(row: Enrolment) -> PaperRecord:
    room, year = row.classroom, row.school_year
    years = [each for each in study_history(row.pupil) if each.school_year <= year]
    return PaperRecord(
        school=issuing_school(room.school),
        school_year=SchoolYear(year),
        classroom_name=room.name,
        pupil=pupil_data(values_of(row.pupil)),
        history=[_study_year(each) for each in years],
        register_numbers={year: row.pupil.register_number},
        subject_names={
            str(each.code): title
            for each in taught_subjects(room)
            if (title := subject_title(room, each)) != each.name
        },
    )


def _study_year(row: Enrolment) -> StudyYear:
    arrived = dt.datetime.combine(row.arrived_on, dt.time(), VIETNAM)
    room = row.classroom
    return StudyYear(SchoolYear(row.school_year), room.name, room.school.name, arrived)
