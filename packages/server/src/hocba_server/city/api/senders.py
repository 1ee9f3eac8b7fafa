"""Who sends: the bearer of a token, or the holder of a registered key; and for which unit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import AuthBase

from hocba.errors import Sentence
from hocba.packet.codes import ResponseCode
from hocba_server.city.api.problems import Problem
from hocba_server.city.api.signed import is_signed, verify_request
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.scopes import sender_scope
from hocba_server.city.vendors.models import Vendor
from hocba_server.city.vendors.rates import seconds_to_wait
from hocba_server.city.vendors.selectors import serves
from hocba_server.city.vendors.tokens import account_of_token
from hocba_server.config.acting import act_from_here


@dataclass(frozen=True, slots=True)
class Sender:
    """Proved sender of one request: an account, or a vendor that speaks for several."""

    account: GatewayAccount | None
    vendor: Vendor | None = None
    by_signature: bool = False

    def account_for(self, unit_code: str, at: dt.datetime) -> GatewayAccount:
        """The account with which the sender speaks for a unit. Raises `Problem` (1003, 1004)."""
        account = self.account
        if account is None and self.vendor is not None:
            account = serves(self.vendor, unit_code)
        if account is None or account.unit_code != unit_code:
            raise Problem(ResponseCode.WRONG_UNIT, field="unit_code")
        act_from_here(sender_scope(unit_code))
        count_request(account, at)
        return account


class BearerToken(AuthBase):
    """Authorization: Bearer, with a token of the token service."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = "Token của dịch vụ POST /api/v2/token. / A token of POST /api/v2/token."

    def __call__(self, request: HttpRequest) -> Any:
        """Answer the sender; None without the header, so that the next way is tried."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        account = account_of_token(token.strip()[:200], timezone.now())
        if account is None:
            raise Problem(ResponseCode.SESSION_EXPIRED, field="Authorization")
        act_from_here(sender_scope(account.unit_code))
        return Sender(account)


class RequestSignature(AuthBase):
    """HTTP message signature (RFC 9421) with a registered key."""

    openapi_type = "apiKey"
    openapi_in = "header"
    openapi_name = "Signature"
    openapi_description = (
        "Chữ ký HTTP (RFC 9421) bằng khoá đã đăng ký: Signature-Input có keyid, created, nonce; "
        "phủ @method, @target-uri và content-digest (RFC 9530) khi có nội dung. / HTTP message "
        "signature with a registered key: keyid, created, nonce; covers @method, @target-uri and, "
        "with a body, content-digest."
    )

    def __call__(self, request: HttpRequest) -> Any:
        """Answer the sender; None without a signature."""
        if not is_signed(request):
            return None
        key = verify_request(request, timezone.now())
        return Sender(key.account, key.vendor, by_signature=True)


PROOFS = [BearerToken(), RequestSignature()]


def count_request(account: GatewayAccount, at: dt.datetime) -> None:
    """Count one request of an account. Raises `Problem` 429 with the seconds to wait."""
    wait = seconds_to_wait(account, at)
    if wait is not None:
        code = ResponseCode.TOO_MANY_REQUESTS
        sentence = Sentence(
            f"{code.sentence.vi} Hãy gửi lại sau {wait} giây.",
            f"{code.sentence.en} Send again in {wait} seconds.",
        )
        raise Problem(code, sentence, retry_after=wait)


def sender_of(request: HttpRequest) -> Sender:
    """Who was proved by `PROOFS`."""
    sender: Sender = request.auth  # type: ignore[attr-defined] # ninja puts it there
    return sender
