from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hocba.assessment.catalogue import GRADES
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.phrases import services
from hocba_server.school.phrases.entries import ABOUT, PhraseEntry, PhraseFault, read_phrase
from hocba_server.school.phrases.models import PHRASE_LIMIT, Phrase
from hocba_server.school.phrases.rights import (
    deny_bank,
    deny_change,
    deny_own_bank,
    deny_school_bank,
)
from hocba_server.school.phrases.selectors import (
    OF_SCHOOL,
    OWN,
    PROPOSED,
    PhraseFilter,
    has_starter_set,
    lines_of,
    phrase_by_id,
    phrases_of,
    proposals,
)
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import own_school
from hocba_server.web.accounts.actor import Actor

ON_ONE_PAGE = 50
LEVELS = ("T", "H", "Đ", "C")
REMOVED = "phrase_removed"
"""In the session: the phrase that the next page offers to put back."""


def asked_filter(request: HttpRequest) -> PhraseFilter:
    """The filter in the address; what is no choice counts as not chosen."""
    about, level = request.GET.get("mon", ""), request.GET.get("muc", "")
    whose = request.GET.get("cua", "")
    return PhraseFilter(
        about=about if about in ABOUT else "",
        level=level if level in LEVELS else "",
        whose=whose if whose in {OWN, OF_SCHOOL, PROPOSED} else "",
        query=request.GET.get("q", "")[:100],
    )


@require_GET
@school_page
def phrases(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_bank(by))
    asked = asked_filter(request)
    page = Paginator(phrases_of(by, asked), ON_ONE_PAGE).get_page(request.GET.get("trang"))
    leader = deny_school_bank(by) is None
    removed = request.session.pop(REMOVED, None)
    address = request.GET.copy()
    address.pop("trang", None)
    context = {
        "asked": asked,
        "filtered": asked != PhraseFilter(),
        "page": page,
        "lines": lines_of(by, list(page.object_list)),
        "address": address.urlencode(),
        "about": ABOUT,
        "levels": LEVELS,
        "leader": leader,
        "may_add": leader or deny_own_bank(by) is None,
        "proposed": proposals(by).count(),
        "starter": leader and not has_starter_set(own_school(by)),
        "removed": removed,
    }
    return render(request, "school_phrases/phrases.html", context)


@school_page
def add(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_bank(by))
    leader = deny_school_bank(by) is None
    typed: dict[str, Any] = {"about": request.GET.get("mon", ""), "level": request.GET.get("muc")}
    faults: tuple[PhraseFault, ...] = ()
    if request.method == "POST":
        typed = _typed(request)
        entry = read_phrase(**typed)
        if isinstance(entry, PhraseEntry):
            for_school = leader and request.POST.get("whose") == OF_SCHOOL
            done = attempt(
                request,
                lambda: services.add_phrase(
                    by=by, at=timezone.now(), entry=entry, for_school=for_school
                ),
            )
            if done is not None:
                messages.success(request, _("Đã thêm câu nhận xét."))
                return redirect("school_phrases:phrases")
        else:
            faults = entry
    context = {"typed": typed, "leader": leader, "own": deny_own_bank(by) is None}
    return _form(request, context, faults)


@school_page
def edit(request: HttpRequest, by: Actor, phrase_id: int) -> HttpResponse:
    phrase = phrase_by_id(by, phrase_id)
    require(deny_change(by, phrase))
    typed = _kept(phrase)
    faults: tuple[PhraseFault, ...] = ()
    if request.method == "POST":
        typed = _typed(request)
        entry = read_phrase(**typed)
        if isinstance(entry, PhraseEntry):
            done = attempt(
                request,
                lambda: services.edit_phrase(
                    by=by, at=timezone.now(), phrase_id=phrase_id, entry=entry
                ),
            )
            if done is not None:
                messages.success(request, _("Đã sửa câu nhận xét."))
                return redirect("school_phrases:phrases")
        else:
            faults = entry
    return _form(request, {"typed": typed, "phrase": phrase}, faults)


@require_POST
@school_page
def remove(request: HttpRequest, by: Actor, phrase_id: int) -> HttpResponse:
    if _act(request, by, services.remove_phrase, phrase_id):
        request.session[REMOVED] = phrase_id
    return _back(request)


@require_POST
@school_page
def restore(request: HttpRequest, by: Actor, phrase_id: int) -> HttpResponse:
    if _act(request, by, services.restore_phrase, phrase_id):
        messages.success(request, _("Đã đưa câu nhận xét trở lại."))
    return _back(request)


@require_POST
@school_page
def propose(request: HttpRequest, by: Actor, phrase_id: int) -> HttpResponse:
    if _act(request, by, services.propose_phrase, phrase_id):
        messages.success(request, _("Đã đề xuất. Lãnh đạo nhà trường sẽ xem câu này."))
    return _back(request)


@require_POST
@school_page
def accept(request: HttpRequest, by: Actor, phrase_id: int) -> HttpResponse:
    if _act(request, by, services.accept_proposal, phrase_id):
        messages.success(request, _("Câu này nay là mẫu của nhà trường."))
    return _back(request)


@require_POST
@school_page
def decline(request: HttpRequest, by: Actor, phrase_id: int) -> HttpResponse:
    if _act(request, by, services.decline_proposal, phrase_id):
        messages.success(request, _("Câu này vẫn là câu riêng của người đề xuất."))
    return _back(request)


@require_POST
@school_page
def starter(request: HttpRequest, by: Actor) -> HttpResponse:
    added = attempt(request, lambda: services.take_starter_set(by=by, at=timezone.now()))
    if added is not None:
        messages.success(request, _("Đã lấy %(n)d câu mẫu vào mẫu của nhà trường.") % {"n": added})
    return redirect("school_phrases:phrases")


def _act(request: HttpRequest, by: Actor, service: Callable[..., int], phrase_id: int) -> bool:
    """Whether the service did it; a refusal is a message on the next page."""
    now = timezone.now()
    return attempt(request, lambda: service(by=by, at=now, phrase_id=phrase_id)) is not None


def _back(request: HttpRequest) -> HttpResponse:
    """The list with the filter that it had."""
    response = redirect("school_phrases:phrases")
    query = request.POST.get("address", "")
    if query and not set(query) & set("\r\n#"):
        response["Location"] = f"{response['Location']}?{query[:500]}"
    return response


def _typed(request: HttpRequest) -> dict[str, str]:
    names = ("about", "level", "first_grade", "last_grade", "text")
    return {name: request.POST.get(name, "") for name in names}


def _kept(phrase: Phrase) -> dict[str, str]:
    grades = {"first_grade": phrase.first_grade, "last_grade": phrase.last_grade}
    return {
        "about": phrase.about,
        "level": phrase.level,
        "text": phrase.text,
        **{name: "" if grade is None else str(grade) for name, grade in grades.items()},
    }


def _form(
    request: HttpRequest, context: dict[str, Any], faults: tuple[PhraseFault, ...]
) -> HttpResponse:
    context |= {
        "about": ABOUT,
        "levels": LEVELS,
        "grades": [str(grade) for grade in GRADES],
        "limit": PHRASE_LIMIT,
        "faults": {fault.field: fault.sentence for fault in reversed(faults)},
    }
    status = 400 if faults else 200
    return render(request, "school_phrases/form.html", context, status=status)
