"""A decision or plan as a file: what it is by its content, never by its name."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from hocba.errors import Malformed, Refused
from hocba.rendition.pdf_file import open_pdf
from hocba_server.school.registry.case_models import MAX_ATTACHMENT_BYTES
from hocba_server.school.registry.models import Attachment, School
from hocba_server.web.accounts.actor import Actor

_JPEG, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
_UNSAFE: Final = re.compile(r"[^\w .()-]+")
ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its bytes and the name that the person's computer gave it."""

    filename: str
    content: bytes


def media_type_of(content: bytes) -> str:
    """Tell the type by the content. Raises `Refused`: `file_empty`, `file_too_large`, `file_type`.

    A PDF must open without password and without repair; a picture must be whole.
    """
    if not content:
        raise Refused(
            "file_empty",
            "Tệp đính kèm rỗng. Chọn tệp khác.",
            "The file is empty.",
            where="file",
        )
    if len(content) > MAX_ATTACHMENT_BYTES:
        raise Refused(
            "file_too_large",
            "Tệp đính kèm lớn hơn 5 MB. Quét lại ở 150-200 dpi rồi chọn tệp nhỏ hơn.",
            "The file is larger than 5 MB. Scan it again at 150-200 dpi.",
            where="file",
        )
    if content.startswith(b"%PDF-"):
        try:
            with open_pdf(content) as pdf:
                if len(pdf.pages):
                    return "application/pdf"
        except Malformed as fault:
            raise Refused(
                "file_type", fault.sentence.vi, fault.sentence.en, where="file"
            ) from fault
    if content.startswith(_JPEG) and content.rstrip(b"\0").endswith(_JPEG_END):
        return "image/jpeg"
    if content.startswith(_PNG) and content.endswith(_PNG_END):
        return "image/png"
    raise Refused(
        "file_type",
        "Tệp đính kèm phải là PDF, ảnh JPEG hoặc PNG còn nguyên vẹn.",
        "The file must be a whole PDF, JPEG or PNG.",
        where="file",
    )


def keep_attachment(school: School, upload: Upload, *, by: Actor, at: dt.datetime) -> Attachment:
    """Keep the file; call it inside the transaction of the decision that it belongs to."""
    media_type = media_type_of(upload.content)
    return Attachment.objects.create(
        school=school,
        filename=safe_name(upload.filename, media_type),
        media_type=media_type,
        content=upload.content,
        sha256=hashlib.sha256(upload.content).hexdigest(),
        added_by=by.user_id,
        added_at=at,
    )


def safe_name(filename: str, media_type: str) -> str:
    """The name without folders and odd characters, with the ending that fits the content."""
    base = unicodedata.normalize("NFC", filename).replace("\\", "/").rsplit("/", 1)[-1]
    stem = _UNSAFE.sub("", base.rsplit(".", 1)[0]).strip(" .")[:100]
    return f"{stem or 'tep-dinh-kem'}.{ENDINGS[media_type]}"
