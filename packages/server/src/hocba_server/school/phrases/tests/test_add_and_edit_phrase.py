from __future__ import annotations

import pytest

from hocba.errors import Refused
from hocba_server.school.phrases import services
from hocba_server.school.phrases.models import Phrase
from hocba_server.school.phrases.selectors import PhraseFilter, phrases_of
from hocba_server.school.phrases.services import add_phrase, edit_phrase
from hocba_server.school.phrases.tests.conftest import entry
from hocba_server.school.tests.cast import AT, HOMEROOM_ID, Cast
from hocba_server.web.audit.models import AuditEntry


def _actions() -> list[str]:
    rows = AuditEntry.objects.using("school").filter(subject__startswith="phrase")
    return list(rows.order_by("pk").values_list("action", flat=True))


def test_a_teacher_adds_a_phrase_that_only_they_see(cast: Cast) -> None:
    pk = add_phrase(by=cast.homeroom, at=AT, entry=entry())
    phrase = Phrase.objects.get(pk=pk)
    assert (phrase.owner, phrase.text) == (HOMEROOM_ID, "Đọc to, trôi chảy.")
    assert (phrase.created_by, phrase.created_at) == (cast.homeroom.user_id, AT)
    assert [row.pk for row in phrases_of(cast.homeroom, PhraseFilter())] == [pk]
    assert phrases_of(cast.music, PhraseFilter()) == []
    assert phrases_of(cast.principal, PhraseFilter()) == []
    assert _actions() == ["add_phrase"]


def test_a_leader_adds_one_for_everybody_of_the_school(cast: Cast) -> None:
    pk = add_phrase(by=cast.principal, at=AT, entry=entry(), for_school=True)
    for by in (cast.homeroom, cast.music, cast.principal):
        assert [row.pk for row in phrases_of(by, PhraseFilter())] == [pk]
    assert phrases_of(cast.stranger, PhraseFilter()) == []


def test_who_writes_no_comments_has_no_bank(cast: Cast) -> None:
    for by in (cast.registrar, cast.clerk, cast.administrator):
        with pytest.raises(Refused) as refusal:
            add_phrase(by=by, at=AT, entry=entry())
        assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        add_phrase(by=cast.homeroom, at=AT, entry=entry(), for_school=True)
    assert refusal.value.code == "role"
    assert not Phrase.objects.exists()


def test_the_same_phrase_is_there_once(cast: Cast) -> None:
    add_phrase(by=cast.homeroom, at=AT, entry=entry())
    with pytest.raises(Refused) as refusal:
        add_phrase(by=cast.homeroom, at=AT, entry=entry())
    assert refusal.value.code == "phrase_once"
    add_phrase(by=cast.music, at=AT, entry=entry())
    add_phrase(by=cast.homeroom, at=AT, entry=entry(level="H"))
    add_phrase(by=cast.homeroom, at=AT, entry=entry(first_grade=4))
    add_phrase(by=cast.principal, at=AT, entry=entry(), for_school=True)
    assert Phrase.objects.count() == 5
    assert _actions() == ["add_phrase"] * 5


def test_a_full_bank_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BANK_LIMIT", 1)
    add_phrase(by=cast.homeroom, at=AT, entry=entry())
    with pytest.raises(Refused) as refusal:
        add_phrase(by=cast.homeroom, at=AT, entry=entry("Viết đẹp."))
    assert refusal.value.code == "bank_full"
    add_phrase(by=cast.music, at=AT, entry=entry())


def test_an_edit_keeps_what_was_there_in_the_audit(cast: Cast) -> None:
    pk = add_phrase(by=cast.homeroom, at=AT, entry=entry())
    edit_phrase(by=cast.homeroom, at=AT, phrase_id=pk, entry=entry("Đọc rõ.", last_grade=2))
    phrase = Phrase.objects.get(pk=pk)
    assert (phrase.text, phrase.last_grade) == ("Đọc rõ.", 2)
    found = AuditEntry.objects.using("school").get(action="edit_phrase")
    assert found.detail == {"before": {"text": "Đọc to, trôi chảy.", "last_grade": None}}
    edit_phrase(by=cast.homeroom, at=AT, phrase_id=pk, entry=entry("Đọc rõ.", last_grade=2))
    assert _actions() == ["add_phrase", "edit_phrase"]


def test_an_edit_needs_the_right_and_stays_unique(cast: Cast) -> None:
    own = add_phrase(by=cast.homeroom, at=AT, entry=entry())
    second = add_phrase(by=cast.homeroom, at=AT, entry=entry("Viết đẹp."))
    shared = add_phrase(by=cast.principal, at=AT, entry=entry(), for_school=True)
    expected = [
        (cast.music, own, "not_found"),
        (cast.principal, own, "not_found"),
        (cast.stranger, own, "not_found"),
        (cast.stranger, shared, "not_found"),
        (cast.homeroom, shared, "role"),
        (cast.homeroom, second, "phrase_once"),
    ]
    for by, pk, code in expected:
        with pytest.raises(Refused) as refusal:
            edit_phrase(by=by, at=AT, phrase_id=pk, entry=entry())
        assert refusal.value.code == code
    edit_phrase(by=cast.principal, at=AT, phrase_id=shared, entry=entry("Của trường."))
