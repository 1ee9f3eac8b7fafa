"""Beside every error code of the gateway: the rule it comes from, and what the sender should do.

The official texts have no catalogue of codes, so this is ours; the rules are theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from hocba.errors import Sentence
from hocba.packet.codes import ResponseCode


@dataclass(frozen=True, slots=True)
class Advice:
    """Where a refusal comes from and what helps."""

    rule: str
    """Circular and article, letter and section, or RFC and section."""
    what_to_do: Sentence


def advice_of(code: ResponseCode) -> Advice:
    """Return the rule behind a code and what to do about it."""
    rule, vi, en = _ADVICE[code]
    return Advice(rule, Sentence(vi, en))


_C = ResponseCode
_RECORD = "CV 2088/BGDĐT-GDTH phụ lục 1.1"
_SIGN_AGAIN = (
    "Cho ký lại học bạ này từ chữ ký bị lỗi trở đi, rồi gửi trong một gói mới.",
    "Have the record signed again from the faulty signature on and send it in a new package.",
)
_ADVICE: dict[ResponseCode, tuple[str, str, str]] = {
    _C.RECEIVED: ("CV 2088 II.2", "Không phải làm gì.", "Nothing is to be done."),
    _C.WRONG_ACCOUNT: (
        "CV 2088 II.2.2",
        "Kiểm tra tài khoản và mã băm SHA-256 của mật khẩu, hoặc khoá ký yêu cầu; hỏi Sở nếu "
        "tài khoản đã bị khoá.",
        "Check account and SHA-256 of the password, or the request key; ask the department whether "
        "the account was closed.",
    ),
    _C.SESSION_EXPIRED: (
        "CV 2088 phụ lục 3, dịch vụ 3.1",
        "Lấy token mới ở dịch vụ lấy token rồi gửi lại với cùng messageid.",
        "Get a new token and send again with the same messageid.",
    ),
    _C.WRONG_UNIT: (
        "CV 2088 II.2.2",
        "Gửi bằng tài khoản của đúng đơn vị, hoặc nhờ Sở ghi đơn vị cho phần mềm.",
        "Send with the account of that unit, or ask the department to add the unit.",
    ),
    _C.TOO_MANY_REQUESTS: (
        "Giới hạn của cổng",
        "Đợi hết phút này rồi gửi tiếp; gộp nhiều học bạ vào một gói thay vì gửi lẻ.",
        "Wait until the minute is over; send many records in one package instead of one by one.",
    ),
    _C.TOO_LARGE: (
        "CV 2088 II.2.8",
        "Chia học bạ thành nhiều gói, mỗi gói dưới 10 MB và không quá 500 học bạ.",
        "Split into several packages, each below 10 MB and of at most 500 records.",
    ),
    _C.CONTENT_EMPTY: (
        "CV 2088 II.2.2, phụ lục 1.2",
        "Kiểm tra hàm nén: khi có lỗi nó trả chuỗi rỗng; không gửi chuỗi rỗng.",
        "Check the packing function: it returns an empty text on failure; never send that.",
    ),
    _C.CONTENT_UNREADABLE: (
        "CV 2088 phụ lục 1.2",
        "Đóng content đúng thứ tự: 4 byte độ dài, một khối GZip, rồi Base64 không xuống dòng.",
        "Pack as 4 bytes of length, one GZip member, then Base64 without line breaks.",
    ),
    _C.CONTENT_LENGTH: (
        "CV 2088 phụ lục 1.2",
        "Ghi 4 byte đầu là số byte UTF-8 của văn bản (không phải số ký tự), little-endian.",
        "The first 4 bytes are the number of UTF-8 bytes (not characters), little-endian.",
    ),
    _C.CONTENT_NOT_UTF8: (
        "CV 2088 II.1.1",
        "Ghi XML bằng UTF-8, dạng Unicode dựng sẵn (NFC).",
        "Write the XML in UTF-8, Unicode NFC.",
    ),
    _C.XML_INVALID: (
        "CV 2088 II.1, II.2.2",
        "Sửa chỗ được nêu; chạy kiểm tra phù hợp trên tệp này để thấy mọi lỗi một lần.",
        "Repair the place named; run the conformance check on the file to see all faults at once.",
    ),
    _C.XML_DOCTYPE: (
        "CV 2088 II.1; W3C XML Signature Best Practices",
        "Bỏ DOCTYPE và mọi khai báo thực thể khỏi XML.",
        "Remove the DOCTYPE and every entity declaration.",
    ),
    _C.TRANSACTION_SIGNATURE_MISSING: (
        "CV 2088 II.2.2",
        "Ký gói bằng chứng thư số tổ chức của đơn vị; đặt Signature là thẻ con cuối cùng.",
        "Sign the package with the unit's certificate; Signature is the last child.",
    ),
    _C.TRANSACTION_SIGNATURE_WRONG: (
        "CV 2088 II.2.2",
        "Ký lại gói sau khi ghép xong; không định dạng lại XML sau khi ký.",
        "Sign after joining the records; never reformat the XML after signing.",
    ),
    _C.CERTIFICATE_NOT_APPROVED: (
        "CV 2088 III.1",
        "Đăng ký chứng thư số (giao dịch 3) và đợi duyệt, hoặc ký bằng chứng thư số đã được duyệt.",
        "Register the certificate (transaction 3) and wait, or sign with the approved one.",
    ),
    _C.MESSAGE_ID_REUSED: (
        "CV 2088 II.2.2",
        "Dùng messageid mới (UUID phiên bản 4) cho mỗi nội dung mới.",
        "Use a new messageid (UUID version 4) for every new content.",
    ),
    _C.FIELD_MISSING: (
        _RECORD,
        "Điền thẻ được nêu rồi phát hành lại học bạ.",
        "Fill in the tag named and issue the record again.",
    ),
    _C.FIELD_TYPE: (
        _RECORD,
        "Ghi giá trị đúng kiểu và độ dài của thẻ được nêu.",
        "Write a value of the right type and length in the tag named.",
    ),
    _C.FIELD_CATALOGUE: (
        _RECORD,
        "Dùng giá trị trong danh mục của thẻ được nêu.",
        "Use a value of the catalogue of the tag named.",
    ),
    _C.RESULT_AGAINST_RULE: (
        "TT 27/2020/TT-BGDĐT Điều 9-11",
        "Xem lại kết quả cuối năm của học sinh theo mức đạt được và điểm kiểm tra.",
        "Review the pupil's year result against levels and test scores.",
    ),
    _C.SUBJECT_MISSING: (
        "TT 27/2020/TT-BGDĐT Điều 6; CTGDPT 2018",
        "Thêm môn học còn thiếu; môn được miễn ghi mức M.",
        "Add the missing subject; an exempt one has level M.",
    ),
    _C.SUBJECT_SIGNATURE: ("QĐ 1789/QĐ-SGDĐT Đ20.5", *_SIGN_AGAIN),
    _C.HOMEROOM_SIGNATURE: ("QĐ 1789/QĐ-SGDĐT Đ20.5", *_SIGN_AGAIN),
    _C.LEADER_SIGNATURE: ("QĐ 1789/QĐ-SGDĐT Đ20.5", *_SIGN_AGAIN),
    _C.ISSUE_SIGNATURE: ("QĐ 1789/QĐ-SGDĐT Đ20.5", *_SIGN_AGAIN),
    _C.CERTIFICATE_NOT_VALID: (
        "QĐ 1789/QĐ-SGDĐT Đ8, Đ12",
        "Ký lại bằng chứng thư số còn hiệu lực.",
        "Sign again with a valid certificate.",
    ),
    _C.CERTIFICATE_UNKNOWN_STATUS: (
        "QĐ 1789/QĐ-SGDĐT Đ12",
        "Gửi lại học bạ này sau, khi dịch vụ của nhà cung cấp chứng thư số trả lời được.",
        "Send the record again later, when the authority's status service answers.",
    ),
    _C.ANOTHER_ISSUE_CERTIFICATE: (
        "CV 2088 III.1",
        "Phát hành bằng chứng thư số tổ chức đã được duyệt cho trường.",
        "Issue with the organisation certificate approved for the school.",
    ),
    _C.UUID_EXISTS: (
        "CV 2088 II.1.4",
        "Nếu đã gửi trước đó thì không phải làm gì; nếu là học bạ khác, cấp UUID mới.",
        "Nothing to do when it was sent before; a different record needs a new UUID.",
    ),
    _C.UUID_RECALLED: (
        "CV 2088 II.1.4, III.3",
        "Học bạ thay thế phải mang UUID mới.",
        "A replacing record needs a new UUID.",
    ),
    _C.RECORD_IN_FORCE: (
        "QĐ 1789/QĐ-SGDĐT Đ21",
        "Yêu cầu thu hồi học bạ đang lưu hành trước, rồi gửi học bạ thay thế.",
        "Ask for the recall of the record in force first, then send the replacement.",
    ),
    _C.YEAR_CLOSED: (
        "QĐ 1789/QĐ-SGDĐT Đ21.6",
        "Gửi yêu cầu chỉnh lý, kèm lý do.",
        "Ask for a correction with its reason.",
    ),
    _C.NOT_THE_ISSUER: (
        "CV 2088 III.2",
        "Gửi bằng tài khoản của trường ghi trong MA_TRUONG.",
        "Send with the account of the school in MA_TRUONG.",
    ),
    _C.RECALL_NOT_FOUND: (
        "CV 2088 II.2.6",
        "Kiểm tra MA_TRA_CUU_UUID; chỉ thu hồi được học bạ đã được tiếp nhận.",
        "Check MA_TRA_CUU_UUID; only accepted records can be recalled.",
    ),
    _C.ALREADY_RECALLED: (
        "CV 2088 III.3",
        "Không phải làm gì; gửi học bạ thay thế với UUID mới.",
        "Nothing; send the replacement with a new UUID.",
    ),
    _C.RECALL_WAITING: (
        "CV 2088 III.3",
        "Đợi quyết định về yêu cầu trước.",
        "Wait for the decision on the earlier request.",
    ),
    _C.RECALL_MISMATCH: (
        "CV 2088 II.2.6",
        "Chép tám thẻ của yêu cầu đúng như trong học bạ đã phát hành.",
        "Copy the eight tags exactly as in the issued record.",
    ),
    _C.RECALL_REFUSED: (
        "CV 2088 III.3",
        "Đọc lý do của Sở; bổ sung rồi gửi yêu cầu mới nếu cần.",
        "Read the department's reason; send a new request if needed.",
    ),
    _C.NOT_CLOSED: (
        "QĐ 1789/QĐ-SGDĐT Đ21.2",
        "Gửi yêu cầu thu hồi, không ghi YEU_CAU_CHINH_LY.",
        "Ask for a recall, without YEU_CAU_CHINH_LY.",
    ),
    _C.ATTACHMENT_MISSING: (
        "QĐ 1789/QĐ-SGDĐT Đ21.7",
        "Kèm quyết định của cơ quan hộ tịch (PDF hoặc JPEG).",
        "Attach the civil authority's decision (PDF or JPEG).",
    ),
    _C.ATTACHMENT_WRONG: (
        "QĐ 1789/QĐ-SGDĐT Đ21.7",
        "Kèm lại tệp PDF hoặc JPEG nguyên vẹn.",
        "Attach a whole PDF or JPEG again.",
    ),
    _C.REASON_MISSING: ("QĐ 1789/QĐ-SGDĐT Đ21.6", "Ghi thẻ LY_DO.", "Write the tag LY_DO."),
    _C.CORRECTION_REFUSED: (
        "QĐ 1789/QĐ-SGDĐT Đ21.6",
        "Đọc lý do của Sở; bổ sung rồi gửi yêu cầu mới nếu cần.",
        "Read the department's reason; send a new request if needed.",
    ),
    _C.SYSTEM_ERROR: (
        "Cổng tiếp nhận",
        "Gửi lại với cùng messageid; cổng trả lời như lần đầu nếu đã nhận.",
        "Send again with the same messageid; a package already received gets its first answer.",
    ),
}
