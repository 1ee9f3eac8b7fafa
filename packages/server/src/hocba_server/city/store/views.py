from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import Malformed
from hocba.ids import MessageId
from hocba.packet.codes import ResponseCode
from hocba.packet.envelope import MAX_REQUEST
from hocba.packet.json_fields import read_json
from hocba.packet.supplement import SupplementAnswer
from hocba_server.city.certificates.models import RegistrationState
from hocba_server.city.certificates.selectors import registrations
from hocba_server.city.pages import city_page
from hocba_server.city.store import selectors
from hocba_server.city.store.services import answer_supplement
from hocba_server.web.accounts.actor import Actor


@csrf_exempt  # departments' software has no cookie of ours; messages are proved by their signature
@require_POST
def supplement(request: HttpRequest) -> JsonResponse:
    """Supplementary messages as JSON; every answer, a refusal too, has status 200."""
    try:
        body = request.body
    except RequestDataTooBig:
        return _refusal(ResponseCode.TOO_LARGE)
    if len(body) > MAX_REQUEST:
        return _refusal(ResponseCode.TOO_LARGE)
    try:
        asked = read_json(body)
    except Malformed:
        return _refusal(ResponseCode.FIELD_TYPE)
    answer = answer_supplement(asked, at=timezone.now())
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def _refusal(code: ResponseCode) -> JsonResponse:
    return JsonResponse(SupplementAnswer.of(MessageId(""), code).to_json())


@require_safe
@city_page
def received(request: HttpRequest, by: Actor) -> HttpResponse:
    """What the store received and holds."""
    context = {
        "store": selectors.store_view(by=by),
        "waiting": list(registrations(by=by, state=RegistrationState.WAITING)),
    }
    return render(request, "city_store/received.html", context)


@require_safe
@city_page
def message(request: HttpRequest, by: Actor, message_id: int) -> HttpResponse:
    """One supplementary message and its answers."""
    row, results = selectors.rows_of_message(by=by, message_id=message_id)
    return render(request, "city_store/message.html", {"message": row, "results": results})
