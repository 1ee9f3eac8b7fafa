"""Files inside the signed content of a request: their exact bytes, named by their hash.

Our own form (decision 20): the Ministry's text has no place for them. A file is `TEP_DINH_KEM` with
TEN_TEP, LOAI_TEP (media type), SHA256 (lower-case hex) and NOI_DUNG (Base64 of RFC 4648 without
line breaks). What a file is by its content is for the receiver to check; this only carries it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from hocba.errors import Malformed

MAX_FILES: Final = 5
MAX_ATTACHED: Final = 5_000_000
"""Bytes of all files of one record: Base64 twice over, they fit the 10 MB of a transaction."""
MEDIA_TYPES: Final = ("application/pdf", "image/jpeg")

_FILE = "TEP_DINH_KEM"
_TAGS = ("TEN_TEP", "LOAI_TEP", "SHA256", "NOI_DUNG")
_MAX_NAME = 150


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """One file as it travels."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of the content."""
        return hashlib.sha256(self.content).hexdigest()


def check_attached(files: Sequence[AttachedFile]) -> None:
    """Refuse what may not travel. Raises `Malformed`: number, size, type, name."""
    if len(files) > MAX_FILES:
        raise _malformed(f"Chỉ kèm tối đa {MAX_FILES} tệp.", f"At most {MAX_FILES} files.")
    if sum(len(each.content) for each in files) > MAX_ATTACHED:
        raise _malformed(
            "Các tệp đính kèm cộng lại vượt quá 5 MB. Quét lại ở 150-200 dpi.",
            "The files together exceed 5 MB.",
        )
    for each in files:
        if each.media_type not in MEDIA_TYPES:
            raise _malformed("Tệp đính kèm phải là PDF hoặc JPEG.", "A file must be PDF or JPEG.")
        name = each.name
        if not each.content or not name.strip() or len(name) > _MAX_NAME or _odd(name):
            raise _malformed("Tệp đính kèm rỗng hoặc tên tệp sai.", "A file is empty or misnamed.")


def write_attached(files: Sequence[AttachedFile]) -> str:
    """Return the elements of the files. Raises `Malformed` as `check_attached` does."""
    check_attached(files)
    pieces = []
    for each in files:
        packed = base64.b64encode(each.content).decode("ascii")
        values = (escape(each.name), each.media_type, each.sha256, packed)
        inside = "".join(f"<{t}>{v}</{t}>" for t, v in zip(_TAGS, values, strict=True))
        pieces.append(f"<{_FILE}>{inside}</{_FILE}>")
    return "".join(pieces)


def read_attached(parent: etree._Element) -> tuple[AttachedFile, ...]:
    """Read the files under an element; every hash must hold. Raises `Malformed`."""
    if len(parent) > MAX_FILES:
        raise _malformed(f"Chỉ kèm tối đa {MAX_FILES} tệp.", f"At most {MAX_FILES} files.")
    files = tuple(_read(child) for child in parent)
    check_attached(files)
    return files


def _read(element: etree._Element) -> AttachedFile:
    values = {str(child.tag): (child.text or "").strip() for child in element if not len(child)}
    if element.tag != _FILE or set(values) != set(_TAGS) or len(element) != len(_TAGS):
        raise _malformed("Thẻ của tệp đính kèm không đúng.", "The tags of a file are wrong.")
    try:
        content = binascii.a2b_base64(values["NOI_DUNG"].encode("ascii"), strict_mode=True)
    except ValueError:
        raise _malformed(
            "Nội dung tệp đính kèm không phải Base64.", "The content of a file is not Base64."
        ) from None
    found = AttachedFile(values["TEN_TEP"], values["LOAI_TEP"], content)
    if found.sha256 != values["SHA256"]:
        raise _malformed(
            "Mã băm của tệp đính kèm không khớp nội dung.", "The hash of a file does not match."
        )
    return found


def _odd(name: str) -> bool:
    return any(sign < " " or sign in "/\\" for sign in name)


def _malformed(vi: str, en: str) -> Malformed:
    return Malformed("field_type", vi, en, where=_FILE)
