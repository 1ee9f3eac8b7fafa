"""A package: records joined in one XML file, signed as a transaction, packed into `content`.

Source: CV 2088/BGDĐT-GDTH II.2.2 and II.2.6; forms where the text is silent are our choice
(docs/formats/envelope.md).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from lxml import etree

from hocba.errors import Malformed, NotTrusted
from hocba.packet.envelope import (
    MAX_REQUEST,
    MAX_TEXT,
    decode_bytes,
    encode_content,
    escape_quotes,
)
from hocba.packet.enveloped import PreparedTransaction, complete_enveloped, prepare_enveloped
from hocba.packet.enveloped_check import SIGNATURE_TAG, check_enveloped
from hocba.packet.slices import RECORD_TAG, outermost_records, record_slices
from hocba.record.codec import parse_xml
from hocba.trust.algorithms import SignatureAlgorithm

LIST_TAG = "DANH_SACH_HOC_BA"
LIST_ID = "dataDanhSach"
WRAPPER_TAG = "GIAO_DICH"
MAX_RECORDS = 500
"""Records in one package: our choice, so that a failed package costs little."""

_OVERHEAD = 20_000
"""Bytes kept free in a request for its other fields and the transaction signature."""
_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml\s[^>]*\?>\s*)?")


@dataclass(frozen=True, slots=True)
class ReadTransaction:
    """A package as it was read."""

    document: bytes
    """The whole XML, un-escaped."""
    records: tuple[bytes, ...]
    """The exact bytes of each HOC_BA, as they were signed."""
    certificate: x509.Certificate | None
    """The certificate in the transaction signature; not yet trusted."""
    signing_time: datetime | None
    algorithm: SignatureAlgorithm | None
    fault: NotTrusted | None
    """Why the transaction signature does not hold; None when it holds."""


def split_records(
    records: Sequence[bytes], *, max_records: int = MAX_RECORDS, max_request: int = MAX_REQUEST
) -> Iterator[tuple[bytes, ...]]:
    """Yield groups of records whose requests stay within both limits, in the given order.

    A record that alone exceeds the limit makes a group of its own; `check_request_size` of the
    finished request then refuses it.
    """
    group: list[bytes] = []
    size = _OVERHEAD
    for record in records:
        weight = len(zlib.compress(record, 6)) * 4 // 3 + 4
        if group and (len(group) >= max_records or size + weight > max_request):
            yield tuple(group)
            group, size = [], _OVERHEAD
        group.append(record)
        size += weight
    if group:
        yield tuple(group)


def build_package(records: Sequence[bytes]) -> bytes:
    """Join records to an unsigned list by copying their bytes, without their XML declarations.

    Raises `Malformed` when a record is not exactly one HOC_BA element.
    """
    return _build(records)[0]


def prepare_transaction(
    records: Sequence[bytes],
    certificate: x509.Certificate,
    algorithm: SignatureAlgorithm,
    signing_time: datetime,
) -> PreparedTransaction:
    """Prepare the organisation's signature over the list of records. Raises `Malformed`."""
    document, root = _build(records)
    return prepare_enveloped(
        document,
        root,
        name="giao-dich",
        certificate=certificate,
        algorithm=algorithm,
        signing_time=signing_time,
    )


def complete_transaction(prepared: PreparedTransaction, value: bytes) -> bytes:
    """Return the signed XML of the package from the answer of the key."""
    return complete_enveloped(prepared, value)


def pack_content(document: bytes, *, escape: bool = True) -> str:
    """Return `content` for an XML document; `escape` is the switch for receivers (gap G12)."""
    text = document.decode("utf-8")
    return encode_content(escape_quotes(text) if escape else text)


def unpack_content(content: str, max_bytes: int = MAX_TEXT) -> bytes:
    """Return the XML document in `content`, un-escaped only if it does not parse as it is.

    Raises `Malformed`.
    """
    return _open_content(content, max_bytes)[0]


def read_package(content: str, max_bytes: int = MAX_TEXT) -> ReadTransaction:
    """Read the parameter `content` of a submission or recall. Raises `Malformed`."""
    return _read(*_open_content(content, max_bytes))


def package_records(content: str, max_bytes: int = MAX_TEXT) -> tuple[bytes, ...]:
    """Return the exact bytes of each record of a package that `read_package` accepted before.

    Neither the transaction signature nor the meaning of each slice is looked at a second time: the
    receiver does that before it keeps the content. Raises `Malformed`.
    """
    return outermost_records(_open_content(content, max_bytes)[0])


def read_transaction(document: bytes) -> ReadTransaction:
    """Read the XML of a package: `DANH_SACH_HOC_BA`, or `GIAO_DICH` around it and the Signature.

    Raises `Malformed` when it is no package or when a record means something else outside it. A
    signature that does not hold is not raised: it stands in `fault`.
    """
    return _read(document, parse_xml(document, max_bytes=MAX_TEXT))


def _read(document: bytes, root: etree._Element) -> ReadTransaction:
    encoding = (root.getroottree().docinfo.encoding or "UTF-8").upper()
    if encoding not in {"UTF-8", "ASCII", "US-ASCII"}:
        raise _not_a_package("không ở bảng mã UTF-8", "it is not UTF-8")
    records_list, signature = _parts(root)
    records = [child for child in records_list if child.tag == RECORD_TAG]
    slices = record_slices(document, records)
    fact = check_enveloped(records_list, signature)
    return ReadTransaction(
        document, slices, fact.certificate, fact.signing_time, fact.algorithm, fact.fault
    )


def _parts(root: etree._Element) -> tuple[etree._Element, etree._Element | None]:
    """Return the list and the one Signature, which must be the last child of the root."""
    children = list(root)
    signature = children.pop() if children and children[-1].tag == SIGNATURE_TAG else None
    records_list = root
    if root.tag == WRAPPER_TAG:
        if len(children) != 1:
            raise _not_a_package("sai cấu trúc thẻ GIAO_DICH", "GIAO_DICH has other children")
        records_list = children[0]
        children = list(records_list)
    if records_list.tag != LIST_TAG:
        raise _not_a_package(f"không có thẻ {LIST_TAG}", f"{LIST_TAG} is missing")
    if any(child.tag != RECORD_TAG for child in children):
        raise _not_a_package(
            f"có thẻ khác {RECORD_TAG} trong danh sách", f"the list holds more than {RECORD_TAG}"
        )
    return records_list, signature


def _open_content(content: str, max_bytes: int) -> tuple[bytes, etree._Element]:
    document = decode_bytes(content, max_bytes)
    try:
        return document, parse_xml(document, max_bytes=max_bytes)
    except Malformed:
        if b'\\"' not in document:
            raise
    document = document.replace(b'\\"', b'"')
    return document, parse_xml(document, max_bytes=max_bytes)


def _build(records: Sequence[bytes]) -> tuple[bytes, etree._Element]:
    bodies = [record[_DECLARATION.match(record).end() :].rstrip() for record in records]  # type: ignore[union-attr]  # the pattern matches the empty string
    head, tail = f'<{LIST_TAG} id="{LIST_ID}">'.encode(), f"</{LIST_TAG}>".encode()
    document = b"".join([head, *bodies, tail])
    root = parse_xml(document, max_bytes=MAX_TEXT)
    elements = [child for child in _parts(root)[0] if child.tag == RECORD_TAG]
    if list(record_slices(document, elements)) != bodies:
        raise _not_a_package("có tệp không phải đúng một học bạ", "a file is not one record")
    return document, root


def _not_a_package(vi: str, en: str) -> Malformed:
    return Malformed(
        "not_a_package", f"Gói học bạ {vi}.", f"This is not a package of records: {en}."
    )
