"""Marks and averages of one subject (TT 22/2021/TT-BGDĐT Điều 5.3b, 6, 7, 9.1).

Everything is computed in whole tenths and rounded once, half up, to one decimal: Điều 5.3b asks
for whole numbers or one decimal "after rounding" and names no other rule, and half up is the usual
one. Binary floating point would turn 7.55 into 7.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from hocba.assessment.secondary.catalogue import subject
from hocba.assessment.secondary.circular import TT22, Circular
from hocba.assessment.secondary.levels import CommentLevel, Mark
from hocba.errors import Malformed, Refused

LOWEST, HIGHEST = Decimal("0.0"), Decimal("10.0")
_TENTH: Final = Decimal("0.1")
_MID_WEIGHT, _END_WEIGHT, _TERM_2_WEIGHT = 2, 3, 2


@dataclass(frozen=True, slots=True)
class TermMarks:
    """What a pupil got in one term in a scored subject; None is not there yet."""

    regular: tuple[Decimal, ...]
    mid_term: Decimal | None
    end_term: Decimal | None


@dataclass(frozen=True, slots=True)
class TermLevels:
    """What a pupil got in one term in a subject assessed by comment."""

    regular: tuple[CommentLevel, ...]
    mid_term: CommentLevel | None
    end_term: CommentLevel | None


def check_mark(mark: Decimal) -> Decimal:
    """Return a mark on the scale of 10 with one decimal (Điều 5.3b). Raises `Malformed`: `mark`."""
    if not mark.is_finite() or not LOWEST <= mark <= HIGHEST or mark != round_mark(mark):
        raise Malformed(
            "mark",
            f"điểm “{str(mark)[:20]}” phải từ 0 đến 10, nhiều nhất một chữ số thập phân.",
            f"“{str(mark)[:20]}” must be 0 to 10 with at most one decimal.",
        )
    return round_mark(mark)


def round_mark(number: Decimal) -> Decimal:
    """Round to one decimal, half up."""
    return number.quantize(_TENTH, rounding=ROUND_HALF_UP)


def regular_marks(
    code: str, grade: int, *, with_topics: bool = False, circular: Circular = TT22
) -> int:
    """How many regular assessments a term has (Điều 6).

    `with_topics`: the term in which the pupil completes the study topics of the subject, whose
    result counts as one more. Raises `Malformed`: `grade`, `subject`.
    """
    found = subject(code, grade)
    extra = 1 if with_topics and found.has_topics else 0
    if not found.scored:
        return circular.comment_regular + extra
    for most, count in circular.regular_by_periods:
        if found.periods[grade] <= most:
            return count + extra
    return circular.most_regular + extra


def term_average(marks: TermMarks, *, expected: int | None = None) -> Decimal:
    """ĐTBmhk = (sum of regular + 2 x mid-term + 3 x end-of-term) / (number of regular + 5).

    `expected` is the number of regular marks that the subject needs (`regular_marks`). A periodic
    test that was missed and not made up is 0 (Điều 7); whoever enters it decides that, nothing is
    read as 0 here. Raises `Refused` with code `incomplete`; `Malformed` with code `mark`.
    """
    mid, end = marks.mid_term, marks.end_term
    short = len(marks.regular) < (1 if expected is None else expected)
    if short or mid is None or end is None:
        raise _incomplete(short, mid is None, end is None)
    tenths = sum(_tenths(mark) for mark in marks.regular)
    tenths += _MID_WEIGHT * _tenths(mid) + _END_WEIGHT * _tenths(end)
    return _rounded(tenths, len(marks.regular) + _MID_WEIGHT + _END_WEIGHT)


def year_average(term_1: Decimal, term_2: Decimal) -> Decimal:
    """ĐTBmcn = (ĐTBmhkI + 2 x ĐTBmhkII) / 3, from the rounded averages of the terms."""
    return _rounded(_tenths(term_1) + _TERM_2_WEIGHT * _tenths(term_2), 1 + _TERM_2_WEIGHT)


def term_level(levels: TermLevels, *, expected: int = TT22.comment_regular) -> CommentLevel:
    """Đạt when every assessment is there and Đạt, else Chưa đạt (Điều 9.1a).

    An assessment that is not entered blocks; one that was missed and not made up is entered as
    Chưa đạt (Điều 7). Raises `Refused` with code `incomplete`.
    """
    mid, end = levels.mid_term, levels.end_term
    short = len(levels.regular) < expected
    if short or mid is None or end is None:
        raise _incomplete(short, mid is None, end is None)
    passed = all(level is CommentLevel.PASSED for level in (*levels.regular, mid, end))
    return CommentLevel.PASSED if passed else CommentLevel.NOT_PASSED


def year_mark(term_1: Mark, term_2: Mark) -> Mark:
    """The year of a subject from its terms (Điều 9.1).

    Marks give their average. In a subject assessed by comment term II decides; exempt is exempt
    when the pupil was exempt in term II. Raises `Malformed` with code `mark` for a mark and a
    level of one subject together, unless the pupil was exempt in one term: then the other stands.
    """
    if isinstance(term_1, Decimal) and isinstance(term_2, Decimal):
        return year_average(term_1, term_2)
    if term_1 is CommentLevel.EXEMPT or term_2 is CommentLevel.EXEMPT:
        return term_1 if term_2 is CommentLevel.EXEMPT else term_2
    if isinstance(term_1, CommentLevel) and isinstance(term_2, CommentLevel):
        return term_2
    raise Malformed(
        "mark",
        "hai học kì của một môn phải cùng cách đánh giá (điểm, hoặc Đ/CĐ).",
        "The two terms of a subject are assessed in one way.",
    )


def missing_assessments(marks: TermMarks | TermLevels, expected: int) -> Sequence[str]:
    """What a term still lacks, in words for a list."""
    missing = []
    lack = expected - len(marks.regular)
    if lack > 0:
        missing.append(f"{lack} lần đánh giá thường xuyên")
    if marks.mid_term is None:
        missing.append("đánh giá giữa kì")
    if marks.end_term is None:
        missing.append("đánh giá cuối kì")
    return missing


def _tenths(mark: Decimal) -> int:
    return int(check_mark(mark) * 10)


def _rounded(tenths: int, divisor: int) -> Decimal:
    """Half up in whole numbers: nothing is rounded before."""
    return Decimal((2 * tenths + divisor) // (2 * divisor)) * _TENTH


def _incomplete(regular: bool, mid: bool, end: bool) -> Refused:
    names = (
        (regular, "đánh giá thường xuyên", "regular"),
        (mid, "đánh giá giữa kì", "mid-term"),
        (end, "đánh giá cuối kì", "end-of-term"),
    )
    return Refused(
        "incomplete",
        "Chưa tính được kết quả môn học, còn thiếu: "
        + ", ".join(vi for missing, vi, _en in names if missing),
        "The result of the subject cannot be computed; missing: "
        + ", ".join(en for missing, _vi, en in names if missing),
    )
