from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hocba_server.school.board import class_cards
from hocba_server.school.pages import school_page
from hocba_server.school.registry.selectors import own_school
from hocba_server.web.accounts.actor import Actor


@school_page
def home(request: HttpRequest, by: Actor) -> HttpResponse:
    cards = class_cards(by)
    context = {
        "school": own_school(by),
        "cards": cards,
        "waiting": sum(1 for card in cards if card.actions),
        "roles": by.roles,
    }
    return render(request, "school_registry/home.html", context)
