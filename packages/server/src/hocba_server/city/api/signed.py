"""Signed requests: RFC 9421 with Content-Digest (RFC 9530) and a nonce that is spent once.

1. exactly one signature, whose keyid, created and nonce are there;
2. the key is registered, not revoked, and its owner may speak;
3. created lies within the allowed skew of our clock, expires has not passed;
4. method, whole address and, where there is a body, Content-Digest are covered;
5. the signature fits the key, and the digest fits the body;
6. the nonce was not used before with this key; it is kept until step 3 would refuse it anyway.

The nonce is spent last, so that nobody can spend that of another. The key's own algorithm decides,
never what the request says of it (RFC 9421 section 3.2).
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import http_sf
from django.conf import settings
from django.http import HttpRequest
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    MappingKeyResolver,
    algorithms,
)

from hocba.errors import Sentence
from hocba.packet.codes import ResponseCode
from hocba_server.city.api.problems import Problem
from hocba_server.city.api.reading import bounded_body
from hocba_server.city.vendors.keys import spend_nonce, usable_key
from hocba_server.city.vendors.models import KeyAlgorithm, RequestKey

ALGORITHMS: Final = {
    KeyAlgorithm.ED25519: algorithms.ED25519,
    KeyAlgorithm.ECDSA: algorithms.ECDSA_P256_SHA256,
    KeyAlgorithm.RSA_PSS: algorithms.RSA_PSS_SHA512,
    KeyAlgorithm.RSA_PKCS1: algorithms.RSA_V1_5_SHA256,
}
COVERED: Final = ("@method", "@target-uri")
"""What every signature covers; with a body also content-digest."""
_MAX_HEADER: Final = 4000
_NONCE: Final = range(16, 101)
"""Characters of a nonce."""


class _Verifier(HTTPMessageVerifier):
    """Times are judged by us (step 3), with the clock of the call and a sentence that helps."""

    def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
        """Nothing: step 3 has looked."""


class _Message:
    """The request as the library reads one."""

    def __init__(self, request: HttpRequest) -> None:
        self.method = request.method or ""
        self.url = request.build_absolute_uri(request.get_full_path())
        self.headers = dict(request.headers.items())


def is_signed(request: HttpRequest) -> bool:
    """Does the request claim a signature?"""
    return "Signature-Input" in request.headers or "Signature" in request.headers


def verify_request(request: HttpRequest, at: dt.datetime) -> RequestKey:
    """Return the key that signed the request. Raises `Problem`."""
    body = bounded_body(request)
    parameters = _parameters(request)
    key = usable_key(parameters["keyid"])
    if key is None:
        raise _refusal(
            "Khoá ký yêu cầu chưa được đăng ký, đã bị thu hồi, hoặc chủ khoá đã bị khoá.",
            "The key is not registered, was revoked, or its owner was closed.",
            "Signature-Input",
        )
    until = _deny_times(parameters, at)
    verifier = _Verifier(
        signature_algorithm=ALGORITHMS[KeyAlgorithm(key.algorithm)],
        key_resolver=MappingKeyResolver(
            public_keys={key.key_id: key.public_key.encode("ascii")}, private_keys={}
        ),
    )
    covered = (*COVERED, "content-digest") if body else COVERED
    try:
        verifier.verify(_Message(request), max_age=None, require_components=covered, body=body)
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise _refusal(
            f"Chữ ký của yêu cầu không hợp lệ ({_short(error)}).",
            f"The signature of the request is not valid ({_short(error)}).",
            "Signature",
        ) from None
    if not spend_nonce(key=key, nonce=parameters["nonce"], until=until):
        raise _refusal(
            "Yêu cầu này đã được gửi một lần rồi (nonce đã dùng); hãy ký lại với nonce mới.",
            "This request was sent before (its nonce is spent); sign again with a new nonce.",
            "nonce",
        )
    return key


def _parameters(request: HttpRequest) -> dict[str, Any]:
    text = request.headers.get("Signature-Input", "")
    try:
        if len(text) > _MAX_HEADER:
            raise ValueError("too long")
        parsed: Any = http_sf.parse(text.encode("ascii"), tltype="dictionary")
        [(_, parameters)] = parsed.values()
        found: dict[str, Any] = dict(parameters)
    except (ValueError, TypeError, AttributeError):
        raise _refusal(
            "Signature-Input phải có đúng một chữ ký.",
            "Signature-Input must hold exactly one signature.",
            "Signature-Input",
        ) from None
    nonce, key_id = found.get("nonce"), found.get("keyid")
    if (
        not isinstance(key_id, str)
        or not isinstance(nonce, str)
        or len(nonce) not in _NONCE
        or type(found.get("created")) is not int
    ):
        raise _refusal(
            "Chữ ký phải ghi keyid, created và nonce (16 đến 100 ký tự).",
            "A signature needs keyid, created and nonce (16 to 100 characters).",
            "Signature-Input",
        )
    return found


def _deny_times(parameters: dict[str, Any], at: dt.datetime) -> dt.datetime:
    """Refuse what is too early, too old or expired; answer until when the nonce must be kept."""
    skew = dt.timedelta(seconds=settings.API_SKEW_SECONDS)
    created = _moment(parameters["created"])
    expires = _moment(parameters["expires"]) if "expires" in parameters else created
    if created is None or expires is None:
        raise _refusal(
            "created và expires là số giây từ 01/01/1970 (UTC).",
            "created and expires are seconds since 1970-01-01 UTC.",
            "created",
        )
    apart = int((created - at).total_seconds())
    if abs(apart) > skew.total_seconds():
        early = "nhanh" if apart > 0 else "chậm"
        ahead = "ahead" if apart > 0 else "behind"
        raise _refusal(
            f"Giờ ký lệch {abs(apart)} giây ({early} hơn giờ của cổng, {at:%Y-%m-%dT%H:%M:%SZ}); "
            f"chỉ được lệch {int(skew.total_seconds())} giây. Chỉnh đồng hồ máy rồi ký lại.",
            f"Signed {abs(apart)} seconds {ahead} of our clock ({at:%Y-%m-%dT%H:%M:%SZ}); "
            f"{int(skew.total_seconds())} are allowed. Set the clock and sign again.",
            "created",
        )
    if "expires" in parameters and expires < at:
        raise _refusal(
            "Chữ ký của yêu cầu đã hết hạn (expires); hãy ký lại.",
            "The signature has expired; sign again.",
            "expires",
        )
    return created + 2 * skew


def _moment(seconds: object) -> dt.datetime | None:
    if type(seconds) is not int:
        return None
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _short(error: Exception) -> str:
    """The library's own words, which hold no secret, cut to what a header could make of them."""
    return " ".join(str(error).split())[:120] or type(error).__name__


def _refusal(vi: str, en: str, field: str) -> Problem:
    return Problem(ResponseCode.WRONG_ACCOUNT, Sentence(vi, en), field=field)
