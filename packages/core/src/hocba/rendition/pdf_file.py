"""Opening a PDF that anybody may have made: bounded, without repair, without passwords."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO

import pikepdf
import pikepdf.settings

from hocba.errors import HocBaError, Malformed

MAX_PDF_BYTES = 10_000_000
"""Limit of one file, as for a transaction (CV 2088/BGDĐT-GDTH II)."""
_MAX_STREAM_BYTES = 12_000_000
_MAX_OBJECTS = 50_000


@lru_cache(maxsize=1)
def _limit_parser() -> None:
    """Bound what qpdf allocates. The limits hold for the process, so they are set only once."""
    pikepdf.settings.set_qpdf_limits(
        parser_max_nesting=100,
        parser_max_container_size=500_000,
        max_stream_filters=2,
        flate_max_memory=_MAX_STREAM_BYTES,
        png_max_memory=_MAX_STREAM_BYTES,
        tiff_max_memory=_MAX_STREAM_BYTES,
        run_length_max_memory=_MAX_STREAM_BYTES,
    )


def malformed_pdf(reason_vi: str, reason_en: str, *, code: str = "pdf") -> Malformed:
    """Make the error for a file that cannot be read as a PDF of a record."""
    return Malformed(code, f"Tệp PDF không đọc được: {reason_vi}", f"Unreadable PDF: {reason_en}")


@contextmanager
def open_pdf(data: bytes) -> Iterator[pikepdf.Pdf]:
    """Open a PDF for reading; errors inside the block also become `Malformed` (code `pdf…`).

    Refuses files over 10 MB, encrypted files, and files that qpdf would have to repair.
    """
    if len(data) > MAX_PDF_BYTES:
        raise malformed_pdf(
            f"lớn hơn {MAX_PDF_BYTES // 1_000_000} MB.",
            f"larger than {MAX_PDF_BYTES // 1_000_000} MB.",
            code="pdf_too_large",
        )
    if not data.startswith(b"%PDF-"):
        raise malformed_pdf("không bắt đầu bằng %PDF.", "it does not start with %PDF.")
    _limit_parser()
    try:
        with pikepdf.open(BytesIO(data), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                raise malformed_pdf("tệp bị mã hoá.", "it is encrypted.", code="pdf_encrypted")
            if int(pdf.trailer.get("/Size", 0)) > _MAX_OBJECTS:
                raise malformed_pdf("có quá nhiều đối tượng.", "too many objects.")
            yield pdf
    except HocBaError:
        raise
    except pikepdf.PasswordError as error:
        raise malformed_pdf("tệp bị mã hoá.", "it is encrypted.", code="pdf_encrypted") from error
    except Exception as error:
        raise malformed_pdf(
            f"cấu trúc tệp bị hỏng ({type(error).__name__}).",
            f"its structure is damaged ({type(error).__name__}).",
        ) from error
