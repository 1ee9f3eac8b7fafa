"""Pages of a PDF as pictures, for looking at them inside a page of ours (PDFium)."""

from __future__ import annotations

import io
import threading
from typing import Final

import pypdfium2

from hocba.errors import Malformed

DOTS_PER_INCH: Final = 110
_PDF_DOTS: Final = 72
_pdfium: Final = threading.Lock()
"""PDFium is not made for several threads at once."""


def page_pictures(pdf: bytes) -> list[bytes]:
    """Every page as PNG. Raises `Malformed` with code `pdf` when it cannot be read."""
    with _pdfium:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise Malformed("pdf", "Không mở được tệp PDF.", "The PDF cannot be opened.") from error
        try:
            return [_picture(page) for page in document]
        finally:
            document.close()


def _picture(page: pypdfium2.PdfPage) -> bytes:
    target = io.BytesIO()
    page.render(scale=DOTS_PER_INCH / _PDF_DOTS).to_pil().save(target, format="PNG", optimize=True)
    return target.getvalue()
