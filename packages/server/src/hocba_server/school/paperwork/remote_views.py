"""Signing a paper at the remote service: sign in there, choose the certificate, PIN and code."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from hocba_server.adapters.remote_signing import AuthorizationRequest, remote_signing_service
from hocba_server.school.pages import SCHOOL, attempt, school_page
from hocba_server.school.paperwork import services
from hocba_server.school.paperwork.selectors import paper_task
from hocba_server.school.paperwork.views import say_and_go, typed_in
from hocba_server.school.signing.paper_rounds import no_round, wish_out
from hocba_server.school.signing.paper_tasks import Kept, PaperTask
from hocba_server.school.signing.remote_account import VISIT, service_token
from hocba_server.school.signing.remote_account import sign_in as open_account
from hocba_server.school.signing.remote_pages import (
    at_the_service,
    credential_id,
    lead_to_provider,
    send_code,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.pages import page_before
from hocba_server.web.design.language import in_page_language


@require_POST
@school_page
def go(request: HttpRequest, by: Actor, task: str) -> HttpResponse:
    """Keep what was typed and go for the key."""
    paper = paper_task(by, task)

    def work() -> bool:
        services.go_remote(by=by, at=timezone.now(), task=paper, typed=typed_in(request))
        return True

    if attempt(request, work) is None:
        return redirect(page_before(request) or SCHOOL.home)
    return redirect("school_paperwork:remote", task)


@sensitive_post_parameters("password")
@require_POST
@school_page
def sign_in(request: HttpRequest, by: Actor, task: str) -> HttpResponse:
    """Open the service with the person's account there; the password is kept nowhere."""
    paper_task(by, task)
    attempt(request, lambda: open_account(request))
    return redirect("school_paperwork:remote", task)


@require_safe
@school_page
def choose(request: HttpRequest, by: Actor, task: str) -> HttpResponse:
    """The signer's certificates at the service, for the paper that was set aside."""
    paper = paper_task(by, task)
    wish = wish_out(by=by, purpose=task)
    offered = at_the_service(
        request,
        lambda service, token: services.credentials(
            by=by, task=paper, service=service, token=token
        ),
    )
    context = {
        "title": in_page_language(paper.title),
        "count": paper.count(wish),
        "sign_in_at": reverse("school_paperwork:remote_sign_in", args=[task]),
        "activate_at": reverse("school_paperwork:remote_activate", args=[task]),
        **offered,
    }
    return render(request, "school_signing/remote.html", context)


@sensitive_post_parameters("pin", "otp")
@require_POST
@school_page
def activate(request: HttpRequest, by: Actor, task: str) -> HttpResponse:
    """Send the one-time code, or sign with what was typed, or go to the service's page."""
    paper = paper_task(by, task)
    again = redirect("school_paperwork:remote", task)
    if request.POST.get("do") == "code":
        send_code(request)
        return again
    if request.POST.get("do") == "page":
        address = attempt(request, lambda: _visit(request, by, paper))
        return again if address is None else lead_to_provider(request, address)
    kept = attempt(request, lambda: _sign(request, by, paper))
    return again if kept is None else say_and_go(request, kept)


def _prepare(request: HttpRequest, by: Actor, paper: PaperTask) -> services.RemoteRound:
    return services.prepare_remote(
        by=by,
        at=timezone.now(),
        task=paper,
        service=remote_signing_service(),
        token=service_token(request),
        credential_id=credential_id(request),
    )


def _visit(request: HttpRequest, by: Actor, paper: PaperTask) -> str:
    prepared = _prepare(request, by, paper)
    visit = remote_signing_service().begin_credential(
        prepared.credential, prepared.digests, description=prepared.description
    )
    request.session[VISIT] = {
        "task": paper.name,
        "credential": prepared.credential.credential_id,
        "request": asdict(visit),
    }
    return visit.url


def _sign(request: HttpRequest, by: Actor, paper: PaperTask) -> Kept:
    return services.sign_remotely(
        by=by,
        at=timezone.now(),
        task=paper,
        service=remote_signing_service(),
        token=service_token(request),
        prepared=_prepare(request, by, paper),
        pin=request.POST.get("pin", ""),
        otp=request.POST.get("otp", ""),
    )


@require_safe
@school_page
def come_back(request: HttpRequest, by: Actor, task: str) -> HttpResponse:
    """The person comes back from the service's own page."""
    paper = paper_task(by, task)
    visit = request.session.pop(VISIT, None)
    if not isinstance(visit, dict) or visit.get("task") != task:
        raise no_round()
    kept = attempt(
        request,
        lambda: services.sign_after_page(
            by=by,
            at=timezone.now(),
            task=paper,
            service=remote_signing_service(),
            token=service_token(request),
            credential_id=visit["credential"],
            request=AuthorizationRequest(**visit["request"]),
            returned=request.GET.dict(),
        ),
    )
    if kept is None:
        return redirect("school_paperwork:remote", task)
    return say_and_go(request, kept)
