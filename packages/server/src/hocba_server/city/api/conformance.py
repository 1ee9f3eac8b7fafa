"""The conformance check for programs, the same as on the page of the sandbox."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from hocba_server.city.api import schemas
from hocba_server.city.api.examples import CHECKED_BODY, refusals
from hocba_server.city.api.reading import bounded_body
from hocba_server.city.sandbox.conformance import check_upload

router = Router(tags=["Thử nghiệm / Sandbox"])


@router.post(
    "/conformance",
    response={200: schemas.Conformance, **refusals(413, 422)},
    operation_id="checkConformance",
    summary="Kiểm tra phù hợp một tệp / Check a file",
    openapi_extra=CHECKED_BODY,
)
def check_conformance(request: HttpRequest) -> Any:
    """Mọi lỗi của tệp gửi đến, không chỉ lỗi đầu tiên. Tệp không được lưu lại.

    Every fault of the file sent, not only the first. The file is not kept."""
    return check_upload(bounded_body(request), name="body", at=timezone.now()).to_json()
