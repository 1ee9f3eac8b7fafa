from __future__ import annotations

import base64
from collections.abc import Callable

from csp.decorators import csp_update
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import HocBaError, Refused, Unavailable
from hocba.rendition.print_code import MAX_CODES, MAX_LETTERS
from hocba.verify.print_verdict import COMPARE, PAGE_NAMES, find_codes
from hocba.verify.report import Report
from hocba_server.city.portal import lists, print_codes, services
from hocba_server.city.portal.dropped import MOST_FILES, Dropped
from hocba_server.city.portal.results import downloads, many_context
from hocba_server.city.repository.services import OpenedRecord
from hocba_server.web.design.language import in_page_language

_SESSION = "hocba_confirmed"
_MINUTES = 30
_READER = {"script-src": ["'wasm-unsafe-eval'"]}
"""The reader of codes is WebAssembly of our own server; it may be compiled, nothing else."""
_MOST_LETTERS = MAX_CODES * (MAX_LETTERS + 2)


@csp_update(_READER)
def verify(request: HttpRequest) -> HttpResponse:
    """The public page: drop files, type a record's number, or paste the codes of a print."""
    number = request.GET.get("ma", "")
    if request.method != "POST":
        return _page(request, number=number)
    files = [
        Dropped((file.name or gettext("tệp"))[:120], file.read())
        for file in request.FILES.getlist("file")[: MOST_FILES + 1]
    ]
    if not files:
        words = gettext("Chưa chọn tệp. Kéo thả tệp XML, PDF hoặc ZIP vào ô, rồi bấm Kiểm tra.")
        return _page(request, problem=words)
    try:
        found = services.verify_dropped(files, at=timezone.now())
    except (Unavailable, DatabaseError, InterfaceError):
        return _interrupted(request)
    except HocBaError as fault:
        return _page(request, problem=in_page_language(fault.sentence))
    if len(found) > 1:
        return render(request, "city_portal/many.html", many_context(found))
    return _page(request, verified=found[0])


def _interrupted(request: HttpRequest) -> HttpResponse:
    """Our fault, not the file's: said so, and nothing is said of the file."""
    words = gettext(
        "Dịch vụ kiểm tra của Sở đang gián đoạn nên chưa kiểm tra được. Tệp của Quý vị chưa bị "
        "đánh giá gì. Hãy thử lại sau ít phút, hoặc kiểm tra bằng chương trình dòng lệnh."
    )
    response = _page(request, interrupted=words)
    response.status_code = 503
    return response


@require_POST
@csp_update(_READER)
def verify_paper(request: HttpRequest) -> HttpResponse:
    """The codes of a print, scanned or pasted: what they say, to compare with the paper."""
    text = request.POST.get("codes", "")[:_MOST_LETTERS]
    if not find_codes(text):
        problem = gettext("Chưa có mã nào. Quét hoặc dán chữ của mã, mỗi mã bắt đầu bằng HB1:.")
        return _page(request, problem=problem)
    try:
        report = print_codes.verify_codes(text, name=gettext("Bản in"), at=timezone.now())
    except HocBaError as fault:
        return _page(request, problem=in_page_language(fault.sentence))
    pages = [
        {
            "title": in_page_language(PAGE_NAMES[page.page]),
            "part": page.part,
            "parts": page.parts,
            "lines": [(line[0], " · ".join(line[1:])) for line in page.lines],
        }
        for page in report.pages
    ]
    context = {
        "report": report,
        "record": report.pages[0] if report.pages else None,
        "pages": pages,
        "compare": COMPARE,
    }
    return render(request, "city_portal/paper.html", context)


@require_safe
def print_keys(_request: HttpRequest) -> HttpResponse:
    """The signed list of keys for whoever verifies prints without asking the department."""
    return _list(print_codes.signed_key_list, "khoa-ban-in.keys")


@require_safe
def ended_records(_request: HttpRequest) -> HttpResponse:
    """The signed list of records that are in force no more: who checks whom stays unknown."""
    return _list(lists.signed_ended_records, "het-luu-hanh.ended")


def _list(make: Callable[..., bytes], name: str) -> HttpResponse:
    try:
        content = make(at=timezone.now())
    except HocBaError as fault:
        raise Http404(in_page_language(fault.sentence)) from fault
    response = _attachment(content, name, "text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@require_POST
@csp_update(_READER)
def look_up(request: HttpRequest) -> HttpResponse:
    """Find a record by number and birth date."""
    number = request.POST.get("ma", "").strip().lower()
    try:
        found = services.confirm_holder(
            record_uuid=number,
            birth_date=request.POST.get("ngay_sinh", ""),
            source=request.META.get("REMOTE_ADDR", ""),
            at=timezone.now(),
        )
    except Refused as refusal:
        return _page(request, problem=in_page_language(refusal.sentence), number=number)
    request.session[_SESSION] = {
        **request.session.get(_SESSION, {}),
        found: timezone.now().timestamp() + _MINUTES * 60,
    }
    return redirect("city_portal:record", found)


@require_safe
@csp_update(_READER)  # type: ignore[arg-type]  # django-csp knows no arguments of views
def record(request: HttpRequest, record_uuid: str) -> HttpResponse:
    """The record of somebody who knows number and birth date, with its report."""
    opened = _opened(request, record_uuid, "xem trên cổng xác thực")
    if opened is None:
        return redirect(f"/xac-thuc?ma={record_uuid}")
    report = services.verify_stored(opened, at=timezone.now())
    return _page(request, report=report, opened=opened, number=record_uuid)


@require_safe
def download_xml(request: HttpRequest, record_uuid: str) -> HttpResponse:
    """The exact signed bytes."""
    opened = _opened(request, record_uuid, "tải XML từ cổng xác thực")
    if opened is None:
        return redirect(f"/xac-thuc?ma={record_uuid}")
    return _attachment(opened.document, f"{record_uuid}.xml", "application/xml")


@require_safe
def download_pdf(request: HttpRequest, record_uuid: str) -> HttpResponse:
    """The Ministry's form with XML and evidence attached; not sealed, the school holds the key."""
    opened = _opened(request, record_uuid, "tải PDF từ cổng xác thực")
    if opened is None:
        return redirect(f"/xac-thuc?ma={record_uuid}")
    pdf = services.pdf_of(record_uuid, at=timezone.now())
    return _attachment(pdf, f"{record_uuid}-ban-xem.pdf", "application/pdf")


@require_safe
def download_evidence(request: HttpRequest, record_uuid: str) -> HttpResponse:
    """Certificates, OCSP answers, CRLs and the log's proof."""
    if _opened(request, record_uuid, "tải bằng chứng") is None:
        return redirect(f"/xac-thuc?ma={record_uuid}")
    content = services.evidence_of(record_uuid)
    return _attachment(content, f"{record_uuid}.evidence.zip", "application/zip")


@require_safe
def status(request: HttpRequest, record_uuid: str) -> JsonResponse:
    """For software that has the file: status and evidence, told only to who knows its SHA-256."""
    answer, evidence = services.status_for(
        record_uuid=record_uuid, sha256=request.GET.get("sha256", ""), at=timezone.now()
    )
    return JsonResponse(
        {
            "status": answer.status.value,
            "as_of": answer.as_of.isoformat(),
            "sha256": answer.sha256.hex() if answer.sha256 else None,
            "approved_seals": [seal.hex() for seal in answer.approved_seals],
            "ended_seals": [[seal.hex(), ended.isoformat()] for seal, ended in answer.ended_seals],
            "replaced_by": answer.replaced_by,
            "since": answer.since.isoformat() if answer.since else None,
            "reason": answer.reason,
            "evidence": base64.b64encode(evidence).decode() if evidence else None,
        }
    )


def _opened(request: HttpRequest, record_uuid: str, purpose: str) -> OpenedRecord | None:
    until = request.session.get(_SESSION, {}).get(record_uuid, 0)
    now = timezone.now()
    if until < now.timestamp():
        return None
    try:
        return services.open_for_holder(record_uuid=record_uuid, at=now, purpose=purpose)
    except Refused as refusal:
        raise Http404(in_page_language(refusal.sentence)) from refusal


def _page(
    request: HttpRequest,
    *,
    report: Report | None = None,
    verified: services.Verified | None = None,
    interrupted: str = "",
    opened: OpenedRecord | None = None,
    problem: str = "",
    number: str = "",
) -> HttpResponse:
    report = verified.report if verified else report
    stamps = [
        {
            "role": " · ".join(filter(None, (in_page_language(signer.role_name), signer.subject))),
            "name": signer.name,
            "issuer": signer.issuer,
            "at": signer.signed_at,
            "seal": signer.role == "KY_PHAT_HANH",
        }
        for signer in (report.signers if report else ())
    ]
    context = {
        "report": report,
        "downloads": downloads(verified) if verified else (),
        "differences": verified.differences if verified else (),
        "interrupted": interrupted,
        "opened": opened,
        "stamps": stamps,
        "problem": problem,
        "number": number[:36],
    }
    return render(request, "city_portal/verify.html", context)


def _attachment(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="hoc-ba-{name}"'
    return response
