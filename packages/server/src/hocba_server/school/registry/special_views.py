"""Pages of special cases: how a pupil is assessed, and subjects a pupil is freed from."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry import special_services
from hocba_server.school.registry.case_views import file_response
from hocba_server.school.registry.forms import Tried, number, try_form, upload_of
from hocba_server.school.registry.models import (
    AssessmentMode,
    AssessmentModeDecision,
    Enrolment,
    SchoolRole,
    SubjectExemption,
)
from hocba_server.school.registry.paper_services import printings_of
from hocba_server.school.registry.permissions import deny_locked_results, deny_role, require
from hocba_server.school.registry.pupil_rights import deny_special_reader
from hocba_server.school.registry.pupil_selectors import attachment_for
from hocba_server.school.registry.selectors import enrolment_by_id, not_found
from hocba_server.school.registry.taught import (
    exemptions_of,
    mode_decisions,
    subject_title,
    taught_subjects,
)
from hocba_server.web.accounts.actor import Actor


@school_page
def special(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    return _page(request, by, enrolment_id)


def _page(
    request: HttpRequest, by: Actor, enrolment_id: int, tried: Tried | None = None
) -> HttpResponse:
    """The page with what is decided; after a refusal also with what was typed."""
    now = timezone.now()
    row = enrolment_by_id(by, enrolment_id)
    require(deny_special_reader(by, row.classroom, now.date()))
    special_services.note_special_read(by=by, at=now, enrolment=row, what="trường hợp riêng")
    titles = {
        str(each.code): subject_title(row.classroom, each)
        for each in taught_subjects(row.classroom)
    }
    exemptions = exemptions_of(row)
    active = {each.subject_code for each in exemptions if each.withdrawn_at is None}
    context = {
        "row": row,
        "modes": AssessmentMode.choices,
        "mode": request.POST.get("mode", row.assessment_mode),
        "decisions": [(AssessmentMode(each.mode).label, each) for each in mode_decisions(row)],
        "exemptions": [
            (titles.get(each.subject_code, each.subject_code), each) for each in exemptions
        ],
        "subjects": [(code, title) for code, title in titles.items() if code not in active],
        "locked": deny_locked_results(row),
        "may_decide": deny_role(by, SchoolRole.PRINCIPAL) is None,
        "on_paper": row.assessment_mode == AssessmentMode.NOT_ASSESSED,
        "printings": printings_of(row),
        "tried": tried,
        "typed": request.POST.dict(),
    }
    return render(request, "school_registry/special.html", context)


@require_POST
@school_page
def decide_mode(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    changed: list[bool] = []

    def work() -> None:
        changed.append(
            special_services.set_assessment_mode(
                by=by,
                at=timezone.now(),
                enrolment_id=enrolment_id,
                mode=request.POST.get("mode", ""),
                reason=request.POST.get("reason", ""),
                plan=upload_of(request),
            )
        )

    return _tried(
        request,
        by,
        enrolment_id,
        work,
        lambda: _("Đã ghi quyết định.") if changed[0] else _("Không có gì thay đổi."),
    )


@require_POST
@school_page
def exempt(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    def work() -> None:
        special_services.exempt_subject(
            by=by,
            at=timezone.now(),
            enrolment_id=enrolment_id,
            subject_code=request.POST.get("subject", ""),
            reason=request.POST.get("reason", ""),
            paper=upload_of(request),
        )

    return _tried(request, by, enrolment_id, work, lambda: _("Đã ghi miễn học."))


def _tried(
    request: HttpRequest,
    by: Actor,
    enrolment_id: int,
    work: Callable[[], None],
    said: Callable[[], str],
) -> HttpResponse:
    tried = try_form(request, work)
    if not tried.done:
        return _page(request, by, enrolment_id, tried)
    messages.success(request, said())
    return redirect("school_registry:special", enrolment_id)


@require_POST
@school_page
def withdraw(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    done = attempt(
        request,
        lambda: special_services.withdraw_exemption(
            by=by, at=timezone.now(), exemption_id=number(request.POST.get("exemption"))
        ),
    )
    if done is not None:
        messages.success(request, _("Đã rút quyết định miễn học."))
    return redirect("school_registry:special", enrolment_id)


@school_page
def mode_file(_request: HttpRequest, by: Actor, decision_id: int) -> HttpResponse:
    found = AssessmentModeDecision.objects.filter(pk=decision_id).first()
    return _special_file(by, found, "kế hoạch giáo dục cá nhân")


@school_page
def exemption_file(_request: HttpRequest, by: Actor, exemption_id: int) -> HttpResponse:
    found = SubjectExemption.objects.filter(pk=exemption_id).first()
    return _special_file(by, found, "giấy tờ miễn học")


def _special_file(
    by: Actor, found: AssessmentModeDecision | SubjectExemption | None, what: str
) -> HttpResponse:
    if found is None or found.attachment_id is None:
        raise not_found()
    row: Enrolment = enrolment_by_id(by, found.enrolment_id)
    now = timezone.now()
    require(deny_special_reader(by, row.classroom, now.date()))
    special_services.note_special_read(by=by, at=now, enrolment=row, what=what)
    return file_response(attachment_for(by, found.attachment_id))
