"""The parameter `content` of a transaction: length, GZip, Base64, and the escaped quotes.

Layout before Base64: 4 bytes, the length of the UTF-8 text as a signed little-endian 32-bit
integer, then exactly one GZip member (RFC 1952).

Sources: CV 2088/BGDĐT-GDTH II.2.2, II.2.8 and annex 2 (function CompressString); the meaning of
"escape quote" is our choice (docs/formats/envelope.md).
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib

from hocba.errors import Malformed
from hocba.record.safe_xml import is_utf8

MAX_REQUEST = 10_000_000
"""Bytes of a whole request body: "10MB" of CV 2088 II.2.8, read in the stricter way."""
MAX_TEXT = 64 * 1024 * 1024
"""Bytes of the text of one package: our limit, checked before anything is decompressed. 500 records
of 130 KB each, three times what a record with all its signatures has."""

_PREFIX = struct.Struct("<i")
_GZIP_WINDOW = 31
_CHUNK = 1 << 20


def check_request_size(size: int) -> None:
    """Refuse a request body of more than 10,000,000 bytes. Raises `Malformed`."""
    if size > MAX_REQUEST:
        raise Malformed(
            "request_too_large",
            f"Gói tin {size:,} byte vượt quá 10 MB; hãy chia thành nhiều gói.",
            f"The request of {size:,} bytes exceeds 10 MB; split it into several packages.",
        )


def encode_content(text: str) -> str:
    """Return the Base64 text for `content`. Nothing is escaped; see `escape_quotes`."""
    data = text.encode("utf-8")
    if len(data) > MAX_TEXT:
        raise _malformed("content_length", "quá dài", "it is too long")
    packer = zlib.compressobj(level=9, wbits=_GZIP_WINDOW)
    member = packer.compress(data) + packer.flush()
    return base64.b64encode(_PREFIX.pack(len(data)) + member).decode("ascii")


def decode_content(content: str, max_bytes: int = MAX_TEXT) -> str:
    r"""Return the text of `content` as it is, with `\"` still escaped where it was.

    The stated length is checked against `max_bytes` before decompressing, and decompressing stops
    one byte after it. Raises `Malformed`: `content_empty`, `content_base64`, `content_length`,
    `content_gzip`, `content_utf8`.
    """
    return decode_bytes(content, max_bytes).decode("utf-8")


def decode_bytes(content: str, max_bytes: int = MAX_TEXT) -> bytes:
    """Return the UTF-8 bytes of `content`, as `decode_content` does, with one copy in memory."""
    if not content:
        raise _malformed("content_empty", "rỗng", "it is empty")
    if len(content) > MAX_REQUEST:
        check_request_size(len(content))
    try:
        raw = binascii.a2b_base64(content.encode("ascii"), strict_mode=True)
    except ValueError:
        raise _malformed("content_base64", "không phải Base64", "it is not Base64") from None
    if len(raw) < _PREFIX.size:
        raise _malformed("content_length", "thiếu độ dài ở đầu", "the length is missing")
    (size,) = _PREFIX.unpack_from(raw)
    if not 0 <= size <= max_bytes:
        raise _malformed(
            "content_length",
            "độ dài ghi ở đầu không hợp lệ hoặc vượt giới hạn",
            "the stated length is not valid or above the limit",
        )
    data = _gunzip(memoryview(raw)[_PREFIX.size :], size)
    if not is_utf8(data):
        raise _malformed("content_utf8", "không phải UTF-8", "it is not UTF-8")
    return data


def escape_quotes(text: str) -> str:
    r"""Write `\"` for every `"`, as senders of CV 2088 do before compressing (our reading)."""
    return text.replace('"', '\\"')


def unescape_quotes(text: str) -> str:
    r"""Undo `escape_quotes`. Only for a text that does not parse as XML as it is."""
    return text.replace('\\"', '"')


def _gunzip(member: bytes | memoryview, size: int) -> bytes:
    """Decompress one GZip member of exactly `size` bytes, never more than one byte beyond."""
    unpacker = zlib.decompressobj(wbits=_GZIP_WINDOW)
    text = bytearray()
    rest: bytes | memoryview = member
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(rest, min(_CHUNK, size + 1 - len(text)))
            text += piece
            rest = unpacker.unconsumed_tail
            if len(text) > size or (not piece and not rest and not unpacker.eof):
                break
    except zlib.error:
        raise _malformed("content_gzip", "không giải nén được", "it is not GZip") from None
    if len(text) != size:
        raise _malformed(
            "content_length",
            "độ dài ghi ở đầu không khớp với nội dung",
            "the stated length does not match",
        )
    if not unpacker.eof or unpacker.unused_data:
        raise _malformed(
            "content_gzip",
            "không phải đúng một khối GZip trọn vẹn",
            "it is not exactly one whole GZip member",
        )
    return bytes(text)


def _malformed(code: str, vi: str, en: str) -> Malformed:
    return Malformed(
        code,
        f"Tham số content của gói tin {vi}.",
        f"The parameter content cannot be read: {en}.",
        where="content",
    )
