"""`hocba render FILE.xml -o FILE.pdf`: the form, unsealed, as the school holds the seal."""

from __future__ import annotations

import argparse

from hocba.cli import files
from hocba.record.codec import read_any
from hocba.rendition.form import render_pdf
from hocba.trust.evidence import write_container
from hocba.verify.face import signature_lines

VERIFY_URL = "https://hocbaso.hcm.edu.vn/xac-thuc"
"""Printed under the QR code unless another is given (QĐ 1789 Đ12.1)."""


def run(arguments: argparse.Namespace) -> int:
    """Render one record."""
    document = files.read_bounded(arguments.file)
    record = read_any(document).record
    evidence = files.evidence_beside(arguments.file)
    pdf = render_pdf(
        record,
        document,
        fonts=files.fonts_folder(arguments.fonts),
        signatures=signature_lines(document),
        verify_url=f"{arguments.verify_url}?ma={record.record_uuid}",
        timestamp=record.terms.issued_on,
        evidence=write_container(None, evidence) if evidence else None,
    )
    arguments.output.write_bytes(pdf)
    print(f"{arguments.output}: {len(pdf)} byte, chưa đóng dấu (unsealed)")
    return 0
