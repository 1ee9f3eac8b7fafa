from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hocba.workflow.transitions import RecordState
from hocba_server.school.issuing.selectors import batch_by_id, records_of
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.signing.paper_tasks import paper_keys
from hocba_server.school.submission import registrations
from hocba_server.school.submission.models import CertificateRegistration
from hocba_server.school.submission.paper_task import END, REGISTER, REGISTER_OWN, SEND
from hocba_server.school.submission.selectors import (
    outbox_of,
    package_view,
    packages_of,
    registrations_of,
)
from hocba_server.web.accounts.actor import Actor

OFFICE = (SchoolRole.SCHOOL_CLERK, SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_LEADER)


@require_safe
@school_page
def outbox(request: HttpRequest, by: Actor) -> HttpResponse:
    """Every class with issued records that have not been sent, and what is on its way."""
    require(deny_role(by, *OFFICE))
    school = own_school(by)
    lines = outbox_of(school)
    sendable = [line for line in lines if line.ready and not line.package_open]
    context = {
        "school": school,
        "outbox": lines,
        "waiting": len(sendable),
        "total": sum(line.ready for line in sendable),
        "denial": SEND.deny(by),
        "keys": paper_keys(SEND, by),
    }
    return render(request, "school_submission/outbox.html", context)


@require_safe
@school_page
def batch(request: HttpRequest, by: Actor, batch_id: int) -> HttpResponse:
    found = batch_by_id(by, batch_id)
    require(deny_role(by, *OFFICE))
    records = records_of(found)
    context = {
        "batch": found,
        "room": found.classroom,
        "ready": [row for row in records if row.state == RecordState.ISSUED.value],
        "total": len(records),
        "packages": packages_of(found),
        "denial": SEND.deny(by),
        "keys": paper_keys(SEND, by),
    }
    return render(request, "school_submission/batch.html", context)


@require_safe
@school_page
def package(request: HttpRequest, by: Actor, package_id: int) -> HttpResponse:
    require(deny_role(by, *OFFICE))
    context = {"package": package_view(package_id, by=by)}
    return render(request, "school_submission/package.html", context)


@require_safe
@school_page
def answers(request: HttpRequest, by: Actor, package_id: int) -> HttpResponse:
    require(deny_role(by, *OFFICE))
    context = {"package": package_view(package_id, by=by)}
    return render(request, "school_submission/answers.html", context)


@require_safe
@school_page
def certificates(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_role(by, *OFFICE))
    school = own_school(by)
    rows = registrations_of(school)
    context = {
        "school": school,
        "rows": rows,
        "denial": REGISTER.deny(by),
        "keys": paper_keys(REGISTER, by),
        "own_denial": REGISTER_OWN.deny(by),
        "own_keys": paper_keys(REGISTER_OWN, by),
        "end_keys": paper_keys(END, by),
        "endable": [row for row in rows if _endable(row)],
        "reminders": [row for row in rows if row.state == "approved" and row.reminder],
    }
    return render(request, "school_submission/certificates.html", context)


def _endable(row: CertificateRegistration) -> bool:
    return row.state == "approved" and row.holder == "organisation" and not row.end_state


@require_POST
@school_page
def ask(request: HttpRequest, by: Actor, registration_id: int) -> HttpResponse:
    """Ask the department at once whether it has decided on a certificate."""
    state = attempt(request, lambda: registrations.ask_now(by=by, registration_id=registration_id))
    if state == "approved":
        messages.success(request, gettext("Sở đã phê duyệt chứng thư số."))
    elif state in {"waiting", "sent"}:
        messages.info(request, gettext("Sở chưa trả lời. Hệ thống sẽ tự hỏi lại."))
    return redirect("school_submission:certificates")
