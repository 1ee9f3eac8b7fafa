from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from hocba.errors import HocBaError
from hocba_server.city.transparency import selectors

_FOREVER = "public, max-age=31536000, immutable"


@require_GET
def checkpoint(_request: HttpRequest) -> HttpResponse:
    """The newest signed head, never from a cache."""
    try:
        note = selectors.checkpoint()
    except HocBaError as fault:
        raise Http404(fault.sentence.vi) from fault
    return HttpResponse(
        note, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


@require_GET
def tile(_request: HttpRequest, path: str) -> HttpResponse:
    """A tile of the log; what stands in it never changes."""
    try:
        content = selectors.tile(f"tile/{path}")
    except HocBaError as fault:
        raise Http404(fault.sentence.vi) from fault
    return HttpResponse(
        content, content_type="application/octet-stream", headers={"Cache-Control": _FOREVER}
    )
