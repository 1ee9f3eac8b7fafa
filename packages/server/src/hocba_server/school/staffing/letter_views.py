"""Letters with which people of the school make their keys."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.staffing import letter_services
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.signin.letters import show_letter


@require_POST
@school_page
def write(request: HttpRequest, by: Actor) -> HttpResponse:
    """Write a letter and show it once."""
    letter = attempt(
        request,
        lambda: letter_services.write_letter(
            by=by, at=timezone.now(), username=request.POST.get("username", "")[:80]
        ),
    )
    if letter is None:
        return redirect("school_staffing:accounts")
    return show_letter(request, letter, back=reverse("school_staffing:accounts"))


@require_POST
@school_page
def confirm(request: HttpRequest, by: Actor, invitation_id: int) -> HttpResponse:
    """The second person agrees."""
    letter_services.confirm_letter(by=by, at=timezone.now(), invitation_id=invitation_id)
    messages.success(request, gettext("Đã duyệt. Người đó mở thư được ngay."))
    return redirect("school_staffing:accounts")
