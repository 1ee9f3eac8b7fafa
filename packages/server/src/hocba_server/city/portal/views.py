from __future__ import annotations

import base64

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import HocBaError, Refused
from hocba.verify.report import Report
from hocba_server.city.portal import services
from hocba_server.city.repository.services import OpenedRecord
from hocba_server.web.design.language import in_page_language

_SESSION = "hocba_confirmed"
_MINUTES = 30


def verify(request: HttpRequest) -> HttpResponse:
    """The public page: drop a file, or type a record's number."""
    report: Report | None = None
    problem = ""
    file = request.FILES.get("file") if request.method == "POST" else None
    if file is not None:
        try:
            report = services.verify_file(file.read(), name=file.name or "tệp", at=timezone.now())
        except HocBaError as fault:
            problem = in_page_language(fault.sentence)
    elif request.method == "POST":
        problem = "Chưa chọn tệp. Kéo thả tệp XML hoặc PDF vào ô, rồi bấm Kiểm tra."
    return _page(request, report=report, problem=problem, number=request.GET.get("ma", ""))


@require_POST
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
    pdf = services.pdf_of(record_uuid)
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
    opened: OpenedRecord | None = None,
    problem: str = "",
    number: str = "",
) -> HttpResponse:
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
