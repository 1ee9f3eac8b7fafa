"""Archive time-stamps, trees and chains: each damage is found as exactly that."""

from __future__ import annotations

from pathlib import Path

import pytest

from hocba.record.sample import sample_record
from hocba_certworld.cast import Cast
from hocba_server.city.archiving.models import ProvenStamp, RecordLeaf, TreeStamp
from hocba_server.city.archiving.tests.nights import LATER, new_world, night
from hocba_server.city.conftest import Submit
from hocba_server.city.inspection.faults import FaultKind
from hocba_server.city.inspection.tests.conftest import inspect
from hocba_server.city.inspection.tests.damage import damage

UUID = [str(sample_record(4, seed=seed).record_uuid) for seed in range(3)]


def found(folder: Path) -> list[tuple[FaultKind, str, str]]:
    return [(fault.kind, fault.subject, fault.detail) for fault in inspect(folder).faults]


@pytest.fixture
def archived(repository: list[bytes], cast: Cast) -> int:
    """The three records under one proven stamp; answers its number."""
    night(cast.world)
    return TreeStamp.objects.get().pk


def test_an_intact_archive(archived: int, tmp_path: Path) -> None:
    inspection = inspect(tmp_path)
    assert inspection.faults == ()
    assert (inspection.stamps, inspection.records) == (1, 3)
    assert inspection.to_json()["archive_stamps"] == 1
    assert sum(inspection.formats.values()) == 3


def test_a_leaf_moved_to_another_place(archived: int, tmp_path: Path) -> None:
    damage(
        "UPDATE city_archiving_recordleaf SET position = position + 10 WHERE record_id = "
        "(SELECT id FROM city_repository_storedrecord WHERE record_uuid = %s)",
        [UUID[0]],
    )
    assert found(tmp_path) == [(FaultKind.ARCHIVE_BROKEN, f"record:{UUID[0]}", "leaf")]


def test_a_leaf_that_is_gone(archived: int, tmp_path: Path) -> None:
    damage(
        "DELETE FROM city_archiving_recordleaf WHERE record_id = "
        "(SELECT id FROM city_repository_storedrecord WHERE record_uuid = %s)",
        [UUID[0]],
    )
    assert found(tmp_path) == [(FaultKind.ARCHIVE_MISSING, f"record:{UUID[0]}", "")]


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("UPDATE city_archiving_treebatch SET root = sha256('x')", "batch root"),
        ("UPDATE city_archiving_treestamp SET root = sha256('x')", "root"),
        ("UPDATE city_archiving_treestamp SET leaf_count = 9", "leaf count"),
        ("UPDATE city_archiving_treestamp SET stamped_at = now()", "time"),
        ("UPDATE city_archiving_treestamp SET token = 'x'", "timestamp"),
    ],
)
def test_a_damaged_tree(archived: int, tmp_path: Path, statement: str, detail: str) -> None:
    damage(statement)
    faults = found(tmp_path)
    assert (FaultKind.ARCHIVE_BROKEN, f"stamp:{archived}", detail) in faults
    assert {kind for kind, _, _ in faults} == {FaultKind.ARCHIVE_BROKEN}


def test_changed_leaves(archived: int, tmp_path: Path) -> None:
    damage("UPDATE city_archiving_treebatch SET leaves = sha256('x') || substr(leaves, 33)")
    kinds = {(kind, subject) for kind, subject, _ in found(tmp_path)}
    assert (FaultKind.ARCHIVE_BROKEN, f"stamp:{archived}") in kinds


def test_a_stamp_without_its_proof(archived: int, tmp_path: Path) -> None:
    damage("DELETE FROM city_archiving_provenstamp")
    assert {kind for kind, _, _ in found(tmp_path)} == {FaultKind.ARCHIVE_ENDED}


def test_a_renewed_token_that_changed(
    archived: int, cast: Cast, tmp_path: Path, settings: object
) -> None:
    world = new_world(tmp_path, LATER, settings.TRUST_DIR)  # type: ignore[attr-defined]
    assert night(world, LATER).renewed == 1
    newest = TreeStamp.objects.latest("pk")
    other = ProvenStamp.objects.get(stamp=newest)
    damage(
        "UPDATE city_archiving_provenstamp SET token = %s WHERE stamp_id = %s",
        [bytes(other.token), archived],
    )
    assert FaultKind.ARCHIVE_BROKEN in {kind for kind, _, _ in found(tmp_path)}


def test_records_of_today_need_no_stamp_yet(
    archived: int, submit: Submit, cast: Cast, tmp_path: Path
) -> None:
    submit(cast.sign(sample_record(4, seed=7)))
    assert RecordLeaf.objects.count() == 3
    assert found(tmp_path) == []
