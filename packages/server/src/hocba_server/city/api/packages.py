"""Packages and recalls: the Ministry's transactions 1, 2, 5 and 6, by the very same services."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router, Status

from hocba.errors import Sentence
from hocba.ids import MessageId, UnitCode
from hocba.packet.codes import ResponseCode
from hocba.packet.json_fields import read_json
from hocba.packet.package import pack_content
from hocba.packet.transactions import PackageRequest, TransactionType
from hocba.record.safe_xml import is_utf8
from hocba_server.city.api import schemas, selectors
from hocba_server.city.api.examples import PACKAGE_BODY, RECALL_BODY, refusals
from hocba_server.city.api.problems import Problem
from hocba_server.city.api.reading import bounded_body
from hocba_server.city.api.senders import PROOFS, sender_of
from hocba_server.city.gateway.models import IncomingPackage, PackageKind
from hocba_server.city.gateway.services import receive_from

router = Router(auth=PROOFS)
Page = Annotated[int, Query(ge=1, le=1_000_000, description="Trang, từ 1 / page, from 1")]
Size = Annotated[int, Query(ge=1, le=500, description="Số dòng một trang / rows of a page")]
Year = Annotated[
    int | None,
    Query(
        ge=1990,
        le=2199,
        description="Năm đầu của năm học; phải có khi gửi XML / first year; needed with XML",
        examples=[2025],
    ),
]
Only = Annotated[
    Literal["accepted", "refused", "waiting"] | None,
    Query(description="Chỉ những kết quả này / only these"),
]
_SENTENCE_PLACE = "body"


@router.put(
    "/units/{unit_code}/packages/{message_id}",
    response={202: schemas.Package, **refusals(401, 403, 409, 413, 422, 429, 503)},
    operation_id="submitPackage",
    summary="Nộp một gói học bạ / Submit a package",
    tags=["Học bạ / Records"],
    openapi_extra=PACKAGE_BODY,
)
def submit_package(
    request: HttpRequest,
    unit_code: schemas.UnitCode,
    message_id: schemas.MessageNumber,
    year: Year = None,
) -> Any:
    """Nội dung: XML DANH_SACH_HOC_BA đã ký, hoặc JSON giao dịch 1. Trả lời 202 nghĩa là đã lưu bền;
    kết quả từng học bạ hỏi sau. Gửi lại cùng mã gói và cùng nội dung là an toàn.

    Body: the signed DANH_SACH_HOC_BA, or transaction 1 as JSON. 202 means that the bytes are
    committed; ask for the results later. Sending the same again is safe."""
    return _take_in(request, TransactionType.SUBMIT, unit_code, message_id, year)


@router.get(
    "/units/{unit_code}/packages/{message_id}",
    response={200: schemas.Package, **refusals(401, 403, 404, 422, 429)},
    operation_id="getPackage",
    summary="Tình trạng một gói / State of a package",
    tags=["Học bạ / Records"],
)
def get_package(
    request: HttpRequest, unit_code: schemas.UnitCode, message_id: schemas.MessageNumber
) -> Any:
    """Đã nhận hay đã có kết quả, và các con số. / Received or processed, with the counts."""
    return _package(request, PackageKind.SUBMIT, unit_code, message_id)


@router.get(
    "/units/{unit_code}/packages/{message_id}/results",
    response={200: schemas.ResultPage, **refusals(401, 403, 404, 422, 429)},
    operation_id="getPackageResults",
    summary="Kết quả từng học bạ / Result of each record",
    tags=["Học bạ / Records"],
)
def get_package_results(
    request: HttpRequest,
    unit_code: schemas.UnitCode,
    message_id: schemas.MessageNumber,
    page: Page = 1,
    size: Size = 100,
    only: Only = None,
) -> Any:
    """Mỗi lý do từ chối có thẻ, căn cứ và việc cần làm. / Each reason has tag, rule, what to do."""
    return _results(request, PackageKind.SUBMIT, unit_code, message_id, page, size, only)


@router.put(
    "/units/{unit_code}/recalls/{message_id}",
    response={202: schemas.Package, **refusals(401, 403, 409, 413, 422, 429, 503)},
    operation_id="askForRecall",
    summary="Yêu cầu thu hồi hoặc chỉnh lý / Ask for recall or correction",
    tags=["Thu hồi, chỉnh lý / Recall, correction"],
    openapi_extra=RECALL_BODY,
)
def ask_for_recall(
    request: HttpRequest,
    unit_code: schemas.UnitCode,
    message_id: schemas.MessageNumber,
    year: Year = None,
) -> Any:
    """Nội dung: XML yêu cầu đã ký (tám thẻ mỗi học bạ, thêm LY_DO; sau khi chốt thêm
    YEU_CAU_CHINH_LY và tệp kèm), hoặc JSON giao dịch 5.

    Body: the signed list (eight tags a record and LY_DO; after the closing YEU_CAU_CHINH_LY and
    files), or transaction 5 as JSON."""
    return _take_in(request, TransactionType.RECALL, unit_code, message_id, year)


@router.get(
    "/units/{unit_code}/recalls/{message_id}",
    response={200: schemas.Package, **refusals(401, 403, 404, 422, 429)},
    operation_id="getRecall",
    summary="Tình trạng một yêu cầu / State of a request",
    tags=["Thu hồi, chỉnh lý / Recall, correction"],
)
def get_recall(
    request: HttpRequest, unit_code: schemas.UnitCode, message_id: schemas.MessageNumber
) -> Any:
    """Đồng ý, từ chối hay chờ quyết định, bằng số. / Agreed, refused, waiting, in numbers."""
    return _package(request, PackageKind.RECALL, unit_code, message_id)


@router.get(
    "/units/{unit_code}/recalls/{message_id}/results",
    response={200: schemas.ResultPage, **refusals(401, 403, 404, 422, 429)},
    operation_id="getRecallResults",
    summary="Quyết định về từng học bạ / Decision on each record",
    tags=["Thu hồi, chỉnh lý / Recall, correction"],
)
def get_recall_results(
    request: HttpRequest,
    unit_code: schemas.UnitCode,
    message_id: schemas.MessageNumber,
    page: Page = 1,
    size: Size = 100,
    only: Only = None,
) -> Any:
    """accepted: đồng ý; refused: từ chối, kèm lý do; waiting: chờ. / agreed, refused, waiting."""
    return _results(request, PackageKind.RECALL, unit_code, message_id, page, size, only)


def _take_in(
    request: HttpRequest, kind: TransactionType, unit_code: str, message_id: str, year: int | None
) -> Any:
    at = timezone.now()
    account = sender_of(request).account_for(unit_code, at)
    asked, identity = _asked(request, kind, unit_code, message_id, year)
    answer = receive_from(account, asked, at=at, identity=identity)
    if not answer.received:
        code = ResponseCode(answer.error)
        detail = Sentence(answer.response_description, code.sentence.en)
        raise Problem(code, detail, field=_SENTENCE_PLACE)
    row = selectors.package_of(
        unit_code=unit_code, message_id=message_id, kind=PackageKind(kind.value)
    )
    return Status(202, _described(row))


def _asked(
    request: HttpRequest, kind: TransactionType, unit_code: str, message_id: str, year: int | None
) -> tuple[PackageRequest, str]:
    """The Ministry's request of a body in either form, and what its bytes are known by."""
    body = bounded_body(request)
    if (request.content_type or "").lower() == "application/json":
        asked = PackageRequest.from_json(read_json(body))
        if (asked.unit_code, asked.message_id, asked.type) != (unit_code, message_id, kind):
            raise Problem(
                ResponseCode.FIELD_CATALOGUE,
                Sentence(
                    "ma_don_vi, messageid và type trong nội dung phải như trên địa chỉ.",
                    "ma_don_vi, messageid and type in the body must be those of the address.",
                ),
                field="authenticationRequest",
            )
        return asked, ""
    if year is None:
        raise Problem(ResponseCode.FIELD_MISSING, field="year")
    if not body:
        raise Problem(ResponseCode.CONTENT_EMPTY, field=_SENTENCE_PLACE)
    if not is_utf8(body):
        raise Problem(ResponseCode.CONTENT_NOT_UTF8, field=_SENTENCE_PLACE)
    asked = PackageRequest(
        message_id=MessageId(message_id),
        unit_code=UnitCode(unit_code),
        first_year=year,
        content=pack_content(body, escape=False),
        type=kind,
    )
    return asked, f"xml:{hashlib.sha256(body).hexdigest()}"


def _package(request: HttpRequest, kind: PackageKind, unit_code: str, message_id: str) -> Any:
    sender_of(request).account_for(unit_code, timezone.now())
    return _described(selectors.package_of(unit_code=unit_code, message_id=message_id, kind=kind))


def _results(
    request: HttpRequest,
    kind: PackageKind,
    unit_code: str,
    message_id: str,
    page: int,
    size: int,
    only: str | None,
) -> Any:
    sender_of(request).account_for(unit_code, timezone.now())
    row = selectors.package_of(unit_code=unit_code, message_id=message_id, kind=kind)
    found = selectors.result_page(row, page=page, size=size, only=only)
    return {
        "message_id": message_id,
        "state": row.state,
        "pending": row.record_count if row.processed_at is None else 0,
        "page": page,
        "pages": found.pages,
        "total": found.total,
        "results": found.results,
    }


def _described(row: IncomingPackage) -> dict[str, Any]:
    name = "get_recall_results" if row.kind == PackageKind.RECALL else "get_package_results"
    address = reverse(f"hocba_api:{name}", args=[row.unit_code, row.message_id])
    return {**selectors.describe_package(row), "results_url": address}
