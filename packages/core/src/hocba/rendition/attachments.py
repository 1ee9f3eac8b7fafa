"""The files inside the PDF: the signed XML (put there by the form) and the evidence."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pikepdf

from hocba.rendition.pdf_file import malformed_pdf, open_pdf

RECORD_NAME = "hoc-ba.xml"
"""The signed record, exactly the bytes that were kept (AFRelationship Source)."""
EVIDENCE_NAME = "bang-chung.evidence.zip"
"""Certificates, OCSP, CRL and log proof (AFRelationship Supplement)."""
_MAX_ATTACHMENTS = 10
_MAX_ATTACHMENT_BYTES = 10_000_000


def add_evidence(
    pdf: bytes, evidence: bytes | None, timestamp: datetime, *, double_sided: bool | None = None
) -> bytes:
    """Attach the evidence container, if any, and pack the objects; keeps PDF/A marks and tags.

    `double_sided` is what the print dialog then offers first; None leaves it alone.
    """
    with open_pdf(pdf) as file:
        prefer_sides(file, double_sided)
        if evidence is not None:
            spec = pikepdf.AttachedFileSpec(
                file,
                evidence,
                description="Bằng chứng kiểm tra chữ ký: chứng thư, OCSP, CRL, nhật ký công khai",
                filename=EVIDENCE_NAME,
                mime_type="application/zip",
                creation_date=pdf_date(timestamp),
                mod_date=pdf_date(timestamp),
                relationship=pikepdf.Name.Supplement,
            )
            file.attachments[EVIDENCE_NAME] = spec
        out = BytesIO()
        file.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
            fix_metadata_version=False,
        )
    return out.getvalue()


def prefer_sides(file: pikepdf.Pdf, double_sided: bool | None) -> None:
    """Tell the print dialog which sides to offer first (ISO 32000-1, table 150, Duplex)."""
    if double_sided is None:
        return
    wish = pikepdf.Name.DuplexFlipLongEdge if double_sided else pikepdf.Name.Simplex
    wishes = file.Root.get("/ViewerPreferences", pikepdf.Dictionary())
    wishes.Duplex = wish
    file.Root.ViewerPreferences = wishes


def pdf_date(moment: datetime) -> str:
    """Write a moment as PDF dates are written, in UTC."""
    return moment.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")


def extract_attachments(pdf: bytes) -> dict[str, bytes]:
    """Read the embedded files by name, at most ten of at most 10 MB each.

    Raises `Malformed` with code `pdf…`.
    """
    with open_pdf(pdf) as file:
        if len(file.attachments) > _MAX_ATTACHMENTS:
            raise malformed_pdf("có quá nhiều tệp đính kèm.", "too many attachments.")
        found: dict[str, bytes] = {}
        for name, spec in file.attachments.items():
            content = spec.get_file().read_bytes()
            if len(content) > _MAX_ATTACHMENT_BYTES:
                raise malformed_pdf("tệp đính kèm quá lớn.", "an attachment is too large.")
            found[name] = content
        return found
