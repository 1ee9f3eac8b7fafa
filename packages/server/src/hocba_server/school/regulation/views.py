from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.regulation import forms, services
from hocba_server.school.regulation.composing import compose, proposed_choices
from hocba_server.school.regulation.selectors import current_choices
from hocba_server.web.accounts.actor import Actor

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@school_page
def regulation(request: HttpRequest, by: Actor) -> HttpResponse:
    school, row, choices = current_choices(by, timezone.now())
    if request.method == "POST":
        choices = forms.read(request.POST)
        done = attempt(
            request,
            lambda: services.save_choices(
                by=by, at=timezone.now(), school_id=school.pk, choices=choices
            ),
        )
        if done is not None:
            messages.success(request, gettext("Đã lưu lựa chọn."))
            return redirect("school_regulation:regulation")
    elif request.GET.get("de-xuat") == "1":
        choices = proposed_choices(school, timezone.now())
    context = {
        "school": school,
        "row": row,
        "groups": forms.groups(choices),
        "backups": forms.BACKUP_CHOICES,
        "denial": deny_role(by, SchoolRole.PRINCIPAL),
    }
    return render(request, "school_regulation/regulation.html", context)


@school_page
def preview(request: HttpRequest, by: Actor) -> HttpResponse:
    school, row, choices = current_choices(by, timezone.now())
    context = {
        "school": school,
        "row": row,
        "content": compose(school, choices),
        "denial": deny_role(by, SchoolRole.PRINCIPAL),
    }
    return render(request, "school_regulation/preview.html", context)


@require_POST
@school_page
def download(request: HttpRequest, by: Actor) -> HttpResponse:
    school = own_school(by)
    made = attempt(
        request,
        lambda: services.make_regulation(by=by, at=timezone.now(), school_id=school.pk),
    )
    if made is None:
        return redirect("school_regulation:regulation")
    response = HttpResponse(made.content, content_type=DOCX)
    response["Content-Disposition"] = f'attachment; filename="{made.filename}"'
    return response
