"""The parameter `content`: byte for byte against the published vectors, and every bad form."""

from __future__ import annotations

import base64
import gzip
import struct

import pytest

from hocba.errors import Malformed
from hocba.packet.codes import ResponseCode, code_of_package_error
from hocba.packet.envelope import (
    MAX_REQUEST,
    MAX_TEXT,
    check_request_size,
    decode_content,
    encode_content,
    escape_quotes,
    unescape_quotes,
)
from hocba.packet.package import pack_content, read_package, unpack_content

EMPTY_LIST = '<DANH_SACH_HOC_BA id="dataDanhSach"><HOC_BA></HOC_BA></DANH_SACH_HOC_BA>'
VECTORS = [
    ("Đạt", "06000000", "BgAAAB+LCAAAAAAAAgM7MuHhroUlAAe/w6wGAAAA"),
    (
        EMPTY_LIST,
        "48000000",
        "SAAAAB+LCAAAAAAAAgOzcXH084gPdnT2iPfwd453clTITLFVSkksSXRJzMsITkzOULKzgcjY2ejDGei67ACPDjXS"
        "SAAAAA==",
    ),
    (
        EMPTY_LIST.replace('"', '\\"'),
        "4a000000",
        "SgAAAB+LCAAAAAAAAgOzcXH084gPdnT2iPfwd453clTITLGNUUpJLEl0SczLCE5MzohRsrOByNnZ6MMZ6PrsAGD6"
        "zt1KAAAA",
    ),
]


def content_of(data: bytes, size: int | None = None, tail: bytes = b"") -> str:
    prefix = struct.pack("<i", len(data) if size is None else size)
    return base64.b64encode(prefix + gzip.compress(data, mtime=0) + tail).decode()


def refusal(content: str, max_bytes: int = MAX_TEXT) -> Malformed:
    with pytest.raises(Malformed) as caught:
        decode_content(content, max_bytes)
    return caught.value


@pytest.mark.parametrize(("text", "prefix", "content"), VECTORS)
def test_vectors_byte_for_byte(text: str, prefix: str, content: str) -> None:
    assert base64.b64decode(content)[:4].hex() == prefix
    assert decode_content(content) == text
    assert encode_content(text) == content


def test_escaped_and_plain_quotes_open_to_the_same_bytes() -> None:
    plain, escaped = VECTORS[1][2], VECTORS[2][2]
    assert unpack_content(plain) == unpack_content(escaped) == EMPTY_LIST.encode()
    assert pack_content(EMPTY_LIST.encode()) == escaped
    assert pack_content(EMPTY_LIST.encode(), escape=False) == plain
    assert len(read_package(escaped).records) == 1


def test_backslashes_of_a_text_that_parses_are_left_alone() -> None:
    document = '<A>C:\\"x\\"</A>'
    assert unpack_content(encode_content(document)) == document.encode()


def test_escaping_is_undone_exactly() -> None:
    for text in ['a"b', 'a\\"b', '\\\\"', "\\", '"']:
        assert unescape_quotes(escape_quotes(text)) == text


@pytest.mark.parametrize(
    ("content", "code", "answer"),
    [
        ("", "content_empty", ResponseCode.CONTENT_EMPTY),
        ("A", "content_base64", ResponseCode.CONTENT_UNREADABLE),
        ("BgAA\nAB+L", "content_base64", ResponseCode.CONTENT_UNREADABLE),
        ("BgAAAB-L", "content_base64", ResponseCode.CONTENT_UNREADABLE),
        ("ạ", "content_base64", ResponseCode.CONTENT_UNREADABLE),
        ("AAA=", "content_length", ResponseCode.CONTENT_LENGTH),
        (content_of(b"abc", -1), "content_length", ResponseCode.CONTENT_LENGTH),
        (content_of(b"abc", 2), "content_length", ResponseCode.CONTENT_LENGTH),
        (content_of(b"abc", 4), "content_length", ResponseCode.CONTENT_LENGTH),
        (content_of(b"abc", MAX_TEXT + 1), "content_length", ResponseCode.CONTENT_LENGTH),
        (content_of(b"abc", tail=b"\0"), "content_gzip", ResponseCode.CONTENT_UNREADABLE),
        (
            content_of(b"abc", tail=gzip.compress(b"", mtime=0)),
            "content_gzip",
            ResponseCode.CONTENT_UNREADABLE,
        ),
        (
            base64.b64encode(b"\3\0\0\0abc").decode(),
            "content_gzip",
            ResponseCode.CONTENT_UNREADABLE,
        ),
        (content_of(b"\xff"), "content_utf8", ResponseCode.CONTENT_NOT_UTF8),
    ],
)
def test_bad_contents_are_refused_with_their_code(
    content: str, code: str, answer: ResponseCode
) -> None:
    error = refusal(content)
    assert error.code == code
    assert error.where == "content"
    assert code_of_package_error(error) is answer


def test_a_damaged_checksum_and_a_cut_member_are_refused() -> None:
    raw = base64.b64decode(content_of(b"abc" * 1000))
    for bad in (raw[:-8] + b"\0" * 8, raw[:-1], raw[:-9], raw[:8]):
        assert refusal(base64.b64encode(bad).decode()).code in {"content_gzip", "content_length"}


def test_a_bomb_is_stopped_at_the_stated_length() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000, mtime=0)
    content = base64.b64encode(struct.pack("<i", 100) + bomb).decode()
    assert refusal(content).code == "content_length"
    assert refusal(content_of(b"abc"), 2).code == "content_length"


def test_a_request_has_at_most_ten_million_bytes() -> None:
    check_request_size(MAX_REQUEST)
    with pytest.raises(Malformed):
        check_request_size(MAX_REQUEST + 1)
    assert refusal("A" * (MAX_REQUEST + 1)).code == "request_too_large"
