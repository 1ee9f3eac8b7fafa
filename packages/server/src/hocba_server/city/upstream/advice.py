"""What to do about a refusal of the store, by its code (docs/formats/envelope.md lists them)."""

from __future__ import annotations

from typing import Final

from hocba.errors import Sentence
from hocba.packet.codes import ResponseCode as Code

_CONTENT: Final = Sentence(
    "Báo nhà trường: thu hồi học bạ này ở Sở, sửa rồi phát hành lại; bản mới tự được báo cáo.",
    "Tell the school: recall the record here, correct and issue it anew; the new one is reported.",
)
_SIGNATURE: Final = Sentence(
    "Kiểm tra lại học bạ này ở trang Kiểm tra học bạ; nếu hợp lệ thì hỏi Bộ rồi gửi lại.",
    "Verify the record; if it is valid, ask the Ministry, then send again.",
)
_LATER: Final = Sentence("Chờ một lúc rồi gửi lại.", "Wait a while, then send again.")
_COMPARE: Final = Sentence(
    "Kho đã có học bạ này: đối chiếu với Kho để xác nhận, không cần gửi lại.",
    "The store has it already: reconcile to confirm; nothing has to be sent again.",
)
_ACCOUNT: Final = Sentence(
    "Nhờ quản trị hệ thống xem lại tài khoản và mã đơn vị của Sở tại Kho, rồi gửi lại.",
    "Have the administrator check the account and code at the store, then send again.",
)
_CERTIFICATE: Final = Sentence(
    "Đăng ký chứng thư số đang dùng với Bộ, chờ phê duyệt, rồi gửi lại.",
    "Register the certificate in use with the Ministry, wait for its approval, then send again.",
)
_PACKAGE: Final = Sentence(
    "Lỗi của gói, không phải của học bạ: báo quản trị hệ thống, rồi gửi lại.",
    "A fault of the message, not of the record: tell the administrator, then send again.",
)
_RECALL: Final = Sentence(
    "Làm việc với Bộ về học bạ này, rồi gửi lại yêu cầu thu hồi.",
    "Settle it with the Ministry, then ask for the recall again.",
)
_MISSING: Final = Sentence(
    "Kho chưa có học bạ này: đối chiếu với Kho, gửi học bạ trước.",
    "The store does not have the record: reconcile, and send the record first.",
)
_ROW: Final = Sentence(
    "Giá trị này không hợp với từ điển dữ liệu quốc gia: báo nhà trường và quản trị hệ thống.",
    "The value does not fit the national dictionary: tell the school and the administrator.",
)

_BY_CODE: Final[dict[str, Sentence]] = {
    Code.WRONG_ACCOUNT.value: _ACCOUNT,
    Code.SESSION_EXPIRED.value: _LATER,
    Code.WRONG_UNIT.value: _ACCOUNT,
    Code.CERTIFICATE_NOT_APPROVED.value: _CERTIFICATE,
    Code.CERTIFICATE_UNKNOWN_STATUS.value: _LATER,
    Code.UUID_EXISTS.value: _COMPARE,
    Code.RECORD_IN_FORCE.value: _COMPARE,
    Code.UUID_RECALLED.value: _RECALL,
    Code.NOT_THE_ISSUER.value: _ACCOUNT,
    Code.RECALL_NOT_FOUND.value: _MISSING,
    Code.SYSTEM_ERROR.value: _LATER,
}
_BY_START: Final = (
    ("1", _PACKAGE),
    ("20", _CONTENT),
    ("21", _CONTENT),
    ("22", _SIGNATURE),
    ("25", _RECALL),
)


def advice_of(code: str) -> Sentence | None:
    """What to do; None for a code of another catalogue than ours."""
    if code in {"missing", "length", "form", "catalogue", "no_birth_date"}:
        return _ROW
    by_start = next((sentence for start, sentence in _BY_START if code.startswith(start)), None)
    return _BY_CODE.get(code) or by_start
