"""The page of a letter that was just written, for the houses whose people write letters."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from hocba_server.web.signin.invitations import Letter
from hocba_server.web.signin.pictures import qr_picture


def show_letter(request: HttpRequest, letter: Letter, *, back: str) -> HttpResponse:
    """Show it once. Its code stands behind the # of the address, which browsers send to nobody."""
    address = f"{settings.PUBLIC_URL.rstrip('/')}{reverse('web_signin:letter')}"
    context = {
        "letter": letter,
        "address": address,
        "picture": qr_picture(f"{address}#{letter.shown_code}"),
        "back": back,
    }
    response = render(request, "web_signin/written_letter.html", context)
    response["Cache-Control"] = "no-store"
    return response
