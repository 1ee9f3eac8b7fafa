from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_server.school.phrases.filling import (
    FillRow,
    NamedComment,
    Proposal,
    propose_comments,
    same_text_warning,
)
from hocba_server.school.phrases.placeholders import filled, unknown_placeholders

PHRASES = ("{ten} đọc to.", "Viết đẹp, {em} nhé.", "Kể chuyện hay.")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("{ten} đọc to.", "Ánh đọc to."),
        ("{em} đọc to, {em} viết đẹp.", "Em đọc to, em viết đẹp."),
        ("Chăm học. {em} giữ nếp này nhé.", "Chăm học. Em giữ nếp này nhé."),
        ("Chúc {ten} vui; {em} tiến bộ.", "Chúc Ánh vui; em tiến bộ."),
        ("Không có chỗ điền.", "Không có chỗ điền."),
    ],
)
def test_placeholders_are_filled(text: str, shown: str) -> None:
    assert filled(text, "Ánh") == shown


def test_other_braces_are_named() -> None:
    assert list(unknown_placeholders("{ten} và {em}")) == []
    assert list(unknown_placeholders("{tên} {lop} { ten}")) == ["{tên}", "{lop}", "{ ten}"]
    assert list(unknown_placeholders("mở { mà quên")) == ["{"]


def _row(pk: int, name: str = "Tí", level: str = "T", comment: str = "") -> FillRow:
    return FillRow(pk, name, level, comment)


def test_phrases_rotate_and_names_are_filled() -> None:
    rows = [_row(1, "Tí"), _row(2, "Đào"), _row(3, "Ánh"), _row(4, "Hoa")]
    assert propose_comments(rows, PHRASES, level="T") == [
        Proposal(1, "Tí đọc to."),
        Proposal(2, "Viết đẹp, em nhé."),
        Proposal(3, "Kể chuyện hay."),
        Proposal(4, "Hoa đọc to."),
    ]


def test_other_levels_and_written_comments_are_left_alone() -> None:
    rows = [_row(1), _row(2, level="H"), _row(3, comment="Tự viết."), _row(4)]
    assert [each.enrolment_id for each in propose_comments(rows, PHRASES, level="T")] == [1, 4]
    everything = propose_comments(rows, PHRASES, level="T", overwrite=True)
    assert [each.enrolment_id for each in everything] == [1, 3, 4]


def test_a_neighbour_who_has_a_phrase_already_is_not_echoed() -> None:
    rows = [_row(1, "Tí"), _row(2, "Đào", comment="Đào đọc to."), _row(3, "Ánh")]
    proposed = propose_comments(rows, PHRASES, level="T")
    assert [each.text for each in proposed] == ["Viết đẹp, em nhé.", "Kể chuyện hay."]


@pytest.mark.parametrize(
    ("phrases", "limit", "texts"),
    [
        ((), None, []),
        (("Một câu.",), None, ["Một câu.", "Một câu."]),
        (("Một câu.", "Một câu."), None, ["Một câu.", "Một câu."]),
        (("Câu này dài quá.", "Ngắn."), 6, ["Ngắn.", "Ngắn."]),
        (("Câu này dài quá.",), 6, []),
    ],
)
def test_few_phrases_or_long_ones(
    phrases: tuple[str, ...], limit: int | None, texts: list[str]
) -> None:
    proposed = propose_comments([_row(1), _row(2)], phrases, level="T", limit=limit)
    assert [each.text for each in proposed] == texts


rows_of_a_class = st.lists(
    st.tuples(st.sampled_from("THC"), st.sampled_from(["", "", "Tự viết.", "Câu 1."])),
    max_size=50,
).map(lambda each: [FillRow(pk, "Tí", *row) for pk, row in enumerate(each)])


@given(rows_of_a_class, st.integers(1, 6), st.booleans())
def test_neighbours_differ_and_nothing_written_is_lost(
    rows: list[FillRow], count: int, overwrite: bool
) -> None:
    phrases = [f"Câu {number}." for number in range(count)]
    proposed = {
        each.enrolment_id: each.text
        for each in propose_comments(rows, phrases, level="T", overwrite=overwrite)
    }
    wanted = {
        row.enrolment_id for row in rows if row.level == "T" and (overwrite or not row.comment)
    }
    assert set(proposed) == wanted
    for left, right in pairwise(rows):
        ids = {left.enrolment_id, right.enrolment_id}
        texts = [proposed.get(row.enrolment_id, row.comment) for row in (left, right)]
        if ids <= set(proposed) and count > 1:
            assert texts[0] != texts[1]
        if ids & set(proposed) and count > 2:
            assert texts[0] != texts[1]


@pytest.mark.parametrize(
    ("same", "others", "warned"),
    [(10, 0, True), (9, 0, False), (7, 3, True), (6, 4, False), (28, 17, True), (27, 18, False)],
)
def test_nearly_one_text_for_the_class_is_said(same: int, others: int, warned: bool) -> None:
    comments = [NamedComment(f"Tên{pk}", f"Tên{pk} học tốt. ") for pk in range(same)]
    comments += [NamedComment("Tí", f"Câu riêng số {pk}.") for pk in range(others)]
    comments += [NamedComment("Đào", " ")] * 5
    sentence = same_text_warning(comments)
    assert (sentence is not None) == warned
    if sentence is not None:
        assert f"{same} trong {same + others} em" in sentence.vi
        assert sentence.en


@given(st.lists(st.tuples(st.sampled_from(["Tí", "Đào", ""]), st.text(max_size=12)), max_size=60))
def test_the_warning_never_fails_and_needs_ten(comments: list[tuple[str, str]]) -> None:
    named = [NamedComment(*each) for each in comments]
    if sum(bool(each.text.strip()) for each in named) < 10:
        assert same_text_warning(named) is None
    else:
        same_text_warning(named)
