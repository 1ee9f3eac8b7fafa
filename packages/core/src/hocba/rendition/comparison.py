"""Does the face of a PDF show what its signed XML says? Render again and compare.

Rendering is deterministic and sealing only appends, so a genuine sealed PDF begins with exactly
the bytes of a fresh rendering. Where the bytes differ (another version of the renderer, other
fonts, or a forgery) the text is compared page by page, so that the first difference can be told.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest
from typing import Any

import pikepdf

from hocba.errors import Sentence
from hocba.rendition.attachments import EVIDENCE_NAME, RECORD_NAME, extract_attachments
from hocba.rendition.pdf_file import malformed_pdf, open_pdf
from hocba.rendition.print_code import MAX_CODES, MAX_LETTERS
from hocba.rendition.print_codes_on_page import CODES_NAME
from hocba.rendition.seal_reading import parse_pdf_date
from hocba.rendition.text import face_text

_ROOT_KEYS_OF_A_SEAL = {"/AcroForm", "/Perms", "/Extensions"}
_FORM_KEYS_OF_A_SEAL = {"/Fields", "/SigFlags"}
_FACE_KEYWORDS = 3


class FaceOutcome(StrEnum):
    """How far the face agrees with a fresh rendering of the signed data."""

    IDENTICAL = "identical"
    """Byte for byte the fresh rendering; only the seal was added."""
    SAME_TEXT = "same_text"
    """The text of every page agrees, the drawing could not be compared. Not a proof."""
    DIFFERENT = "different"
    """The text differs."""


@dataclass(frozen=True, slots=True)
class FaceComparison:
    """The outcome and, when different, the first difference."""

    outcome: FaceOutcome
    sentence: Sentence
    page: int | None = None
    """Counted from 1."""
    shown: str | None = None
    """Text line on the face of the PDF."""
    signed: str | None = None
    """The line that the signed data give."""


@dataclass(frozen=True, slots=True)
class RenderInputs:
    """What a fresh rendering needs beside the record itself, as the PDF states it."""

    document: bytes
    """The attached signed XML."""
    evidence: bytes | None
    verify_url: str
    timestamp: datetime
    codes: tuple[str, ...] = ()
    """Texts of the signed codes on its pages."""


def render_inputs(pdf: bytes) -> RenderInputs:
    """Read from a PDF of ours what `render_pdf` needs to make it again.

    Raises `Malformed`: code `pdf…`, or `pdf_no_record` when no signed XML is attached.
    """
    attached = extract_attachments(pdf)
    if RECORD_NAME not in attached:
        raise malformed_pdf(
            f"không đính kèm dữ liệu gốc {RECORD_NAME}.",
            f"{RECORD_NAME} is not attached.",
            code="pdf_no_record",
        )
    with open_pdf(pdf) as file:
        keywords = str(file.docinfo.get("/Keywords", "")).split(", ")
        if len(keywords) != _FACE_KEYWORDS:
            raise malformed_pdf(
                "không phải bản thể hiện học bạ số.", "not a rendition of a record."
            )
        return RenderInputs(
            document=attached[RECORD_NAME],
            evidence=attached.get(EVIDENCE_NAME),
            verify_url=keywords[2],
            timestamp=parse_pdf_date(str(file.docinfo.get("/CreationDate", ""))),
            codes=_codes(attached.get(CODES_NAME)),
        )


def _codes(attached: bytes | None) -> tuple[str, ...]:
    if attached is None:
        return ()
    lines = attached[: MAX_CODES * (MAX_LETTERS + 1) + 1].decode("ascii", "replace").split("\n")
    return tuple(lines)


def same_face(pdf: bytes, rendered: bytes) -> FaceComparison:
    """Compare a PDF, sealed or not, with a fresh rendering of its signed data.

    Raises `Malformed` with code `pdf…` when the PDF cannot be read.
    """
    if pdf == rendered or (pdf.startswith(rendered) and _only_sealed(pdf, rendered)):
        return FaceComparison(
            FaceOutcome.IDENTICAL,
            Sentence(
                "Bản thể hiện giống từng byte với bản dựng lại từ dữ liệu đã ký.",
                "The face is byte for byte what the signed data give.",
            ),
        )
    shown_pages, signed_pages = face_text(pdf), face_text(rendered)
    if _font_names(pdf) != _font_names(rendered):
        return _compare_loosely(shown_pages, signed_pages)
    for number, (shown, signed) in enumerate(zip_longest(shown_pages, signed_pages), start=1):
        difference = _first_difference(shown or (), signed or ())
        if difference is not None:
            return _different(number, *difference)
    return _same_text()


def _compare_loosely(
    shown: Sequence[tuple[str, ...]], signed: Sequence[tuple[str, ...]]
) -> FaceComparison:
    """Compare renderings in different fonts, where lines and pages break elsewhere.

    Only characters can be counted then (except for dots, which fill lines): a difference is told,
    agreement proves nothing.
    """
    letters = [
        Counter("".join("".join(line.split()) for page in pages for line in page).replace(".", ""))
        for pages in (shown, signed)
    ]
    if len(shown) == len(signed) and letters[0] != letters[1]:
        return FaceComparison(
            FaceOutcome.DIFFERENT,
            Sentence(
                "Chữ trên bản thể hiện khác với dữ liệu đã ký.",
                "The text on the face differs from the signed data.",
            ),
        )
    return _same_text()


def _font_names(pdf: bytes) -> frozenset[str]:
    with open_pdf(pdf) as file:
        return frozenset(
            str(each["/BaseFont"]).rpartition("+")[2]
            for each in file.objects
            if isinstance(each, pikepdf.Dictionary) and "/BaseFont" in each
        )


def _same_text() -> FaceComparison:
    return FaceComparison(
        FaceOutcome.SAME_TEXT,
        Sentence(
            "Chữ trên từng trang khớp với dữ liệu đã ký, nhưng hình vẽ không so được từng byte "
            "(khác phiên bản hoặc phông chữ của bộ dựng, hoặc tệp đã bị ghi lại).",
            "The text of every page agrees with the signed data, but the drawing could not be "
            "compared (another version or font of the renderer, or the file was saved again).",
        ),
    )


def _first_difference(shown: tuple[str, ...], signed: tuple[str, ...]) -> tuple[str, str] | None:
    if "".join("".join(shown).split()) == "".join("".join(signed).split()):
        return None  # only the line breaks differ
    for left, right in zip_longest(shown, signed, fillvalue=""):
        if left != right:
            return left, right
    return None


def _different(page: int, shown: str, signed: str) -> FaceComparison:
    return FaceComparison(
        FaceOutcome.DIFFERENT,
        Sentence(
            f"Trang {page} hiện “{shown[:120]}”, còn dữ liệu đã ký cho “{signed[:120]}”.",
            f"Page {page} shows “{shown[:120]}”, but the signed data give “{signed[:120]}”.",
        ),
        page,
        shown,
        signed,
    )


def _only_sealed(pdf: bytes, rendered: bytes) -> bool:
    """Tell whether what follows the rendering adds a seal and changes nothing that is shown."""
    with open_pdf(pdf) as sealed, open_pdf(rendered) as fresh:
        before, after = _objects(fresh), _objects(sealed)
        root, page = fresh.Root.objgen, fresh.pages[-1].obj.objgen
        changed = {key for key, value in before.items() if after.get(key) != value}
        if not changed <= {root, page} or sealed.Root.objgen != root:
            return False
        added = [sealed.get_object(key) for key in after.keys() - before.keys()]
        return (
            not any(isinstance(each, pikepdf.Stream) and not _is_xref(each) for each in added)
            and _same_but(sealed.Root, fresh.Root, _ROOT_KEYS_OF_A_SEAL)
            and _same_but(sealed.pages[-1].obj, fresh.pages[-1].obj, {"/Annots"})
            and set(sealed.Root.get("/AcroForm", {}).keys()) <= _FORM_KEYS_OF_A_SEAL
            and _is_hidden_field(sealed.pages[-1].obj)
        )


def _objects(file: pikepdf.Pdf) -> dict[tuple[int, int], bytes]:
    found = {}
    for each in file.objects:
        if isinstance(each, pikepdf.Stream):
            if _is_xref(each):
                continue
            text = each.stream_dict.unparse(resolved=True) + each.read_raw_bytes()
        else:
            text = each.unparse(resolved=True)
        found[each.objgen] = hashlib.sha256(text).digest()
    return found


def _is_xref(stream: Any) -> bool:
    return bool(stream.get("/Type") == pikepdf.Name.XRef)


def _same_but(sealed: Any, fresh: Any, allowed: set[str]) -> bool:
    """Compare two dictionaries except for keys that a seal adds and the fresh one has not."""
    if any(key in fresh for key in allowed):
        return False
    kept = set(sealed.keys()) - allowed
    return kept == set(fresh.keys()) and all(
        sealed[key].unparse() == fresh[key].unparse()
        if isinstance(sealed[key], pikepdf.Object)
        else sealed[key] == fresh[key]
        for key in kept
    )


def _is_hidden_field(page: Any) -> bool:
    """A seal field of ours has no size and no appearance, so it cannot cover anything."""
    annotations = page.get("/Annots", pikepdf.Array())
    if len(annotations) != 1:
        return False
    field = annotations[0]
    left, bottom, right, top = (float(number) for number in field.get("/Rect", (0, 0, 1, 1)))
    return (
        field.get("/Subtype") == pikepdf.Name.Widget
        and left == right
        and bottom == top
        and not any(key in field for key in ("/AP", "/A", "/AA", "/MK"))
    )
