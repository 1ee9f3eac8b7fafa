from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hocba.errors import Refused
from hocba_server.school.phrases.models import Phrase
from hocba_server.school.phrases.selectors import suggestions
from hocba_server.school.phrases.services import add_phrase, count_use, take_starter_set
from hocba_server.school.phrases.tests.conftest import entry
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, Cast

Queries = Callable[..., Any]


def _texts(cast: Cast, **asked: Any) -> list[str]:
    return [each.text for each in suggestions(cast.homeroom, **{"about": "02", **asked})]


def test_own_come_first_then_the_much_used_then_the_best_match(cast: Cast) -> None:
    own = add_phrase(by=cast.homeroom, at=AT, entry=entry("Của tôi đọc tốt."))
    for text in ("Luôn đọc to.", "Đọc rõ.", "Đọc diễn cảm."):
        add_phrase(by=cast.principal, at=AT, entry=entry(text), for_school=True)
    clear = Phrase.objects.get(text="Đọc rõ.").pk
    assert _texts(cast, query="doc")[1:] == ["Đọc diễn cảm.", "Đọc rõ.", "Luôn đọc to."]
    for _ in range(3):
        count_use(by=cast.homeroom, at=AT, phrase_id=clear)
    assert Phrase.objects.get(pk=clear).uses == 3
    found = suggestions(cast.homeroom, about="02", query="doc")
    assert [each.text for each in found] == [
        "Của tôi đọc tốt.",
        "Đọc rõ.",
        "Đọc diễn cảm.",
        "Luôn đọc to.",
    ]
    assert (found[0].phrase_id, [each.own for each in found]) == (own, [True, False, False, False])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["Mọi mức.", "Khối bốn.", "Mức H."]),
        ({"level": "T"}, ["Mọi mức.", "Khối bốn."]),
        ({"level": "H"}, ["Mọi mức.", "Mức H."]),
        ({"level": "C"}, ["Mọi mức."]),
        ({"level": "T", "grade": 4}, ["Mọi mức.", "Khối bốn."]),
        ({"level": "T", "grade": 1}, ["Mọi mức."]),
        ({"about": "01"}, []),
        ({"query": "kb"}, ["Khối bốn."]),
    ],
)
def test_level_and_grade_choose(cast: Cast, asked: dict[str, Any], found: list[str]) -> None:
    for each in (
        entry("Mọi mức.", level=""),
        entry("Khối bốn.", first_grade=3, last_grade=4),
        entry("Mức H.", level="H"),
    ):
        add_phrase(by=cast.homeroom, at=AT, entry=each)
    assert sorted(_texts(cast, **asked)) == sorted(found)


def test_one_query_and_twenty_answers(cast: Cast, django_assert_num_queries: Queries) -> None:
    for number in range(30):
        add_phrase(by=cast.principal, at=AT, entry=entry(f"Câu {number}."), for_school=True)
    add_phrase(by=cast.homeroom, at=AT, entry=entry("Câu 1."))
    with django_assert_num_queries(1, using="school"):
        found = suggestions(cast.homeroom, about="02", level="T", grade=1, query="c")
    assert len(found) == 20
    assert found[0].own
    assert len({each.text for each in found}) == 20


def test_the_grid_asks_and_counts(cast: Cast, browse: Browse) -> None:
    take_starter_set(by=cast.principal, at=AT)
    client = browse(cast.homeroom)
    ask = "/truong/nhan-xet/goi-y"
    answer = client.get(ask, {"mon": "02", "muc": "T", "khoi": "4", "q": "cv"}).json()
    assert [each["text"][:8] for each in answer["phrases"]] == ["Chữ viết"]
    phrase = answer["phrases"][0]["id"]
    for _ in range(2):
        assert client.post("/truong/nhan-xet/dung", {"id": phrase}).status_code == 204
    assert Phrase.objects.get(pk=phrase).uses == 2
    assert len(client.get(ask, {"nhom": "quality", "muc": "Đ"}).json()["phrases"]) == 6
    assert len(client.get(ask, {"nhom": "homeroom", "khoi": "x"}).json()["phrases"]) == 18


def test_what_cannot_be_answered_is_refused_as_json(cast: Cast, browse: Browse) -> None:
    client = browse(cast.homeroom)
    foreign = add_phrase(by=cast.stranger, at=AT, entry=entry())
    for status, answer in (
        (400, client.get("/truong/nhan-xet/goi-y", {"mon": "99"})),
        (400, client.get("/truong/nhan-xet/goi-y")),
        (405, client.post("/truong/nhan-xet/goi-y")),
        (400, client.post("/truong/nhan-xet/dung", {"id": "1; drop"})),
        (404, client.post("/truong/nhan-xet/dung", {"id": foreign})),
        (403, browse(cast.clerk).get("/truong/nhan-xet/goi-y", {"mon": "02"})),
        (302, type(client)().get("/truong/nhan-xet/goi-y", {"mon": "02"})),
    ):
        assert answer.status_code == status
    assert client.get("/truong/nhan-xet/goi-y", {"mon": "99"}).json()["sentence"]
    with pytest.raises(Refused):
        count_use(by=cast.clerk, at=AT, phrase_id=foreign)
