"""The small answers to the page that drives a signing agent: digests out, signatures in."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from hocba.errors import HocBaError, Malformed, Refused
from hocba_server.school.pages import school_page
from hocba_server.school.signing import rounds
from hocba_server.school.signing.paper_rounds import Offer
from hocba_server.school.signing.selectors import session_by_id
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.language import in_page_language


def as_json(work: Callable[[], dict[str, Any]]) -> JsonResponse:
    """The answer of the work, or the refusal as JSON with its sentence."""
    try:
        return JsonResponse(work())
    except HocBaError as fault:
        code = fault.code if isinstance(fault, Refused) else "signing"
        status = {"role": 403, "not_found": 404}.get(code, 409)
        return JsonResponse(
            {"code": code, "sentence": in_page_language(fault.sentence)}, status=status
        )


def read_body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request. Raises `Malformed`."""
    try:
        found = json.loads(request.body)
    except ValueError as error:
        raise _unreadable() from error
    if not isinstance(found, dict):
        raise _unreadable()
    return found


def read_bytes(text: object) -> bytes:
    """Bytes given as Base64. Raises `Malformed`."""
    if not isinstance(text, str) or len(text) > 20_000:
        raise _unreadable()
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise _unreadable() from error


def read_offer(given: Mapping[str, Any]) -> Offer:
    """Certificate and algorithm that the device offers. Raises `Malformed`."""
    return Offer(read_bytes(given.get("certificate")), str(given.get("algorithm", "")))


def read_signatures(request: HttpRequest) -> list[bytes]:
    """The signatures that the device gave. Raises `Malformed`."""
    given = read_body(request).get("signatures")
    if not isinstance(given, list):
        raise _unreadable()
    return [read_bytes(text) for text in given]


def _unreadable() -> Malformed:
    return Malformed(
        "signing_answer",
        "Không đọc được câu trả lời của thiết bị ký. Bấm ký tiếp.",
        "The answer of the signing device cannot be read.",
    )


@require_POST
@school_page
def next_round(request: HttpRequest, by: Actor, session_id: int) -> HttpResponse:
    """Digests of the next records for the certificate that the agent offers."""

    def work() -> dict[str, Any]:
        session_by_id(by, session_id)
        offer = read_offer(read_body(request))
        found = rounds.next_round(
            by=by,
            at=timezone.now(),
            session_id=session_id,
            certificate=offer.certificate,
            algorithm=offer.algorithm,
            trust=sources_of(by.unit_code).trust(),
        )
        return found.to_json()

    return as_json(work)


@require_POST
@school_page
def complete_round(request: HttpRequest, by: Actor, session_id: int) -> HttpResponse:
    """Signatures of the round that is out."""

    def work() -> dict[str, Any]:
        session_by_id(by, session_id)
        over = rounds.complete_round(
            by=by,
            at=timezone.now(),
            session_id=session_id,
            signatures=read_signatures(request),
            timestamp=sources_of(by.unit_code).timestamps(),
        )
        return {"over": over}

    return as_json(work)
