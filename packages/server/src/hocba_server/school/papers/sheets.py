"""From the school's rows to what the library prints: exact signed bytes, signers, address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings

from hocba.ids import SubjectCode
from hocba.record.codec import read_record
from hocba.record.model import SignerRole, SlotId
from hocba.rendition.booklet import BookletYear, render_booklet
from hocba.rendition.certified_copy import CertifiedCopy
from hocba.rendition.class_file import ClassHeading, ClassPupil
from hocba.rendition.face import Form, SignatureLine
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.issuing.selectors import stamps_of
from hocba_server.school.papers.models import PaperForm
from hocba_server.school.papers.selectors import is_issued, records_to_print
from hocba_server.school.registry.models import Classroom, Enrolment
from hocba_server.school.registry.selectors import homeroom_teacher
from hocba_server.school.signing.print_codes import codes_of, make_codes_at_hand
from hocba_server.web.accounts.actor import Actor


def form_of(text: str) -> Form:
    """The form that somebody chose; the display of the digital record unless A was asked for."""
    return "A" if text == PaperForm.A.value else "B"


def booklet_year(row: AnnualRecordDraft) -> BookletYear:
    """One record with its signers; marked as a draft until it is issued."""
    document = bytes(row.document)
    return BookletYear(
        record=read_record(document).record,
        document=document,
        signatures=[
            SignatureLine(
                SlotId(
                    SignerRole(stamp.role),
                    SubjectCode(stamp.subject_code) if stamp.subject_code else None,
                ),
                stamp.signer_name,
                stamp.issuer_name,
                stamp.signed_at,
            )
            for stamp in stamps_of(row)
        ],
        verify_url=f"{settings.VERIFY_URL}?ma={row.record_uuid}",
        issued=is_issued(row),
        codes=codes_of(row),
    )


def pupil_pdf(
    rows: Sequence[AnnualRecordDraft],
    *,
    at: dt.datetime,
    form: Form,
    double_sided: bool | None = None,
    copy: CertifiedCopy | None = None,
) -> bytes:
    """One or more years of a pupil as one PDF. Raises what `render_booklet` raises."""
    return render_booklet(
        [booklet_year(row) for row in rows],
        fonts=settings.FONTS_DIR,
        timestamp=at,
        form=form,
        copy=copy,
        double_sided=double_sided,
    )


def class_heading(room: Classroom) -> ClassHeading:
    """What the cover sheet of a class file says."""
    homeroom = homeroom_teacher(room)
    return ClassHeading(
        department=room.school.department_name,
        school=room.school.name,
        classroom=room.name,
        school_year=room.school_year,
        homeroom=homeroom.full_name if homeroom else None,
    )


def class_pupil(
    enrolment: Enrolment,
    *,
    all_years: bool,
    printed: list[AnnualRecordDraft],
    by: Actor,
    at: dt.datetime,
) -> ClassPupil:
    """One pupil of a class file; the records whose turn has come are noted in `printed`.

    The class file ends with the year of the class: later years belong to other classes.
    """

    def years() -> list[BookletYear]:
        last = enrolment.school_year
        rows = records_to_print(enrolment.pupil, None if all_years else [last])
        chosen = [row for row in rows if row.enrolment.school_year <= last]
        printed.extend(chosen)
        make_codes_at_hand(by=by, at=at, rows=chosen)
        found = [booklet_year(row) for row in chosen]
        for row in chosen:
            row.document = b""  # it was read; a class of records would fill the memory
        return found

    return ClassPupil(enrolment.pupil.full_name, enrolment.pupil.birth_date, years)
