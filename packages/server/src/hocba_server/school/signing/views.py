from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hocba_server.school.assessments.selectors import class_findings
from hocba_server.school.issuing.models import ISSUED_STATES, AnnualRecordDraft, IssueBatch
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
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import classroom_by_id, leaders
from hocba_server.school.signing import services
from hocba_server.school.signing.downloads import record_pdf
from hocba_server.school.signing.rights import STEPS, Step, deny_now, signed_count
from hocba_server.school.signing.selectors import (
    session_by_id,
    session_progress,
    sessions_of,
)
from hocba_server.web.accounts.actor import Actor


@school_page
def batch(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    found = batch_of(room)
    records = records_of(found) if found else []
    checks = [] if records else class_findings(room)
    sessions = sessions_of(found) if found else []
    context = {
        "room": room,
        "batch": found,
        "records": records,
        "wrong": sum(1 for check in checks if check.year.errors),
        "pupils": len(records) or len(checks),
        "leaders": leaders(room.school, room.school_year),
        "deny_open": deny_role(by, SchoolRole.PRINCIPAL),
        "deny_create": deny_role(by, SchoolRole.REGISTRAR),
        "deny_return": deny_return(by, found, records) if found else None,
        "deny_submit": deny_role(by, SchoolRole.SCHOOL_CLERK),
        "steps": [_step(by, found, step, records) for step in STEPS] if found else [],
        "sessions": sessions,
        "running": next((row for row in sessions if not row.finished), None),
        "issued": [row for row in records if row.state in {item.value for item in ISSUED_STATES}],
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
    }


@require_POST
@school_page
def start(request: HttpRequest, by: Actor, batch_id: int, role: str) -> HttpResponse:
    found = batch_by_id(by, batch_id)
    session_id = attempt(
        request,
        lambda: services.start_session(by=by, at=timezone.now(), batch_id=batch_id, role=role),
    )
    if session_id is None:
        return redirect("school_signing:batch", found.classroom_id)
    return redirect("school_signing:session", session_id)


@school_page
def session(request: HttpRequest, by: Actor, session_id: int) -> HttpResponse:
    found = session_by_id(by, session_id)
    context = {"room": found.batch.classroom, "progress": session_progress(session_id)}
    return render(request, "school_signing/session.html", context)


@school_page
def progress(request: HttpRequest, by: Actor, session_id: int) -> HttpResponse:
    found = session_by_id(by, session_id)
    context = {"room": found.batch.classroom, "progress": session_progress(session_id)}
    return render(request, "school_signing/progress.html", context)


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
