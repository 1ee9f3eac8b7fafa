"""Each damage of a record is found as exactly that damage."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from django.db import connections

from hocba.record.sample import sample_record
from hocba_certworld.cast import Cast
from hocba_server.city.conftest import Submit
from hocba_server.city.inspection.faults import FaultKind
from hocba_server.city.inspection.tests.conftest import inspect
from hocba_server.city.inspection.tests.damage import damage
from hocba_server.city.repository.models import EvidenceBlob, StoredRecord

UUID = [str(sample_record(4, seed=seed).record_uuid) for seed in range(3)]
RECORD, LAST = f"record:{UUID[0]}", f"record:{UUID[2]}"
STORED, FORCE = "city_repository_storedrecord", "city_repository_recordinforce"
ORIGINAL = "city_repository_original"
WHICH = f"(SELECT id FROM {STORED} WHERE record_uuid = %s)"
ENTRY, BLOB = "city_transparency_logentryrow", "city_repository_evidenceblob"
COLUMNS = {
    "school_name": "'x'",
    "unit_code": "'00000009'",
    "school_year": "'2020-2021'",
    "grade": "5",
    "classroom_name": "'x'",
    "pupil_name": "'x'",
    "pupil_code": "'x'",
    "birth_date": "'x'",
    "personal_id": "'000000000000'",
    "profile": "'x'",
    "issued_on": "now()",
    "seal_sha256": "'zz'",
}


def found(folder: Path) -> list[tuple[FaultKind, str]]:
    return [(fault.kind, fault.subject) for fault in inspect(folder).faults]


def test_an_intact_repository_is_intact(repository: list[bytes], tmp_path: Path) -> None:
    inspection = inspect(tmp_path)
    assert inspection.faults == ()
    assert (inspection.records, inspection.entries) == (3, 4)
    assert "NGUYÊN VẸN" in inspection.to_text()
    assert inspection.to_json()["intact"] is True


def test_an_empty_repository_is_intact(approved: str, tmp_path: Path) -> None:
    inspection = inspect(tmp_path)
    assert (inspection.faults, inspection.records, inspection.entries) == ((), 0, 0)


def test_a_replacement_belongs_to_the_history(
    repository: list[bytes], submit: Submit, cast: Cast, tmp_path: Path
) -> None:
    number = sample_record(4, seed=9).record_uuid
    submit(cast.sign(replace(sample_record(4, seed=2), record_uuid=number)))
    assert StoredRecord.objects.count() == 4
    assert inspect(tmp_path).faults == ()


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_column_of_the_index(
    repository: list[bytes], tmp_path: Path, column: str
) -> None:
    damage(f"UPDATE {STORED} SET {column} = {COLUMNS[column]} WHERE record_uuid = %s", [UUID[0]])
    faults = inspect(tmp_path).faults
    assert [(fault.kind, fault.detail) for fault in faults] == [(FaultKind.INDEX_DIFFERS, column)]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (f"UPDATE {STORED} SET sha256 = repeat('0', 64)", FaultKind.ORIGINAL_DAMAGED),
        (f"UPDATE {STORED} SET size = size - 1", FaultKind.INDEX_DIFFERS),
        (f"UPDATE {STORED} SET salt = 'x'", FaultKind.LOG_DIFFERS),
        (f"UPDATE {STORED} SET salt = sha256('x')", FaultKind.LOG_DIFFERS),
        (f"UPDATE {STORED} SET evidence = '{{}}'", FaultKind.ORIGINAL_INVALID),
    ],
)
def test_damage_of_one_record(
    repository: list[bytes], tmp_path: Path, statement: str, kind: FaultKind
) -> None:
    damage(f"{statement} WHERE record_uuid = %s", [UUID[0]])
    assert set(found(tmp_path)) == {(kind, RECORD)}


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (f"UPDATE {ORIGINAL} SET document = 'x'", FaultKind.ORIGINAL_DAMAGED),
        (f"UPDATE {ORIGINAL} SET dictionary_id = 7", FaultKind.ORIGINAL_DAMAGED),
        (f"UPDATE {ORIGINAL} SET unit_code = 'x'", FaultKind.INDEX_DIFFERS),
        (f"DELETE FROM {ORIGINAL}", FaultKind.ORIGINAL_DAMAGED),
    ],
)
def test_damage_of_the_bytes_of_one_record(
    repository: list[bytes], tmp_path: Path, statement: str, kind: FaultKind
) -> None:
    damage(f"{statement} WHERE record_id = {WHICH}", [UUID[0]])
    assert set(found(tmp_path)) == {(kind, RECORD)}


@pytest.mark.parametrize(
    "statement", [f"DELETE FROM {FORCE}", f"UPDATE {FORCE} SET school_year = '2020-2021'"]
)
def test_force_that_was_lost_or_moved(
    repository: list[bytes], tmp_path: Path, statement: str
) -> None:
    damage(f"{statement} WHERE record_id = {WHICH}", [UUID[0]])
    assert found(tmp_path) == [(FaultKind.FORCE_WRONG, RECORD)]


def test_a_record_whose_entry_names_another(repository: list[bytes], tmp_path: Path) -> None:
    damage(f"UPDATE {ENTRY} SET record_uuid = '' WHERE record_uuid = %s", [UUID[0]])
    assert found(tmp_path) == [
        (FaultKind.NOT_LOGGED, RECORD),
        (FaultKind.RECORD_MISSING, "entry:0"),
    ]


def test_a_forged_original_with_its_hash(repository: list[bytes], tmp_path: Path) -> None:
    forged = repository[0].replace(b"DINH_KY>10<", b"DINH_KY>9<", 1)
    assert forged != repository[0]
    damage(
        f"UPDATE {ORIGINAL} SET document = %s WHERE record_id = {WHICH}",
        [zstandard.compress(forged), UUID[0]],
    )
    damage(
        f"UPDATE {STORED} SET sha256 = %s, size = {len(forged)} WHERE record_uuid = %s",
        [hashlib.sha256(forged).hexdigest(), UUID[0]],
    )
    assert set(found(tmp_path)) == {
        (FaultKind.LOG_DIFFERS, RECORD),
        (FaultKind.ORIGINAL_INVALID, RECORD),
    }


def test_a_recalled_record_back_in_force(repository: list[bytes], tmp_path: Path) -> None:
    damage(
        f"INSERT INTO {FORCE} (record_id, personal_id, school_year, since) "
        f"SELECT id, personal_id, school_year, now() FROM {STORED} WHERE record_uuid = %s",
        [UUID[2]],
    )
    assert found(tmp_path) == [(FaultKind.FORCE_WRONG, LAST)]


def test_two_in_force_when_the_constraint_is_gone(repository: list[bytes], tmp_path: Path) -> None:
    with connections["city"].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute(f"ALTER TABLE {FORCE} DROP CONSTRAINT one_record_in_force")
    damage(
        f"UPDATE {FORCE} SET (personal_id, school_year) = (SELECT personal_id, school_year FROM "
        f"{STORED} WHERE record_uuid = %s)",
        [UUID[0]],
    )
    kinds = {kind for kind, _ in found(tmp_path)}
    assert kinds == {FaultKind.TWO_IN_FORCE, FaultKind.FORCE_WRONG}


def test_a_lost_recall(repository: list[bytes], tmp_path: Path) -> None:
    damage("DELETE FROM city_repository_statuschange")
    assert found(tmp_path) == [(FaultKind.FORCE_WRONG, LAST), (FaultKind.LOG_DIFFERS, LAST)]


def test_evidence_that_is_damaged_or_gone(repository: list[bytes], tmp_path: Path) -> None:
    piece = EvidenceBlob.objects.filter(kind="ocsp").values_list("sha256", flat=True)[0]
    users = {
        f"record:{row.record_uuid}" for row in StoredRecord.objects.all() if piece in row.evidence
    }
    damage(f"UPDATE {BLOB} SET data = 'x' WHERE sha256 = %s", [piece])
    assert set(found(tmp_path)) == {(FaultKind.EVIDENCE_DAMAGED, user) for user in users}
    damage(f"DELETE FROM {BLOB} WHERE sha256 = %s", [piece])
    assert set(found(tmp_path)) == {(FaultKind.EVIDENCE_MISSING, user) for user in users}


def test_a_lost_record(repository: list[bytes], tmp_path: Path) -> None:
    damage(f"DELETE FROM {FORCE} WHERE record_id = (SELECT min(id) FROM {STORED})")
    damage(f"DELETE FROM {STORED} WHERE record_uuid = %s", [UUID[0]])
    assert found(tmp_path) == [(FaultKind.RECORD_MISSING, "entry:0")]
