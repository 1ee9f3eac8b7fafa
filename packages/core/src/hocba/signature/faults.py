"""Every reason for which a signature or its place in the record is refused, with its sentences."""

from __future__ import annotations

from hocba.errors import HocBaError, Malformed, NotTrusted, Refused, Sentence

_MALFORMED = {
    "record_structure": Sentence(
        "Tệp không có cấu trúc HOC_BA của Bộ ở phần dữ liệu và phần chữ ký.",
        "The file does not have the Ministry's HOC_BA structure of data and signatures.",
    ),
    "slot_form": Sentence(
        "Ô chữ ký phải có đúng ngày ký, số định danh (nếu là cá nhân) và một chữ ký.",
        "A signature slot holds exactly its date, the personal number (of a person), a signature.",
    ),
    "missing_signature": Sentence("Ô chữ ký không có chữ ký số.", "The slot holds no signature."),
    "signature_form": Sentence(
        "Chữ ký số thiếu, thừa hoặc sai một thành phần.",
        "A part of the signature is missing, repeated or badly written.",
    ),
    "base64": Sentence(
        "Một giá trị Base64 trong chữ ký số viết sai.",
        "A Base64 value in the signature is badly written.",
    ),
    "certificate": Sentence(
        "Không đọc được chứng thư số trong chữ ký.",
        "The certificate in the signature cannot be read.",
    ),
    "signing_time": Sentence(
        "Thời điểm ký phải có dạng 2026-05-29T14:30:00+07:00.",
        "A signing time has the form 2026-05-29T14:30:00+07:00.",
    ),
    "identifier": Sentence(
        "Một định danh trong tệp không dùng được để ký.",
        "An identifier in the file cannot be used for signing.",
    ),
    "encoding": Sentence(
        "Học bạ để ký phải là UTF-8, không có đoạn CDATA.",
        "A record to be signed is UTF-8 and has no CDATA sections.",
    ),
    "slot_container": Sentence(
        "Tệp không có nơi đặt ô chữ ký này.",
        "The file has no place for this signature slot.",
    ),
}

_NOT_TRUSTED = {
    "comment_in_data": Sentence(
        "Trong học bạ có chú thích hoặc chỉ thị XML; người đọc có thể thấy dữ liệu khác.",
        "The record holds XML comments or instructions, so that readers may see other data.",
    ),
    "duplicate_id": Sentence(
        "Một định danh xuất hiện hai lần trong học bạ.",
        "An identifier stands twice in the record.",
    ),
    "misplaced_signature": Sentence(
        "Có chữ ký số nằm ngoài các ô chữ ký của học bạ.",
        "A signature stands outside the slots of the record.",
    ),
    "unexpected_signature": Sentence(
        "Một ô chữ ký bị lặp lại hoặc có nhiều hơn một chữ ký.",
        "A slot is repeated or holds more than one signature.",
    ),
    "foreign_reference": Sentence(
        "Chữ ký số tham chiếu ra ngoài học bạ hoặc đến phần không tồn tại.",
        "The signature references something outside the record, or nothing.",
    ),
    "wrong_reference": Sentence(
        "Chữ ký số không ký lên đúng phần dữ liệu mà vai trò này phải ký.",
        "The signature covers another part than its role has to sign.",
    ),
    "missing_reference": Sentence(
        "Chữ ký số không ký đủ dữ liệu học bạ, thời điểm ký và chứng thư.",
        "The signature does not cover all of data, signing time and certificate.",
    ),
    "extra_transform": Sentence(
        "Chữ ký số dùng phép biến đổi XML không được chấp nhận.",
        "The signature uses an XML transform that is not accepted.",
    ),
    "algorithm_not_allowed": Sentence(
        "Chữ ký số dùng thuật toán không được chấp nhận.",
        "The signature uses an algorithm that is not accepted.",
    ),
    "key_info": Sentence(
        "Phần thông tin khóa của chữ ký phải có đúng một chứng thư số.",
        "The key information of the signature holds exactly one certificate.",
    ),
    "unexpected_property": Sentence(
        "Chữ ký số có thuộc tính ngoài danh sách được chấp nhận.",
        "The signature carries a property that is not accepted.",
    ),
    "missing_property": Sentence(
        "Chữ ký số thiếu thuộc tính XAdES mà bộ quy tắc chặt chẽ yêu cầu.",
        "The signature lacks the XAdES properties that the strict rules demand.",
    ),
    "digest_mismatch": Sentence(
        "Dữ liệu đã bị thay đổi sau khi ký.", "The data were changed after signing."
    ),
    "signature_mismatch": Sentence(
        "Giá trị chữ ký không khớp với chứng thư và nội dung được ký.",
        "The signature value does not fit the certificate and what was signed.",
    ),
    "certificate_digest_mismatch": Sentence(
        "Chứng thư số kèm theo khác chứng thư mà người ký đã ký vào.",
        "The certificate is not the one that the signer signed into the properties.",
    ),
    "signing_time_mismatch": Sentence(
        "Các thời điểm ký ghi trong chữ ký và NGAY_KY không trùng nhau.",
        "The signing times in the signature and in NGAY_KY differ.",
    ),
}

_REFUSED = {
    "no_such_slot": Sentence(
        "Học bạ này không có ô chữ ký đó.", "The record has no such signature slot."
    ),
    "slot_filled": Sentence("Ô chữ ký này đã có chữ ký.", "The slot is already signed."),
    "would_break": Sentence(
        "Không ký được nữa: chữ ký thêm vào sẽ làm hỏng chữ ký của người ký sau.",
        "Too late: signing here would break a signature that covers this slot.",
    ),
    "document_changed": Sentence(
        "Tệp đã thay đổi từ khi chuẩn bị ký; hãy chuẩn bị lại.",
        "The file changed since the signature was prepared; prepare it again.",
    ),
    "not_sealed": Sentence(
        "Học bạ chưa có chữ ký phát hành của nhà trường theo mẫu của phần mềm này.",
        "The record has no school seal in the form that this software writes.",
    ),
    "already_stamped": Sentence(
        "Chữ ký phát hành đã có dấu thời gian.", "The seal already has a time-stamp."
    ),
}


def fault(code: str, where: str | None = None) -> HocBaError:
    """Make the error of `code`; its family follows from the code."""
    for family, sentences in ((NotTrusted, _NOT_TRUSTED), (Malformed, _MALFORMED)):
        if code in sentences:
            return family(code, sentences[code].vi, sentences[code].en, where=where)
    sentence = _REFUSED[code]
    return Refused(code, sentence.vi, sentence.en, where=where)


def distrust(code: str, where: str | None = None) -> NotTrusted:
    """Make the error of a code that says: readable, but does not hold."""
    sentence = _NOT_TRUSTED[code]
    return NotTrusted(code, sentence.vi, sentence.en, where=where)
