"""A scanned paper that somebody attaches: what it is by its content, never by its name."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from hocba.errors import Malformed, Refused
from hocba.rendition.pdf_file import open_pdf

MAX_SCAN: Final = 5_000_000
"""Bytes of one file."""
ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg"}

_JPEG, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
_UNSAFE: Final = re.compile(r"[^\w .()-]+")


def media_type_of(content: bytes) -> str:
    """Tell the type by the content. Raises `Refused`: `file_empty`, `file_too_large`, `file_type`.

    A PDF must open without password and without repair and have a page; a JPEG must be whole.
    """
    if not content:
        raise _refused("file_empty", "Chưa chọn tệp đính kèm, hoặc tệp rỗng.", "No file, or empty.")
    if len(content) > MAX_SCAN:
        raise _refused(
            "file_too_large",
            "Tệp đính kèm lớn hơn 5 MB. Quét lại ở 150-200 dpi rồi chọn tệp nhỏ hơn.",
            "The file is larger than 5 MB. Scan it again at 150-200 dpi.",
        )
    if content.startswith(b"%PDF-"):
        try:
            with open_pdf(content) as pdf:
                if len(pdf.pages):
                    return "application/pdf"
        except Malformed as fault:
            raise _refused("file_type", fault.sentence.vi, fault.sentence.en) from fault
    if content.startswith(_JPEG) and content.rstrip(b"\0").endswith(_JPEG_END):
        return "image/jpeg"
    raise _refused(
        "file_type",
        "Tệp đính kèm phải là PDF hoặc ảnh JPEG còn nguyên vẹn.",
        "The file must be a whole PDF or JPEG.",
    )


def safe_name(filename: str, media_type: str) -> str:
    """The name without folders and odd characters, with the ending that fits the content."""
    base = unicodedata.normalize("NFC", filename).replace("\\", "/").rsplit("/", 1)[-1]
    stem = _UNSAFE.sub("", base.rsplit(".", 1)[0]).strip(" .")[:100]
    return f"{stem or 'tep-dinh-kem'}.{ENDINGS[media_type]}"


def _refused(code: str, vi: str, en: str) -> Refused:
    return Refused(code, vi, en, where="file")
