"""Error codes of the gateway's answers. Our catalogue; the official texts have none.

One code per cause. The codes stand in the fields Error, ResponseCode and error of the transactions.
"""

from __future__ import annotations

from enum import Enum, StrEnum

from hocba.errors import HocBaError, NotTrusted, Sentence, Unavailable


class CodeLevel(Enum):
    """What a code is about: a whole package, one record, or a recall."""

    PACKAGE = "package"
    RECORD = "record"
    RECALL = "recall"


class ResponseCode(StrEnum):
    """Codes as strings. Values are sent, stored and documented: never change one."""

    RECEIVED = "0"
    WRONG_ACCOUNT = "1001"
    SESSION_EXPIRED = "1002"
    WRONG_UNIT = "1003"
    TOO_MANY_REQUESTS = "1004"
    TOO_LARGE = "1101"
    CONTENT_EMPTY = "1102"
    CONTENT_UNREADABLE = "1201"
    CONTENT_LENGTH = "1202"
    CONTENT_NOT_UTF8 = "1203"
    XML_INVALID = "1301"
    XML_DOCTYPE = "1302"
    TRANSACTION_SIGNATURE_MISSING = "1401"
    TRANSACTION_SIGNATURE_WRONG = "1402"
    CERTIFICATE_NOT_APPROVED = "1403"
    MESSAGE_ID_REUSED = "1501"
    FIELD_MISSING = "2001"
    FIELD_TYPE = "2002"
    FIELD_CATALOGUE = "2003"
    RESULT_AGAINST_RULE = "2101"
    SUBJECT_MISSING = "2102"
    SUBJECT_SIGNATURE = "2201"
    HOMEROOM_SIGNATURE = "2202"
    LEADER_SIGNATURE = "2203"
    ISSUE_SIGNATURE = "2204"
    CERTIFICATE_NOT_VALID = "2205"
    CERTIFICATE_UNKNOWN_STATUS = "2206"
    ANOTHER_ISSUE_CERTIFICATE = "2207"
    UUID_EXISTS = "2301"
    UUID_RECALLED = "2302"
    RECORD_IN_FORCE = "2303"
    YEAR_CLOSED = "2401"
    NOT_THE_ISSUER = "2402"
    RECALL_NOT_FOUND = "2501"
    ALREADY_RECALLED = "2502"
    RECALL_WAITING = "2503"
    RECALL_MISMATCH = "2504"
    RECALL_REFUSED = "2505"
    NOT_CLOSED = "2506"
    ATTACHMENT_MISSING = "2507"
    ATTACHMENT_WRONG = "2508"
    REASON_MISSING = "2509"
    CORRECTION_REFUSED = "2510"
    SYSTEM_ERROR = "9000"

    @property
    def sentence(self) -> Sentence:
        """What happened, for a person."""
        return _SENTENCES[self]

    @property
    def level(self) -> CodeLevel:
        """What the code is about."""
        if self.value.startswith("25"):
            return CodeLevel.RECALL
        return CodeLevel.RECORD if self.value.startswith("2") else CodeLevel.PACKAGE


_C = ResponseCode
_SENTENCES = {
    _C.RECEIVED: Sentence("Tiếp nhận thành công.", "Received."),
    _C.WRONG_ACCOUNT: Sentence("Sai tài khoản.", "Wrong account."),
    _C.SESSION_EXPIRED: Sentence("Mã xác thực (token) đã hết hạn.", "The token has expired."),
    _C.WRONG_UNIT: Sentence("Sai mã đơn vị.", "Wrong unit code."),
    _C.TOO_MANY_REQUESTS: Sentence(
        "Tài khoản gửi quá nhiều yêu cầu trong một phút.",
        "The account sent too many requests within a minute.",
    ),
    _C.TOO_LARGE: Sentence("Gói tin vượt quá 10 MB.", "The request exceeds 10 MB."),
    _C.CONTENT_EMPTY: Sentence("Tham số content rỗng.", "The parameter content is empty."),
    _C.CONTENT_UNREADABLE: Sentence(
        "Không giải mã được Base64-GZip của content.", "Base64 and GZip cannot be decoded."
    ),
    _C.CONTENT_LENGTH: Sentence(
        "Độ dài ghi trong content không đúng.", "The length in content is wrong."
    ),
    _C.CONTENT_NOT_UTF8: Sentence("Nội dung không phải UTF-8.", "The text is not UTF-8."),
    _C.XML_INVALID: Sentence("XML không hợp lệ.", "The XML is not valid."),
    _C.XML_DOCTYPE: Sentence(
        "XML có DOCTYPE hoặc thực thể, không được chấp nhận.", "The XML has DOCTYPE or entities."
    ),
    _C.TRANSACTION_SIGNATURE_MISSING: Sentence(
        "Thiếu chữ ký giao dịch.", "The transaction signature is missing."
    ),
    _C.TRANSACTION_SIGNATURE_WRONG: Sentence(
        "Chữ ký giao dịch sai.", "The transaction signature is wrong."
    ),
    _C.CERTIFICATE_NOT_APPROVED: Sentence(
        "Chứng thư số của đơn vị chưa được phê duyệt.", "The unit's certificate is not approved."
    ),
    _C.MESSAGE_ID_REUSED: Sentence(
        "messageid đã dùng với nội dung khác.", "The messageid was used with other content."
    ),
    _C.FIELD_MISSING: Sentence("Thiếu trường bắt buộc.", "A required field is missing."),
    _C.FIELD_TYPE: Sentence("Trường dữ liệu sai kiểu.", "A field has the wrong type."),
    _C.FIELD_CATALOGUE: Sentence(
        "Giá trị không có trong danh mục.", "A value is not in its catalogue."
    ),
    _C.RESULT_AGAINST_RULE: Sentence(
        "Kết quả không khớp quy tắc đánh giá.", "The result does not follow the assessment rules."
    ),
    _C.SUBJECT_MISSING: Sentence("Thiếu môn học của khối lớp.", "A subject is missing."),
    _C.SUBJECT_SIGNATURE: Sentence(
        "Chữ ký giáo viên bộ môn không hợp lệ.", "A subject teacher's signature is not valid."
    ),
    _C.HOMEROOM_SIGNATURE: Sentence(
        "Chữ ký giáo viên chủ nhiệm không hợp lệ.", "The homeroom signature is not valid."
    ),
    _C.LEADER_SIGNATURE: Sentence(
        "Chữ ký cán bộ quản lý không hợp lệ.", "The school leader's signature is not valid."
    ),
    _C.ISSUE_SIGNATURE: Sentence(
        "Chữ ký phát hành không hợp lệ.", "The issue signature is not valid."
    ),
    _C.CERTIFICATE_NOT_VALID: Sentence(
        "Chứng thư số hết hạn hoặc bị thu hồi tại thời điểm ký.",
        "A certificate was expired or revoked when signing.",
    ),
    _C.CERTIFICATE_UNKNOWN_STATUS: Sentence(
        "Không kiểm tra được trạng thái chứng thư số.", "A certificate's status is unknown."
    ),
    _C.ANOTHER_ISSUE_CERTIFICATE: Sentence(
        "Chứng thư số phát hành khác chứng thư số đã phê duyệt.",
        "The issue certificate is not the approved one.",
    ),
    _C.UUID_EXISTS: Sentence("Mã tra cứu UUID đã tồn tại.", "The UUID exists already."),
    _C.UUID_RECALLED: Sentence(
        "Mã tra cứu UUID thuộc học bạ đã thu hồi.", "The UUID belongs to a recalled record."
    ),
    _C.RECORD_IN_FORCE: Sentence(
        "Học sinh đã có học bạ còn hiệu lực cho năm học này.",
        "The pupil has a record in force for this year.",
    ),
    _C.YEAR_CLOSED: Sentence(
        "Dữ liệu đã chốt; phải gửi yêu cầu chỉnh lý.", "The year is closed; ask for a correction."
    ),
    _C.NOT_THE_ISSUER: Sentence(
        "Trường gửi không phải nơi phát hành học bạ.", "The sender is not the issuing school."
    ),
    _C.RECALL_NOT_FOUND: Sentence(
        "Không tìm thấy học bạ cần thu hồi.", "The record to recall is not found."
    ),
    _C.ALREADY_RECALLED: Sentence("Học bạ đã được thu hồi.", "The record is recalled already."),
    _C.RECALL_WAITING: Sentence(
        "Học bạ này đã có yêu cầu thu hồi đang chờ quyết định.",
        "A recall of this record waits for its decision already.",
    ),
    _C.RECALL_MISMATCH: Sentence(
        "Thông tin trong yêu cầu thu hồi khác học bạ đang lưu.",
        "The request differs from the stored record.",
    ),
    _C.RECALL_REFUSED: Sentence("Không đồng ý thu hồi học bạ.", "The recall is refused."),
    _C.NOT_CLOSED: Sentence(
        "Học bạ chưa chốt; hãy gửi yêu cầu thu hồi thay cho yêu cầu chỉnh lý.",
        "The record is not closed; ask for its recall instead of a correction.",
    ),
    _C.ATTACHMENT_MISSING: Sentence(
        "Chỉnh lý theo thay đổi hộ tịch phải kèm quyết định của cơ quan hộ tịch.",
        "A correction for a change of civil status needs the authority's decision attached.",
    ),
    _C.ATTACHMENT_WRONG: Sentence(
        "Tệp đính kèm không phải PDF hoặc JPEG còn nguyên vẹn.",
        "An attached file is not a whole PDF or JPEG.",
    ),
    _C.REASON_MISSING: Sentence(
        "Yêu cầu chỉnh lý phải ghi lý do.", "A correction needs its reason."
    ),
    _C.CORRECTION_REFUSED: Sentence("Không đồng ý chỉnh lý học bạ.", "The correction is refused."),
    _C.SYSTEM_ERROR: Sentence(
        "Lỗi hệ thống; hãy gửi lại với cùng messageid.",
        "System error; send again with the same messageid.",
    ),
}

_OF_ERROR = {
    "request_too_large": _C.TOO_LARGE,
    "content_empty": _C.CONTENT_EMPTY,
    "content_base64": _C.CONTENT_UNREADABLE,
    "content_gzip": _C.CONTENT_UNREADABLE,
    "content_length": _C.CONTENT_LENGTH,
    "content_utf8": _C.CONTENT_NOT_UTF8,
    "doctype": _C.XML_DOCTYPE,
    "entity": _C.XML_DOCTYPE,
    "signature_missing": _C.TRANSACTION_SIGNATURE_MISSING,
    "field_missing": _C.FIELD_MISSING,
    "field_type": _C.FIELD_TYPE,
    "field_catalogue": _C.FIELD_CATALOGUE,
}


def code_of_package_error(error: HocBaError) -> ResponseCode:
    """Return the code with which a gateway answers to a package that raised `error`."""
    if isinstance(error, Unavailable):
        return ResponseCode.SYSTEM_ERROR
    known = _OF_ERROR.get(error.code)
    if known is None and isinstance(error, NotTrusted):
        return ResponseCode.TRANSACTION_SIGNATURE_WRONG
    return known or ResponseCode.XML_INVALID
