from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from hocba_server.school.board import class_cards
from hocba_server.school.menu import school_menu
from hocba_server.school.pages import school_page
from hocba_server.school.registry.selectors import not_found, own_classrooms, own_school
from hocba_server.web.accounts.actor import Actor


@school_page
def home(request: HttpRequest, by: Actor) -> HttpResponse:
    rooms = own_classrooms(by)
    years = sorted({room.school_year for room in rooms}, reverse=True)
    year = request.GET.get("nam", "") or (years[0] if years else "")
    if years and year not in years:
        raise not_found()
    cards = class_cards(by, [room for room in rooms if room.school_year == year], timezone.now())
    context = {
        "school": own_school(by),
        "years": years,
        "year": year,
        "cards": cards,
        "waiting": sum(1 for card in cards if card.actions),
        "roles": by.roles,
        "menu": school_menu(by.roles),
        "menu_title": _("Các mục của trường"),
    }
    return render(request, "school_registry/home.html", context)
