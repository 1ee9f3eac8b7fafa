from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import Refused
from hocba_server.school.pages import school_page
from hocba_server.school.registry.models import WorkingMode
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.signing.paper_tasks import paper_keys
from hocba_server.school.situation import selectors, services
from hocba_server.school.situation.paper_task import TELL
from hocba_server.web.accounts.actor import Actor


@require_safe
@school_page
def situation(request: HttpRequest, by: Actor) -> HttpResponse:
    """What the department hears of the school, and what was sent."""
    require(selectors.deny_reading(by))
    return _page(request, by, "")


def _page(
    request: HttpRequest, by: Actor, typed_year: str, problem: Refused | None = None
) -> HttpResponse:
    school = own_school(by)
    now = timezone.now()
    years = selectors.years_to_tell(school)
    wanted = typed_year or request.GET.get("nam", "")
    year = wanted if wanted in years else (years[0] if years else "")
    word = selectors.word_of(school, year)
    context = {
        "school": school,
        "years": years,
        "year": year,
        "said": selectors.situation_of(school, year, now) if year else None,
        "word": word,
        "typed": request.POST.dict()
        if problem
        else {
            "staff_total": word.staff_total if word else selectors.staff_count(school),
            "staff_trained": word.staff_trained if word else 0,
            "paper_reason": word.paper_reason if word else "",
            "paper_plan": word.paper_plan if word else "",
            "join_on": f"{word.join_on:%d/%m/%Y}" if word and word.join_on else "",
        },
        "on_paper": school.mode == WorkingMode.PAPER,
        "may_say": selectors.deny_saying(by) is None,
        "denial": TELL.deny(by),
        "keys": paper_keys(TELL, by),
        "sent": selectors.messages_of(school),
        "problem": problem,
    }
    return render(request, "school_situation/situation.html", context)


@require_POST
@school_page
def word(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    """Keep what the school adds to its own numbers."""
    try:
        services.set_word(
            by=by,
            at=timezone.now(),
            school_year=school_year,
            staff_total=_number(request, "staff_total"),
            staff_trained=_number(request, "staff_trained"),
            paper_reason=request.POST.get("paper_reason", ""),
            paper_plan=request.POST.get("paper_plan", ""),
            join_on=_day(request.POST.get("join_on", "")),
        )
    except Refused as refusal:
        if refusal.code in {"role", "not_found"}:
            raise
        return _page(request, by, school_year, refusal)
    messages.success(request, gettext("Đã lưu. Lần báo sau gửi số liệu này."))
    return redirect("school_situation:situation")


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > 5:
        raise Refused(
            "number", "Nhập một số nguyên, ví dụ 32.", "Write a whole number, e.g. 32.", where=name
        )
    return int(text)


def _day(text: str) -> dt.date | None:
    text = text.strip()
    if not text:
        return None
    try:
        return dt.datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a day
    except ValueError:
        raise Refused(
            "day",
            f"“{text[:20]}” không phải ngày dạng 05/09/2027.",
            "Not a day such as 05/09/2027.",
            where="join_on",
        ) from None
