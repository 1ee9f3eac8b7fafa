"""The six transactions: exact field names, both spellings, strict reading, error codes."""

from __future__ import annotations

import json
from datetime import date

import pytest

from hocba.errors import Malformed, NotTrusted, Refused, Unavailable
from hocba.ids import MessageId, UnitCode
from hocba.packet.answers import (
    CertificateAnswer,
    PackageAnswer,
    RecallResult,
    RecordResult,
    RegistrationAnswer,
    ResultAnswer,
    SubmissionResult,
)
from hocba.packet.codes import CodeLevel, ResponseCode, code_of_package_error
from hocba.packet.json_fields import read_json, write_json
from hocba.packet.transactions import (
    CertificateQuery,
    PackageRequest,
    RegistrationRequest,
    Request,
    ResultQuery,
    TransactionType,
    hash_password,
    read_request,
)

MESSAGE = MessageId("00000000-0000-4000-8000-00000000000a")
UNIT = UnitCode("00000401")
PACKAGE = PackageRequest(
    MESSAGE,
    UNIT,
    2025,
    "SAAAAB",
    TransactionType.SUBMIT,
    "NOP_HOC_BA",
    "79000401",
    hash_password("mật khẩu"),
    "t",
)
REQUESTS: list[Request] = [
    PACKAGE,
    PackageRequest(MESSAGE, UNIT, 2025, "x", TransactionType.RECALL, "THU_HOI"),
    ResultQuery(MESSAGE, UNIT, TransactionType.QUERY_SUBMISSION, "TRUY_VAN_NOP"),
    ResultQuery(MESSAGE, UNIT, TransactionType.QUERY_RECALL, "TRUY_VAN_THU_HOI"),
    RegistrationRequest(
        MESSAGE, UNIT, "0ABC", date(2026, 1, 1), "USB_TOKEN", "BAN_CO_YEU", "x", "DANG_KY_CTS"
    ),
    CertificateQuery(MESSAGE, UNIT, 2025),
]
RESULT = RecordResult(
    "7900000001",
    "Nguyễn Thị Mẫu",
    "000316000001",
    "00000000-0000-4000-8000-000000000001",
    SubmissionResult.REJECTED,
    ResponseCode.SUBJECT_MISSING.value,
    "DIEM_TONG_KET",
    "Thiếu môn Toán.",
)


@pytest.mark.parametrize("request_", REQUESTS)
def test_requests_come_back_through_json(request_: Request) -> None:
    assert read_request(read_json(write_json(request_.to_json()))) == request_


def test_the_request_is_the_example_of_the_format() -> None:
    assert PACKAGE.to_json() == {
        "authenticationRequest": {
            "token": "t",
            "user_name": "79000401",
            "password": hash_password("mật khẩu"),
            "ma_don_vi": "00000401",
            "nam_hoc": 2025,
            "messageid": MESSAGE,
            "type": "1",
            "function": "NOP_HOC_BA",
        },
        "content": "SAAAAB",
    }
    assert list(REQUESTS[4].to_json()) == [
        "messageid",
        "type",
        "function",
        "ma_don_vi",
        "serial_number",
        "ngay_hieu_luc",
        "ma_kieu_chu_ky",
        "nha_phat_hanh",
        "content",
    ]
    assert REQUESTS[5].to_json() == {"messageid": MESSAGE, "ma_don_vi": UNIT, "ma_nam_hoc": 2025}


def test_secrets_do_not_stand_in_the_text_of_a_request() -> None:
    assert PACKAGE.password not in repr(PACKAGE)
    assert "token" not in repr(PACKAGE)


def test_answers_have_the_letters_of_the_text() -> None:
    received = PackageAnswer.of(MESSAGE, ResponseCode.RECEIVED)
    assert list(received.to_json()) == [
        "MessageId",
        "Error",
        "ErrorDescription",
        "ResponseCode",
        "ResponseDescription",
    ]
    assert received.received
    assert not PackageAnswer.of(MESSAGE, ResponseCode.TOO_LARGE, "x").received
    assert PackageAnswer.from_json(received.to_json()) == received
    assert PackageAnswer(MESSAGE).received


def test_registration_answers_write_and_read_both_spellings() -> None:
    answer = RegistrationAnswer(MESSAGE, "2001", "serial_number", "Thiếu.")
    written = answer.to_json()
    assert written["error_filed_title"] == written["error_field_title"] == "serial_number"
    for other in ("error_filed_title", "error_field_title"):
        one = {key: value for key, value in written.items() if key != other}
        assert RegistrationAnswer.from_json(one) == answer


def test_results_are_read_from_the_object_and_from_the_bare_list() -> None:
    answer = ResultAnswer((RESULT,), 3)
    assert ResultAnswer.from_json(answer.to_json()) == answer
    assert ResultAnswer.from_json(answer.to_list()) == ResultAnswer((RESULT,), None)
    assert set(RESULT.to_json()) == {
        "ma_hoc_sinh",
        "ten_hoc_sinh",
        "so_cccd",
        "ma_tra_cuu_uuid",
        "trang_thai",
        "error",
        "error_field_title",
        "error_description",
    }
    assert [member.value for member in RecallResult] == [1, 2, 3]
    with pytest.raises(Malformed):
        ResultAnswer.from_json([RESULT.to_json()] * 10_001)


@pytest.mark.parametrize(("approved", "value"), [(True, 1), (False, 0), (None, None)])
def test_an_undecided_certificate_has_no_status(approved: bool | None, value: int | None) -> None:
    answer = CertificateAnswer(MESSAGE, UNIT, "0ABC", approved)
    assert answer.to_json().get("trang_thai_phe_duyet") == value
    assert CertificateAnswer.from_json(answer.to_json()) == answer


def test_numbers_and_gaps_in_the_answers_of_others_are_tolerated() -> None:
    answer = PackageAnswer.from_json({"MessageId": MESSAGE, "Error": 0})
    assert answer.received
    assert answer.response_description == ""
    assert PackageAnswer.from_json({"MessageId": MESSAGE, "Error": 10**999}).error == ""


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"messageid": None}, "field_missing", "messageid"),
        ({"messageid": " "}, "field_missing", "messageid"),
        ({"messageid": "x" * 101}, "field_type", "messageid"),
        ({"messageid": "a\0"}, "field_type", "messageid"),
        ({"user_name": "\ud800"}, "field_type", "user_name"),
        ({"ma_don_vi": 401}, "field_type", "ma_don_vi"),
        ({"nam_hoc": "2025"}, "field_type", "nam_hoc"),
        ({"nam_hoc": True}, "field_type", "nam_hoc"),
        ({"nam_hoc": 2025.0}, "field_type", "nam_hoc"),
        ({"nam_hoc": 25}, "field_catalogue", "nam_hoc"),
        ({"type": "2"}, "field_catalogue", "type"),
        ({"type": 1}, "field_type", "type"),
        ({"function": ""}, "field_missing", "function"),
        ({"token": None}, "field_missing", "token"),
    ],
)
def test_wrong_fields_are_named(change: dict[str, object], code: str, where: str) -> None:
    value = json.loads(json.dumps(PACKAGE.to_json()))
    value["authenticationRequest"] |= change
    with pytest.raises(Malformed) as caught:
        read_request(value)
    assert (caught.value.code, caught.value.where) == (code, where)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "x",
        {},
        {"authenticationRequest": []},
        {"authenticationRequest": {}},
        {"type": "9"},
        {"type": "4", "messageid": "x", "ma_don_vi": "y"},
        {**REQUESTS[4].to_json(), "ngay_hieu_luc": "20260101"},
        {**REQUESTS[4].to_json(), "ngay_hieu_luc": "2026-02-30"},
    ],
)
def test_what_is_no_request_is_refused(value: object) -> None:
    with pytest.raises(Malformed):
        read_request(value)


@pytest.mark.parametrize("value", [2, -1, True, "1"])
def test_other_states_of_approval_are_refused(value: object) -> None:
    with pytest.raises(Malformed):
        CertificateAnswer.from_json({"messageid": MESSAGE, "trang_thai_phe_duyet": value})


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"a":1,"a":2}', b"NaN", b"[" * 100_000, b"1" * 5000, b" " * 10_000_001],
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_json(body)


def test_every_code_has_a_sentence_in_both_languages_and_a_level() -> None:
    for code in ResponseCode:
        assert code.sentence.vi.endswith(".")
        assert code.sentence.en.endswith(".")
        assert isinstance(code.level, CodeLevel)
    assert ResponseCode.SYSTEM_ERROR.level is CodeLevel.PACKAGE
    assert ResponseCode.UUID_EXISTS.level is CodeLevel.RECORD
    assert ResponseCode.ALREADY_RECALLED.level is CodeLevel.RECALL


def test_every_error_of_a_package_has_a_code() -> None:
    for error, code in [
        (Unavailable("tsa", "x", "x"), ResponseCode.SYSTEM_ERROR),
        (NotTrusted("digest_mismatch", "x", "x"), ResponseCode.TRANSACTION_SIGNATURE_WRONG),
        (Malformed("field_missing", "x", "x"), ResponseCode.FIELD_MISSING),
        (Malformed("doctype", "x", "x"), ResponseCode.XML_DOCTYPE),
        (Malformed("something", "x", "x"), ResponseCode.XML_INVALID),
        (Refused("something", "x", "x"), ResponseCode.XML_INVALID),
    ]:
        assert code_of_package_error(error) is code
