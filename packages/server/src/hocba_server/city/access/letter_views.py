"""Letters with which people of the department and the wards make their keys."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba_server.city.access import letters
from hocba_server.city.pages import city_page
from hocba_server.city.permissions import require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.signin.letters import show_letter


@require_POST
@city_page
def write(request: HttpRequest, by: Actor) -> HttpResponse:
    """Write a letter and show it once."""
    letter = letters.write_letter(
        by=by, at=timezone.now(), username=request.POST.get("username", "")[:80]
    )
    return show_letter(request, letter, back=reverse("city_access:people"))


@city_page
def waiting(request: HttpRequest, by: Actor) -> HttpResponse:
    """What waits for a second person."""
    require(letters.deny_confirming(by))
    context = {"letters": letters.waiting_letters(timezone.now())}
    return render(request, "city_access/letters.html", context)


@require_POST
@city_page
def confirm(request: HttpRequest, by: Actor, invitation_id: int) -> HttpResponse:
    """The second person agrees."""
    letters.confirm_letter(by=by, at=timezone.now(), invitation_id=invitation_id)
    messages.success(request, gettext("Đã duyệt. Người đó mở thư được ngay."))
    return redirect("city_access:letters")
