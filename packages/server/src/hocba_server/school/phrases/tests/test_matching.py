from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_server.school.phrases.matching import (
    INITIALS,
    INSIDE,
    SCATTERED,
    START,
    folded,
    match_quality,
    matches,
)

TEXT = "{ten} Đọc to, trôi chảy; viết đúng"
words = st.lists(
    st.text(alphabet="aăâbcdđeêghikmnoôơprstuưvxyáàảãạằắẳẵặ", min_size=1, max_size=6),
    min_size=1,
    max_size=8,
).map(" ".join)


@pytest.mark.parametrize(
    ("query", "quality"),
    [
        ("", START),
        ("   ", START),
        ("đọc", START),
        ("doc to", START),
        ("DOC TO TROI", START),
        ("Đọc to, trôi", START),
        ("chay", INSIDE),
        ("trôi ch", INSIDE),
        ("doc chay", SCATTERED),
        ("đ v", SCATTERED),
        ("dtt", INITIALS),
        ("dttc", INITIALS),
        ("ĐTTC", INITIALS),
        ("d t t", SCATTERED),
        ("tcv", INITIALS),
        ("oc", None),
        ("chay doc", None),
        ("dc", None),
        ("ten", None),
        ("z", None),
        ("đọc mãi", None),
    ],
)
def test_a_few_letters_find_a_phrase(query: str, quality: int | None) -> None:
    assert match_quality(query, TEXT) == quality
    assert matches(query, TEXT) == (quality is not None)


def test_marks_and_case_and_form_do_not_matter() -> None:
    assert folded("Ứng xử  LỄ-phép, {ten}!") == "ung xu le phep"
    decomposed = unicodedata.normalize("NFD", "Đọc to, trôi chảy")
    assert matches("đọc to", decomposed)
    assert matches(unicodedata.normalize("NFD", "đọc to"), "Đọc to, trôi chảy")


@given(words)
def test_every_phrase_is_found_by_itself_and_by_its_initials(text: str) -> None:
    assert matches(text, text)
    assert matches(text.upper(), text)
    assert matches(folded(text), text)
    assert matches("".join(word[0] for word in text.split()), text)


@given(st.text(max_size=40), st.text(max_size=40))
def test_anything_typed_gets_an_answer(query: str, text: str) -> None:
    assert match_quality(query, text) in {START, INSIDE, SCATTERED, INITIALS, None}
    assert matches("", text)
