"""Steps that every page of remote signing has, whether records or papers are signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from hocba_server.adapters.remote_signing import RemoteSigningService, remote_signing_service
from hocba_server.school.pages import attempt
from hocba_server.school.signing.remote import OfferedCredential
from hocba_server.school.signing.remote_account import service_token, signed_in

Offer = Callable[[RemoteSigningService, str], Sequence[OfferedCredential]]
"""What the account at the service (its token) has for the signer."""


def at_the_service(request: HttpRequest, offer: Offer) -> dict[str, object]:
    """What the page shows of the service: the signer's certificates, or the way in."""
    if not signed_in(request):
        return {"signed_in": False}
    found = attempt(request, lambda: offer(remote_signing_service(), service_token(request)))
    # What the service does not answer any more is no account to choose from.
    return {"signed_in": found is not None, "offered": found or ()}


def credential_id(request: HttpRequest) -> str:
    """The certificate that was chosen."""
    return request.POST.get("credential", "")[:500]


def send_code(request: HttpRequest) -> None:
    """Let the service send the one-time code of the chosen certificate."""

    def work() -> bool:
        service, token = remote_signing_service(), service_token(request)
        service.send_challenge(token, service.credential(token, credential_id(request)))
        return True

    if attempt(request, work):
        messages.success(request, gettext("Đã gửi mã xác nhận. Nhập mã rồi bấm Ký."))


def lead_to_provider(request: HttpRequest, address: str) -> HttpResponse:
    """A form may not lead to another site (CSP form-action): a link does."""
    return render(request, "school_signing/remote_visit.html", {"address": address})
