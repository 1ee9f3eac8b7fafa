"""Where the face of a PDF shows something else than its signed data, for eyes: side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice, zip_longest

from hocba.rendition.text import face_text

MOST = 60
"""Differences that are told; a file with more is another document."""


@dataclass(frozen=True, slots=True)
class FaceDifference:
    """One place; an empty text means that the other side has more."""

    page: int
    """Counted from 1."""
    shown: str
    """What the dropped file shows."""
    signed: str
    """What the signed data give."""


def face_differences(pdf: bytes, rendered: bytes) -> tuple[FaceDifference, ...]:
    """Compare the text of every page with a fresh rendering. Raises `Malformed` (code `pdf…`)."""
    return tuple(islice(_differences(pdf, rendered), MOST))


def _differences(pdf: bytes, rendered: bytes) -> Iterator[FaceDifference]:
    pages = zip_longest(face_text(pdf), face_text(rendered), fillvalue=())
    for number, (shown, signed) in enumerate(pages, start=1):
        for kind, a, b, c, d in SequenceMatcher(None, shown, signed, autojunk=False).get_opcodes():
            left, right = " ".join(shown[a:b]), " ".join(signed[c:d])
            if kind != "equal" and "".join(left.split()) != "".join(right.split()):
                yield FaceDifference(number, left[:400], right[:400])
