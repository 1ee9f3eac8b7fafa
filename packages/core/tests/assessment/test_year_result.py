"""The result of the year, rule by rule (TT 27/2020/TT-BGDĐT Điều 9.2a)."""

from __future__ import annotations

import pytest
from pupils import Results, pupil

from hocba.assessment.catalogue import GRADES, subject, subjects_of_grade, traits_of_grade
from hocba.assessment.levels import SubjectLevel, TraitLevel, YearResult
from hocba.assessment.year_result import TABLES
from hocba.errors import Malformed, Refused

A, B, C, D = (
    YearResult.EXCELLENT,
    YearResult.WELL_COMPLETED,
    YearResult.COMPLETED,
    YearResult.NOT_COMPLETED,
)
ROW_OF = {A: 1, B: 2, C: 3, D: 4}
TESTED_IN_4 = ("02", "01", "11", "05", "13", "12", "87")


def scored(results: Results, *scores: int) -> Results:
    for code, score in zip(TESTED_IN_4, scores, strict=True):
        results = results.score(code, score)
    return results


def ministry_sample() -> Results:
    """The filled sample of CV 2088 annex 2, grade 4."""
    results = scored(pupil(4), 9, 10, 9, 8, 8, 6, 9)
    return results.level("12", "H").level("89", "H").trait("13", "Đ")


EXAMPLES = [
    pytest.param(scored(pupil(4), 9, 10, 9, 9, 9, 10, 9), A, id="P1-9.2a-lowest-exactly-9"),
    pytest.param(scored(pupil(4), 10, 10, 10, 10, 10, 10, 8), B, id="P2-9.2a-one-below-9"),
    pytest.param(scored(pupil(4), 10, 10, 10, 10, 10, 10, 7), B, id="P3-9.2a-exactly-7"),
    pytest.param(scored(pupil(4), 10, 10, 10, 10, 10, 10, 6), C, id="P4-9.2a-one-below-7"),
    pytest.param(pupil(4).trait("03", "Đ"), C, id="P5-9.2a-one-trait-Đ"),
    pytest.param(pupil(4).level("03", "H"), C, id="P6-9.2a-one-subject-H"),
    pytest.param(pupil(4, "H", "Đ", 5), C, id="P7-9.2a-lowest-possible"),
    pytest.param(pupil(4, "H", "Đ", 5).score("87", 4), D, id="P8-9.2a-one-below-5"),
    pytest.param(pupil(4).trait("15", "C"), D, id="P9-9.2a-trait-C"),
    pytest.param(pupil(4).level("90", "C"), D, id="P10-9.2a-subject-C"),
    pytest.param(pupil(4, score=9).level("88", "M"), A, id="P11-exempt-left-out"),
    pytest.param(pupil(1, score=9), A, id="P12-grade-1-two-tests"),
    pytest.param(pupil(4, score=9).score("01", 7), B, id="P13-7.1d-last-score-counts"),
    pytest.param(ministry_sample(), C, id="P15-CV2088-annex-2"),
]


@pytest.mark.parametrize(("results", "expected"), EXAMPLES)
def test_worked_examples(results: Results, expected: YearResult) -> None:
    decision = results.decide()
    assert (decision.result, decision.row) == (expected, ROW_OF[expected])


def test_p14_a_missing_test_blocks_and_is_named() -> None:
    with pytest.raises(Refused) as refused:
        pupil(4).without("scores", "13").decide()
    assert refused.value.code == "incomplete"
    assert refused.value.sentence.vi.endswith("còn thiếu: điểm kiểm tra Khoa học")
    assert refused.value.sentence.en.endswith("missing: test of Khoa học")


THRESHOLDS = [(4, D), (5, C), (6, C), (7, B), (8, B), (9, A), (10, A), (0, D)]
TESTED = [
    (grade, each.code)
    for grade in GRADES
    for each in subjects_of_grade(grade)
    if grade in each.test_grades
]


@pytest.mark.parametrize(("grade", "code"), TESTED)
@pytest.mark.parametrize(("score", "expected"), THRESHOLDS)
def test_dieu_9_2a_thresholds_5_7_9_in_every_test(
    grade: int, code: str, score: int, expected: YearResult
) -> None:
    assert pupil(grade).score(code, score).decide().result is expected


LEVELS = [("T", A), ("H", C), ("C", D), ("M", A)]
TAUGHT = [(grade, each.code) for grade in GRADES for each in subjects_of_grade(grade)]


@pytest.mark.parametrize(("grade", "code"), TAUGHT)
@pytest.mark.parametrize(("letter", "expected"), LEVELS)
def test_dieu_9_2a_level_of_every_subject_electives_included(
    grade: int, code: str, letter: str, expected: YearResult
) -> None:
    assert pupil(grade).level(code, letter).decide().result is expected


ASSESSED = [(grade, each.code) for grade in GRADES for each in traits_of_grade(grade)]


@pytest.mark.parametrize(("grade", "code"), ASSESSED)
@pytest.mark.parametrize(("letter", "expected"), [("T", A), ("Đ", C), ("C", D)])
def test_dieu_9_2a_level_of_every_trait(
    grade: int, code: str, letter: str, expected: YearResult
) -> None:
    assert pupil(grade).trait(code, letter).decide().result is expected


@pytest.mark.parametrize(("grade", "code"), TAUGHT)
def test_a_missing_level_is_named_and_never_read_as_c(grade: int, code: str) -> None:
    results = pupil(grade).without("subjects", code).without("scores", code)
    if grade in subject(code).elective_grades:
        assert results.decide().result is A
        return
    with pytest.raises(Refused) as refused:
        results.decide()
    assert refused.value.code == "incomplete"
    assert refused.value.sentence.vi.endswith(f"còn thiếu: mức môn {subject(code).name}")


@pytest.mark.parametrize(("grade", "code"), TESTED)
def test_a_missing_score_is_named_and_never_read_as_0(grade: int, code: str) -> None:
    with pytest.raises(Refused) as refused:
        pupil(grade).without("scores", code).decide()
    name = subject(code).name
    assert refused.value.sentence.vi.endswith(f"còn thiếu: điểm kiểm tra {name}")


@pytest.mark.parametrize(("grade", "code"), ASSESSED)
def test_a_missing_trait_is_named(grade: int, code: str) -> None:
    name = next(trait.name for trait in traits_of_grade(grade) if trait.code == code)
    with pytest.raises(Refused) as refused:
        pupil(grade).without("traits", code).decide()
    assert refused.value.sentence.vi.endswith(f"còn thiếu: mức {name}")


def test_everything_missing_is_named_at_once() -> None:
    with pytest.raises(Refused) as refused:
        Results(1).decide()
    named = refused.value.sentence.vi.partition("còn thiếu: ")[2].split(", ")
    assert len(named) == 8 + 13
    results = pupil(4).without("scores", "01").without("traits", "06").without("subjects", "03")
    with pytest.raises(Refused) as refused:
        results.decide()
    named = refused.value.sentence.vi.partition("còn thiếu: ")[2].split(", ")
    assert named == ["điểm kiểm tra Toán", "mức môn Đạo đức", "mức Tự chủ và tự học"]


def test_an_exempt_subject_needs_no_score() -> None:
    assert pupil(4).level("11", "M").without("scores", "11").decide().result is A
    assert pupil(4).level("11", "M").score("11", 0).decide().result is A


def test_a_pupil_exempt_from_everything_has_no_result() -> None:
    with pytest.raises(Refused) as refused:
        pupil(2, "M").decide()
    assert refused.value.code == "incomplete"


def test_what_is_not_assessed_in_the_grade_does_not_count() -> None:
    assert pupil(1).trait("12", "C").decide().result is A  # Công nghệ from grade 3
    assert pupil(1).level("11", "T").score("11", 0).decide().result is A  # no test in grade 1


@pytest.mark.parametrize("score", [-1, 11, 100])
def test_dieu_7_1d_a_score_outside_0_to_10_is_refused(score: int) -> None:
    with pytest.raises(Malformed) as refused:
        pupil(4).score("01", score).decide()
    assert (refused.value.code, refused.value.where) == ("score", "01")


def test_an_unknown_subject_is_refused_whatever_its_level() -> None:
    for letter in "THCM":
        with pytest.raises(Malformed) as refused:
            pupil(4).level("99", letter).decide()
        assert refused.value.code == "subject"


def test_an_unknown_grade_is_refused() -> None:
    with pytest.raises(Malformed) as refused:
        Results(6).decide()
    assert refused.value.code == "grade"


BECAUSE = [
    (pupil(4), "điểm từ 9"),
    (pupil(4).score("01", 8), "điểm kiểm tra Toán là 8, dưới 9"),
    (pupil(4).score("01", 6), "điểm kiểm tra Toán là 6, dưới 7"),
    (pupil(4).score("13", 4), "điểm kiểm tra Khoa học là 4, dưới 5"),
    (pupil(4).level("03", "H"), "môn Đạo đức mức Hoàn thành"),
    (pupil(4).level("03", "C"), "môn Đạo đức mức Chưa hoàn thành"),
    (pupil(4).trait("02", "Đ"), "Nhân ái mức Đạt"),
    (pupil(4).trait("13", "C"), "Tin học mức Cần cố gắng"),
]


@pytest.mark.parametrize(("results", "fact"), BECAUSE)
def test_the_decision_names_the_fact_that_decided(results: Results, fact: str) -> None:
    because = results.decide().because
    assert because.vi.endswith(fact)
    assert because.en


def test_the_thresholds_are_dated_data() -> None:
    table = TABLES[-1]
    assert (table.first_school_year, table.source) == (2020, "TT 27/2020/TT-BGDĐT Điều 9.2a")
    assert [row.lowest_score for row in table.rows] == [9, 7, 5]
    years = [each.first_school_year for each in TABLES]
    assert years == sorted(years)


def test_words_of_the_levels() -> None:
    # Điều 7.1a and 7.2: the letters T and C mean different things in the two lists.
    words = [level.word for level in SubjectLevel]
    assert words == ["Hoàn thành tốt", "Hoàn thành", "Chưa hoàn thành", "Miễn học"]
    assert [level.word for level in TraitLevel] == ["Tốt", "Đạt", "Cần cố gắng"]
