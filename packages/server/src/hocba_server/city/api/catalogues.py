"""What needs no proof: catalogues (annex 3, services 3.2 and 3.3), answer codes, health."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from django.db import DatabaseError, connections
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from hocba.packet.advice import advice_of
from hocba.packet.catalogues import CERTIFICATE_ISSUERS, SIGNATURE_KINDS, Entry
from hocba.packet.codes import ResponseCode
from hocba_server.city.api import schemas
from hocba_server.city.api.examples import refusals
from hocba_server.city.api.problems import Problem
from hocba_server.city.database import CITY_DATABASE

router = Router()
_TAGS = ["Danh mục / Catalogues"]


@router.get(
    "/catalogues/signature-kinds",
    response=schemas.Catalogue,
    operation_id="listSignatureKinds",
    summary="Kiểu chữ ký số (dịch vụ 3.2) / Kinds of signature",
    tags=_TAGS,
)
def list_signature_kinds(request: HttpRequest) -> Any:
    """Giá trị của ma_kieu_chu_ky. / Values of ma_kieu_chu_ky."""
    del request  # ninja gives it by this name
    return _catalogue(SIGNATURE_KINDS)


@router.get(
    "/catalogues/certificate-issuers",
    response=schemas.Catalogue,
    operation_id="listCertificateIssuers",
    summary="Nhà cung cấp chữ ký số (dịch vụ 3.3) / Providers of certificates",
    tags=_TAGS,
)
def list_certificate_issuers(request: HttpRequest) -> Any:
    """Giá trị của nha_phat_hanh. / Values of nha_phat_hanh."""
    del request  # ninja gives it by this name
    return _catalogue(CERTIFICATE_ISSUERS)


@router.get(
    "/catalogues/answer-codes",
    response=schemas.AnswerCodes,
    operation_id="listAnswerCodes",
    summary="Mã trả lời của cổng / Codes of the gateway's answers",
    tags=_TAGS,
)
def list_answer_codes(request: HttpRequest) -> Any:
    """Mỗi mã có căn cứ và việc cần làm. / Each code with its rule and what to do."""
    del request  # ninja gives it by this name
    return {"codes": [describe_code(code) for code in ResponseCode]}


@router.get(
    "/health",
    response={200: schemas.Health, **refusals(503)},
    operation_id="getHealth",
    summary="Cổng có nhận gói không / Does the gateway take packages",
    tags=["Cổng / Gateway"],
)
def get_health(request: HttpRequest) -> Any:
    """Cũng cho biết giờ của cổng, để so đồng hồ trước khi ký. / Also tells our clock."""
    del request  # ninja gives it by this name
    try:
        with connections[CITY_DATABASE].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        raise Problem(ResponseCode.SYSTEM_ERROR) from None
    return {"status": "ok", "time": timezone.now(), "version": version("hocba-server")}


def describe_code(code: ResponseCode) -> dict[str, str]:
    """One code as `schemas.AnswerCode` has it."""
    advice = advice_of(code)
    return {
        "code": code.value,
        "level": code.level.value,
        "sentence": code.sentence.vi,
        "sentence_en": code.sentence.en,
        "rule": advice.rule,
        "what_to_do": advice.what_to_do.vi,
        "what_to_do_en": advice.what_to_do.en,
    }


def _catalogue(entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "entries": [
            {
                "code": entry.code,
                "name": entry.name.vi,
                "name_en": entry.name.en,
                "source": entry.source,
            }
            for entry in entries
        ]
    }
