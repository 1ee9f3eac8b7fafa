"""Pages of remote signing: sign in to the provider, choose the certificate, show PIN and code."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from hocba.errors import Refused, Sentence
from hocba_server.adapters.remote_signing import AuthorizationRequest, remote_signing_service
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.signing import remote
from hocba_server.school.signing.remote_account import VISIT, service_token
from hocba_server.school.signing.remote_account import sign_in as open_account
from hocba_server.school.signing.remote_pages import (
    at_the_service,
    credential_id,
    lead_to_provider,
    send_code,
)
from hocba_server.school.signing.selectors import session_by_id
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.language import in_page_language


@sensitive_post_parameters("password")
@require_POST
@school_page
def sign_in(request: HttpRequest, by: Actor, session_id: int) -> HttpResponse:
    """Open the service with the person's account there; the password is kept nowhere."""
    session_by_id(by, session_id)
    attempt(request, lambda: open_account(request))
    return redirect("school_signing:remote", session_id)


@school_page
def choose(request: HttpRequest, by: Actor, session_id: int) -> HttpResponse:
    """The person's certificates at the service."""
    session = session_by_id(by, session_id)
    offered = at_the_service(
        request,
        lambda service, token: remote.offered_credentials(
            by=by, session_id=session_id, service=service, token=token
        ),
    )
    context = {
        "title": in_page_language(Sentence(session.scope, session.scope_en)),
        "count": session.total,
        "back": reverse("school_signing:session", args=[session_id]),
        "sign_in_at": reverse("school_signing:remote_sign_in", args=[session_id]),
        "activate_at": reverse("school_signing:remote_activate", args=[session_id]),
        **offered,
    }
    return render(request, "school_signing/remote.html", context)


@sensitive_post_parameters("pin", "otp")
@require_POST
@school_page
def activate(request: HttpRequest, by: Actor, session_id: int) -> HttpResponse:
    """Send the one-time code, or authorise with what was typed, or go to the service's page."""
    again = redirect("school_signing:remote", session_id)
    wish = request.POST.get("do", "")
    if wish == "code":
        send_code(request)
        return again
    if wish == "page":
        address = attempt(request, lambda: _visit(request, by, session_id))
        return again if address is None else lead_to_provider(request, address)
    done = attempt(request, lambda: _activate(request, by, session_id))
    return again if done is None else redirect("school_signing:session", session_id)


def _prepare(request: HttpRequest, by: Actor, session_id: int) -> remote.PreparedActivation:
    return remote.prepare_activation(
        by=by,
        at=timezone.now(),
        session_id=session_id,
        service=remote_signing_service(),
        token=service_token(request),
        credential_id=credential_id(request),
        trust=sources_of(by.unit_code).trust(),
    )


def _visit(request: HttpRequest, by: Actor, session_id: int) -> str:
    prepared = _prepare(request, by, session_id)
    visit = remote_signing_service().begin_credential(
        prepared.credential, prepared.digests, description=f"Học bạ số: {prepared.records} học bạ"
    )
    request.session[VISIT] = {"session": session_id, **asdict(visit)}
    return visit.url


def _activate(request: HttpRequest, by: Actor, session_id: int) -> bool:
    remote.activate_with_code(
        by=by,
        session_id=session_id,
        service=remote_signing_service(),
        token=service_token(request),
        prepared=_prepare(request, by, session_id),
        pin=request.POST.get("pin", ""),
        otp=request.POST.get("otp", ""),
    )
    return True


@require_GET
@school_page
def come_back(request: HttpRequest, by: Actor) -> HttpResponse:
    """The person comes back from the service's own page."""
    visit = request.session.get(VISIT)
    if isinstance(visit, dict) and "task" in visit:
        # One address is registered with the service; papers go on in their own room.
        place = reverse("school_paperwork:remote_back", args=[visit["task"]])
        return redirect(f"{place}?{request.GET.urlencode()}")
    request.session.pop(VISIT, None)
    if not isinstance(visit, dict):
        raise Refused("no_round", "Không có phiên ký nào đang chờ.", "No session waits.")
    session_id = int(visit.pop("session"))

    def work() -> bool:
        remote.activate_from_page(
            by=by,
            session_id=session_id,
            service=remote_signing_service(),
            token=service_token(request),
            request=AuthorizationRequest(**visit),
            returned=request.GET.dict(),
        )
        return True

    if attempt(request, work) is None:
        return redirect("school_signing:remote", session_id)
    return redirect("school_signing:session", session_id)
