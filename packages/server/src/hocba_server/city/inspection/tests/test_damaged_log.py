"""Each damage of the public log's rows is found as exactly that damage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hocba.tlog.checkpoint import Checkpoint
from hocba_server.city.inspection.faults import FaultKind
from hocba_server.city.inspection.tests.conftest import inspect
from hocba_server.city.inspection.tests.damage import damage
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.tests.cast import SENT
from hocba_server.city.transparency.models import SignedCheckpoint, WitnessCosignature
from hocba_server.city.transparency.services import append_entries
from hocba_server.city.transparency.tests.entries import some_entries

ENTRY, TILE = "city_transparency_logentryrow", "city_transparency_hashtilerow"
HEAD = "city_transparency_signedcheckpoint"


def found(folder: Path) -> set[tuple[str, str]]:
    return {(fault.kind.value, fault.subject) for fault in inspect(folder).faults}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (f"UPDATE {ENTRY} SET leaf_hash = 'x' WHERE index = 1", {("leaf_wrong", "entry:1")}),
        (f"UPDATE {TILE} SET hashes = 'x'", {("tile_wrong", "tile:0/0")}),
        (f"DELETE FROM {TILE}", {("tile_wrong", "tile:0/0")}),
        (
            f"UPDATE {TILE} SET level = 3",
            {("tile_wrong", "tile:0/0"), ("tile_wrong", "tile:3/0")},
        ),
    ],
)
def test_damage_of_leaves_and_tiles(
    repository: list[bytes], tmp_path: Path, statement: str, expected: set[tuple[str, str]]
) -> None:
    damage(statement)
    assert found(tmp_path) == expected


@pytest.mark.parametrize("change", ["size = 2", "size = 9", "note = 'x'", "size = 0"])
def test_a_head_that_was_changed(repository: list[bytes], tmp_path: Path, change: str) -> None:
    head = SignedCheckpoint.objects.get(size=3)
    damage(f"UPDATE {HEAD} SET {change} WHERE id = %s", [head.pk])
    assert found(tmp_path) == {("head_wrong", f"head:{head.pk}")}


def test_a_changed_entry_breaks_leaf_tile_and_heads(
    repository: list[bytes], tmp_path: Path
) -> None:
    damage(
        f"UPDATE {ENTRY} SET entry = convert_to(replace(convert_from(entry, 'UTF8'), "
        "'2025-2026', '2024-2025'), 'UTF8') WHERE index = 0"
    )
    kinds = {FaultKind(kind) for kind, _ in found(tmp_path)}
    assert kinds == {
        FaultKind.LEAF_WRONG,
        FaultKind.TILE_WRONG,
        FaultKind.HEAD_WRONG,
        FaultKind.PUBLISHED_WRONG,
        FaultKind.LOG_DIFFERS,
    }


def test_an_entry_that_cannot_be_read(repository: list[bytes], tmp_path: Path) -> None:
    damage(f"UPDATE {ENTRY} SET entry = 'x' WHERE index = 3")
    assert ("entry_unreadable", "entry:3") in found(tmp_path)


def test_entries_that_are_gone(repository: list[bytes], tmp_path: Path) -> None:
    damage(f"DELETE FROM {ENTRY} WHERE index = 1")
    assert ("entry_missing", "entry:1") in found(tmp_path)
    damage(f"DELETE FROM {ENTRY} WHERE index > 0")
    kinds = {kind for kind, _ in found(tmp_path)}
    assert {"tile_wrong", "head_wrong", "published_wrong", "not_logged"} <= kinds


def test_an_entry_about_nothing_that_is_kept(repository: list[bytes], tmp_path: Path) -> None:
    append_entries(some_entries(1), at=SENT)
    assert found(tmp_path) == {("record_missing", "entry:4")}


def test_a_published_head_that_is_not_ours(
    repository: list[bytes], tmp_path: Path, settings: Any
) -> None:
    file = Path(settings.LOG_DIR) / "checkpoint"
    key = log_key()
    for size in (2, 9):
        forged = Checkpoint(log_origin(), size, b"\1" * 32, SENT)
        file.write_bytes(forged.sign(key.public_key(), key.sign))
        assert found(tmp_path) == {("published_wrong", "head:0")}
    file.write_bytes(b"nothing")
    assert found(tmp_path) == {("published_wrong", "head:0")}


def test_a_cosignature_line_that_is_no_line(repository: list[bytes], tmp_path: Path) -> None:
    head = SignedCheckpoint.objects.latest("pk")
    WitnessCosignature.objects.create(head=head, witness="w", line="x\n", cosigned_at=SENT)
    assert found(tmp_path) == {("cosignature_wrong", f"head:{head.pk}")}
