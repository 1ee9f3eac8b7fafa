from __future__ import annotations

import gzip

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hocba.errors import HocBaError
from hocba_server.city.transparency import selectors

_TEXT = "text/plain; charset=utf-8"
_NEVER = "no-store"
_FOREVER = "public, max-age=31536000, immutable"


@require_safe
def checkpoint(_request: HttpRequest) -> HttpResponse:
    """The newest public head, never from a cache."""
    try:
        note = selectors.checkpoint()
    except HocBaError as fault:
        raise Http404(fault.sentence.vi) from fault
    return _open(note, _TEXT, _NEVER)


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile of the log; what stands in it never changes."""
    try:
        content = selectors.tile(f"tile/{path}")
    except HocBaError as fault:
        raise Http404(fault.sentence.vi) from fault
    response = _open(content, "application/octet-stream", _FOREVER)
    if path.startswith("entries/"):  # text that shrinks to a third; hashes do not shrink at all
        response.headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            response.content = gzip.compress(content, mtime=0)
            response.headers["Content-Encoding"] = "gzip"
    return response


@require_safe
def policy(_request: HttpRequest) -> HttpResponse:
    """The log and its witnesses as a file for verifiers (C2SP tlog-policy)."""
    return _open(selectors.policy_file(), _TEXT, _NEVER)


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """For everybody: how large the log is, who watches it, and how to watch it oneself."""
    try:
        state = selectors.log_state()
    except HocBaError:
        state = None
    return render(request, "city_transparency/log.html", {"log": state})


def _open(content: bytes, kind: str, cache: str) -> HttpResponse:
    """Pages of other sites may read the log too: it is public and the same for everybody."""
    headers = {"Cache-Control": cache, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(content, content_type=kind, headers=headers)
