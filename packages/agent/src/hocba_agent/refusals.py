"""Every way the agent says no: a stable code, an HTTP status and a sentence in two languages.

The table is also printed in docs/formats/signing-agent.md; a test holds both together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """One refusal: HTTP status (RFC 9110), Vietnamese and English sentence with {named} values."""

    status: int
    vi: str
    en: str


RULES: Final[dict[str, Rule]] = {
    # who asks
    "bad-host": Rule(
        403,
        "Yêu cầu không gửi đến đúng địa chỉ của phần mềm ký nên bị từ chối.",
        "The request names another host than the agent's, so it is refused.",
    ),
    "bad-origin": Rule(
        403,
        "Trang này không được dùng phần mềm ký.",
        "This page may not use the signing agent.",
    ),
    "not-paired": Rule(
        401,
        "Trang này chưa được ghép nối với phần mềm ký trên máy của Thầy/Cô. Hãy ghép nối trước.",
        "This page is not paired with the agent on your computer. Pair it first.",
    ),
    # pairing
    "origin-mismatch": Rule(
        403,
        "Địa chỉ trang trong yêu cầu ghép nối không đúng với trang đang mở.",
        "The address in the pairing request is not that of the page.",
    ),
    "code-wrong": Rule(
        403,
        "Mã ghép nối không đúng. Còn {left} lần nhập.",
        "The pairing code is wrong. {left} tries are left.",
    ),
    "code-expired": Rule(
        410,
        "Mã ghép nối đã hết hạn hoặc đã được dùng. Hãy bấm ghép nối lại để nhận mã mới.",
        "The pairing code has expired or was used. Ask to pair again to get a new one.",
    ),
    "too-many-codes": Rule(
        429,
        "Nhập sai mã ghép nối quá nhiều lần. Chờ {minutes} phút rồi ghép nối lại.",
        "Too many wrong pairing codes. Wait {minutes} minutes, then pair again.",
    ),
    "too-many-requests": Rule(
        429,
        "Trang hỏi phần mềm ký quá nhiều lần. Chờ {minutes} phút rồi thử lại.",
        "The page asked the agent too often. Wait {minutes} minutes, then try again.",
    ),
    "pairing-refused": Rule(
        403,
        "Thầy/Cô đã từ chối ghép nối trong cửa sổ của phần mềm ký.",
        "You refused to pair in the agent's window.",
    ),
    "pairings-full": Rule(
        409,
        "Đã ghép nối quá nhiều trang. Gỡ bớt trong cửa sổ của phần mềm ký rồi thử lại.",
        "Too many pages are paired. Remove some in the agent's window, then try again.",
    ),
    # what is asked
    "not-found": Rule(404, "Phần mềm ký không có địa chỉ này.", "The agent has no such address."),
    "bad-method": Rule(
        405,
        "Cách gọi này không dùng được ở địa chỉ này.",
        "This method cannot be used at this address.",
    ),
    "too-large": Rule(
        413,
        "Nội dung gửi đến phần mềm ký quá lớn. Hãy chia nhỏ rồi gửi lại.",
        "The body is too large. Send smaller parts.",
    ),
    "bad-request": Rule(
        400,
        "Phần mềm ký không đọc được yêu cầu này.",
        "The agent cannot read this request.",
    ),
    "bad-type": Rule(
        415,
        "Nội dung phải có kiểu {wanted}.",
        "The body must be of type {wanted}.",
    ),
    "bad-json": Rule(
        400,
        "Nội dung không phải là một đối tượng JSON đúng.",
        "The body is not a JSON object.",
    ),
    "bad-field": Rule(
        400,
        "Mục “{field}” sai: {rule_vi}.",
        "Field “{field}” is wrong: {rule_en}.",
    ),
    # tokens and sessions
    "no-driver": Rule(
        503,
        "Chưa có trình điều khiển của thiết bị ký. Cài bộ cài của nhà cung cấp chứng thư số rồi mở "
        "lại phần mềm ký.",
        "No token driver was found. Install the one of your certificate provider, then restart the "
        "agent.",
    ),
    "no-certificate": Rule(
        404,
        "Không thấy chứng thư số này trên thiết bị ký nào đang cắm. Hãy cắm đúng thiết bị.",
        "No token that is plugged in holds this certificate. Plug in the right one.",
    ),
    "key-not-allowed": Rule(
        409,
        "Khoá của chứng thư số này không dùng ký học bạ được (cần RSA 2048 bit hoặc ECDSA P-256).",
        "The key of this certificate cannot sign records (RSA of 2048 bits or ECDSA P-256 needed).",
    ),
    "no-key": Rule(
        409,
        "Thiết bị ký có chứng thư số nhưng không có khoá bí mật đi cùng.",
        "The token holds the certificate but not its private key.",
    ),
    "session-not-found": Rule(
        404,
        "Không có phiên ký này.",
        "There is no such signing session.",
    ),
    "session-waiting": Rule(
        409,
        "Phiên ký còn chờ Thầy/Cô nhập mã PIN trong cửa sổ của phần mềm ký.",
        "The session still waits for the PIN in the agent's window.",
    ),
    "session-expired": Rule(
        410,
        "Phiên ký đã hết thời gian. Hãy mở phiên mới để ký tiếp.",
        "The signing session has expired. Open a new one to go on.",
    ),
    "session-closed": Rule(
        410,
        "Phiên ký đã đóng. Hãy mở phiên mới để ký tiếp.",
        "The signing session is closed. Open a new one to go on.",
    ),
    "session-replaced": Rule(
        410,
        "Phiên ký này đã đóng vì có phiên khác mở sau trên cùng thiết bị.",
        "This session was closed because a later one was opened.",
    ),
    "session-used": Rule(
        410,
        "Phiên ký đã ký đủ số chữ ký được phép.",
        "The session has made all the signatures that it allowed.",
    ),
    "person-refused": Rule(
        403,
        "Thầy/Cô đã từ chối ký trong cửa sổ của phần mềm ký.",
        "You refused to sign in the agent's window.",
    ),
    "count-exceeded": Rule(
        409,
        "Phiên ký chỉ còn được ký {left} lần, yêu cầu này cần nhiều hơn. Chưa có gì được ký.",
        "The session allows only {left} more signatures and this call needs more. Nothing was "
        "signed.",
    ),
    "algorithm-not-for-key": Rule(
        400,
        "Khoá của chứng thư số này không ký theo thuật toán {algorithm}.",
        "The key of this certificate does not sign with {algorithm}.",
    ),
    "pin-wrong": Rule(
        403,
        "Mã PIN không đúng. {left_vi}",
        "The PIN is wrong. {left_en}",
    ),
    "pin-wrong-often": Rule(
        403,
        "Mã PIN sai {tries} lần nên phiên ký đã đóng, để thiết bị không bị khoá.",
        "The PIN was wrong {tries} times; the session is closed so that the token is not locked.",
    ),
    "pin-locked": Rule(
        423,
        "Thiết bị ký đã bị khoá vì nhập sai mã PIN nhiều lần. Liên hệ nhà cung cấp chứng thư số để "
        "mở khoá.",
        "The token is locked after too many wrong PINs. Your certificate provider can unlock it.",
    ),
    "pin-form": Rule(
        400,
        "Mã PIN không đúng dạng của thiết bị (quá ngắn, quá dài hoặc có ký tự không dùng được).",
        "The PIN does not have the form that the token wants (length or characters).",
    ),
    "pin-each-time": Rule(
        409,
        "Thiết bị này bắt nhập mã PIN cho từng chữ ký nên không ký cả lớp một lần được.",
        "This token wants the PIN for every signature, so it cannot sign a class at once.",
    ),
    "page-used": Rule(
        410,
        "Trang nhập mã PIN này đã được dùng hoặc đã hết hạn.",
        "This PIN page was used or has expired.",
    ),
    "token-in-use": Rule(
        409,
        "Thiết bị ký đang được phần mềm khác đăng nhập. Đóng phần mềm đó, rút thiết bị ra, cắm lại "
        "rồi thử lại.",
        "Another program is logged in to the token. Close it, plug the token in again, then retry.",
    ),
    "token-removed": Rule(
        410,
        "Thiết bị ký đã được rút ra. Cắm lại rồi mở phiên ký mới.",
        "The token was removed. Plug it in again and open a new session.",
    ),
    "token-failed": Rule(
        502,
        "Thiết bị ký không ký được ({detail}). Chưa có gì được ký; kiểm tra thiết bị rồi thử lại.",
        "The token could not sign ({detail}). Nothing was signed; check the token and try again.",
    ),
    "agent-failed": Rule(
        500,
        "Phần mềm ký gặp lỗi. Đóng rồi mở lại phần mềm ký.",
        "The agent failed. Close it and start it again.",
    ),
}


class Refusal(Exception):
    """The agent says no. `code` is a key of `RULES`; values fill the sentence, never a secret."""

    def __init__(self, code: str, **values: object) -> None:
        rule = RULES[code]
        self.code = code
        self.status = rule.status
        self.vi = rule.vi.format(**values)
        self.en = rule.en.format(**values)
        super().__init__(self.vi)

    def as_json(self) -> dict[str, object]:
        """The body of the HTTP answer."""
        return {"error": {"code": self.code, "vi": self.vi, "en": self.en}}
