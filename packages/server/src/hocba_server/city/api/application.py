"""The API as one application, and its OpenAPI document."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from hocba.errors import HocBaError
from hocba_server.city.api import (
    catalogues,
    certificates,
    conformance,
    packages,
    records,
    schemas,
    sessions,
)
from hocba_server.city.api.examples import finish_document
from hocba_server.city.api.problems import (
    Problem,
    handle_library_error,
    handle_not_authenticated,
    handle_problem,
    handle_validation,
)

DESCRIPTION = """\
Các giao dịch học bạ số của Bộ (CV 2088/BGDĐT-GDTH) qua REST, cho phần mềm của mọi nhà cung cấp.
Mọi yêu cầu đi qua đúng các bước kiểm tra như /api/v1/giao-dich. Lỗi trả về là
application/problem+json, có câu tiếng Việt và tiếng Anh, căn cứ và việc cần làm.

The Ministry's transactions for school records as REST, for any vendor's software. Every request
goes through the very checks of /api/v1/giao-dich. Refusals are application/problem+json with a
sentence in both languages, the rule and what to do.
"""
api = NinjaAPI(
    title="Học bạ số: cổng tiếp nhận / school records: the gateway",
    version="2.0",
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    urls_namespace="hocba_api",
)
for _room in (packages, certificates, records, sessions, catalogues, conformance):
    api.add_router("", _room.router)
_HANDLERS: dict[type[Exception], Any] = {
    Problem: handle_problem,
    HocBaError: handle_library_error,
    AuthenticationError: handle_not_authenticated,
    ValidationError: handle_validation,
}
for _kind, _handler in _HANDLERS.items():
    api.add_exception_handler(_kind, _handler)


@lru_cache(maxsize=1)
def openapi_document() -> dict[str, Any]:
    """The document at /api/v2/openapi.json; the same for every request."""
    document = dict(api.get_openapi_schema(path_prefix="/api/v2/"))
    document["servers"] = [{"url": settings.PUBLIC_URL}]
    document["components"]["schemas"]["TokenRequest"] = schemas.TokenRequest.model_json_schema()
    return finish_document(document)
