"""Find a phrase by a few letters: without case, without Vietnamese marks, also by initials.

“dtt” and “doc to” both find “Đọc to, trôi chảy”. Pure functions, no database.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_PLACEHOLDER: Final = re.compile(r"\{[^}]*\}")
_NO_WORD: Final = re.compile(r"[^\w]+|_+")
START, INSIDE, SCATTERED, INITIALS = range(4)
"""How well a phrase matches, best first: it starts so; a later place starts so; every typed word
starts a word, in this order; the letters are first letters of words that follow one another."""


@lru_cache(maxsize=16384)
def folded(text: str) -> str:
    """Plain small letters and digits, words apart by one blank, placeholders left out."""
    plain = unicodedata.normalize("NFD", _PLACEHOLDER.sub(" ", text).casefold().replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NO_WORD.sub(" ", letters).strip()


def match_quality(query: str, text: str) -> int | None:
    """How well the text matches what was typed, smaller is better; None when it does not."""
    wanted, found = folded(query), folded(text)
    if found.startswith(wanted):
        return START
    if f" {wanted}" in found:
        return INSIDE
    if _words_in_order(wanted.split(), found.split()):
        return SCATTERED
    letters = wanted.replace(" ", "")
    if len(letters) > 1 and letters in "".join(word[0] for word in found.split()):
        return INITIALS
    return None


def matches(query: str, text: str) -> bool:
    """Tell whether a text is meant by the letters typed; nothing typed means every text."""
    return match_quality(query, text) is not None


def _words_in_order(starts: list[str], words: list[str]) -> bool:
    rest = iter(words)
    return all(any(word.startswith(start) for word in rest) for start in starts)
