"""Raw means of an attacker on PDFs: append an update, read where things stand, exchange bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO

import pikepdf

OVERLAY = b"q 1 1 1 rg 90 500 300 120 re f 0 g 100 520 200 40 re f Q"
"""Drawn over the marks of a page: a white field with a black bar."""


def last_startxref(pdf: bytes) -> int:
    """Where the newest cross-reference section stands."""
    return int(pdf[pdf.rindex(b"startxref") :].split()[1])


def root_of(pdf: bytes) -> int:
    """Object number of the catalogue."""
    with pikepdf.open(BytesIO(pdf)) as file:
        return int(file.Root.objgen[0])


def size_of(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as file:
        return int(file.trailer.Size)


def page_content(pdf: bytes, page: int = 2) -> tuple[int, bytes]:
    """Object number and decoded stream of what a page draws."""
    with pikepdf.open(BytesIO(pdf)) as file:
        contents = file.pages[page].obj.Contents
        return int(contents.objgen[0]), bytes(contents.read_bytes())


def dictionary(pdf: bytes, number: int) -> bytes:
    """An object as it is written."""
    with pikepdf.open(BytesIO(pdf)) as file:
        return bytes(file.get_object((number, 0)).unparse(resolved=True))


def page_number(pdf: bytes, page: int = 2) -> int:
    """Object number of a page."""
    with pikepdf.open(BytesIO(pdf)) as file:
        return int(file.pages[page].obj.objgen[0])


def stream(data: bytes, more: bytes = b"") -> bytes:
    """A stream object's body."""
    return b"<< %s/Length %d >>\nstream\n%s\nendstream" % (more, len(data), data)


def overlaid(pdf: bytes, page: int = 2) -> dict[int, bytes]:
    """The page's content with something drawn over it."""
    number, content = page_content(pdf, page)
    return {number: stream(content + b"\n" + OVERLAY)}


def update(
    pdf: bytes, objects: Mapping[int, bytes], *, parts: str = "objects xref trailer", root: int = 0
) -> bytes:
    """Append objects as an incremental update; `parts` names what of an update is written."""
    out = bytearray(pdf)
    if not out.endswith(b"\n"):
        out += b"\n"
    places: dict[int, int] = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    if "xref" in parts:
        out += b"xref\n"
        for number, place in sorted(places.items()):
            out += b"%d 1\n%010d 00000 n \n" % (number, place)
    if "trailer" in parts:
        size = max(size_of(pdf), *(number + 1 for number in objects))
        previous = last_startxref(pdf)
        catalogue = root or root_of(pdf)
        out += b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (size, catalogue, previous)
        out += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def seal_number(pdf: bytes) -> int:
    """Object number of the seal's dictionary."""
    with pikepdf.open(BytesIO(pdf)) as file:
        return int(
            next(
                each.objgen[0]
                for each in file.objects
                if isinstance(each, pikepdf.Dictionary) and "/ByteRange" in each
            )
        )


def byte_range(pdf: bytes) -> list[int]:
    found = re.search(rb"/ByteRange \[([0-9 ]+)\]", pdf)
    assert found is not None
    return [int(number) for number in found[1].split()]


def written_over(pdf: bytes, old: bytes, new: bytes) -> bytes:
    """Exchange text in place: what is shorter is filled up with blanks."""
    assert old in pdf
    assert len(new) <= len(old), (new, old)
    return pdf.replace(old, new.ljust(len(old)), 1)


def places_of(pdf: bytes, start: int) -> dict[int, int]:
    """Where the objects behind `start` begin."""
    found = re.finditer(rb"(?:^|[\r\n])(\d+) 0 obj", pdf[start:])
    return {int(each[1]): start + each.start(1) for each in found}
