from __future__ import annotations

import json

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from hocba.conformance.report import ConformanceReport
from hocba.conformance.shown import as_html
from hocba.errors import HocBaError, Malformed
from hocba.ids import MessageId
from hocba.packet.answers import PackageAnswer
from hocba.packet.codes import ResponseCode
from hocba.packet.envelope import MAX_REQUEST
from hocba.packet.json_fields import read_json
from hocba_server.city.pages import city_page
from hocba_server.city.sandbox.conformance import MOST_RECORDS, check_upload
from hocba_server.city.sandbox.credentials import open_unit_with_keys
from hocba_server.city.sandbox.samples import archive_of, shelf
from hocba_server.city.sandbox.services import answer_request
from hocba_server.city.sandbox.world import MOST_QUERY, sandbox_timestamp
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.downloads import download
from hocba_server.web.design.language import in_page_language


@csrf_exempt  # other software has no cookie of ours
@require_POST
def transaction(request: HttpRequest) -> JsonResponse:
    """Transactions 1 to 6 of the sandbox, in the form of the gateway."""
    try:
        body = request.body
        asked = read_json(body) if len(body) <= MAX_REQUEST else None
    except RequestDataTooBig:
        return _refusal(ResponseCode.TOO_LARGE)
    except Malformed:
        return _refusal(ResponseCode.FIELD_TYPE)
    if asked is None:
        return _refusal(ResponseCode.TOO_LARGE)
    return JsonResponse(
        answer_request(asked, at=timezone.now()), json_dumps_params={"ensure_ascii": False}
    )


@csrf_exempt  # other software has no cookie of ours
@require_POST
def timestamp(request: HttpRequest) -> HttpResponse:
    """RFC 3161 over HTTP: time-stamps for seals of the sandbox."""
    try:
        answer = sandbox_timestamp(request.read(MOST_QUERY + 1), at=timezone.now())
    except Malformed as fault:
        return HttpResponse(str(fault), status=400, content_type="text/plain; charset=utf-8")
    return HttpResponse(answer, content_type="application/timestamp-reply")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The page of the sandbox, open to everybody."""
    return _page(request)


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Check a file: show the report, or give it as a file."""
    file = request.FILES.get("file")
    if file is None:
        return _page(request, problem="no_file")
    try:
        report = check_upload(file.read(), name=file.name or "tep", at=timezone.now())
    except HocBaError as fault:
        return _page(request, problem=in_page_language(fault.sentence))
    wanted = request.POST.get("as", "")
    if wanted == "json":
        content = json.dumps(report.to_json(), ensure_ascii=False, indent=2).encode()
        return download(content, "bao-cao-phu-hop.json", "application/json")
    if wanted == "html":
        english = translation.get_language() == "en"
        content = as_html(report, english=english).encode()
        return download(content, "bao-cao-phu-hop.html", "text/html; charset=utf-8")
    return _page(request, report=report)


@require_safe
def sample(request: HttpRequest, name: str) -> HttpResponse:
    """One sample package."""
    del request
    for one in shelf().samples:
        if one.name == name:
            return download(one.content, one.name, "application/json")
    raise Http404


@require_safe
def samples(request: HttpRequest) -> HttpResponse:
    """Every sample with the answers."""
    del request
    return download(archive_of(shelf().samples), "goi-mau-hoc-ba-so.zip", "application/zip")


@require_POST
@city_page
def open_unit(request: HttpRequest, by: Actor, code: str) -> HttpResponse:
    """Open an invented school for a vendor; the answer is its credentials."""
    del request
    unit, archive = open_unit_with_keys(
        by=by,
        at=timezone.now(),
        vendor_code=code,
        address=f"{settings.PUBLIC_URL}/thu-nghiem",
    )
    return download(archive, f"don-vi-thu-nghiem-{unit.code}.zip", "application/zip")


def _page(
    request: HttpRequest, *, report: ConformanceReport | None = None, problem: str = ""
) -> HttpResponse:
    context = {
        "report": report,
        "problem": problem,
        "samples": shelf().samples,
        "most_records": MOST_RECORDS,
        "gateway": f"{settings.PUBLIC_URL}/thu-nghiem/api/v1/giao-dich",
        "timestamps": f"{settings.PUBLIC_URL}/thu-nghiem/tsa",
    }
    return render(request, "city_sandbox/home.html", context)


def _refusal(code: ResponseCode) -> JsonResponse:
    return JsonResponse(PackageAnswer.of(MessageId(""), code).to_json())
