"""Order of names as Vietnamese schools write class lists: given name first, then the rest."""

from __future__ import annotations

import unicodedata
from typing import Final

_ALPHABET: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES: Final = {"̀": 1, "̉": 2, "̃": 3, "́": 4, "̣": 5}
_RANK: Final = {letter: rank for rank, letter in enumerate(_ALPHABET, start=1)}

NameKey = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def _word_key(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    letters: list[int] = []
    tones: list[int] = []
    for letter in unicodedata.normalize("NFC", word.lower()):
        tone = 0
        plain = ""
        for part in unicodedata.normalize("NFD", letter):
            if part in _TONES:
                tone = _TONES[part]
            else:
                plain += part
        letters.append(_RANK.get(unicodedata.normalize("NFC", plain), 0))
        tones.append(tone)
    return tuple(letters), tuple(tones)


def name_key(full_name: str) -> NameKey:
    """Sort key: the given name (last word), then family and middle names from left to right."""
    words = full_name.split()
    if not words:
        return ()
    return tuple(_word_key(word) for word in [words[-1], *words[:-1]])
