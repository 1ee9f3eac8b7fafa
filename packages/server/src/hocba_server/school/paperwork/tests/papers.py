"""Every kind of paper, ready to be signed, and how to see that it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hocba.errors import Refused
from hocba.rendition.seal import read_seal
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.onboarding.models import KeyTrial
from hocba_server.school.papers.models import IssuedPaper
from hocba_server.school.recalls.corrections import prepare_correction
from hocba_server.school.recalls.models import RecallRequest
from hocba_server.school.registry.models import School
from hocba_server.school.registry.sheet_services import confirm_data, initialise_data
from hocba_server.school.signing.models import PrintCodes, SealedPdf, SeenCertificate
from hocba_server.school.signing.paper_tasks import Typed
from hocba_server.school.situation.models import SituationMessage
from hocba_server.school.staffing.decision_lines import coverage_of
from hocba_server.school.staffing.decision_services import shown_digest
from hocba_server.school.staffing.models import AssignmentDecision
from hocba_server.school.statements.models import Statement
from hocba_server.school.statements.services import draw_data_sheets
from hocba_server.school.submission.models import CertificateRegistration, Package
from hocba_server.school.tests.cast import AT, CODE, HEAD_ID, YEAR, Cast
from hocba_server.web.accounts.actor import Actor

Signed = Callable[[], int]


@dataclass(frozen=True)
class Paper:
    """One paper that waits: who signs it, what that person typed, how many are signed after."""

    name: str
    by: Actor
    typed: Typed
    signed: Signed
    papers: int = 1


def _own_trial(cast: Cast) -> Paper:
    return Paper("ky-thu", cast.principal, Typed({}), KeyTrial.objects.count)


def _school_trial(cast: Cast) -> Paper:
    return Paper("ky-thu-truong", cast.clerk, Typed({}), KeyTrial.objects.count)


def _decision(cast: Cast) -> Paper:
    school = School.objects.get(pk=cast.school_id)
    typed = {
        "school_year": [YEAR],
        "number": ["7"],
        "seen": [shown_digest(coverage_of(school, YEAR))],
    }
    done = AssignmentDecision.objects.filter(number=7).count
    return Paper("quyet-dinh-phan-cong", cast.principal, Typed(typed), done)


def _draw(cast: Cast) -> None:
    rows = cast.enrolments
    room = cast.classroom_id
    confirm_data(by=cast.homeroom, at=AT, classroom_id=room, enrolment_ids=rows, compared=True)
    initialise_data(by=cast.registrar, at=AT, classroom_id=room)
    draw_data_sheets(by=cast.registrar, at=AT, classroom_id=room)


def _statements_to_sign(cast: Cast) -> Paper:
    _draw(cast)
    done = Statement.objects.filter(state="signed").count
    return Paper("ky-giay-to", cast.principal, Typed({}), done, papers=3)


def _copy(cast: Cast) -> Paper:
    typed = {
        "enrolment": [str(cast.enrolments[0])],
        "year": [YEAR],
        "form": ["A"],
        "leader": [str(cast.head_staff_id)],
        "recipient": ["Bà Trần Thị Mẫu"],
        "purpose": ["Chuyển trường"],
        "copies": ["1"],
    }

    def signed() -> int:
        rows = IssuedPaper.objects.filter(kind="certified_copy")
        return sum(read_seal(bytes(row.content or b"")).fault is None for row in rows)

    return Paper("sao-y", cast.clerk, Typed(typed), signed)


def _pdfs(cast: Cast) -> Paper:
    def signed() -> int:
        rows = SealedPdf.objects.all()
        return sum(read_seal(bytes(row.content)).fault is None for row in rows)

    typed = Typed({"batch": [str(IssueBatch.objects.get().pk)]})
    return Paper("dong-dau-pdf", cast.clerk, typed, signed, papers=3)


def _codes(cast: Cast) -> Paper:
    typed = Typed({"batch": [str(IssueBatch.objects.get().pk)]})
    return Paper("ma-ban-in", cast.clerk, typed, PrintCodes.objects.count, papers=3)


def _registration(cast: Cast) -> Paper:
    return Paper("dang-ky-chung-thu", cast.clerk, Typed({}), CertificateRegistration.objects.count)


def _own_registration(cast: Cast) -> Paper:
    count = CertificateRegistration.objects.filter(holder="leader").count
    return Paper("dang-ky-chung-thu-can-bo", cast.principal, Typed({}), count)


def _end(cast: Cast) -> Paper:
    row = CertificateRegistration.objects.create(
        school_id=cast.school_id,
        serial="1",
        fingerprint=SeenCertificate.objects.get(owner=CODE).fingerprint,
        message_id="m",
        request={},
        state="approved",
        actor={},
        registered_by=1,
        registered_at=AT,
    )
    typed = Typed({"registration": [str(row.pk)], "reason": ["Đổi thiết bị ký"]})
    count = CertificateRegistration.objects.filter(end_state="waiting").count
    return Paper("cham-dut-chung-thu", cast.clerk, typed, count)


def _package(cast: Cast) -> Paper:
    assert AnnualRecordDraft.objects.exists()
    typed = Typed({"batch": [str(IssueBatch.objects.get().pk)]})
    return Paper("nop-so", cast.clerk, typed, Package.objects.count)


def _recall(cast: Cast) -> Paper:
    for state in ("submitted", "accepted"):
        AnnualRecordDraft.objects.update(state=state)
    row = AnnualRecordDraft.objects.order_by("pk")[0]
    typed = Typed({"record": [row.record_uuid], "reason": ["Ghi sai nơi sinh"]})
    return Paper("thu-hoi", cast.clerk, typed, RecallRequest.objects.count)


def _correction(cast: Cast) -> Paper:
    for state in ("submitted", "accepted", "closed"):
        AnnualRecordDraft.objects.update(state=state)
    row = AnnualRecordDraft.objects.order_by("pk")[0]
    draft = prepare_correction(
        by=cast.clerk,
        at=AT,
        record_uuid=row.record_uuid,
        kind="NOI_DUNG",
        reason="Ghi sai nơi sinh",
        uploads=[],
    )
    typed = Typed({"draft": [str(draft)]})
    return Paper("chinh-ly", cast.clerk, typed, RecallRequest.objects.count)


def _situation(cast: Cast) -> Paper:
    return Paper("tinh-hinh", cast.clerk, Typed({"year": [YEAR]}), SituationMessage.objects.count)


WAITING: dict[str, Callable[[Cast], Paper]] = {
    "ky-thu": _own_trial,
    "ky-thu-truong": _school_trial,
    "quyet-dinh-phan-cong": _decision,
    "ky-giay-to": _statements_to_sign,
    "sao-y": _copy,
    "ma-ban-in": _codes,
    "dong-dau-pdf": _pdfs,
    "dang-ky-chung-thu": _registration,
    "dang-ky-chung-thu-can-bo": _own_registration,
    "cham-dut-chung-thu": _end,
    "nop-so": _package,
    "thu-hoi": _recall,
    "chinh-ly": _correction,
    "tinh-hinh": _situation,
}
"""All but `dong-dau-giay-to`, which waits for the head's signature first."""
PERSON = {
    "ky-thu": HEAD_ID,
    "quyet-dinh-phan-cong": HEAD_ID,
    "ky-giay-to": HEAD_ID,
    "dang-ky-chung-thu-can-bo": HEAD_ID,
}
"""Papers that a person signs; the school's certificate signs the others."""


def code_of(work: Callable[[], object]) -> str:
    """The code of the refusal of this work; empty when it is done."""
    try:
        work()
    except Refused as refusal:
        return refusal.code
    return ""
