"""The text that a page of a PDF draws, read from its drawing operators.

Enough for PDFs like ours (composite fonts with ToUnicode). It does not see pictures or drawings;
that two pages have the same text is therefore not yet proof that they look the same.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from hocba.rendition.pdf_file import malformed_pdf, open_pdf

_MAX_PAGES = 60
_MAX_DRAWN_BYTES = 3_000_000
_MAX_LETTERS = 200_000
_MAX_FORM_DEPTH = 4
_SHOW = {"Tj", "'", '"', "TJ"}
_MOVE = {"Td", "TD", "Tm", "T*", "BT"}
_BLOCK = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_ITEM = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])")


@dataclass(slots=True)
class _Page:
    """The lines found so far; a new position starts a new line."""

    lines: list[str] = field(default_factory=lambda: [""])
    budget: int = _MAX_DRAWN_BYTES
    fonts: dict[tuple[int, int], dict[int, str]] = field(default_factory=dict)

    def move(self) -> None:
        if self.lines[-1]:
            self.lines.append("")


def face_text(pdf: bytes) -> tuple[tuple[str, ...], ...]:
    """Return the text lines of every page in drawing order, Unicode NFC, without empty lines.

    Raises `Malformed` with code `pdf…`; refuses more than 60 pages or 3 MB of drawing in all.
    """
    with open_pdf(pdf) as file:
        if len(file.pages) > _MAX_PAGES:
            raise malformed_pdf("có quá nhiều trang.", "too many pages.")
        pages = []
        budget = _MAX_DRAWN_BYTES
        for page in file.pages:
            found = _Page(budget=budget)
            _read(page, page.get("/Resources", pikepdf.Dictionary()), found, 0)
            budget = found.budget
            lines = (_printable(line) for line in found.lines)
            pages.append(tuple(line for line in lines if line))
        return tuple(pages)


def _printable(line: str) -> str:
    """Normalise a line; a forged map may give lone surrogates, which nothing can print."""
    return unicodedata.normalize("NFC", line.encode("utf-8", "replace").decode("utf-8")).strip()


def _size(content: Any) -> int:
    streams = list(content) if isinstance(content, pikepdf.Array) else [content]
    return sum(len(each.read_bytes()) for each in streams)


def _read(drawn: Any, resources: Any, page: _Page, depth: int) -> None:
    content = drawn.get("/Contents") if depth == 0 else drawn
    if content is None:
        return
    page.budget -= _size(content)
    if page.budget < 0 or depth > _MAX_FORM_DEPTH:
        raise malformed_pdf("một trang quá phức tạp.", "a page is too complex.")
    letters: dict[int, str] = {}
    for operands, operator in pikepdf.parse_content_stream(drawn):
        name = str(operator)
        if name == "Tf":
            letters = _letters(resources, str(operands[0]), page)
        elif name in _MOVE:
            page.move()
        elif name in _SHOW:
            page.lines[-1] += _decode(operands[-1], letters)
        elif name == "Do":
            form = resources.get("/XObject", pikepdf.Dictionary()).get(str(operands[0]))
            if form is not None and form.get("/Subtype") == pikepdf.Name.Form:
                _read(form, form.get("/Resources", resources), page, depth + 1)


def _decode(shown: Any, letters: dict[int, str]) -> str:
    parts = list(shown) if isinstance(shown, pikepdf.Array) else [shown]
    text = ""
    for part in parts:
        if isinstance(part, pikepdf.String):
            codes = bytes(part)
            text += "".join(
                letters.get(int.from_bytes(codes[at : at + 2], "big"), "\N{REPLACEMENT CHARACTER}")
                for at in range(0, len(codes), 2)
            )
    return text


def _letters(resources: Any, name: str, page: _Page) -> dict[int, str]:
    font = resources.get("/Font", pikepdf.Dictionary()).get(name)
    if font is None or "/ToUnicode" not in font:
        return {}
    key = font.objgen
    if key == (0, 0) or key not in page.fonts:
        page.fonts[key] = _read_map(font.ToUnicode.read_bytes()[:_MAX_DRAWN_BYTES])
    return page.fonts[key]


def _read_map(cmap: bytes) -> dict[int, str]:
    """Read the bfchar and bfrange blocks of a ToUnicode map (ISO 32000-1, 9.10.3)."""
    letters: dict[int, str] = {}
    for kind, block in _BLOCK.findall(cmap):
        tokens = [
            bytes.fromhex(found[1].decode("ascii")) if found[1] is not None else found[0]
            for found in _ITEM.finditer(block)
        ]
        if kind == b"bfchar":
            for code, text in zip(tokens[::2], tokens[1::2], strict=False):
                letters[int.from_bytes(code, "big")] = text.decode("utf-16-be")
        else:
            _read_ranges(tokens, letters)
    return letters


def _read_ranges(tokens: list[bytes], letters: dict[int, str]) -> None:
    at, total = 0, 0
    while at + 2 < len(tokens):
        first, last = (int.from_bytes(tokens[at + n], "big") for n in (0, 1))
        total += max(0, last - first)
        if total > _MAX_LETTERS:
            raise malformed_pdf("bảng chữ quá lớn.", "a character map is too large.")
        if tokens[at + 2] == b"[":
            at += 3
            for code in range(first, last + 1):
                if at >= len(tokens) or tokens[at] == b"]":
                    break
                letters[code] = tokens[at].decode("utf-16-be")
                at += 1
            at += 1
        else:
            text = tokens[at + 2].decode("utf-16-be")
            for code in range(first, last + 1):
                letters[code] = text[:-1] + chr(ord(text[-1]) + code - first)
            at += 3
