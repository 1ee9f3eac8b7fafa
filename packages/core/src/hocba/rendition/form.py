"""The Ministry's printed form of a record as PDF/A-3a and PDF/UA-1 with the signed XML inside.

Sources: CV 2088/BGDĐT-GDTH annex 2 (display), TT 27/2020/TT-BGDĐT annex 1 (paper form),
QĐ 1789/QĐ-SGDĐT Điều 3 and 11 (PDF and XML have the same value; what the signatures show).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from hocba.errors import Refused
from hocba.record.model import AnnualRecord
from hocba.rendition.attachments import RECORD_NAME, add_evidence
from hocba.rendition.compiler import compile_pdf
from hocba.rendition.face import SignatureLine, build_face
from hocba.rendition.qr import qr_svg

__all__ = ["RECORD_NAME", "SignatureLine", "render_pdf"]


def render_pdf(
    record: AnnualRecord,
    document: bytes,
    *,
    fonts: Path | None,
    signatures: Sequence[SignatureLine],
    verify_url: str,
    timestamp: datetime,
    evidence: bytes | None = None,
) -> bytes:
    """Render the record, unsealed. The same arguments always give the same bytes.

    `document` is the signed XML; it is attached unchanged as `hoc-ba.xml` (relationship Source),
    `evidence` as `bang-chung.evidence.zip` (relationship Supplement). `verify_url` is printed and
    drawn as QR code; it must hold the record's UUID and no other personal data. `timestamp` is
    written as the creation date. Without `fonts` the serif that comes with Typst is used.

    Raises `Refused` with code `rendition` or `verify_url`.
    """
    if record.record_uuid not in verify_url or record.pupil.personal_id in verify_url:
        raise Refused(
            "verify_url",
            "Địa chỉ trong mã QR chỉ được chứa mã tra cứu học bạ, không chứa dữ liệu cá nhân khác.",
            "The address in the QR code holds the record's UUID and nothing else personal.",
        )
    face = build_face(record, signatures, verify_url)
    inputs = {
        "face": json.dumps(face, ensure_ascii=False, separators=(",", ":")),
        "qr": qr_svg(verify_url),
        "xml": document.decode("utf-8"),
    }
    pdf = compile_pdf(inputs, fonts=fonts, timestamp=timestamp)
    return add_evidence(pdf, evidence, timestamp)
