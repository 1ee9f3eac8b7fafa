from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from hocba.errors import Malformed
from hocba.ids import MessageId
from hocba.packet.answers import PackageAnswer
from hocba.packet.codes import ResponseCode
from hocba.packet.json_fields import read_json
from hocba_server.city.access.purposes import stated_purpose
from hocba_server.city.gateway import selectors
from hocba_server.city.gateway.services import answer_in_dialect
from hocba_server.city.pages import city_page
from hocba_server.city.repository.services import note_list_read
from hocba_server.web.accounts.actor import Actor

MAX_BODY = 10_000_000
"""Bytes of one request (CV 2088 II.1: 10 MB a transaction)."""


@csrf_exempt  # other software has no cookie of ours; packages are proved by their signature
@require_POST
def transaction(request: HttpRequest) -> JsonResponse:
    """Transactions 1 to 6 as JSON; every answer, a refusal too, has status 200."""
    try:
        body = request.body
    except RequestDataTooBig:
        body = b""
        too_large = True
    else:
        too_large = len(body) > MAX_BODY
    if too_large:
        return _refusal(ResponseCode.TOO_LARGE)
    try:
        asked = read_json(body)
    except Malformed:
        return _refusal(ResponseCode.FIELD_TYPE)
    # A bare list is what the vendor asked for; browsers that misread one are long gone.
    return JsonResponse(
        answer_in_dialect(asked, at=timezone.now()),
        safe=False,
        json_dumps_params={"ensure_ascii": False},
    )


def _refusal(code: ResponseCode) -> JsonResponse:
    return JsonResponse(PackageAnswer.of(MessageId(""), code).to_json())


@city_page
def package(request: HttpRequest, by: Actor, package_id: int) -> HttpResponse:
    now = timezone.now()
    row = selectors.package_by_id(by=by, package_id=package_id)
    unit = selectors.unit_names([row.unit_code]).get(row.unit_code, row.unit_code)
    purpose = stated_purpose(request, by=by, at=now)
    if purpose is not None:
        note_list_read(
            by=by,
            at=now,
            subject=f"package:{row.pk}",
            school=unit,
            purpose=f"{purpose.sentence} (danh sách trong gói)",
        )
    context = {
        "package": row,
        "unit": unit,
        "named": purpose is not None,
        "outcomes": selectors.outcomes_of(by=by, package=row),
    }
    return render(request, "city_gateway/package.html", context)
