from __future__ import annotations

import pytest

from hocba.errors import Refused
from hocba_server.school.phrases.models import Phrase
from hocba_server.school.phrases.services import add_phrase, take_starter_set
from hocba_server.school.phrases.starter import starter_phrases
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, Cast
from hocba_server.web.audit.models import AuditEntry


def test_a_leader_takes_the_set_once(cast: Cast) -> None:
    added = take_starter_set(by=cast.principal, at=AT)
    assert added == len(starter_phrases()) == Phrase.objects.filter(owner="").count()
    with pytest.raises(Refused) as refusal:
        take_starter_set(by=cast.principal, at=AT)
    assert refusal.value.code == "starter_taken"
    Phrase.objects.update(removed_at=AT, removed_by=7)
    with pytest.raises(Refused):
        take_starter_set(by=cast.principal, at=AT)
    rows = AuditEntry.objects.using("school").filter(action="take_starter_phrases")
    assert [row.detail for row in rows] == [{"added": added}]


def test_what_is_there_already_is_not_doubled(cast: Cast) -> None:
    add_phrase(by=cast.principal, at=AT, entry=starter_phrases()[0], for_school=True)
    assert take_starter_set(by=cast.principal, at=AT) == len(starter_phrases()) - 1


def test_teachers_and_other_schools(cast: Cast) -> None:
    for by in (cast.homeroom, cast.administrator):
        with pytest.raises(Refused) as refusal:
            take_starter_set(by=by, at=AT)
        assert refusal.value.code == "role"
    take_starter_set(by=cast.stranger, at=AT)
    assert not Phrase.objects.filter(school_id=cast.school_id).exists()


def test_the_button_is_there_until_it_is_pressed(cast: Cast, browse: Browse) -> None:
    client = browse(cast.principal)
    address = "/truong/nhan-xet/bo-mau/"
    assert address in client.get("/truong/nhan-xet/").content.decode()
    page = client.post(address, follow=True).content.decode()
    assert address not in page
    assert f"Đã lấy {len(starter_phrases())} câu mẫu" in page
    assert address not in browse(cast.homeroom).get("/truong/nhan-xet/").content.decode()
