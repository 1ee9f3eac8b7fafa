"""Status of records of one's own unit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from hocba_server.city.api import schemas, selectors
from hocba_server.city.api.examples import refusals
from hocba_server.city.api.senders import PROOFS, sender_of

router = Router(auth=PROOFS, tags=["Học bạ / Records"])


@router.get(
    "/units/{unit_code}/records/{record_uuid}",
    response={200: schemas.RecordStatus, **refusals(401, 403, 404, 422, 429)},
    operation_id="getRecordStatus",
    summary="Tình trạng một học bạ / Status of a record",
)
def get_record_status(
    request: HttpRequest, unit_code: schemas.UnitCode, record_uuid: schemas.RecordNumber
) -> Any:
    """Đang lưu hành, đã thu hồi, được thay thế bằng học bạ nào, chốt từ bao giờ. Học bạ của đơn vị
    khác trả lời như không có.

    In force, recalled, replaced by which, closed since when. A record of another unit is answered
    as if it were not there."""
    at = timezone.now()
    sender_of(request).account_for(unit_code, at)
    return selectors.describe_record(unit_code=unit_code, record_uuid=record_uuid, at=at)
