"""Averages of a term and a year with their exact rounding (TT 22/2021/TT-BGDĐT Điều 5.3b, 9.1)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_pupils import numbers

from hocba.assessment.secondary.levels import CommentLevel, Mark
from hocba.assessment.secondary.marks import (
    TermLevels,
    TermMarks,
    check_mark,
    missing_assessments,
    round_mark,
    term_average,
    term_level,
    year_average,
    year_mark,
)
from hocba.errors import Malformed, Refused

PASSED, FAILED, EXEMPT = CommentLevel.PASSED, CommentLevel.NOT_PASSED, CommentLevel.EXEMPT
MARKS = st.integers(0, 100).map(lambda tenths: Decimal(tenths) / 10)
TERM = st.builds(TermMarks, st.lists(MARKS, min_size=1, max_size=5).map(tuple), MARKS, MARKS)


@pytest.mark.parametrize(
    ("regular", "mid", "end", "average"),
    [
        ("8 9", "7.5", "8", "8.0"),
        ("8 9 7.5", "8", "6.5", "7.5"),
        ("9 8 8 7", "7.5", "8.5", "8.1"),
        ("8 7.4 7", "7", "8", "7.6"),  # 7.55: binary floats give 7.5
        ("6.5 6.5 6.6", "6.4", "6.4", "6.5"),  # 6.45: half even gives 6.4
        ("0 0", "0", "0", "0.0"),
        ("10 10 10 10", "10", "10", "10.0"),
        ("8 8 8 8 8", "8", "8.1", "8.0"),  # five with the study topics: 80.3 / 10
    ],
)
def test_term_average(regular: str, mid: str, end: str, average: str) -> None:
    marks = TermMarks(tuple(numbers(regular)), Decimal(mid), Decimal(end))
    assert str(term_average(marks)) == average


@pytest.mark.parametrize(
    ("term_1", "term_2", "year"),
    [
        ("6.4", "6.5", "6.5"),
        ("6.3", "6.5", "6.4"),
        ("7.9", "8.0", "8.0"),
        ("4.9", "5.0", "5.0"),
        ("4.8", "5.0", "4.9"),
        ("3.4", "3.5", "3.5"),
        ("6.5", "8.0", "7.5"),
        ("8.0", "6.5", "7.0"),
    ],
)
def test_year_average(term_1: str, term_2: str, year: str) -> None:
    assert str(year_average(Decimal(term_1), Decimal(term_2))) == year


@given(marks=TERM)
def test_the_average_is_the_exact_one_rounded_half_up(marks: TermMarks) -> None:
    assert marks.mid_term is not None
    assert marks.end_term is not None
    total = sum(map(Fraction, marks.regular)) + 2 * Fraction(marks.mid_term)
    exact = (total + 3 * Fraction(marks.end_term)) / (len(marks.regular) + 5)
    found = Fraction(term_average(marks))
    assert found == Fraction(int(exact * 10 + Fraction(1, 2)), 10)


@given(marks=TERM, data=st.data())
def test_the_order_of_regular_marks_does_not_matter(marks: TermMarks, data: st.DataObject) -> None:
    shuffled = tuple(data.draw(st.permutations(marks.regular)))
    assert term_average(marks) == term_average(TermMarks(shuffled, marks.mid_term, marks.end_term))


@given(marks=TERM, better=MARKS)
def test_a_better_mark_never_lowers_an_average(marks: TermMarks, better: Decimal) -> None:
    assert marks.end_term is not None
    raised = TermMarks(marks.regular, marks.mid_term, max(better, marks.end_term))
    assert term_average(raised) >= term_average(marks)
    first = TermMarks((max(better, marks.regular[0]), *marks.regular[1:]), *_periodic(marks))
    assert term_average(first) >= term_average(marks)


def _periodic(marks: TermMarks) -> tuple[Decimal | None, Decimal | None]:
    return marks.mid_term, marks.end_term


@given(one=MARKS, two=MARKS)
def test_the_year_lies_between_its_terms(one: Decimal, two: Decimal) -> None:
    assert min(one, two) <= year_average(one, two) <= max(one, two)


@pytest.mark.parametrize("mark", ["10.1", "-0.1", "7.55", "NaN", "Infinity"])
def test_a_mark_off_the_scale_is_refused(mark: str) -> None:
    with pytest.raises(Malformed) as caught:
        check_mark(Decimal(mark))
    assert caught.value.code == "mark"


def test_rounding_is_half_up() -> None:
    assert [str(round_mark(Decimal(text))) for text in ("7.55", "6.45", "6.449", "0.05")] == [
        "7.6",
        "6.5",
        "6.4",
        "0.1",
    ]


@pytest.mark.parametrize(
    "marks",
    [
        TermMarks((), Decimal(8), Decimal(8)),
        TermMarks((Decimal(8),), None, Decimal(8)),
        TermMarks((Decimal(8),), Decimal(8), None),
    ],
)
def test_a_missing_mark_blocks(marks: TermMarks) -> None:
    """Điều 7: a missed test is made up or entered as 0; nothing is read as 0 by itself."""
    with pytest.raises(Refused) as caught:
        term_average(marks)
    assert caught.value.code == "incomplete"


def test_too_few_regular_marks_block() -> None:
    marks = TermMarks(tuple(numbers("8 9")), Decimal(8), Decimal(8))
    assert missing_assessments(marks, 3) == ["1 lần đánh giá thường xuyên"]
    with pytest.raises(Refused, match="đánh giá thường xuyên"):
        term_average(marks, expected=3)


@pytest.mark.parametrize(
    ("regular", "mid", "end", "level"),
    [
        ((PASSED, PASSED), PASSED, PASSED, PASSED),
        ((PASSED, FAILED), PASSED, PASSED, FAILED),
        ((PASSED, PASSED), FAILED, PASSED, FAILED),
        ((PASSED, PASSED), PASSED, FAILED, FAILED),
    ],
)
def test_term_of_a_subject_assessed_by_comment(
    regular: tuple[CommentLevel, ...], mid: CommentLevel, end: CommentLevel, level: CommentLevel
) -> None:
    """Điều 9.1a: Đạt when every assessment is Đạt."""
    assert term_level(TermLevels(regular, mid, end)) is level


def test_a_missing_comment_blocks() -> None:
    with pytest.raises(Refused):
        term_level(TermLevels((PASSED,), PASSED, PASSED))
    with pytest.raises(Refused):
        term_level(TermLevels((PASSED, PASSED), None, PASSED))


@pytest.mark.parametrize(
    ("one", "two", "year"),
    [
        (Decimal("6.5"), Decimal("8.0"), Decimal("7.5")),
        (FAILED, PASSED, PASSED),
        (PASSED, FAILED, FAILED),
        (EXEMPT, EXEMPT, EXEMPT),
        (EXEMPT, PASSED, PASSED),
        (PASSED, EXEMPT, PASSED),
        (Decimal("6.5"), EXEMPT, Decimal("6.5")),
    ],
)
def test_year_of_a_subject(one: Mark, two: Mark, year: Mark) -> None:
    """Điều 9.1: averages, or term II; exempt in one term leaves the other."""
    assert year_mark(one, two) == year


def test_a_subject_is_assessed_in_one_way() -> None:
    with pytest.raises(Malformed):
        year_mark(Decimal(8), PASSED)
