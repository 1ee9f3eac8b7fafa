"""The person's account at the remote signing service, while a browser session lasts."""

from __future__ import annotations

from django.core.signing import BadSignature
from django.http import HttpRequest

from hocba.errors import Refused
from hocba_server.adapters.remote_signing import remote_signing_service
from hocba_server.web.design.secrets import open_secret, seal_secret

_TOKEN = "remote_signing_token"  # noqa: S105 - the name of a place, no secret
VISIT = "remote_signing_visit"
"""Where the browser session keeps the visit to the service's own page, until it comes back."""


def signed_in(request: HttpRequest) -> bool:
    """Has the person signed in to the service in this browser session?"""
    return bool(request.session.get(_TOKEN))


def sign_in(request: HttpRequest) -> bool:
    """Open the service with what was typed; the password is kept nowhere, the token sealed."""
    name, password = request.POST.get("username", ""), request.POST.get("password", "")
    request.session[_TOKEN] = seal_secret(remote_signing_service().login(name, password).value)
    return True


def service_token(request: HttpRequest) -> str:
    """The token of the account. Raises `Refused` (`remote_signed_out`)."""
    try:
        return open_secret(request.session.get(_TOKEN, ""))
    except BadSignature as error:
        raise Refused(
            "remote_signed_out",
            "Hãy đăng nhập dịch vụ ký từ xa trước.",
            "Sign in to the remote signing service first.",
        ) from error
