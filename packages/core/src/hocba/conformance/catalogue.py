"""The named checks of a conformance report, in the order in which a file is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hocba.errors import Sentence


class CheckName(StrEnum):
    """Stable names; they stand in reports that other software reads."""

    SIZE = "size"
    ENVELOPE = "envelope"
    ENCODING = "encoding"
    XML = "xml"
    TAGS = "tags"
    ORDER = "order"
    REQUIRED = "required"
    TYPES = "types"
    CATALOGUES = "catalogues"
    RULES = "rules"
    IDS = "ids"
    SIGNATURES = "signatures"
    ALGORITHMS = "algorithms"
    INTEGRITY = "integrity"
    SIGNERS = "signers"
    TIMES = "times"
    CERTIFICATES = "certificates"
    TRANSACTION = "transaction"


@dataclass(frozen=True, slots=True)
class CheckKind:
    """What a check is about, where it comes from, and what usually helps."""

    name: CheckName
    title: Sentence
    rule: str
    advice: Sentence


def _kind(name: CheckName, vi: str, en: str, rule: str, help_vi: str, help_en: str) -> CheckKind:
    return CheckKind(name, Sentence(vi, en), rule, Sentence(help_vi, help_en))


_N = CheckName
KINDS: tuple[CheckKind, ...] = (
    _kind(
        _N.SIZE,
        "Dung lượng và số học bạ",
        "Size and number of records",
        "CV 2088 II.2.8",
        "Chia thành nhiều gói: dưới 10.000.000 byte và không quá 500 học bạ mỗi gói.",
        "Split into packages of less than 10,000,000 bytes and at most 500 records.",
    ),
    _kind(
        _N.ENVELOPE,
        "Phong bì giao dịch (JSON, content)",
        "Envelope of the transaction (JSON, content)",
        "CV 2088 II.2.2-II.2.7, phụ lục 1.2",
        "Ghi đủ trường, đúng kiểu; content là 4 byte độ dài, một khối GZip, rồi Base64.",
        "Write every field with its type; content is 4 bytes of length, one GZip member, Base64.",
    ),
    _kind(
        _N.ENCODING,
        "Bảng mã",
        "Encoding",
        "CV 2088 II.1.1",
        "Ghi UTF-8 không BOM, Unicode dựng sẵn (NFC), không có ký tự điều khiển.",
        "Write UTF-8 without BOM, Unicode NFC, no control characters.",
    ),
    _kind(
        _N.XML,
        "XML đọc được và an toàn",
        "Well-formed and safe XML",
        "CV 2088 II.1; W3C XML Signature Best Practices",
        "Sửa cú pháp; bỏ DOCTYPE, thực thể, chú thích và chỉ thị XML.",
        "Repair the syntax; no DOCTYPE, entities, comments or instructions.",
    ),
    _kind(
        _N.TAGS,
        "Tên thẻ và cấu trúc",
        "Tags and structure",
        "CV 2088 phụ lục 1.1",
        "Dùng đúng tên thẻ của phụ lục, kể cả thẻ viết sai chính tả trong văn bản.",
        "Use the tags of the annex, misspelt ones as they are.",
    ),
    _kind(
        _N.ORDER,
        "Thứ tự thẻ",
        "Order of tags",
        "CV 2088 phụ lục 1.1",
        "Ghi các thẻ theo thứ tự của phụ lục 1.1.",
        "Write the tags in the order of annex 1.1.",
    ),
    _kind(
        _N.REQUIRED,
        "Trường bắt buộc",
        "Required fields",
        "CV 2088 phụ lục 1.1; QĐ 1789 phụ lục II",
        "Ghi giá trị cho thẻ bắt buộc; thẻ không bắt buộc mà không có giá trị thì bỏ cả cặp thẻ.",
        "Give required tags a value; leave optional tags without a value out.",
    ),
    _kind(
        _N.TYPES,
        "Kiểu, dạng và độ dài giá trị",
        "Types, forms and lengths",
        "CV 2088 II.1.3, phụ lục 1.1",
        "Ngày giờ ISO có múi giờ; NGAY_SINH là dd/MM/yyyy; số dùng dấu chấm.",
        "Dates are ISO with a zone; NGAY_SINH is dd/MM/yyyy; numbers use a point.",
    ),
    _kind(
        _N.CATALOGUES,
        "Danh mục",
        "Catalogues",
        "CV 2088 phụ lục 1.1; TT 27/2020/TT-BGDĐT",
        "Dùng mã và chữ trong danh mục.",
        "Use codes and words of the catalogue.",
    ),
    _kind(
        _N.RULES,
        "Quy tắc đánh giá (Thông tư 27)",
        "Assessment rules (Circular 27)",
        "TT 27/2020/TT-BGDĐT Điều 7, 9, 11",
        "Xem lại mức đạt được, điểm kiểm tra, kết quả cuối năm và lên lớp.",
        "Review levels, scores, the year result and promotion.",
    ),
    _kind(
        _N.IDS,
        "Định danh (Id) và tham chiếu",
        "Ids and references",
        "CV 2088 II.1.5; XML Signature 4.4.3",
        "Mỗi Id được chữ ký tham chiếu chỉ đứng một lần và đúng phần dữ liệu của vai trò ấy.",
        "An Id that a signature names stands once, on the data of that role.",
    ),
    _kind(
        _N.SIGNATURES,
        "Đủ chữ ký, đúng dạng",
        "Signatures present and well-formed",
        "CV 2088 II.1.6; QĐ 1789 Đ20.5",
        "Ký đủ các vai trò: giáo viên môn (bản 2025), chủ nhiệm, cán bộ quản lý, phát hành.",
        "Every role signs: subject teachers (2025), homeroom, leader, school.",
    ),
    _kind(
        _N.ALGORITHMS,
        "Thuật toán",
        "Algorithms",
        "TT 15/2025/TT-BKHCN; docs/formats/signature.md",
        "Dùng RSA-SHA256, RSASSA-PSS hoặc ECDSA P-256 với SHA-256; không SHA-1.",
        "Use RSA-SHA256, RSASSA-PSS or ECDSA P-256 with SHA-256; never SHA-1.",
    ),
    _kind(
        _N.INTEGRITY,
        "Giá trị chữ ký",
        "Signature values",
        "QĐ 1789 Đ12.2a",
        "Ký sau cùng; không định dạng lại, không sửa XML sau khi ký.",
        "Sign last; never reformat or edit the XML after signing.",
    ),
    _kind(
        _N.SIGNERS,
        "Người ký",
        "Signers",
        "QĐ 1789 Đ12.2a, Đ20.5",
        "SO_CCCD, tên trong học bạ và chủ chứng thư số phải là một người.",
        "SO_CCCD, the name in the record and the certificate's holder are one person.",
    ),
    _kind(
        _N.TIMES,
        "Thời điểm ký và dấu thời gian",
        "Signing times and time-stamp",
        "QĐ 1789 Đ12.2a",
        "Giáo viên ký trước, rồi chủ nhiệm, cán bộ quản lý, nhà trường; NGAY_KY bằng SigningTime.",
        "Teachers sign first, then leader and school; NGAY_KY equals SigningTime.",
    ),
    _kind(
        _N.CERTIFICATES,
        "Chứng thư số",
        "Certificates",
        "QĐ 1789 Đ8, Đ12.2a",
        "Dùng chứng thư số của nhà cung cấp được cấp phép, còn hiệu lực khi ký.",
        "Use certificates of a licensed provider that were valid when signing.",
    ),
    _kind(
        _N.TRANSACTION,
        "Chữ ký giao dịch",
        "Transaction signature",
        "CV 2088 II.2.2, III.1",
        "Ký danh sách bằng chứng thư số tổ chức của đơn vị; Signature là thẻ con cuối cùng.",
        "Sign the list with the unit's certificate; Signature is the last child.",
    ),
)
BY_NAME = {kind.name: kind for kind in KINDS}
