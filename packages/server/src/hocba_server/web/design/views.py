from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hocba_server.web.design.samples import sample_content


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component on one page, with invented content: what pages are put together from."""
    return render(request, "web_design/gallery.html", sample_content())
