from __future__ import annotations

import pytest

from hocba.errors import Refused
from hocba_server.school.notices.models import Notice
from hocba_server.school.phrases.models import Phrase
from hocba_server.school.phrases.selectors import PROPOSED, PhraseFilter, phrases_of
from hocba_server.school.phrases.services import (
    accept_proposal,
    add_phrase,
    decline_proposal,
    propose_phrase,
)
from hocba_server.school.phrases.tests.conftest import entry
from hocba_server.school.tests.cast import AT, HEAD_ID, HOMEROOM_ID, Cast
from hocba_server.web.audit.models import AuditEntry


@pytest.fixture
def proposed(cast: Cast) -> int:
    pk = add_phrase(by=cast.homeroom, at=AT, entry=entry())
    propose_phrase(by=cast.homeroom, at=AT, phrase_id=pk)
    return pk


def _waiting(cast: Cast) -> list[int]:
    return [row.pk for row in phrases_of(cast.principal, PhraseFilter(whose=PROPOSED))]


def test_a_leader_sees_and_accepts_a_proposal(cast: Cast, proposed: int) -> None:
    assert _waiting(cast) == [proposed]
    assert phrases_of(cast.music, PhraseFilter(whose=PROPOSED)) == []
    assert Notice.objects.get().recipient == HEAD_ID
    accept_proposal(by=cast.principal, at=AT, phrase_id=proposed)
    phrase = Phrase.objects.get()
    assert (phrase.owner, phrase.proposed_at) == ("", None)
    assert [row.pk for row in phrases_of(cast.music, PhraseFilter())] == [proposed]
    assert Notice.objects.filter(recipient=HOMEROOM_ID).count() == 1
    rows = AuditEntry.objects.using("school").filter(subject=f"phrase:{proposed}").order_by("pk")
    assert [row.action for row in rows] == ["add_phrase", "propose_phrase", "accept_phrase"]


def test_a_declined_phrase_stays_with_its_owner(cast: Cast, proposed: int) -> None:
    decline_proposal(by=cast.principal, at=AT, phrase_id=proposed)
    phrase = Phrase.objects.get()
    assert (phrase.owner, phrase.proposed_at) == (HOMEROOM_ID, None)
    assert _waiting(cast) == []
    propose_phrase(by=cast.homeroom, at=AT, phrase_id=proposed)
    assert _waiting(cast) == [proposed]


def test_a_proposal_is_made_and_decided_once(cast: Cast, proposed: int) -> None:
    with pytest.raises(Refused) as refusal:
        propose_phrase(by=cast.homeroom, at=AT, phrase_id=proposed)
    assert refusal.value.code == "proposed_already"
    accept_proposal(by=cast.principal, at=AT, phrase_id=proposed)
    for decide in (accept_proposal, decline_proposal):
        with pytest.raises(Refused) as refusal:
            decide(by=cast.principal, at=AT, phrase_id=proposed)
        assert refusal.value.code == "not_found"


def test_only_leaders_of_the_school_decide(cast: Cast, proposed: int) -> None:
    for decide in (accept_proposal, decline_proposal):
        for by, code in (
            (cast.homeroom, "role"),
            (cast.clerk, "role"),
            (cast.stranger, "not_found"),
        ):
            with pytest.raises(Refused) as refusal:
                decide(by=by, at=AT, phrase_id=proposed)
            assert refusal.value.code == code


def test_only_the_owner_proposes(cast: Cast) -> None:
    own = add_phrase(by=cast.homeroom, at=AT, entry=entry())
    shared = add_phrase(by=cast.principal, at=AT, entry=entry("Chung."), for_school=True)
    for by, pk, code in (
        (cast.music, own, "not_found"),
        (cast.principal, own, "not_found"),
        (cast.homeroom, shared, "role"),
        (cast.principal, shared, "proposed_already"),
    ):
        with pytest.raises(Refused) as refusal:
            propose_phrase(by=by, at=AT, phrase_id=pk)
        assert refusal.value.code == code


def test_what_the_school_has_already_is_not_accepted_twice(cast: Cast, proposed: int) -> None:
    add_phrase(by=cast.principal, at=AT, entry=entry(), for_school=True)
    with pytest.raises(Refused) as refusal:
        accept_proposal(by=cast.principal, at=AT, phrase_id=proposed)
    assert refusal.value.code == "phrase_once"
    assert _waiting(cast) == [proposed]
