"""Properties of the rule of the year for every pupil that can be (TT 27/2020 Điều 9.2a)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pupils import Results

from hocba.assessment.catalogue import GRADES, subjects_of_grade, traits_of_grade
from hocba.assessment.levels import SubjectLevel, TraitLevel, YearResult

ORDER = list(YearResult)
"""Best result first."""
SUBJECT_LADDER = [
    SubjectLevel.NOT_COMPLETED,
    SubjectLevel.COMPLETED,
    SubjectLevel.WELL_COMPLETED,
]
TRAIT_LADDER = [TraitLevel.NEEDS_EFFORT, TraitLevel.SATISFACTORY, TraitLevel.GOOD]


@st.composite
def pupils(draw: st.DrawFn) -> Results:
    """Complete results; mostly good, so that every row of the table is met."""
    grade = draw(st.sampled_from(GRADES))
    subject_letters = draw(st.sampled_from(["T", "TM", "TTTTH", "TH", "THCM"]))
    trait_letters = draw(st.sampled_from(["T", "TTTTĐ", "TĐ", "TĐC"]))
    lowest = draw(st.sampled_from([0, 4, 5, 6, 7, 8, 9]))
    subjects = {
        each.code: SubjectLevel(draw(st.sampled_from(subject_letters)))
        for each in subjects_of_grade(grade)
        if grade in each.compulsory_grades or draw(st.booleans())
    }
    subjects[subjects_of_grade(grade)[0].code] = SubjectLevel(draw(st.sampled_from("THC")))
    return Results(
        grade,
        subjects,
        {
            each.code: TraitLevel(draw(st.sampled_from(trait_letters)))
            for each in traits_of_grade(grade)
        },
        {
            each.code: draw(st.integers(lowest, 10))
            for each in subjects_of_grade(grade)
            if grade in each.test_grades
        },
    )


def place(results: Results) -> int:
    return ORDER.index(results.decide().result)


@given(results=pupils())
def test_raising_any_single_level_or_score_never_lowers_the_result(results: Results) -> None:
    before = place(results)
    for subject, level in results.subjects.items():
        if level in SUBJECT_LADDER[:-1]:
            higher = SUBJECT_LADDER[SUBJECT_LADDER.index(level) + 1]
            assert place(results.level(subject, higher)) <= before
    for trait, level_of_trait in results.traits.items():
        if level_of_trait in TRAIT_LADDER[:-1]:
            next_level = TRAIT_LADDER[TRAIT_LADDER.index(level_of_trait) + 1]
            assert place(results.trait(trait, next_level)) <= before
    for subject, score in results.scores.items():
        if score < 10:
            assert place(results.score(subject, score + 1)) <= before


@given(results=pupils(), data=st.data())
def test_an_exempt_subject_never_counts(results: Results, data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(sorted(results.subjects)[1:]))
    results = results.level(sorted(results.subjects)[0], "T")
    exempt = results.level(code, "M")
    bare = exempt.without("scores", code)
    assert bare.decide() == exempt.decide() == exempt.score(code, 0).decide()
    assert place(exempt) <= place(results)


@given(results=pupils())
def test_the_row_follows_from_the_lowest_facts(results: Results) -> None:
    levels = {level for level in results.subjects.values() if level is not SubjectLevel.EXEMPT}
    traits = set(results.traits.values())
    scores = [
        score
        for code, score in results.scores.items()
        if results.subjects[code] is not SubjectLevel.EXEMPT
    ]
    lowest = min(scores, default=10)
    top = levels == {SubjectLevel.WELL_COMPLETED} and traits == {TraitLevel.GOOD}
    failed = SubjectLevel.NOT_COMPLETED in levels or TraitLevel.NEEDS_EFFORT in traits
    if top and lowest >= 9:
        expected = YearResult.EXCELLENT
    elif top and lowest >= 7:
        expected = YearResult.WELL_COMPLETED
    elif not failed and lowest >= 5:
        expected = YearResult.COMPLETED
    else:
        expected = YearResult.NOT_COMPLETED
    decision = results.decide()
    assert decision.result is expected
    assert decision.row == ORDER.index(expected) + 1


@given(results=pupils(), data=st.data())
def test_the_order_of_the_entries_does_not_matter(results: Results, data: st.DataObject) -> None:
    subjects = dict(data.draw(st.permutations(list(results.subjects.items()))))
    scores = dict(data.draw(st.permutations(list(results.scores.items()))))
    shuffled = Results(results.grade, subjects, results.traits, scores)
    assert shuffled.decide().result is results.decide().result
