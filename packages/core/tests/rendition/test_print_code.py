"""The signed codes of a print: what they hold, who can read them, and what breaks them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import cbor2
import cwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from hocba.errors import HocBaError, Malformed, NotTrusted, Refused
from hocba.record.sample import sample_record
from hocba.rendition import base45
from hocba.rendition.print_code import (
    PREFIX,
    code_count,
    open_code,
    peek,
    read_code,
    sign_codes,
    sign_codes_as,
)
from hocba.rendition.print_codes_on_page import says_nothing_else, tells
from hocba.rendition.print_lines import PrintPage, print_lines
from hocba.rendition.print_words import NUMBERS, WORDS
from hocba.rendition.qr import qr_drawing

Keys = Mapping[str, Any]
ALGORITHMS = ["RSA_PKCS1_SHA256", "RSA_PSS_SHA256", "ECDSA_P256_SHA256"]
AT = datetime(2026, 6, 1, 15, 0, tzinfo=timezone(timedelta(hours=7)))
RECORD = sample_record(4)
DOCUMENT = b"<HOC_BA/>"


@pytest.fixture(scope="module", params=ALGORITHMS)
def key(request: pytest.FixtureRequest, keys: Keys) -> Any:
    return keys[request.param]


@pytest.fixture(scope="module")
def codes(key: Any) -> tuple[str, ...]:
    return sign_codes([(RECORD, DOCUMENT)], key, AT)[0]


def test_the_codes_say_what_the_pages_show(key: Any, codes: tuple[str, ...]) -> None:
    pages = [open_code(read_code(text), key.certificate.public_key()) for text in codes]
    assert tells(pages, RECORD, DOCUMENT)
    assert [each.part for each in pages] == list(range(1, len(pages) + 1))
    first = pages[0]
    assert (first.full_name, first.classroom_name) == (RECORD.pupil.full_name, "4A1")
    assert first.unit_code == RECORD.school.school_code
    assert first.document_sha256 == hashlib.sha256(DOCUMENT).digest()
    assert first.issued_at == AT
    lines = [line for each in pages for line in each.lines]
    assert ("Toán", "Hoàn thành tốt", "10") in lines
    assert ("Mã số định danh cá nhân", RECORD.pupil.personal_id) in lines
    assert {each.page for each in pages} == set(PrintPage)


def test_a_class_is_signed_with_one_call_of_the_key(keys: Keys) -> None:
    key = replace(keys["ECDSA_P256_SHA256"], calls=[])
    records = [(sample_record(4, seed=seed), DOCUMENT) for seed in range(5)]
    signed = sign_codes(records, key, AT)
    assert key.calls == [sum(map(len, signed))]
    assert peek(read_code(signed[3][0])).full_name == "Nguyễn Thị Mẫu 3"


def test_no_code_is_denser_than_a_photocopy_carries(codes: tuple[str, ...]) -> None:
    assert len(codes) <= 5
    assert max(qr_drawing(text)[1] for text in codes) <= 113
    assert len(codes) <= code_count(RECORD, DOCUMENT)


def test_a_library_not_written_here_reads_and_verifies_them(
    key: Any, codes: tuple[str, ...]
) -> None:
    pem = key.certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    names = {"RSA_PKCS1_SHA256": "RS256", "RSA_PSS_SHA256": "PS256", "ECDSA_P256_SHA256": "ES256"}
    code = read_code(codes[0])
    public = cwt.COSEKey.from_pem(pem, alg=names[key.algorithm], kid=code.key_id)
    packed = zlib.decompress(base45.decode(codes[0].removeprefix(PREFIX)))
    payload = cwt.COSE.new().decode(packed, public)
    claims = payload if isinstance(payload, dict) else cbor2.loads(payload)
    assert claims[1] == RECORD.school.school_code
    assert claims[6] == int(AT.timestamp())


@pytest.mark.parametrize("at", range(0, 60, 7))
def test_a_changed_code_is_refused(key: Any, codes: tuple[str, ...], at: int) -> None:
    packed = bytearray(zlib.decompress(base45.decode(codes[0].removeprefix(PREFIX))))
    packed[-1 - at * len(packed) // 61] ^= 1
    text = PREFIX + base45.encode(zlib.compress(bytes(packed)))
    with pytest.raises((Malformed, NotTrusted)):
        open_code(read_code(text), key.certificate.public_key())


def test_another_key_does_not_verify_them(keys: Keys, codes: tuple[str, ...], key: Any) -> None:
    others = [other for name, other in keys.items() if name != key.algorithm]
    for other in others:
        with pytest.raises(NotTrusted):
            open_code(read_code(codes[0]), other.certificate.public_key())


def test_the_same_statement_has_one_form_only(codes: tuple[str, ...]) -> None:
    message = cbor2.loads(zlib.decompress(base45.decode(codes[0].removeprefix(PREFIX))))
    loose = cbor2.dumps(message, canonical=False).replace(b"\xa0", b"\xbf\xff", 1)
    with pytest.raises(Malformed):
        read_code(PREFIX + base45.encode(zlib.compress(loose)))
    more = cbor2.CBORTag(18, [message.value[0], {4: b"x"}, *message.value[2:]])
    with pytest.raises(Malformed):
        read_code(PREFIX + base45.encode(zlib.compress(cbor2.dumps(more, canonical=True))))


def test_a_department_signs_as_itself(keys: Keys) -> None:
    signed = sign_codes_as("79", RECORD, DOCUMENT, keys["ECDSA_P256_SHA256"], AT)  # type: ignore[arg-type]
    assert {peek(read_code(text)).unit_code for text in signed} == {"79"}


def test_long_comments_go_on_in_the_next_code(keys: Keys) -> None:
    words = " ".join(f"Nhận xét số {number}," for number in range(400))
    summary = replace(RECORD.summary, homeroom_comment=words)
    record = replace(RECORD, summary=summary)
    key = keys["RSA_PKCS1_SHA256"]
    [signed] = sign_codes([(record, DOCUMENT)], key, AT)
    pages = [open_code(read_code(text), key.certificate.public_key()) for text in signed]
    assert len(pages) > 5
    assert tells(pages, record, DOCUMENT)
    assert says_nothing_else(pages[2:4], record, DOCUMENT)
    assert not says_nothing_else(pages, RECORD, DOCUMENT)


def test_what_no_code_can_hold_is_refused(keys: Keys) -> None:
    traits = replace(RECORD.traits, quality_comment="".join(map(str, range(9000))))
    with pytest.raises(Refused) as refusal:
        sign_codes([(replace(RECORD, traits=traits), DOCUMENT)], keys["RSA_PKCS1_SHA256"], AT)
    assert refusal.value.code == "print_code"


def test_pages_of_two_records_do_not_tell_one(keys: Keys) -> None:
    key = keys["ECDSA_P256_SHA256"]
    first, second = sign_codes([(RECORD, DOCUMENT), (sample_record(4, seed=1), DOCUMENT)], key, AT)
    mixed = [peek(read_code(text)) for text in (first[0], *second[1:])]
    assert not tells(mixed, RECORD, DOCUMENT)
    assert not tells([peek(read_code(text)) for text in first], RECORD, b"<other/>")
    assert not tells([peek(read_code(text)) for text in first[:-1]], RECORD, DOCUMENT)


def test_the_words_are_only_ever_added_at_the_end() -> None:
    """The numbers are signed: this digest changes only when words are added, never otherwise."""
    assert len(NUMBERS) == len(WORDS)
    first = hashlib.sha256("\n".join(WORDS[:74]).encode()).hexdigest()
    assert WORDS[0] == "Họ và tên học sinh"
    assert WORDS[73] == "Đạt"
    assert len(first) == 64


def test_a_letter_in_the_record_changes_a_line() -> None:
    lines = print_lines(RECORD)
    other = print_lines(replace(RECORD, classroom_name="4A2"))
    assert lines[PrintPage.SUBJECTS] == other[PrintPage.SUBJECTS], "the class is in every head"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
    ],
)
def test_base45_as_rfc_9285_has_it(data: bytes, text: str) -> None:
    assert base45.encode(data) == text
    assert base45.decode(text) == data


@pytest.mark.parametrize("text", ["GGW", "A", ":::", "ab8", "BB8A"])
def test_base45_refuses_what_is_none(text: str) -> None:
    with pytest.raises(Malformed):
        base45.decode(text)


@given(st.binary(max_size=200))
def test_base45_brings_back_what_it_wrote(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


@settings(max_examples=150)
@given(st.one_of(st.text(max_size=60), st.binary(max_size=90).map(base45.encode)))
def test_any_text_gives_one_of_our_errors(text: str) -> None:
    for junk in (text, PREFIX + text, PREFIX + base45.encode(zlib.compress(text.encode()))):
        with pytest.raises(HocBaError):
            peek(read_code(junk))


@settings(max_examples=150)
@given(
    st.recursive(
        st.integers() | st.binary(max_size=8) | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=9) | st.dictionaries(st.sampled_from([1, 6, -65537]), inner)
        ),
        max_leaves=20,
    )
)
def test_any_claims_give_one_of_our_errors(claims: Any) -> None:
    header = cbor2.dumps({1: -7, 4: bytes(8)}, canonical=True)
    payload = cbor2.dumps(claims, canonical=True)
    message = cbor2.dumps(cbor2.CBORTag(18, [header, {}, payload, bytes(64)]), canonical=True)
    with pytest.raises(HocBaError):
        peek(read_code(PREFIX + base45.encode(zlib.compress(message))))


def test_a_bomb_is_not_unpacked() -> None:
    bomb = PREFIX + base45.encode(zlib.compress(bytes(10_000_000)))[:1600]
    with pytest.raises(Malformed):
        read_code(bomb)
