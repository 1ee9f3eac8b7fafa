from __future__ import annotations

import pytest

from hocba.assessment.catalogue import SUBJECTS, TraitGroup
from hocba.errors import Sentence
from hocba_server.school.phrases.entries import (
    ABOUT,
    PhraseEntry,
    levels_of,
    read_phrase,
)
from hocba_server.school.phrases.starter import starter_phrases

GOOD = {"about": "02", "level": "T", "first_grade": "", "last_grade": "", "text": "Đọc to."}


def test_a_phrase_becomes_one_line_of_nfc() -> None:
    typed = {
        **GOOD,
        "text": "  Đo\u0323c\u200b  to,\n rõ.\ufeff ",
        "level": "t",
        "first_grade": "4",
    }
    assert read_phrase(**typed) == PhraseEntry("02", "T", 4, None, "Đọc to, rõ.")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"about": "99"}, ["about"]),
        ({"about": ""}, ["about"]),
        ({"level": "Đ"}, ["level"]),
        ({"about": "quality", "level": "H"}, ["level"]),
        ({"level": "M"}, ["level"]),
        ({"first_grade": "6"}, ["first_grade"]),
        ({"first_grade": "x", "last_grade": "0"}, ["first_grade", "last_grade"]),
        ({"first_grade": "4", "last_grade": "2"}, ["last_grade"]),
        ({"text": " \n "}, ["text"]),
        ({"text": "a" * 501}, ["text"]),
        ({"text": "Chào {tên}."}, ["text"]),
        ({"text": "Lạ\x07 tai."}, ["text"]),
        ({"about": "x", "text": ""}, ["about", "text"]),
    ],
)
def test_a_fault_names_its_field(changes: dict[str, str], fields: list[str]) -> None:
    faults = read_phrase(**{**GOOD, **changes})
    assert isinstance(faults, tuple)
    assert [fault.field for fault in faults] == fields
    assert all(fault.sentence.vi and fault.sentence.en for fault in faults)


def test_the_limit_is_taken_exactly() -> None:
    assert isinstance(read_phrase(**{**GOOD, "text": "a" * 500}), PhraseEntry)


def test_every_place_has_three_levels() -> None:
    assert len(ABOUT) == len(SUBJECTS) + len(TraitGroup) + 1
    assert list(levels_of("02")) == list(levels_of("homeroom")) == ["T", "H", "C"]
    assert list(levels_of("quality")) == ["T", "Đ", "C"]
    assert levels_of("02")["C"] == Sentence("Chưa hoàn thành", "not completed")
    assert levels_of("quality")["C"] == Sentence("Cần cố gắng", "needs effort")


def test_the_starter_set_covers_everything() -> None:
    entries = starter_phrases()
    assert len(set(entries)) == len(entries)
    for about in ABOUT:
        for level in levels_of(about):
            found = [each for each in entries if (each.about, each.level) == (about, level)]
            assert len(found) >= 6, (about, level)
            assert any("{ten}" in each.text for each in found)


def test_starter_phrases_are_kind_and_compare_nobody() -> None:
    unkind = (
        "yếu",
        "kém",
        "lười",
        "dốt",
        "hơn các bạn",
        "hơn bạn",
        "nhất lớp",
        "thua",
        "chậm chạp",
    )
    practice = ("luyện", "tập", "làm", "cùng", "nghe", "mỗi", "xem", "ghép", "đọc", "chọn")
    for entry in starter_phrases():
        text = entry.text.casefold()
        assert not [word for word in unkind if word in text], entry.text
        assert entry.text.endswith("."), entry.text
        assert not entry.text.startswith("{em}"), entry.text
        if entry.level == "C":
            assert any(word in text for word in practice), entry.text
