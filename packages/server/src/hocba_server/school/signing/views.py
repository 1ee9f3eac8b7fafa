from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba.errors import Refused
from hocba.record.model import SignerRole
from hocba.workflow.transitions import RecordState
from hocba_server.school.assessments.returns import open_returns
from hocba_server.school.assessments.selectors import class_findings
from hocba_server.school.issuing.models import STANDING_STATES, AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import (
    batch_by_id,
    batch_of,
    deny_reading,
    deny_return,
    record_by_uuid,
    records_of,
)
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_results_reader, deny_role, require
from hocba_server.school.registry.selectors import classroom_by_id, leaders, not_found, own_school
from hocba_server.school.signing import approval, services
from hocba_server.school.signing.desk import signing_desk
from hocba_server.school.signing.downloads import record_pdf
from hocba_server.school.signing.key_sources import key_sources
from hocba_server.school.signing.models import KeySource, SessionState, SigningSession
from hocba_server.school.signing.paper_tasks import paper_keys
from hocba_server.school.signing.print_codes import CODES, records_without_codes
from hocba_server.school.signing.rights import STEPS, Step, deny_now, signed_count
from hocba_server.school.signing.scopes import SigningScope
from hocba_server.school.signing.sealed_pdfs import PDFS, records_without_pdf
from hocba_server.school.signing.selectors import (
    seen_certificates,
    session_by_id,
    session_progress,
    sessions_by,
    sessions_of,
)
from hocba_server.web.accounts.actor import Actor


@school_page
def batch(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    require(deny_results_reader(by, room, localdate()))
    found = batch_of(room)
    records = records_of(found) if found else []
    locked = {row.enrolment_id for row in records}
    returned = [row for row in records if row.state == RecordState.DRAFT.value]
    checks = [
        check
        for check in class_findings(room)
        if check.enrolment.pk not in locked and not check.year.on_paper
    ]
    sessions = sessions_of(found) if found else []
    context = {
        "room": room,
        "batch": found,
        "records": records,
        "returned": returned,
        "being_corrected": {row.enrolment_id for row in open_returns(room)} if returned else set(),
        "open_pupils": len(checks),
        "wrong": sum(1 for check in checks if check.year.errors),
        "complete": sum(1 for check in checks if not check.year.errors),
        "pupils": len(records) + len(checks),
        "leaders": leaders(room.school, room.school_year),
        "deny_open": deny_role(by, SchoolRole.PRINCIPAL),
        "deny_create": deny_role(by, SchoolRole.REGISTRAR),
        "deny_return": deny_return(by, found, records) if found else None,
        "deny_submit": deny_role(by, SchoolRole.SCHOOL_CLERK),
        "steps": [_step(by, found, step, records) for step in STEPS] if found else [],
        "sessions": sessions,
        "running": next((row for row in sessions if not row.finished), None),
        "issued": [row for row in records if row.state in {item.value for item in STANDING_STATES}],
        "codes_waiting": len(records_without_codes(found)) if found else 0,
        "code_keys": paper_keys(CODES, by),
        "pdfs_waiting": len(records_without_pdf(found)) if found else 0,
        "pdf_keys": paper_keys(PDFS, by),
    }
    return render(request, "school_signing/batch.html", context)


def _step(
    by: Actor, found: IssueBatch, step: Step, records: list[AnnualRecordDraft]
) -> dict[str, Any]:
    signed = signed_count(records, step.role)
    return {
        "role": step.role.value,
        "title": step.title,
        "signed": signed,
        "total": len(records),
        "done": bool(records) and signed == len(records),
        "denial": deny_now(by, found, step.role, records),
        "sources": key_sources(step.role, by.unit_code),
    }


def _source(request: HttpRequest, by: Actor, role: str) -> KeySource:
    chosen = request.POST.get("key_source", "")
    if chosen in KeySource.values:
        return KeySource(chosen)
    return key_sources(_role(role), by.unit_code)[0]


def _role(role: str) -> SignerRole:
    try:
        return SignerRole(role)
    except ValueError as error:
        raise not_found() from error


@require_POST
@school_page
def start(request: HttpRequest, by: Actor, batch_id: int, role: str) -> HttpResponse:
    found = batch_by_id(by, batch_id)
    session_id = attempt(
        request,
        lambda: services.start_session(
            by=by,
            at=timezone.now(),
            batch_id=batch_id,
            role=_role(role).value,
            key_source=_source(request, by, role),
        ),
    )
    if session_id is None:
        return redirect("school_signing:batch", found.classroom_id)
    return redirect("school_signing:session", session_id)


@school_page
def desk(request: HttpRequest, by: Actor) -> HttpResponse:
    """Everything that waits for this person's signature, and one button for all of it."""
    context = {
        "school": own_school(by),
        "lines": signing_desk(by),
        "sessions": sessions_by(by, own_school(by)),
        "may_approve": deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_CLERK) is None,
    }
    return render(request, "school_signing/desk.html", context)


@require_POST
@school_page
def start_scope(request: HttpRequest, by: Actor, role: str) -> HttpResponse:
    grade = request.POST.get("grade", "")
    scope = SigningScope(
        school_year=request.POST.get("school_year", "")[:9],
        grade=int(grade) if grade in {"1", "2", "3", "4", "5"} else None,
    )
    session_id = attempt(
        request,
        lambda: services.start_session(
            by=by,
            at=timezone.now(),
            role=_role(role).value,
            scope=scope,
            key_source=_source(request, by, role),
        ),
    )
    if session_id is None:
        return redirect("school_signing:desk")
    return redirect("school_signing:session", session_id)


@school_page
def session(request: HttpRequest, by: Actor, session_id: int) -> HttpResponse:
    found = session_by_id(by, session_id)
    return render(request, "school_signing/session.html", _session_page(by, found))


def _session_page(by: Actor, found: SigningSession) -> dict[str, Any]:
    own = found.started_by == by.user_id
    return {
        "session": found,
        "progress": session_progress(found.pk),
        "own": own,
        "agent": own and found.key_source == KeySource.AGENT and found.finished_at is None,
        "remote": own
        and found.key_source == KeySource.REMOTE
        and found.finished_at is None
        and (not found.activation or found.state == SessionState.STOPPED),
    }


@school_page
def progress(request: HttpRequest, by: Actor, session_id: int) -> HttpResponse:
    found = session_by_id(by, session_id)
    return render(request, "school_signing/progress_update.html", _session_page(by, found))


@require_POST
@school_page
def steer(request: HttpRequest, by: Actor, session_id: int) -> HttpResponse:
    """Stop, go on with, or give up a session."""
    session_by_id(by, session_id)
    work = {
        "stop": services.stop_session,
        "resume": services.resume_session,
        "close": services.close_session,
    }.get(request.POST.get("do", ""))
    if work is None:
        raise Refused("unknown", "Không rõ việc cần làm.", "Nothing was asked.")
    if attempt(request, lambda: (work(by=by, at=timezone.now(), session_id=session_id), True)):
        messages.success(request, gettext("Đã ghi yêu cầu."))
    return redirect("school_signing:session", session_id)


@school_page
def certificates(request: HttpRequest, by: Actor) -> HttpResponse:
    """The certificates that sign for the school."""
    require(deny_role(by, SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_CLERK, SchoolRole.SCHOOL_LEADER))
    school = own_school(by)
    context = {
        "school": school,
        "rows": seen_certificates(school),
        "now": timezone.now(),
        "may_decide": deny_role(by, SchoolRole.PRINCIPAL) is None,
    }
    return render(request, "school_signing/certificates.html", context)


@require_POST
@school_page
def decide_certificate(request: HttpRequest, by: Actor, seen_id: int) -> HttpResponse:
    def work() -> bool:
        approval.decide_certificate(
            by=by,
            at=timezone.now(),
            seen_id=seen_id,
            approved=request.POST.get("approved") == "1",
        )
        return True

    if attempt(request, work):
        messages.success(request, gettext("Đã ghi quyết định về chứng thư số."))
    return redirect("school_signing:certificates")


@school_page
def download_pdf(request: HttpRequest, by: Actor, record_uuid: str) -> HttpResponse:
    row = record_by_uuid(by, record_uuid)
    require(deny_reading(by, row))
    pdf = attempt(request, lambda: record_pdf(by=by, at=timezone.now(), record_uuid=record_uuid))
    if pdf is None:
        return redirect("school_issuing:record", record_uuid)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="hoc-ba-{record_uuid}.pdf"'
    return response
