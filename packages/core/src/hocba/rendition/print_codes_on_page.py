"""The signed codes of a record as the template lays them out, each on the page of its data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

from hocba.errors import Malformed, Refused
from hocba.record.codec import AnyRecord
from hocba.record.model import AnnualRecord
from hocba.rendition.print_code import PrintedPage, peek, read_code
from hocba.rendition.print_lines import PrintPage, print_lines
from hocba.rendition.qr import qr_drawing

CODES_NAME: Final = "ma-ban-in.txt"
"""Attachment with the texts of the codes, one a line, so that the PDF can be made again."""
_PLACES: Final = {
    PrintPage.PERSONAL: "personal",
    PrintPage.SUBJECTS: "subjects",
    PrintPage.TRAITS: "traits",
}


def codes_of_page(
    record: AnyRecord, document: bytes, codes: Sequence[str]
) -> Mapping[str, Any] | None:
    """The drawings of the codes by page; None when there are none.

    Raises `Refused` with code `print_code` unless these are all the codes of exactly this file.
    Signatures are not checked here.
    """
    if not codes:
        return None
    pages = claimed_pages(codes)
    # Prints of secondary school carry no codes of data; whoever brings some brings another's.
    if not isinstance(record, AnnualRecord) or not tells(pages, record, document):
        raise Refused(
            "print_code",
            "Mã xác thực không phải của học bạ này nên không in được.",
            "The codes are not those of this record, so they are not printed.",
        )
    found: dict[str, list[dict[str, Any]]] = {place: [] for place in _PLACES.values()}
    for text, page in zip(codes, pages, strict=True):
        svg, modules = qr_drawing(text)
        found[_PLACES[page.page]].append(
            {"svg": svg, "modules": modules, "part": page.part, "parts": page.parts}
        )
    return found


def claimed_pages(codes: Sequence[str]) -> list[PrintedPage]:
    """What the codes claim, unverified. Raises `Refused` (`print_code`) for anything else."""
    try:
        return [peek(read_code(text)) for text in codes]
    except Malformed as fault:
        raise Refused("print_code", fault.sentence.vi, fault.sentence.en) from fault


def tells(pages: Sequence[PrintedPage], record: AnnualRecord, document: bytes) -> bool:
    """Do these pages together say exactly what the record says, about exactly these bytes?"""
    digest = hashlib.sha256(document).digest()
    head = (record.record_uuid, digest, record.school_year, record.pupil.full_name)
    same = all(
        (each.record_uuid, each.document_sha256, each.school_year, each.full_name) == head
        and each.classroom_name == record.classroom_name
        for each in pages
    )
    numbers = [(each.part, each.parts) for each in pages]
    counted = numbers == [(part, len(pages)) for part in range(1, len(pages) + 1)]
    expected = print_lines(record)
    return (
        same
        and counted
        and all(
            _words(line for each in pages if each.page is page for line in each.lines)
            == _words(lines)
            for page, lines in expected.items()
        )
    )


def says_nothing_else(pages: Sequence[PrintedPage], record: AnnualRecord, document: bytes) -> bool:
    """Is everything on these pages, of which some may be missing, said by the record too?"""
    digest = hashlib.sha256(document).digest()
    head = (record.record_uuid, digest, record.school_year, record.pupil.full_name)
    expected = {page: _words(lines) for page, lines in print_lines(record).items()}
    return all(
        (each.record_uuid, each.document_sha256, each.school_year, each.full_name) == head
        and each.classroom_name == record.classroom_name
        and all(_is_among(line, expected[each.page]) for line in _words(each.lines))
        for each in pages
    )


def _is_among(line: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> bool:
    """The whole line, or a piece of a long text that was cut for several codes."""
    return any(
        line == other
        or (len(line) == len(other) == 2 and line[0] == other[0] and line[1] in other[1])
        for other in lines
    )


def _words(lines: Any) -> list[tuple[str, ...]]:
    """Lines with the pieces of a long text put together again, blanks left out."""
    joined: list[tuple[str, ...]] = []
    for line in lines:
        squeezed = tuple("".join(each.split()) for each in line)
        if joined and len(line) == 2 == len(joined[-1]) and joined[-1][0] == squeezed[0]:
            joined[-1] = (squeezed[0], joined[-1][1] + squeezed[1])
        else:
            joined.append(squeezed)
    return joined
