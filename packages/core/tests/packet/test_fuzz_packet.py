"""Whatever comes over the wire, only the families of `hocba.errors` leave the parsers."""

from __future__ import annotations

import base64
import gzip
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packet_world import RECORDS, SIGNED_AT, SIGNER

from hocba.errors import HocBaError
from hocba.ids import UnitCode
from hocba.packet.answers import (
    CertificateAnswer,
    PackageAnswer,
    RegistrationAnswer,
    ResultAnswer,
)
from hocba.packet.envelope import decode_content, encode_content
from hocba.packet.json_fields import read_json
from hocba.packet.package import build_package, read_package, read_transaction
from hocba.packet.recall import read_recall_item
from hocba.packet.registration import (
    complete_registration,
    prepare_registration,
    read_registration,
)
from hocba.packet.transactions import read_request

SIGNED = SIGNER.package()
_PREPARED = prepare_registration(
    UnitCode("00000401"), SIGNER.certificate, SIGNER.algorithm, SIGNED_AT
)
REGISTRATION = complete_registration(_PREPARED, SIGNER.sign(_PREPARED.digest)).decode()

BYTE_PARSERS: list[Callable[[bytes], object]] = [
    read_transaction,
    read_recall_item,
    read_json,
    lambda data: build_package([data]),
]
TEXT_PARSERS: list[Callable[[str], object]] = [decode_content, read_package, read_registration]
JSON_PARSERS: list[Callable[[object], object]] = [
    read_request,
    PackageAnswer.from_json,
    ResultAnswer.from_json,
    RegistrationAnswer.from_json,
    CertificateAnswer.from_json,
]
XML_PIECES = st.sampled_from(
    [
        "<HOC_BA>",
        "</HOC_BA>",
        "<DANH_SACH_HOC_BA>",
        "</DANH_SACH_HOC_BA>",
        "<GIAO_DICH>",
        "</GIAO_DICH>",
        "</Signature>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?x",
        "?>",
        "<!DOCTYPE",
        "&#0;",
        "&e;",
        "x",
        "\\",
        "<p:a>",
        "&#55296;",
        "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'>",
        "<HOC_BA xmlns:p='u'>",
    ]
)
XML_TEXTS = st.lists(XML_PIECES, max_size=12).map("".join)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["1", "2", "3", "4", "5", "6"])
)
FIELDS = st.sampled_from(
    [
        "messageid",
        "MessageId",
        "ma_don_vi",
        "type",
        "function",
        "nam_hoc",
        "ma_nam_hoc",
        "content",
        "serial_number",
        "error",
        "authenticationRequest",
        "ngay_hieu_luc",
        "danh_sach",
        "trang_thai",
        "trang_thai_phe_duyet",
        "pending_count",
        "ma_tra_cuu_uuid",
    ]
)
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS, inner, max_size=8),
    max_leaves=30,
)


def only_our_errors(call: Callable[[], object]) -> None:
    try:
        call()
    except HocBaError:
        return


@pytest.mark.parametrize("parse", BYTE_PARSERS)
@given(data=st.binary(max_size=300) | XML_TEXTS.map(str.encode))
def test_any_bytes(parse: Callable[[bytes], object], data: bytes) -> None:
    only_our_errors(lambda: parse(data))


def packed(raw: bytes) -> str:
    return base64.b64encode(struct.pack("<i", len(raw)) + gzip.compress(raw, mtime=0)).decode()


@pytest.mark.parametrize("parse", TEXT_PARSERS)
@given(
    content=st.text(max_size=100)
    | st.binary(max_size=100).map(lambda raw: base64.b64encode(raw).decode())
    | st.binary(max_size=60).map(packed)
    | XML_TEXTS.map(encode_content)
)
def test_any_content(parse: Callable[[str], object], content: str) -> None:
    only_our_errors(lambda: parse(content))


@pytest.mark.parametrize("parse", JSON_PARSERS)
@given(value=JSON_VALUES)
def test_any_json(parse: Callable[[object], object], value: object) -> None:
    only_our_errors(lambda: parse(value))


@given(at=st.integers(0, len(SIGNED) - 1), cut=st.integers(0, 8), piece=st.binary(max_size=4))
def test_any_change_of_a_package_is_refused_or_harmless(at: int, cut: int, piece: bytes) -> None:
    changed = SIGNED[:at] + piece + SIGNED[at + cut :]
    try:
        read = read_transaction(changed)
    except HocBaError:
        return
    if read.fault is None and changed != SIGNED:
        # Only markup with the same canonical form may differ, never a signed value.
        assert len(read.records) == len(RECORDS)
        assert read.certificate == SIGNER.certificate
        assert read.signing_time == SIGNED_AT


@given(at=st.integers(0, len(REGISTRATION) - 1), cut=st.integers(0, 8), piece=st.text(max_size=4))
def test_any_change_of_a_registration_is_refused_or_harmless(at: int, cut: int, piece: str) -> None:
    changed = REGISTRATION[:at] + piece + REGISTRATION[at + cut :]
    try:
        read = read_registration(encode_content(changed))
    except HocBaError:
        return
    if read.fault is None:
        assert read.certificate == SIGNER.certificate
        assert read.unit_code == "00000401"
