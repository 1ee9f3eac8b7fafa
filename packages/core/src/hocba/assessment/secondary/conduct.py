"""Kết quả rèn luyện: the year from its two terms (TT 22/2021/TT-BGDĐT Điều 8.2b).

The result of a term is the homeroom teacher's judgement (Điều 8.2a) and is never computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hocba.assessment.secondary.levels import Result

_T, _K, _D, _C = Result.GOOD, Result.FAIR, Result.SATISFACTORY, Result.UNSATISFACTORY

YEAR: Final[Mapping[tuple[Result, Result], Result]] = {
    # (term I, term II): year
    (_T, _T): _T,
    (_K, _T): _T,
    (_D, _T): _K,
    (_C, _T): _K,
    (_T, _K): _K,
    (_K, _K): _K,
    (_D, _K): _K,
    (_C, _K): _D,
    (_T, _D): _K,
    (_K, _D): _D,
    (_D, _D): _D,
    (_C, _D): _D,
    (_T, _C): _C,
    (_K, _C): _C,
    (_D, _C): _C,
    (_C, _C): _C,
}
"""Every pair of terms."""


def year_conduct(term_1: Result, term_2: Result) -> Result:
    """The result of the year; term II weighs more."""
    return YEAR[term_1, term_2]
