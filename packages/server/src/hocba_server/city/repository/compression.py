"""How originals are packed: zstd, with a dictionary trained from records like them.

Records of one format have most of their bytes in common (tags, names of schools, certificates): a
dictionary takes these out of each. It is chosen when a record comes and named beside it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import zstandard

from hocba.errors import NotTrusted
from hocba_server.city.repository.models import CompressionDictionary

LEVEL: Final = 12
"""Compression level: originals are written once and read for a lifetime."""
NONE: Final = 0
"""Number of no dictionary."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A compressed original."""

    dictionary_id: int
    data: bytes


class Compressors:
    """The compressors of one package, each made once."""

    def __init__(self) -> None:
        self._chosen: dict[tuple[str, str], tuple[int, zstandard.ZstdCompressor]] = {}

    def pack(self, document: bytes, profile: str, school_year: str) -> Packed:
        """Compress an original. Takes a millisecond or two: do it before a lock, not under it."""
        key = (profile, school_year)
        if key not in self._chosen:
            number = newest_dictionary(profile, school_year)
            self._chosen[key] = number, _compressor(number)
        number, compressor = self._chosen[key]
        return Packed(number, compressor.compress(document))


def expand(packed: bytes, size: int, dictionary_id: int) -> bytes:
    """Read an original again. Raises `zstandard.ZstdError`, `NotTrusted` (`dictionary`)."""
    decompressor = _decompressor(dictionary_id)
    return decompressor.decompress(packed, max_output_size=size)


def newest_dictionary(profile: str, school_year: str) -> int:
    """The newest dictionary of this format and year, else of this format; `NONE` without one."""
    rows = CompressionDictionary.objects.filter(profile=profile).order_by("-pk")
    own = rows.filter(school_year=school_year).values_list("pk", flat=True).first()
    return own or rows.values_list("pk", flat=True).first() or NONE


@lru_cache(maxsize=32)
def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    row = CompressionDictionary.objects.filter(pk=number).first()
    if row is None or hashlib.sha256(bytes(row.data)).hexdigest() != row.sha256:
        raise NotTrusted(
            "dictionary",
            f"Từ điển nén số {number} bị mất hoặc hỏng nên không đọc được bản gốc. Hãy khôi phục "
            "từ bản sao lưu.",
            f"The compression dictionary {number} is lost or damaged: restore it from a backup.",
        )
    found = zstandard.ZstdCompressionDict(bytes(row.data))
    found.precompute_compress(level=LEVEL)
    return found


@lru_cache(maxsize=32)
def _decompressor(number: int) -> zstandard.ZstdDecompressor:
    if number == NONE:
        return zstandard.ZstdDecompressor()
    return zstandard.ZstdDecompressor(dict_data=_dictionary(number))


def _compressor(number: int) -> zstandard.ZstdCompressor:
    if number == NONE:
        return zstandard.ZstdCompressor(level=LEVEL)
    return zstandard.ZstdCompressor(level=LEVEL, dict_data=_dictionary(number))
