from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.timezone import localdate

from hocba.errors import Refused
from hocba.ports import Key, TimestampSource
from hocba.rendition.certified_copy import CertifiedCopy
from hocba.rendition.seal import seal_pdf
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.issuing.services import note_reading
from hocba_server.school.papers.models import IssuedPaper, PaperKind
from hocba_server.school.papers.numbering import PaperTerms, enter, take_number
from hocba_server.school.papers.rights import deny_certifying
from hocba_server.school.papers.selectors import (
    copy_leaders,
    is_issued,
    paper_by_id,
    printing_place,
    records_to_print,
)
from hocba_server.school.papers.sheets import form_of, pupil_pdf
from hocba_server.school.registry.models import Enrolment, School, StaffMember
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import not_found
from hocba_server.school.signing.approval import admit_certificate
from hocba_server.school.signing.certificate_checks import CertificateTrust
from hocba_server.school.signing.print_codes import make_codes_at_hand
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


@dataclass(frozen=True, slots=True)
class Printed:
    """A file for the printer; its name holds the number in the register and nobody's name."""

    pdf: bytes
    filename: str


@dataclass(frozen=True, slots=True)
class CopyWish:
    """What the clerk states for a certified copy."""

    leader_id: int
    recipient: str
    purpose: str = ""
    copies: int = 1


def print_pupil(
    *,
    by: Actor,
    at: dt.datetime,
    enrolment_id: int,
    school_years: Sequence[str],
    form: str,
    double_sided: bool,
) -> Printed:
    """Print chosen years of a pupil as one file. Years that are not issued carry a mark.

    Every record in it is noted as read; what is issued gets a line in the register. Raises
    `Refused`: `booklet_empty` when no record was chosen, and what `render_booklet` raises.
    """
    with school_transaction():
        place = printing_place(by, enrolment_id, localdate(at))
        rows = records_to_print(place.pupil, list(school_years))
        make_codes_at_hand(by=by, at=at, rows=rows)
        pdf = pupil_pdf(rows, at=at, form=form_of(form), double_sided=double_sided)
        _note(by, at, rows, "in")
        if not any(is_issued(row) for row in rows):
            return Printed(pdf, "hoc-ba-ban-nhap.pdf")
        kind = PaperKind.RECORD if len(rows) == 1 else PaperKind.BOOKLET
        number = take_number(place.classroom.school, kind, at)
        terms = PaperTerms(form=form_of(form), pupil=place.pupil)
        paper = enter(
            by=by, at=at, number=number, room=place.classroom, rows=rows, pdf=pdf, terms=terms
        )
        audit_paper(by, at, "print_record", paper)
    return Printed(pdf, file_name(paper))


def issue_certified_copy(
    *,
    by: Actor,
    at: dt.datetime,
    enrolment_id: int,
    school_years: Sequence[str],
    form: str,
    wish: CopyWish,
    key: Key,
    timestamp: TimestampSource,
    trust: CertificateTrust,
) -> int:
    """Issue a certified copy: numbered, with the leader's name, sealed with the school's key.

    `key` must be the school's own. The file is kept. Raises `Refused`: `copy_of_draft`,
    `copy_terms`, `not_leader`, `booklet_empty`, the faults of `admit_certificate`, and
    `Unavailable` when there is no time-stamp; nothing is issued then and no number is used.
    """
    require(deny_certifying(by))
    with school_transaction():
        place = printing_place(by, enrolment_id, localdate(at))
        school = place.classroom.school
        admit_certificate(
            school=school,
            certificate=key.certificate,
            chain=key.chain,
            owner=school.code,
            organisation=True,
            at=at,
            trust=trust,
        )
        leader = _leader(place, wish.leader_id)
        rows = records_to_print(place.pupil, list(school_years))
        make_codes_at_hand(by=by, at=at, rows=rows)
        number = take_number(school, PaperKind.COPY, at)
        copy = _copy(school, leader, number.sign, wish, at)
        unsealed = pupil_pdf(rows, at=at, form=form_of(form), copy=copy)
        pdf = seal_pdf(unsealed, key, at, timestamp)
        terms = _terms(copy, place, form, leader)
        paper = enter(
            by=by, at=at, number=number, room=place.classroom, rows=rows, pdf=pdf, terms=terms
        )
        _note(by, at, rows, f"bản sao y số {paper.sign}")
        audit_paper(by, at, "issue_certified_copy", paper)
    return paper.pk


def fetch_copy(*, by: Actor, at: dt.datetime, paper_id: int) -> Printed:
    """The kept file of a certified copy, byte for byte; the reading is recorded.

    Raises `Refused` with code `not_kept` for papers whose file is not kept.
    """
    with school_transaction():
        paper = paper_by_id(by, paper_id, with_file=True)
        if paper.content is None:
            raise Refused(
                "not_kept",
                "Sổ chỉ giữ tệp của bản sao y. Bản in này in lại được từ trang của học sinh.",
                "Only certified copies are kept; this print can be made again.",
            )
        rows = AnnualRecordDraft.objects.filter(record_uuid__in=paper.record_uuids)
        _note(by, at, list(rows.defer("document")), f"mở lại bản sao y số {paper.sign}")
    return Printed(bytes(paper.content), file_name(paper))


def file_name(paper: IssuedPaper) -> str:
    """The file's name for downloads: kind and number."""
    kind = {"certified_copy": "sao-y", "class": "in-ca-lop"}.get(paper.kind, "in-hoc-ba")
    return f"{kind}-{paper.number:02d}-{paper.year}.pdf"


def audit_paper(by: Actor, at: dt.datetime, action: str, paper: IssuedPaper) -> None:
    """Write the audit entry of a line of the register, in its transaction."""
    detail = {
        "number": paper.sign,
        "records": paper.record_uuids,
        "form": paper.form,
        "copies": paper.copies,
        "sha256": paper.sha256,
    }
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"paper:{paper.pk}",
        detail=detail,
    )


def _note(by: Actor, at: dt.datetime, rows: Sequence[AnnualRecordDraft], purpose: str) -> None:
    for row in rows:
        note_reading(by=by, at=at, record=row, purpose=purpose)


def _copy(
    school: School, leader: StaffMember, sign: str, wish: CopyWish, at: dt.datetime
) -> CertifiedCopy:
    return CertifiedCopy(
        number=sign,
        department=school.department_name,
        body=school.name,
        place=school.ward_name,
        made_at=at,
        leader_title=leader.title,
        leader_name=leader.full_name,
        recipient=wish.recipient.strip(),
        purpose=wish.purpose.strip(),
        copies=wish.copies,
    )


def _terms(copy: CertifiedCopy, place: Enrolment, form: str, leader: StaffMember) -> PaperTerms:
    return PaperTerms(
        form=form_of(form),
        pupil=place.pupil,
        recipient=copy.recipient,
        purpose=copy.purpose,
        copies=copy.copies,
        leader_name=leader.full_name,
        leader_title=leader.title,
        keep=True,
    )


def _leader(place: Enrolment, staff_id: int) -> StaffMember:
    school = place.classroom.school
    for leader in copy_leaders(school):
        if leader.pk == staff_id:
            return leader
    if not StaffMember.objects.filter(pk=staff_id, school=school).exists():
        raise not_found()
    raise Refused(
        "not_leader",
        "Người này không phải lãnh đạo nhà trường trong năm học này nên không ký bản sao được.",
        "This person is no leader of the school in this school year.",
    )
