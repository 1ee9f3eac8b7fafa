"""Closing lists, histories, formats and attached files: each damage is found as exactly that."""

from __future__ import annotations

from pathlib import Path

import pytest

from hocba.record.sample import sample_record
from hocba_certworld.cast import Cast
from hocba_server.city.closing.models import ClassClosing
from hocba_server.city.closing.services import close_class
from hocba_server.city.closing.tests.year_end import CLASS
from hocba_server.city.conftest import Submit
from hocba_server.city.inspection.faults import FaultKind
from hocba_server.city.inspection.tests.conftest import inspect
from hocba_server.city.inspection.tests.damage import damage
from hocba_server.city.recalls.tests.asking import ask, decide, item_of
from hocba_server.city.repository.models import EvidenceBlob
from hocba_server.city.tests.cast import OFFICER, SENT
from hocba_server.city.transparency.publication import publish_log

UUID = [str(sample_record(4, seed=seed).record_uuid) for seed in range(3)]
CLOSINGS, STORED = "city_closing_classclosing", "city_repository_storedrecord"


def found(folder: Path) -> list[tuple[FaultKind, str, str]]:
    return [(fault.kind, fault.subject, fault.detail) for fault in inspect(folder).faults]


@pytest.fixture
def closed(submit: Submit, documents: list[bytes]) -> str:
    """A class of three records, closed."""
    submit(*documents)
    closing = close_class(by=OFFICER, at=SENT, key=CLASS)
    publish_log()
    return f"closing:{closing}"


def test_an_intact_closing(closed: str, tmp_path: Path) -> None:
    inspection = inspect(tmp_path)
    assert inspection.faults == ()
    assert inspection.closings == 1
    assert "1 bản kê chốt" in inspection.to_text()


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ("left_open = 7", "left_open"),
        ("record_count = 2", "record_count"),
        ("sha256 = repeat('0', 64)", "sha256"),
        ("closed_at = now()", "closed_at"),
        ("round = 'reassessed'", "round"),
    ],
)
def test_a_row_that_says_something_else(
    closed: str, tmp_path: Path, change: str, detail: str
) -> None:
    damage(f"UPDATE {CLOSINGS} SET {change}")
    assert (FaultKind.CLOSING_WRONG, closed, detail) in found(tmp_path)


def test_a_list_that_is_not_signed(closed: str, tmp_path: Path) -> None:
    damage(f"UPDATE {CLOSINGS} SET signed_list = 'x'")
    assert [(kind, subject) for kind, subject, _ in found(tmp_path)] == [
        (FaultKind.CLOSING_WRONG, closed)
    ]


def test_a_list_that_the_log_does_not_know(closed: str, tmp_path: Path) -> None:
    damage(f"UPDATE {CLOSINGS} SET salt = sha256('x')")
    assert found(tmp_path) == [(FaultKind.CLOSING_NOT_LOGGED, closed, "")]


def test_a_closing_that_is_gone(closed: str, tmp_path: Path) -> None:
    index = ClassClosing.objects.get().log_index
    damage("DELETE FROM city_closing_closedrecord")
    damage(f"DELETE FROM {CLOSINGS}")
    assert found(tmp_path) == [(FaultKind.CLOSING_MISSING, f"entry:{index}", "")]


def test_a_record_taken_out_of_a_closed_class(closed: str, tmp_path: Path) -> None:
    damage(
        "DELETE FROM city_closing_closedrecord WHERE record_id = "
        f"(SELECT id FROM {STORED} WHERE record_uuid = %s)",
        [UUID[0]],
    )
    kinds = {kind for kind, _, _ in found(tmp_path)}
    assert kinds == {FaultKind.CLOSING_WRONG, FaultKind.CLOSING_DIFFERS}


def test_a_record_added_without_a_correction(closed: str, tmp_path: Path) -> None:
    damage(
        "UPDATE city_closing_closedrecord SET corrected = true WHERE record_id = "
        f"(SELECT id FROM {STORED} WHERE record_uuid = %s)",
        [UUID[0]],
    )
    assert (FaultKind.CLOSING_DIFFERS, closed, "1 added without a correction") in found(tmp_path)


def test_a_successor_of_another_pupil(
    submit: Submit, documents: list[bytes], cast: Cast, tmp_path: Path
) -> None:
    submit(*documents)
    decide(ask([item_of(documents[2])], cast.seal))
    publish_log()
    damage(
        "INSERT INTO city_repository_statuschange (record_id, successor_id, kind, salt, reason, "
        "changed_by, changed_by_name, changed_at) SELECT a.id, b.id, 'replace', '', '', 0, 'x', "
        f"now() FROM {STORED} a, {STORED} b WHERE a.record_uuid = %s AND b.record_uuid = %s",
        [UUID[2], UUID[0]],
    )
    kinds = {(kind, subject) for kind, subject, _ in found(tmp_path)}
    assert (FaultKind.HISTORY_WRONG, f"record:{UUID[2]}") in kinds


def test_evidence_of_another_kind(closed: str, tmp_path: Path) -> None:
    piece = EvidenceBlob.objects.filter(kind="ocsp")[0]
    damage(
        "UPDATE city_repository_evidenceblob SET kind = 'certificate' WHERE sha256 = %s",
        [piece.sha256],
    )
    assert FaultKind.FORMAT_WRONG in {kind for kind, _, _ in found(tmp_path)}
