"""What people read when remote signing does not go on, and what to do about it.

The service's own words are not shown: they are made for programmers and may name people. Codes of
the specification decide (CSC API v2, tables of errors in sections 8.4 and 11); where it has one
code for many causes, the description that it prescribes decides.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from hocba.errors import HocBaError, Refused, Unavailable


class _Rule(NamedTuple):
    errors: frozenset[str]
    """Any error code when empty."""
    words: tuple[str, ...]
    """One of them stands in the description; any description when empty."""
    code: str
    vi: str
    en: str


def _rule(errors: str, words: tuple[str, ...], code: str, vi: str, en: str) -> _Rule:
    return _Rule(frozenset(errors.split()), words, code, vi, en)


_SESSION: Final = (
    "remote_session",
    "Phiên làm việc với dịch vụ ký số từ xa đã hết hạn. Thầy/Cô đăng nhập lại dịch vụ rồi ký tiếp.",
    "The session with the signing service has ended. Sign in to it again.",
)
_DENIED: Final = (
    "remote_denied",
    "Dịch vụ ký số từ xa từ chối vì chưa được xác nhận, hoặc tài khoản không có quyền dùng khoá "
    "này. Thầy/Cô xác nhận lại hoặc liên hệ nhà cung cấp.",
    "The signing service denied access: not confirmed, or no right to this key.",
)
_RULES: Final = (
    _rule("invalid_token expired_token", (), *_SESSION),
    _rule(
        "",
        ("locked",),
        "remote_locked",
        "Khoá ký đã bị khoá vì nhập sai quá số lần cho phép. Thầy/Cô liên hệ nhà cung cấp dịch vụ "
        "ký số để mở khoá; chưa có gì được ký.",
        "The credential is locked after too many wrong entries. Ask the provider to unlock it.",
    ),
    _rule(
        "invalid_pin",
        (),
        "remote_pin",
        "Mã PIN không đúng. Thầy/Cô nhập lại; nhập sai nhiều lần khoá ký sẽ bị khoá.",
        "The PIN is wrong. Several wrong entries lock the credential.",
    ),
    _rule(
        "invalid_otp",
        (),
        "remote_otp",
        "Mã OTP không đúng hoặc đã hết hạn. Thầy/Cô lấy mã mới rồi nhập lại.",
        "The OTP is wrong or too old. Ask for a new one.",
    ),
    _rule(
        "invalid_authentication_data",
        (),
        "remote_authentication",
        "Mã PIN hoặc mã OTP không đúng. Thầy/Cô kiểm tra rồi nhập lại; nhập sai nhiều lần khoá ký "
        "sẽ bị khoá.",
        "The PIN or the OTP is wrong. Several wrong entries lock the credential.",
    ),
    _rule(
        "authentication_error",
        (),
        "remote_login",
        "Tên đăng nhập hoặc mật khẩu của dịch vụ ký số không đúng. Thầy/Cô nhập lại.",
        "The user name or password of the signing service is wrong.",
    ),
    _rule(
        "",
        ("signatures is too high",),
        "remote_too_many",
        "Số học bạ nhiều hơn số chữ ký được phép trong một lần xác nhận. Thầy/Cô ký từng lớp hoặc "
        "chọn ít học bạ hơn.",
        "More signatures than one authorisation allows. Choose fewer records.",
    ),
    _rule(
        "",
        ("sad expired", "parameter sad"),
        "activation_expired",
        "Lần xác nhận ký đã hết hạn hoặc đã dùng hết. Thầy/Cô xác nhận lại rồi ký tiếp các học bạ "
        "còn lại.",
        "The activation has expired or is used up. Authorise again.",
    ),
    _rule(
        "invalid_hash",
        (),
        "not_authorised",
        "Dịch vụ ký số từ chối vì nội dung này chưa được xác nhận ký. Thầy/Cô xác nhận lại rồi ký.",
        "The service did not authorise this content. Authorise again.",
    ),
    _rule(
        "",
        ("not authorized by the sad",),
        "not_authorised",
        "Dịch vụ ký số từ chối vì nội dung này chưa được xác nhận ký. Thầy/Cô xác nhận lại rồi ký.",
        "The service did not authorise this content. Authorise again.",
    ),
    _rule(
        "",
        ("certificate is expired",),
        "remote_certificate_expired",
        "Chứng thư số đã hết hạn. Thầy/Cô gia hạn với nhà cung cấp trước khi ký.",
        "The signing certificate has expired. Renew it first.",
    ),
    _rule(
        "",
        ("is disabled",),
        "remote_disabled",
        "Khoá ký đang bị tạm ngưng. Thầy/Cô liên hệ nhà cung cấp dịch vụ ký số.",
        "The signing key is disabled. Ask the provider.",
    ),
    _rule(
        "invalid_request",
        ("parameter credentialid",),
        "no_key",
        "Dịch vụ ký số không có khoá này trong tài khoản. Thầy/Cô chọn lại chứng thư số.",
        "The service knows no such credential of this user.",
    ),
    _rule(
        "invalid_client unauthorized_client",
        (),
        "remote_client",
        "Dịch vụ ký số không nhận hệ thống này. Quản trị viên kiểm tra HOCBA_CSC_CLIENT_ID và "
        "HOCBA_CSC_CLIENT_SECRET.",
        "The signing service does not know this client. Check its identifier and secret.",
    ),
    _rule(
        "",
        ("client_id", "client_secret", "client authorization"),
        "remote_client",
        "Dịch vụ ký số không nhận hệ thống này. Quản trị viên kiểm tra HOCBA_CSC_CLIENT_ID và "
        "HOCBA_CSC_CLIENT_SECRET.",
        "The signing service does not know this client. Check its identifier and secret.",
    ),
    _rule(
        "invalid_grant",
        (),
        "remote_grant",
        "Lần xác nhận trên trang của dịch vụ ký số không còn dùng được. Thầy/Cô xác nhận lại.",
        "The authorisation code is no longer valid. Authorise again.",
    ),
    _rule("access_denied", (), *_DENIED),
)
_CODE: Final = re.compile(r"[a-z][a-z_]{0,59}\Z")


def refusal(status: int, error: str, description: str) -> HocBaError:
    """The fault that an answer of status 400 and more means; `error` may be empty."""
    words = description.lower()
    for rule in _RULES if status < 500 else ():
        if rule.errors and error not in rule.errors:
            continue
        if rule.words and not any(word in words for word in rule.words):
            continue
        return Refused(rule.code, rule.vi, rule.en)
    if status == 401:
        return Refused(*_SESSION)
    if status == 403:
        return Refused(*_DENIED)
    if status == 429 or status >= 500 or error in {"server_error", "temporarily_unavailable"}:
        return _busy(status)
    shown = error if _CODE.match(error) else str(status)
    return Refused(
        "remote_refused",
        f"Dịch vụ ký số từ xa từ chối yêu cầu (mã {shown}); chưa có gì được ký. Thầy/Cô thử lại, "
        "nếu vẫn bị từ chối thì báo quản trị viên.",
        f"The signing service refused the request ({shown}). Nothing was signed.",
    )


def _busy(status: int) -> Unavailable:
    if status == 429:
        return Unavailable(
            "remote_busy",
            "Dịch vụ ký số từ xa đang nhận quá nhiều yêu cầu. Thầy/Cô chờ vài phút rồi ký tiếp.",
            "The signing service has too many requests. Wait some minutes.",
        )
    if status == 501:
        return Unavailable(
            "remote_unsupported",
            "Dịch vụ ký số từ xa không hỗ trợ thao tác này. Quản trị viên liên hệ nhà cung cấp.",
            "The signing service does not implement this method.",
        )
    return Unavailable(
        "remote_down",
        "Dịch vụ ký số từ xa đang gặp sự cố. Thầy/Cô thử lại sau; chưa có gì được ký thêm.",
        "The signing service has a fault. Try again later.",
    )


def wrong_answer(what: str) -> Unavailable:
    """The service answered something that it may not answer. `what` is a field or a rule."""
    return Unavailable(
        "remote_answer",
        f"Dịch vụ ký số từ xa trả lời sai dạng ({what}); không dùng được câu trả lời này. "
        "Thầy/Cô thử lại sau hoặc báo quản trị viên.",
        f"The signing service gave a wrong answer ({what}).",
    )


def wrong_signature() -> Unavailable:
    """A signature that does not fit the credential's certificate and the digest."""
    return Unavailable(
        "remote_signature",
        "Dịch vụ ký số từ xa trả về chữ ký không khớp với chứng thư số; chưa học bạ nào được ký. "
        "Thầy/Cô báo quản trị viên.",
        "A signature does not fit the certificate. No record was signed.",
    )


def not_authorised() -> Refused:
    """A digest that the user has not authorised."""
    return Refused(
        "not_authorised",
        "Có nội dung chưa được xác nhận ký, hoặc đã thay đổi sau khi xác nhận. Thầy/Cô xác nhận "
        "lại rồi ký; chưa có gì được ký.",
        "A digest was not authorised before, or changed since. Nothing was signed.",
    )


def activation_expired() -> Refused:
    """The activation is over."""
    return Refused(
        "activation_expired",
        "Lần xác nhận ký đã hết hạn. Thầy/Cô xác nhận lại rồi ký tiếp các học bạ còn lại.",
        "The activation has expired. Authorise again.",
    )


def activation_damaged() -> Refused:
    """The sealed text is not ours or was changed."""
    return Refused(
        "activation_damaged",
        "Dữ liệu của lần xác nhận ký bị hỏng. Thầy/Cô xác nhận lại rồi ký.",
        "The stored activation cannot be opened. Authorise again.",
    )


def missing_factor(vi: str, en: str) -> Refused:
    """The user has to enter something first; `vi` and `en` name it."""
    return Refused(
        "remote_factor_missing",
        f"Thầy/Cô nhập {vi} rồi xác nhận lại.",
        f"Enter the {en} and confirm again.",
    )


def on_the_page() -> Refused:
    """The credential is confirmed on the service's page, not with us."""
    return Refused(
        "remote_factor_missing",
        "Khoá này được xác nhận trên trang của dịch vụ ký số. Thầy/Cô mở trang đó để xác nhận.",
        "This credential is confirmed on the provider's own page. Open it to confirm.",
    )


def too_many(asked: int, allowed: int) -> Refused:
    """More digests than one confirmation of the user can cover."""
    return Refused(
        "remote_too_many",
        f"Có {asked} chữ ký, nhưng mỗi lần xác nhận chỉ ký được {allowed}. Thầy/Cô chia thành "
        f"nhiều lần, mỗi lần không quá {allowed} học bạ.",
        f"There are {asked} signatures; one authorisation covers {allowed}.",
    )


def unsuitable(vi: str, en: str) -> Refused:
    """A credential that cannot sign records."""
    return Refused(
        "remote_credential",
        f"Không dùng được chứng thư số này để ký học bạ: {vi}. Thầy/Cô chọn chứng thư số khác hoặc "
        "liên hệ nhà cung cấp.",
        f"This credential cannot sign records: {en}.",
    )


def unconfirmed() -> Unavailable:
    """Nobody confirmed, or the service did not finish, in the time allowed."""
    return Unavailable(
        "remote_unconfirmed",
        "Chưa nhận được xác nhận từ dịch vụ ký số. Thầy/Cô mở ứng dụng ký số trên điện thoại, xác "
        "nhận rồi thử lại.",
        "No confirmation came in time. Confirm in the provider's app and try again.",
    )


def not_configured(vi: str, en: str) -> Unavailable:
    """The operator has to set something."""
    return Unavailable("remote_settings", vi, en)
