from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hocba_server.city.api.application import openapi_document
from hocba_server.city.api.reference import chapters, codes


@require_safe
def openapi(_request: HttpRequest) -> JsonResponse:
    """The OpenAPI document, for other programs."""
    response = JsonResponse(openapi_document(), json_dumps_params={"ensure_ascii": False})
    # Documentation tools run in browsers of other sites; there is nothing secret in it.
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """The same for people: made from the document, so that both cannot disagree."""
    context: dict[str, Any] = {"chapters": chapters(openapi_document()), "codes": codes()}
    return render(request, "city_api/documentation.html", context)
