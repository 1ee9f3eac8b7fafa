"""Years pass: stamps are renewed before they end, and hashed again when the hash function ages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from hocba.archive.hashtree import HashAlgorithm
from hocba.archive.record import decode
from hocba.record.sample import sample_record
from hocba.trust.evidence import read_container
from hocba.verify.verdict import Verdict
from hocba_certworld.cast import Cast
from hocba_server.city.archiving.models import RecordLeaf, StampKind, TreeStamp
from hocba_server.city.archiving.selectors import archive_state
from hocba_server.city.archiving.tests.nights import (
    LATER,
    MUCH_LATER,
    NIGHT,
    new_world,
    night,
    verify_at,
)
from hocba_server.city.conftest import Submit
from hocba_server.city.repository.selectors import evidence_container
from hocba_server.city.tests.cast import OFFICER

UUID = [str(sample_record(4, seed=seed).record_uuid) for seed in range(3)]
DAY = dt.timedelta(days=1)
YEAR = 365 * DAY


@pytest.fixture
def stamped(submit: Submit, documents: list[bytes], cast: Cast) -> None:
    """Two days of records, a stamp for each."""
    submit(documents[0])
    night(cast.world)
    submit(*documents[1:])
    night(cast.world, NIGHT + DAY)


def test_two_old_stamps_under_a_new_one(stamped: None, tmp_path: Path, settings: Any) -> None:
    world = new_world(tmp_path, LATER, settings.TRUST_DIR)
    run = night(world, LATER)
    assert (run.renewed, run.proven, run.problem) == (2, 1, "")
    assert night(world, LATER + DAY).renewed == 0
    for uuid in UUID:
        report = verify_at(uuid, LATER + 8 * YEAR)
        assert report.verdict is Verdict.VALID, report.to_text()
        assert "gia hạn 1 lần" in report.checks[-1].sentence.vi
    state = archive_state(by=OFFICER, at=LATER + DAY)
    assert [(line.records, line.state) for line in state.lines] == [(3, "good")]
    assert state.stamped == 3


def test_the_page_says_what_is_due(stamped: None, cast: Cast) -> None:
    state = archive_state(by=OFFICER, at=NIGHT + 2 * DAY)
    assert [line.state for line in state.lines] == ["good", "good"]
    assert state.next_renewal is not None
    assert state.protected_until is not None
    assert state.next_renewal == state.protected_until - 180 * DAY
    assert {line.state for line in archive_state(by=OFFICER, at=LATER).lines} == {"due"}
    after = archive_state(by=OFFICER, at=LATER + YEAR)
    assert {line.state for line in after.lines} == {"ended"}


def test_a_service_without_a_newer_certificate(stamped: None, cast: Cast) -> None:
    run = night(cast.world, LATER)
    assert run.renewed == 0
    assert "chưa có chứng thư dài hơn" in run.problem
    assert TreeStamp.objects.count() == 2, "a stamp that helps nobody is not kept"


def test_renewed_too_late_is_open_again(stamped: None, tmp_path: Path, settings: Any) -> None:
    late = LATER + YEAR
    world = new_world(tmp_path, late, settings.TRUST_DIR)
    night(world, late)
    report = verify_at(UUID[0], late + DAY)
    assert report.verdict is Verdict.UNDETERMINED
    assert report.checks[-1].reason == "archive_gap"


def test_a_hash_function_that_ends(
    stamped: None, tmp_path: Path, settings: Any, submit: Submit, cast: Cast
) -> None:
    second = new_world(tmp_path, LATER, settings.TRUST_DIR)
    night(second, LATER)
    settings.ARCHIVE_HASH = HashAlgorithm.SHA512
    settings.ARCHIVE_HASH_ENDS = {HashAlgorithm.SHA256: MUCH_LATER + 30 * DAY}
    third = new_world(tmp_path, MUCH_LATER, settings.TRUST_DIR)
    run = night(third, MUCH_LATER)
    assert (run.rehashed, run.renewed, run.problem) == (3, 0, "")
    assert night(third, MUCH_LATER + DAY).rehashed == 0
    assert RecordLeaf.objects.filter(chain=1).count() == 3
    assert TreeStamp.objects.filter(kind=StampKind.NEW_CHAIN).count() == 1
    at = MUCH_LATER + 5 * YEAR
    for uuid in UUID:
        report = verify_at(uuid, at)
        assert report.verdict is Verdict.VALID, report.to_text()
    archive = read_container(evidence_container(UUID[0]))[1].archive
    assert archive is not None
    chains = decode(archive).chains
    assert [[stamp.algorithm.value for stamp in chain] for chain in chains] == [
        ["sha256", "sha256"],
        ["sha512"],
    ]
    state = archive_state(by=OFFICER, at=MUCH_LATER + DAY)
    assert [line.records for line in state.lines] == [3], "the old chain is not renewed any more"


def test_a_hash_function_that_has_ended(stamped: None, tmp_path: Path, settings: Any) -> None:
    settings.ARCHIVE_HASH_ENDS = {HashAlgorithm.SHA256: LATER - DAY}
    run = night(new_world(tmp_path, LATER, settings.TRUST_DIR), LATER)
    assert run.renewed == 0
    assert "sha256" in run.problem
