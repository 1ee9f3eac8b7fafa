"""The database went back in time: the published log is taken over, and goes on without a fork."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings as django_settings

from hocba.errors import NotTrusted, Refused, Unavailable
from hocba.tlog.merkle import consistency_proof, verify_consistency
from hocba_server.city.inspection.tests.conftest import inspect
from hocba_server.city.inspection.tests.damage import damage
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT
from hocba_server.city.transparency.adoption import adopt_published
from hocba_server.city.transparency.models import AdoptedEntry, LogEntryRow
from hocba_server.city.transparency.publication import publish_log, published_head
from hocba_server.city.transparency.services import append_entries, rebuild_tiles, start_log
from hocba_server.city.transparency.tests.entries import some_entries
from hocba_server.city.transparency.tree import node_reader
from hocba_server.web.audit.models import AuditEntry


def go_back(size: int) -> None:
    """What a restored older database looks like."""
    damage("DELETE FROM city_transparency_signedcheckpoint WHERE size > %s", [size])
    damage("DELETE FROM city_transparency_logentryrow WHERE index >= %s", [size])
    rebuild_tiles()


@pytest.fixture
def gone_back() -> None:
    """300 entries were published; the database holds the first 200."""
    start_log(at=SENT)
    append_entries(some_entries(200), at=SENT)
    append_entries(some_entries(100), at=SENT)
    publish_log()
    go_back(200)


def test_the_log_goes_on_where_it_was_published(gone_back: None) -> None:
    before = published_head()
    assert before is not None
    with pytest.raises(Unavailable) as caught:
        append_entries(some_entries(1), at=SENT)
    assert caught.value.code == "log_rolled_back"
    done = adopt_published(by=ADMINISTRATOR, at=SENT)
    assert (done.first, done.size, sum(done.lost.values())) == (200, 300, 100)
    assert AdoptedEntry.objects.count() == 100
    size = append_entries(some_entries(5), at=SENT)
    publish_log()
    after = published_head()
    assert after is not None
    proof = consistency_proof(before.size, size, node_reader(size))
    verify_consistency(before.size, size, before.root, after.root, proof)
    audit = AuditEntry.objects.using("city").get(action="adopt_log")
    assert audit.detail == {"first": 200, "size": 300}


def test_there_is_nothing_to_adopt_twice(gone_back: None) -> None:
    adopt_published(by=ADMINISTRATOR, at=SENT)
    with pytest.raises(Refused) as caught:
        adopt_published(by=ADMINISTRATOR, at=SENT)
    assert caught.value.code == "nothing_to_adopt"


def test_only_the_administrator(gone_back: None) -> None:
    with pytest.raises(Refused) as caught:
        adopt_published(by=OFFICER, at=SENT)
    assert caught.value.code == "role"
    assert LogEntryRow.objects.count() == 200


@pytest.mark.parametrize("tile", ["tile/0/001.p/44", "tile/entries/001.p/44"])
def test_published_files_that_were_changed(gone_back: None, tile: str) -> None:
    file = Path(django_settings.LOG_DIR) / tile
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(NotTrusted):
        adopt_published(by=ADMINISTRATOR, at=SENT)
    assert LogEntryRow.objects.count() == 200
    assert not AdoptedEntry.objects.exists()


def test_another_database_is_not_continued(gone_back: None) -> None:
    damage("UPDATE city_transparency_logentryrow SET entry = 'x' WHERE index = 7")
    rebuild_tiles()
    with pytest.raises(NotTrusted) as caught:
        adopt_published(by=ADMINISTRATOR, at=SENT)
    assert caught.value.code == "published_differs"


def test_fsck_knows_adopted_entries(gone_back: None, tmp_path: Path, approved: str) -> None:
    adopt_published(by=ADMINISTRATOR, at=SENT)
    publish_log()
    inspection = inspect(tmp_path)
    assert inspection.adopted == 100
    missing = [fault.subject for fault in inspection.faults]
    assert all(int(subject.removeprefix("entry:")) < 200 for subject in missing)
