"""The QR code of a print: the address of the verification page and nothing personal."""

from __future__ import annotations

from io import BytesIO

import segno


def qr_svg(text: str) -> str:
    """Draw the QR code of a text as SVG, error correction M.

    The mask is fixed, because choosing the best mask takes most of the time; readers accept any.
    """
    out = BytesIO()
    segno.make(text, error="m", mask=3, micro=False, boost_error=False).save(
        out, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None
    )
    return out.getvalue().decode("utf-8")
