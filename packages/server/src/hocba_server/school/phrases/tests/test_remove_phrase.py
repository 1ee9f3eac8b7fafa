from __future__ import annotations

import pytest

from hocba.errors import Refused
from hocba_server.school.phrases.models import Phrase
from hocba_server.school.phrases.selectors import PhraseFilter, phrases_of, suggestions
from hocba_server.school.phrases.services import add_phrase, remove_phrase, restore_phrase
from hocba_server.school.phrases.tests.conftest import entry
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, Cast
from hocba_server.web.audit.models import AuditEntry


def test_a_phrase_goes_and_comes_back(cast: Cast) -> None:
    pk = add_phrase(by=cast.homeroom, at=AT, entry=entry())
    remove_phrase(by=cast.homeroom, at=AT, phrase_id=pk)
    assert phrases_of(cast.homeroom, PhraseFilter()) == []
    assert suggestions(cast.homeroom, about="02") == []
    with pytest.raises(Refused) as refusal:
        remove_phrase(by=cast.homeroom, at=AT, phrase_id=pk)
    assert refusal.value.code == "not_found"
    restore_phrase(by=cast.homeroom, at=AT, phrase_id=pk)
    assert [row.pk for row in phrases_of(cast.homeroom, PhraseFilter())] == [pk]
    with pytest.raises(Refused) as refusal:
        restore_phrase(by=cast.homeroom, at=AT, phrase_id=pk)
    assert refusal.value.code == "not_found"
    rows = AuditEntry.objects.using("school").filter(subject=f"phrase:{pk}").order_by("pk")
    assert [row.action for row in rows] == ["add_phrase", "remove_phrase", "restore_phrase"]


def test_a_phrase_typed_again_in_the_meantime_stays_the_only_one(cast: Cast) -> None:
    pk = add_phrase(by=cast.homeroom, at=AT, entry=entry())
    remove_phrase(by=cast.homeroom, at=AT, phrase_id=pk)
    add_phrase(by=cast.homeroom, at=AT, entry=entry())
    with pytest.raises(Refused) as refusal:
        restore_phrase(by=cast.homeroom, at=AT, phrase_id=pk)
    assert refusal.value.code == "phrase_once"


def test_others_cannot_remove_or_restore(cast: Cast) -> None:
    own = add_phrase(by=cast.homeroom, at=AT, entry=entry())
    shared = add_phrase(by=cast.principal, at=AT, entry=entry(), for_school=True)
    for by, pk, code in (
        (cast.music, own, "not_found"),
        (cast.stranger, shared, "not_found"),
        (cast.homeroom, shared, "role"),
    ):
        with pytest.raises(Refused) as refusal:
            remove_phrase(by=by, at=AT, phrase_id=pk)
        assert refusal.value.code == code
    remove_phrase(by=cast.homeroom, at=AT, phrase_id=own)
    with pytest.raises(Refused) as refusal:
        restore_phrase(by=cast.music, at=AT, phrase_id=own)
    assert refusal.value.code == "not_found"


def test_the_page_offers_to_undo_once(cast: Cast, browse: Browse) -> None:
    pk = add_phrase(by=cast.homeroom, at=AT, entry=entry())
    client = browse(cast.homeroom)
    gone = client.post(f"/truong/nhan-xet/{pk}/xoa/", {"address": "mon=02"}, follow=True)
    assert gone.redirect_chain == [("/truong/nhan-xet/?mon=02", 302)]
    undo = f"/truong/nhan-xet/{pk}/hoan-tac/"
    assert undo in gone.content.decode()
    assert undo not in client.get("/truong/nhan-xet/").content.decode()
    back = client.post(undo, follow=True)
    assert "Đọc to, trôi chảy." in back.content.decode()
    assert Phrase.objects.get(pk=pk).removed_at is None
