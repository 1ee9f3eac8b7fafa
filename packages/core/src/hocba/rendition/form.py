"""The Ministry's printed form of a record as PDF/A-3a and PDF/UA-1 with the signed XML inside.

Sources: CV 2088/BGDĐT-GDTH annex 2 (display), TT 27/2020/TT-BGDĐT annex 1 (paper form),
QĐ 1789/QĐ-SGDĐT Điều 3 and 11 (PDF and XML have the same value; what the signatures show).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from hocba.errors import Refused
from hocba.record.secondary.model import AnyRecord, SecondaryRecord
from hocba.rendition.attachments import RECORD_NAME, add_evidence
from hocba.rendition.compiler import compile_pdf
from hocba.rendition.face import Form, SignatureLine, build_face
from hocba.rendition.print_codes_on_page import CODES_NAME, codes_of_page
from hocba.rendition.secondary_face import build_secondary_face

__all__ = ["RECORD_NAME", "Form", "SignatureLine", "render_pdf", "require_verify_url"]

RECORD_TEMPLATES = ("guidance.typ", "print_codes.typ", "record_parts.typ")
"""The shared parts, read before the template of one record or of a booklet."""
_SECONDARY_PARTS = "secondary_parts.typ"
"""What secondary school prints otherwise; it takes the place of the parts of the same name."""


def record_templates(record: AnyRecord) -> tuple[str, ...]:
    """The parts for a record of this level."""
    if isinstance(record, SecondaryRecord):
        return (*RECORD_TEMPLATES, _SECONDARY_PARTS)
    return RECORD_TEMPLATES


def face_of(
    record: AnyRecord,
    signatures: Sequence[SignatureLine],
    verify_url: str,
    *,
    form: Form = "B",
    draft: bool = False,
) -> dict[str, Any]:
    """Lay a record of whatever level out as the data of its template."""
    if isinstance(record, SecondaryRecord):
        return build_secondary_face(record, signatures, verify_url, form=form, draft=draft)
    return build_face(record, signatures, verify_url, form=form, draft=draft)


def render_pdf(
    record: AnyRecord,
    document: bytes,
    *,
    fonts: Path | None,
    signatures: Sequence[SignatureLine],
    verify_url: str,
    timestamp: datetime,
    evidence: bytes | None = None,
    form: Form = "B",
    codes: Sequence[str] = (),
) -> bytes:
    """Render the record, unsealed. The same arguments always give the same bytes.

    `document` is the signed XML; it is attached unchanged as `hoc-ba.xml` (relationship Source),
    `evidence` as `bang-chung.evidence.zip` (relationship Supplement). `verify_url` is printed and
    drawn as QR code; it must hold the record's UUID and no other personal data. `timestamp` is
    written as the creation date. Without `fonts` the serif that comes with Typst is used. `form`
    chooses the paper form A or display B. `codes` are the signed codes of this very file
    (`print_code.sign_codes`); they are drawn on their pages and attached as `ma-ban-in.txt`.

    Raises `Refused` with code `rendition`, `verify_url` or `print_code`.
    """
    require_verify_url(record, verify_url)
    face = face_of(record, signatures, verify_url, form=form)
    face["codes"] = codes_of_page(record, document, codes)
    face |= {"codes_name": CODES_NAME, "codes_text": "\n".join(codes)}
    inputs = {
        "face": json.dumps(face, ensure_ascii=False, separators=(",", ":")),
        "xml": document.decode("utf-8"),
    }
    pdf = compile_pdf(
        inputs,
        fonts=fonts,
        timestamp=timestamp,
        template=(*record_templates(record), "form.typ"),
    )
    return add_evidence(pdf, evidence, timestamp)


def require_verify_url(record: AnyRecord, verify_url: str) -> None:
    """Raise `Refused` (`verify_url`) unless the address holds the UUID and nothing personal."""
    if record.record_uuid not in verify_url or record.pupil.personal_id in verify_url:
        raise Refused(
            "verify_url",
            "Địa chỉ trong mã QR chỉ được chứa mã tra cứu học bạ, không chứa dữ liệu cá nhân khác.",
            "The address in the QR code holds the record's UUID and nothing else personal.",
        )
