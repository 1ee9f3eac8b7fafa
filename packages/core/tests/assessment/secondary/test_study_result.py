"""Kết quả học tập: TT 22/2021/TT-BGDĐT Điều 9.2 and 9.3, row by row."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rule_pupils import GRADE, compulsory, pupil

from hocba.assessment.secondary.levels import CommentLevel, Mark, Result
from hocba.assessment.secondary.study_result import (
    Reading,
    StudySettings,
    decide_study_result,
)
from hocba.errors import Malformed, Refused
from hocba.ids import SubjectCode

T, K, D, C = Result.GOOD, Result.FAIR, Result.SATISFACTORY, Result.UNSATISFACTORY
AS_IF_HIGH = StudySettings(reading=Reading.AS_IF_HIGH)


@pytest.mark.parametrize(
    ("averages", "not_passed", "table", "result"),
    [
        pytest.param("8.0*6 6.5*2", 0, T, T, id="S1"),
        pytest.param("8.0*5 7.9 6.5*2", 0, K, K, id="S2"),
        pytest.param("9.0*7 6.4", 0, K, K, id="S3"),
        pytest.param("8.5*7 4.9", 0, D, K, id="S4"),
        pytest.param("8.5*7 3.5", 0, D, K, id="S5"),
        pytest.param("8.5*7 3.4", 0, C, D, id="S6"),
        pytest.param("7.0*7 4.9", 0, D, D, id="S7"),
        pytest.param("7.0*7 3.4", 0, C, D, id="S8"),
        pytest.param("8.5*8", 1, D, K, id="S9"),
        pytest.param("7.0*8", 1, D, D, id="S10"),
        pytest.param("8.5*8", 2, C, C, id="S11"),
        pytest.param("8.5*6 4.9*2", 0, D, D, id="S12"),
        pytest.param("6.5*6 5.0*2", 0, K, K, id="S13"),
        pytest.param("5.0*6 4.9 3.5", 0, D, D, id="S14"),
        pytest.param("5.0*5 4.9*3", 0, C, C, id="S15"),
        pytest.param("5.0*7 3.4", 0, C, C, id="S16"),
        pytest.param("8.0*5 7.0*2 4.0", 0, D, D, id="S17"),
        # each threshold just below, at and just above
        pytest.param("8.0*6 6.4*2", 0, K, K, id="every-6.4"),
        pytest.param("8.0*6 6.6*2", 0, T, T, id="every-6.6"),
        pytest.param("8.1*6 6.5*2", 0, T, T, id="enough-8.1"),
        pytest.param("6.5*5 6.4 5.0*2", 0, D, D, id="enough-6.4"),
        pytest.param("6.6*6 5.0*2", 0, K, K, id="enough-6.6"),
        pytest.param("6.5*6 4.9*2", 0, D, D, id="every-4.9"),
        pytest.param("6.5*6 5.1*2", 0, K, K, id="every-5.1"),
        pytest.param("5.0*6 3.4*2", 0, C, C, id="every-3.4"),
        pytest.param("5.0*6 3.6*2", 0, D, D, id="every-3.6"),
        pytest.param("5.1*6 3.5*2", 0, D, D, id="enough-5.1"),
        pytest.param("10.0*8", 0, T, T, id="all-10"),
        pytest.param("0.0*8", 4, C, C, id="all-0"),
    ],
)
def test_the_table(averages: str, not_passed: int, table: Result, result: Result) -> None:
    decision = decide_study_result(GRADE, pupil(averages, not_passed))
    assert decision.result is result
    rows = {1: T, 2: K, 3: D, 4: C}
    assert rows[decision.row] is table
    assert (decision.adjusted_for is not None) == (table is not result)


def test_the_two_readings_of_article_9_3_differ_in_s17() -> None:
    marks = pupil("8.0*5 7.0*2 4.0")
    assert decide_study_result(GRADE, marks).result is D
    other = decide_study_result(GRADE, marks, settings=AS_IF_HIGH)
    assert (other.result, other.row, other.adjusted_for) == (K, 3, SubjectCode("32"))


def test_the_adjustment_names_subject_and_article() -> None:
    decision = decide_study_result(GRADE, pupil("8.5*7 4.9"))
    assert decision.adjusted_for == "32"
    assert "Tin học" in decision.because.vi
    assert "Điều 9 khoản 3" in decision.because.vi


def test_the_reason_names_the_deciding_fact() -> None:
    assert "Tin học 6,4, dưới 6,5" in decide_study_result(GRADE, pupil("9.0*7 6.4")).because.vi
    assert "chỉ có 5 môn từ 8,0" in decide_study_result(GRADE, pupil("8.0*5 7.9 6.5*2")).because.vi
    assert "Chưa đạt" in decide_study_result(GRADE, pupil("7.0*8", 1)).because.vi


def test_a_missing_compulsory_subject_blocks() -> None:
    marks = pupil("8.0*8")
    del marks[SubjectCode("15")], marks[SubjectCode("88")]
    with pytest.raises(Refused, match="Toán, Giáo dục thể chất") as caught:
        decide_study_result(GRADE, marks)
    assert caught.value.code == "incomplete"


def test_an_exempt_comment_subject_is_left_out() -> None:
    marks = {**pupil("8.0*8", 1), SubjectCode("88"): CommentLevel.EXEMPT}
    assert decide_study_result(GRADE, marks).result is T


def test_with_scored_subjects_excused_all_that_are_left_must_be_high() -> None:
    """Điều 11: only a pupil with a disability is excused from a scored subject."""
    marks: dict[SubjectCode, Mark] = pupil("8.0*8")
    excused = [each.code for each in compulsory() if each.scored][:3]
    marks |= dict.fromkeys(excused, CommentLevel.EXEMPT)
    assert decide_study_result(GRADE, marks).result is T
    marks[SubjectCode("32")] = Decimal("7.9")
    assert decide_study_result(GRADE, marks).result is K


def test_nobody_is_exempt_from_everything() -> None:
    marks = dict.fromkeys((each.code for each in compulsory()), CommentLevel.EXEMPT)
    with pytest.raises(Refused, match="miễn mọi môn"):
        decide_study_result(GRADE, marks)


def test_an_elective_counts_unless_set_otherwise() -> None:
    marks = {**pupil("8.0*8"), SubjectCode("31"): Decimal("6.0")}
    assert decide_study_result(GRADE, marks).result is K
    without = StudySettings(electives_count=False)
    assert decide_study_result(GRADE, marks, settings=without).result is T


@pytest.mark.parametrize(
    ("code", "mark"),
    [
        ("15", CommentLevel.PASSED),
        ("88", Decimal("8.0")),
        ("15", Decimal("10.5")),
        ("70", Decimal("8.0")),
    ],
)
def test_a_mark_of_the_wrong_kind_is_refused(code: str, mark: Mark) -> None:
    with pytest.raises(Malformed):
        decide_study_result(GRADE, {**pupil("8.0*8"), SubjectCode(code): mark})


def test_upper_secondary_with_music_and_art_can_still_be_good() -> None:
    """Seven scored subjects: 5 compulsory and 2 choices; "at least 06" can be met."""
    marks: dict[SubjectCode, Mark] = {
        SubjectCode(code): Decimal("8.5") for code in ("19", "15", "69", "47", "40", "35")
    }
    marks[SubjectCode("36")] = Decimal("6.5")
    marks |= {SubjectCode(code): CommentLevel.PASSED for code in ("88", "91", "99", "29", "30")}
    assert decide_study_result(10, marks).result is T


TENTHS = st.integers(0, 100).map(lambda tenths: Decimal(tenths) / 10)
NEAR = st.sampled_from([Decimal(t) / 10 for t in (34, 35, 36, 49, 50, 51, 64, 65, 66, 79, 80, 81)])
AVERAGES = st.lists(NEAR | NEAR | TENTHS, min_size=8, max_size=8)
COMMENTS = st.lists(
    st.sampled_from([CommentLevel.PASSED] * 6 + [CommentLevel.NOT_PASSED]), min_size=4, max_size=4
)
SETTINGS = st.sampled_from([StudySettings(), AS_IF_HIGH])


def _marks(averages: list[Decimal], comments: list[CommentLevel]) -> dict[SubjectCode, Mark]:
    scored = [each.code for each in compulsory() if each.scored]
    others = [each.code for each in compulsory() if not each.scored]
    return {
        **dict(zip(scored, averages, strict=True)),
        **dict(zip(others, comments, strict=True)),
    }


@given(averages=AVERAGES, comments=COMMENTS, settings=SETTINGS)
def test_a_better_mark_never_lowers_a_result(
    averages: list[Decimal], comments: list[CommentLevel], settings: StudySettings
) -> None:
    marks = _marks(averages, comments)
    before = decide_study_result(GRADE, marks, settings=settings).result.rank
    for code, mark in marks.items():
        if isinstance(mark, Decimal):
            better: list[Mark] = [
                value for value in (mark + Decimal("0.1"), Decimal(8), Decimal(10)) if mark < value
            ]
            better = [value for value in better if isinstance(value, Decimal) and value <= 10]
        else:
            better = [CommentLevel.PASSED]
        for value in better:
            after = decide_study_result(GRADE, {**marks, code: value}, settings=settings)
            assert after.result.rank >= before


@given(averages=AVERAGES, comments=COMMENTS, settings=SETTINGS, data=st.data())
def test_the_order_of_marks_does_not_matter(
    averages: list[Decimal],
    comments: list[CommentLevel],
    settings: StudySettings,
    data: st.DataObject,
) -> None:
    marks = _marks(averages, comments)
    shuffled = dict(data.draw(st.permutations(list(marks.items()))))
    one = decide_study_result(GRADE, marks, settings=settings)
    other = decide_study_result(GRADE, shuffled, settings=settings)
    assert (one.result, one.row) == (other.result, other.row)


@given(averages=AVERAGES, comments=COMMENTS)
def test_the_wide_reading_is_never_stricter(
    averages: list[Decimal], comments: list[CommentLevel]
) -> None:
    marks = _marks(averages, comments)
    strict = decide_study_result(GRADE, marks)
    wide = decide_study_result(GRADE, marks, settings=AS_IF_HIGH)
    assert wide.row == strict.row
    assert strict.result.rank <= wide.result.rank <= strict.result.rank + 1


@given(averages=AVERAGES, comments=COMMENTS)
def test_an_adjustment_raises_by_one_level_only(
    averages: list[Decimal], comments: list[CommentLevel]
) -> None:
    decision = decide_study_result(GRADE, _marks(averages, comments))
    table = {1: T, 2: K, 3: D, 4: C}[decision.row]
    expected = table.raised() if decision.adjusted_for else table
    assert decision.result is expected
    assert decision.adjusted_for is None or table in {D, C}
