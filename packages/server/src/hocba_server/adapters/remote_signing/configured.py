"""The service that the operator set."""

from __future__ import annotations

from django.conf import settings

from hocba_server.adapters.remote_signing.faults import not_configured
from hocba_server.adapters.remote_signing.service import RemoteSigningService


def remote_signing_service() -> RemoteSigningService:
    """The service at `CSC_URL`. Raises `Unavailable` with code `remote_settings` without one."""
    if not settings.CSC_URL:
        raise not_configured(
            "Chưa khai báo dịch vụ ký số từ xa (HOCBA_CSC_URL).",
            "No remote signing service is set (HOCBA_CSC_URL).",
        )
    return RemoteSigningService(
        settings.CSC_URL,
        client_id=settings.CSC_CLIENT_ID,
        client_secret=settings.CSC_CLIENT_SECRET,
        redirect_uri=settings.CSC_REDIRECT,
        oauth_url=settings.CSC_OAUTH_URL,
    )
