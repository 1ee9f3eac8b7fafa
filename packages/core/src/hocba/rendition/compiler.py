"""The one Typst compiler of this process.

Typst keeps a pool of threads from the first compilation on; a process forked after that hangs in
its next compilation. So compile only in processes that will not fork (or fork before compiling).
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import typst

from hocba.errors import Refused

_EMBEDDED_FONTS = ["Libertinus Serif", "DejaVu Sans Mono"]
"""Come with Typst. The first has every Vietnamese letter; the second helps with rare letters."""
PRINT_FONT = "Tinos"
"""Metric twin of Times New Roman, expected in the folder of fonts."""

_lock = threading.Lock()


@lru_cache(maxsize=8)
def _source(template: str | tuple[str, ...]) -> bytes:
    names = (template,) if isinstance(template, str) else template
    return b"\n".join((files("hocba.rendition") / name).read_bytes() for name in names)


@lru_cache(maxsize=2)
def _compiler(fonts: Path | None) -> typst.Compiler:
    return typst.Compiler(font_paths=[fonts] if fonts else [], ignore_system_fonts=True)


def usable_fonts(fonts: Path | None) -> Path | None:
    """Return the folder if it holds the print font, else None (then the embedded font is used)."""
    if fonts is None or not any(fonts.rglob(f"{PRINT_FONT}*.ttf")):
        return None
    return fonts


def compile_pdf(
    inputs: dict[str, str],
    *,
    fonts: Path | None,
    timestamp: datetime,
    template: str | tuple[str, ...],
) -> bytes:
    """Compile a template of this folder to PDF/A-3a and PDF/UA-1; same input, same bytes.

    A tuple names files that are read one behind the other: the shared parts, then the template.
    Raises `Refused` with code `rendition` when the data cannot be set, e.g. a letter that the
    font does not have.
    """
    folder = usable_fonts(fonts)
    families = [PRINT_FONT, *_EMBEDDED_FONTS] if folder else _EMBEDDED_FONTS
    try:
        with _lock:
            pdf = _compiler(folder).compile(
                _source(template),
                format="pdf",
                sys_inputs={**inputs, "fonts": json.dumps(families)},
                pdf_standards=["a-3a", "ua-1"],
                timestamp=timestamp.astimezone(UTC).replace(microsecond=0),
            )
    except (typst.TypstError, RuntimeError) as error:
        raise Refused(
            "rendition",
            f"Không dựng được bản thể hiện PDF: {str(error)[:300]}",
            f"The PDF rendition could not be made: {str(error)[:300]}",
        ) from error
    if not isinstance(pdf, bytes):
        message = "a PDF is one file"
        raise TypeError(message)
    return pdf
