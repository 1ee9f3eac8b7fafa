"""Bodies and refusals of the OpenAPI document, with examples."""

from __future__ import annotations

from typing import Any

from hocba_server.city.api import schemas
from hocba_server.city.api.problems import MEDIA_TYPE

_LIST = (
    '<DANH_SACH_HOC_BA id="dataDanhSach"><HOC_BA>…</HOC_BA>'
    '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">…</Signature></DANH_SACH_HOC_BA>'
)
_RECALL = (
    '<DANH_SACH_HOC_BA id="dataDanhSach"><HOC_BA>'
    "<MA_TRA_CUU_UUID>00000000-0000-4000-8000-000000000001</MA_TRA_CUU_UUID>"
    "<HO_VA_TEN>Nguyễn Thị Mẫu</HO_VA_TEN><GIOI_TINH>Nữ</GIOI_TINH>"
    "<NGAY_SINH>01/02/2017</NGAY_SINH><SO_CCCD>000317000001</SO_CCCD>"
    "<TEN_TRUONG>Tiểu học Mẫu</TEN_TRUONG><MA_TRUONG>00000401</MA_TRUONG>"
    "<TEN_NAM_HOC>2025-2026</TEN_NAM_HOC><LY_DO>Sai điểm môn Toán</LY_DO></HOC_BA>"
    '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">…</Signature></DANH_SACH_HOC_BA>'
)
_CERTIFICATE = (
    '<CHUNG_THU_SO id="dataChungThu"><MA_DON_VI>00000401</MA_DON_VI>'
    "<SERIAL_NUMBER>54B1…</SERIAL_NUMBER><X509Certificate>MIID…</X509Certificate>"
    '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">…</Signature></CHUNG_THU_SO>'
)


def _transaction(kind: str, function: str) -> dict[str, Any]:
    return {
        "authenticationRequest": {
            "token": "",
            "user_name": "00000401",
            "password": "",
            "ma_don_vi": "00000401",
            "nam_hoc": 2025,
            "messageid": "3f0c2d6e-7a51-4c43-9b0e-2f1d8a6b7c90",
            "type": kind,
            "function": function,
        },
        "content": "SAAAAB+LCAAA…",
    }


def _body(xml: str, envelope: dict[str, Any]) -> dict[str, Any]:
    return {
        "requestBody": {
            "required": True,
            "content": {
                "application/xml": {"schema": {"type": "string"}, "example": xml},
                "application/json": {"schema": {"type": "object"}, "example": envelope},
            },
        }
    }


PACKAGE_BODY = _body(_LIST, _transaction("1", "NOP_HOC_BA"))
RECALL_BODY = _body(_RECALL, _transaction("5", "THU_HOI"))
CERTIFICATE_BODY = _body(
    _CERTIFICATE,
    {
        "messageid": "3f0c2d6e-7a51-4c43-9b0e-2f1d8a6b7c90",
        "type": "3",
        "function": "DANG_KY_CTS",
        "ma_don_vi": "00000401",
        "serial_number": "54B1…",
        "ngay_hieu_luc": "2026-01-05",
        "ma_kieu_chu_ky": "USB_TOKEN",
        "nha_phat_hanh": "BAN_CO_YEU",
        "content": "SAAAAB+LCAAA…",
    },
)

CHECKED_BODY = _body(_LIST, _transaction("1", "NOP_HOC_BA"))


def refusals(*statuses: int) -> dict[int, Any]:
    """The answers of these statuses, as problems."""
    return dict.fromkeys(statuses, schemas.Problem)


def finish_document(document: dict[str, Any]) -> dict[str, Any]:
    """Say in the OpenAPI document what ninja cannot: refusals are problem+json, and an example of a
    parameter stands by itself (OpenAPI 3.1 section 4.8.12 has no lists there)."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                if isinstance(parameter.get("examples"), list):
                    parameter["example"] = parameter.pop("examples")[0]
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and "content" in answer:
                    answer["content"] = {MEDIA_TYPE: next(iter(answer["content"].values()))}
    return document
