"""Derived tables made anew from the originals."""

from __future__ import annotations

from pathlib import Path

import pytest

from hocba.errors import Refused
from hocba.record.sample import sample_record
from hocba_server.city.inspection.reindexing import reindex
from hocba_server.city.inspection.tests.conftest import inspect
from hocba_server.city.inspection.tests.damage import damage
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT
from hocba_server.web.audit.models import AuditEntry

UUID = str(sample_record(4).record_uuid)
STORED = "city_repository_storedrecord"


def test_nothing_differs(repository: list[bytes]) -> None:
    found = reindex(by=ADMINISTRATOR, at=SENT, apply=False)
    assert (found.records, found.columns, found.tiles) == (3, (), 0)
    assert (found.force_missing, found.force_wrong) == (0, 0)
    assert found.repaired


def test_derived_tables_come_back(repository: list[bytes], tmp_path: Path) -> None:
    damage("DELETE FROM city_repository_recordinforce WHERE personal_id <> ''")
    damage("UPDATE city_transparency_hashtilerow SET hashes = 'x'")
    before = reindex(by=ADMINISTRATOR, at=SENT, apply=False)
    assert (before.force_missing, before.tiles, before.repaired) == (2, 1, False)
    assert inspect(tmp_path).faults, "nothing was written"
    assert reindex(by=ADMINISTRATOR, at=SENT, apply=True).repaired
    assert inspect(tmp_path).faults == ()
    assert AuditEntry.objects.using("city").filter(action="reindex").count() == 1


def test_force_of_what_was_ended_or_moved(repository: list[bytes], tmp_path: Path) -> None:
    damage("UPDATE city_repository_recordinforce SET school_year = '2020-2021'")
    found = reindex(by=ADMINISTRATOR, at=SENT, apply=True)
    assert (found.force_wrong, found.force_missing) == (2, 2)
    assert inspect(tmp_path).faults == ()


def test_columns_of_a_record_are_only_named(repository: list[bytes]) -> None:
    damage(f"UPDATE {STORED} SET pupil_name = 'x' WHERE record_uuid = %s", [UUID])
    found = reindex(by=ADMINISTRATOR, at=SENT, apply=True)
    assert found.columns == ((UUID, "pupil_name"),)
    assert not found.repaired


def test_only_the_administrator(repository: list[bytes]) -> None:
    with pytest.raises(Refused):
        reindex(by=OFFICER, at=SENT, apply=True)
