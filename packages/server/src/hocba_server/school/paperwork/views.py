"""Signing a paper with the key at hand, or with the device on the signer's computer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from hocba.errors import Malformed
from hocba_server.school.pages import SCHOOL, attempt, school_page
from hocba_server.school.paperwork import services
from hocba_server.school.paperwork.selectors import paper_task
from hocba_server.school.signing.paper_tasks import Kept, Typed
from hocba_server.school.signing.round_views import (
    as_json,
    read_body,
    read_offer,
    read_signatures,
)
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.pages import page_before
from hocba_server.web.design.language import in_page_language


def typed_in(request: HttpRequest) -> Typed:
    """The fields of the form."""
    return Typed({name: [str(each) for each in values] for name, values in request.POST.lists()})


def say_and_go(request: HttpRequest, kept: Kept) -> HttpResponse:
    """Tell the person what became of the paper and show where it is."""
    messages.success(request, in_page_language(kept.sentence))
    return redirect(kept.address)


@require_POST
@school_page
def sign(request: HttpRequest, by: Actor, task: str) -> HttpResponse:
    """Sign with a key that the platform reaches."""
    paper = paper_task(by, task)
    kept = attempt(
        request,
        lambda: services.sign_now(
            by=by,
            at=timezone.now(),
            task=paper,
            typed=typed_in(request),
            keys=sources_of(by.unit_code).keys(),
        ),
    )
    if kept is None:
        return redirect(page_before(request) or SCHOOL.home)
    return say_and_go(request, kept)


@require_POST
@school_page
def next_round(request: HttpRequest, by: Actor, task: str) -> HttpResponse:
    """Digests of the paper for the certificate that the device offers."""

    def work() -> dict[str, Any]:
        paper = paper_task(by, task)
        body = read_body(request)
        found = services.next_round(
            by=by,
            at=timezone.now(),
            task=paper,
            typed=_typed_along(body.get("fields")),
            offer=read_offer(body),
        )
        return found.to_json()

    return as_json(work)


def _typed_along(fields: object) -> Typed:
    """The fields that the page sent beside the offer. Raises `Malformed`."""
    if not isinstance(fields, dict) or not all(
        isinstance(values, list) and len(values) <= 500 for values in fields.values()
    ):
        raise Malformed(
            "signing_fields",
            "Không đọc được các ô đã điền. Tải lại trang rồi ký lại.",
            "The fields of the form cannot be read. Reload the page and sign again.",
        )
    return Typed({str(name): [str(each) for each in values] for name, values in fields.items()})


@require_POST
@school_page
def complete_round(request: HttpRequest, by: Actor, task: str) -> HttpResponse:
    """The signatures of the device."""

    def work() -> dict[str, Any]:
        kept = services.complete_round(
            by=by,
            at=timezone.now(),
            task=paper_task(by, task),
            signatures=read_signatures(request),
        )
        if not kept.more:
            messages.success(request, in_page_language(kept.sentence))
        return {"over": not kept.more, "next": kept.address}

    return as_json(work)
