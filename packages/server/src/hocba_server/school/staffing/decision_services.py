"""The head signs the assignment of a year, and later each change of it (QĐ 1789 Đ20.2).

One transaction: lines, PDF, signature and row belong together; the row is never changed again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass

from django.conf import settings
from django.utils.timezone import localdate

from hocba.errors import Refused
from hocba.ids import SchoolYear
from hocba.ports import Key, TimestampSource
from hocba.rendition.assignment_decision import (
    DecisionPaper,
    PersonDuties,
    render_assignment_decision,
)
from hocba.rendition.seal import PERSON_FIELD, seal_pdf
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.papers.numbering import initials
from hocba_server.school.registry.models import School, StaffMember
from hocba_server.school.registry.permissions import deny_other_school, require
from hocba_server.school.registry.selectors import not_found, own_staff, school_by_id
from hocba_server.school.signing.approval import admit_certificate
from hocba_server.school.signing.certificate_checks import CertificateTrust, InstalledTrust
from hocba_server.school.staffing.decision_lines import Coverage, Line, coverage_of, grouped
from hocba_server.school.staffing.facts_services import upper_body
from hocba_server.school.staffing.models import AssignmentDecision
from hocba_server.school.staffing.rights import deny_assigner, deny_staff_reader
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

FORMAT = "hocba-assignment-decision/1"


@dataclass(frozen=True, slots=True)
class DecisionWish:
    """What the head states: the number in the school's register, and what was shown."""

    school_year: str
    number: int
    seen: str
    """`shown_digest` of the page that the head read: what is signed is what was shown."""


def shown_digest(coverage: Coverage) -> str:
    """SHA-256 over the lines that the next decision would hold."""
    keys = [[*line.key] for line in coverage.added], [[*line.key] for line in coverage.removed]
    return hashlib.sha256(json.dumps(keys).encode()).hexdigest()


def next_number(school: School, day: dt.date) -> int:
    """A number to propose: one above the last decision of the calendar year."""
    rows = AssignmentDecision.objects.filter(school=school, year=day.year).order_by("-number")
    return (rows.values_list("number", flat=True).first() or 0) + 1


def sign_decision(
    *,
    by: Actor,
    at: dt.datetime,
    school_id: int,
    wish: DecisionWish,
    key: Key,
    timestamp: TimestampSource | None,
    trust: CertificateTrust | None = None,
) -> int:
    """Sign what is assigned and not signed yet; the first decision of a year holds everything.

    `key` is the head's own. Raises `Refused`: `decision_empty`, `decision_changed`,
    `decision_number`, what `admit_certificate` refuses, and what key and time-stamp raise.
    Nothing is kept then.
    """
    require(deny_assigner(by))
    SchoolYear.parse(wish.school_year)
    with school_transaction():
        school_by_id(by, school_id)
        # The row is the lock: two signatures at once would cover the same lines twice.
        school = School.objects.select_for_update().get(pk=school_id)
        coverage = coverage_of(school, wish.school_year)
        _check(school, coverage, wish, at)
        signer = own_staff(by)
        admit_certificate(
            school=school,
            certificate=key.certificate,
            chain=key.chain,
            owner=signer.personal_id,
            organisation=False,
            at=at,
            trust=trust or InstalledTrust(),
        )
        sign = _sign(school, wish)
        data = _data(school, coverage, sign, at)
        unsigned = render_assignment_decision(
            _paper(school, coverage, sign, signer, at), data, fonts=settings.FONTS_DIR, timestamp=at
        )
        pdf = seal_pdf(unsigned, key, at, timestamp, field=PERSON_FIELD)
        return _keep(by, at, coverage, wish, signer, key, data, pdf).pk


def _keep(
    by: Actor,
    at: dt.datetime,
    coverage: Coverage,
    wish: DecisionWish,
    signer: StaffMember,
    key: Key,
    data: bytes,
    pdf: bytes,
) -> AssignmentDecision:
    row = AssignmentDecision.objects.create(
        school=signer.school,
        school_year=wish.school_year,
        kind=coverage.kind,
        number=wish.number,
        year=localdate(at).year,
        sign=_sign(signer.school, wish),
        signed_on=localdate(at),
        added=[line.to_json() for line in coverage.added],
        removed=[line.to_json() for line in coverage.removed],
        signer_name=signer.full_name,
        signer_title=signer.title,
        certificate_serial=f"{key.certificate.serial_number:X}"[:60],
        data=data,
        content=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
        size=len(pdf),
        signed_by=by.user_id,
        signed_at=at,
    )
    detail = {
        "number": row.sign,
        "school_year": wish.school_year,
        "added": len(coverage.added),
        "removed": len(coverage.removed),
        "sha256": row.sha256,
    }
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action="sign_assignment_decision",
        subject=f"decision:{row.pk}",
        detail=detail,
    )
    return row


def _sign(school: School, wish: DecisionWish) -> str:
    """Number and sign; numbers below ten get a zero (NĐ 30/2020/NĐ-CP annex I)."""
    return f"{wish.number:02d}/QĐ-{initials(school.name)}"


def decision_by_id(by: Actor, decision_id: int) -> AssignmentDecision:
    """A signed decision of this school, with its bytes."""
    row = AssignmentDecision.objects.select_related("school").filter(pk=decision_id).first()
    if row is None:
        raise not_found()
    require(deny_other_school(by, row.school.code))
    require(deny_staff_reader(by))
    return row


def _check(school: School, coverage: Coverage, wish: DecisionWish, at: dt.datetime) -> None:
    if not coverage.added and not coverage.removed:
        raise Refused(
            "decision_empty",
            "Không có phân công nào chờ ký: mọi phân công đã nằm trong quyết định đã ký.",
            "Every assignment is covered by a signed decision.",
        )
    if wish.seen != shown_digest(coverage):
        raise Refused(
            "decision_changed",
            "Phân công vừa thay đổi sau khi Thầy/Cô mở trang này. Xem lại bảng rồi ký.",
            "The assignments changed after this page was opened. Read them again, then sign.",
        )
    used = AssignmentDecision.objects.filter(school=school, year=localdate(at).year)
    if wish.number < 1 or used.filter(number=wish.number).exists():
        raise Refused(
            "decision_number",
            "Số quyết định phải là số chưa dùng trong năm. Lấy số ở sổ văn bản đi của văn thư.",
            "The number of the decision must be one that was not used this year.",
        )


def _paper(
    school: School, coverage: Coverage, sign: str, signer: StaffMember, at: dt.datetime
) -> DecisionPaper:
    def table(lines: tuple[Line, ...]) -> list[PersonDuties]:
        return [PersonDuties(*each) for each in grouped(lines)]

    last = coverage.decisions[0] if coverage.decisions else None
    return DecisionPaper(
        department=upper_body(school),
        school=school.name,
        place=school.ward_name,
        number=sign,
        signed_on=localdate(at),
        school_year=coverage.school_year,
        added=table(coverage.added),
        removed=table(coverage.removed),
        amends=f"{last.sign} ngày {last.signed_on:%d/%m/%Y}" if last else "",
        signer_title=signer.title,
        signer_name=signer.full_name,
    )


def _data(school: School, coverage: Coverage, sign: str, at: dt.datetime) -> bytes:
    value = {
        "format": FORMAT,
        "school_code": school.code,
        "school_name": school.name,
        "school_year": coverage.school_year,
        "kind": coverage.kind,
        "number": sign,
        "signed_on": localdate(at).isoformat(),
        "amends": coverage.decisions[0].sign if coverage.decisions else None,
        "added": [line.to_json() for line in coverage.added],
        "removed": [line.to_json() for line in coverage.removed],
    }
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()
