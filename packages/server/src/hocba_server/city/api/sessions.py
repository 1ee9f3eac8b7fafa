"""The token service (annex 3, service 3.1)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Status
from pydantic import ValidationError

from hocba.errors import Sentence
from hocba.packet.codes import ResponseCode
from hocba.packet.json_fields import read_json
from hocba_server.city.api import schemas
from hocba_server.city.api.examples import refusals
from hocba_server.city.api.problems import Problem
from hocba_server.city.api.reading import bounded_body
from hocba_server.city.api.senders import BearerToken, count_request
from hocba_server.city.api.signed import is_signed, verify_request
from hocba_server.city.gateway.accounts import account_of_password
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.scopes import sender_scope
from hocba_server.city.vendors.models import TokenOrigin
from hocba_server.city.vendors.tokens import issue_token, revoke_token
from hocba_server.config.acting import act_from_here

router = Router(tags=["Token"])
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/TokenRequest"},
                "example": {"user_name": "79267400001", "password_sha256": "9f86d081884c7d65…"},
            }
        },
    }
}


@router.post(
    "/token",
    response={201: schemas.Token, **refusals(401, 413, 422, 429)},
    operation_id="issueToken",
    summary="Lấy token (dịch vụ 3.1) / Get a token",
    openapi_extra=_BODY,
)
def get_token(request: HttpRequest) -> Any:
    """Ký yêu cầu bằng khoá đã đăng ký, hoặc gửi SHA-256 của mật khẩu. Token dùng làm
    Authorization: Bearer ở đây và làm trường token trong các giao dịch của Bộ.

    Sign the request with a registered key, or send the SHA-256 of the password. The token is the
    bearer here and the field `token` of the Ministry's transactions."""
    at = timezone.now()
    asked = _asked(request)
    if is_signed(request):
        account, origin = _by_signature(request, asked.user_name), TokenOrigin.SIGNATURE
    else:
        account = account_of_password(asked.user_name, (asked.password_sha256 or "").lower())
        origin = TokenOrigin.PASSWORD
    if account is None:
        raise Problem(ResponseCode.WRONG_ACCOUNT, field="user_name")
    act_from_here(sender_scope(account.unit_code))
    count_request(account, at)
    issued = issue_token(account=account, origin=origin, at=at)
    return Status(
        201,
        {
            "token": issued.token,
            "user_name": issued.user_name,
            "unit_code": issued.unit_code,
            "expires_at": issued.expires_at,
            "expires_in": int((issued.expires_at - at).total_seconds()),
        },
    )


@router.delete(
    "/token",
    response={204: None, **refusals(401)},
    auth=BearerToken(),
    operation_id="revokeToken",
    summary="Huỷ token đang dùng / End this token",
)
def end_token(request: HttpRequest) -> Any:
    """Token gửi kèm hết giá trị ngay. / The token sent along ends at once."""
    token = request.headers.get("Authorization", "").partition(" ")[2].strip()
    revoke_token(token=token, at=timezone.now())
    return HttpResponse(status=204)


def _asked(request: HttpRequest) -> schemas.TokenRequest:
    value = read_json(bounded_body(request))
    try:
        asked = schemas.TokenRequest.model_validate(value)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Problem(ResponseCode.FIELD_TYPE, field=where or "body") from None
    if not asked.user_name.isprintable():
        sentence = Sentence("Tài khoản có ký tự không hợp lệ.", "The account has odd characters.")
        raise Problem(ResponseCode.FIELD_TYPE, sentence, field="user_name")
    return asked


def _by_signature(request: HttpRequest, user_name: str) -> GatewayAccount | None:
    """The account asked for, if the key that signed is its own or its vendor's."""
    key = verify_request(request, timezone.now())
    accounts = GatewayAccount.objects.filter(user_name=user_name, active=True)
    if key.vendor is not None:
        return accounts.filter(terms__vendor=key.vendor).first()
    return accounts.filter(keys=key).first()
