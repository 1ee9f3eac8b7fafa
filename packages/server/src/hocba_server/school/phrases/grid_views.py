"""The small answers that the entry grid asks for while a comment is typed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from hocba.errors import HocBaError, Malformed, Refused
from hocba_server.school.pages import school_page
from hocba_server.school.phrases.entries import ABOUT
from hocba_server.school.phrases.rights import deny_bank
from hocba_server.school.phrases.selectors import suggestions
from hocba_server.school.phrases.services import count_use
from hocba_server.school.registry.permissions import require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.language import in_page_language

QUERY_LIMIT = 100


@require_GET
@school_page
def suggest(request: HttpRequest, by: Actor) -> HttpResponse:
    """`mon` subject code or `nhom` trait group or `homeroom`; `muc` level, `khoi` grade, `q`."""
    try:
        require(deny_bank(by))
        about = request.GET.get("mon") or request.GET.get("nhom") or ""
        if about not in ABOUT:
            raise Malformed("about", "Chưa rõ nhận xét cho môn nào.", "There is no such place.")
        grade = request.GET.get("khoi", "")
        found = suggestions(
            by,
            about=about,
            level=request.GET.get("muc", "")[:1],
            grade=int(grade) if grade in {"1", "2", "3", "4", "5"} else None,
            query=request.GET.get("q", "")[:QUERY_LIMIT],
        )
    except HocBaError as fault:
        return _refusal(fault)
    rows = [{"id": each.phrase_id, "text": each.text, "own": each.own} for each in found]
    return JsonResponse({"phrases": rows})


@require_POST
@school_page
def use(request: HttpRequest, by: Actor) -> HttpResponse:
    """Count that phrase `id` went into a comment."""
    number = request.POST.get("id", "")
    try:
        if not (number.isascii() and number.isdigit() and len(number) < 18):
            raise Malformed("id", "Không rõ câu nào.", "There is no such phrase.")
        count_use(by=by, at=timezone.now(), phrase_id=int(number))
    except HocBaError as fault:
        return _refusal(fault)
    return HttpResponse(status=204)


def _refusal(fault: HocBaError) -> JsonResponse:
    code = fault.code if isinstance(fault, Refused) else "malformed"
    status = {"role": 403, "not_found": 404}.get(code, 400)
    return JsonResponse({"code": code, "sentence": in_page_language(fault.sentence)}, status=status)
