"""QR codes of a print as drawings: the address of the verification page, and the signed codes."""

from __future__ import annotations

from io import BytesIO

import segno


def qr_svg(text: str) -> str:
    """Draw the QR code of a text as SVG, error correction M.

    The mask is fixed, because choosing the best mask takes most of the time; readers accept any.
    """
    return qr_drawing(text)[0]


def qr_drawing(text: str) -> tuple[str, int]:
    """The same with its width in modules, the white border of two on each side included."""
    code = segno.make(text, error="m", mask=3, micro=False, boost_error=False)
    out = BytesIO()
    code.save(out, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None)
    return out.getvalue().decode("utf-8"), int(code.symbol_size(border=2)[0])
