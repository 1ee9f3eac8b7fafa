"""A whole run: stopped and gone on with, on several cores, its report and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from hocba.errors import Malformed
from hocba.record.sample import sample_record
from hocba_server.city.inspection import chunks, inspecting
from hocba_server.city.inspection.chunks import check_chunk
from hocba_server.city.inspection.faults import SENTENCES, Fault, FaultKind
from hocba_server.city.inspection.journal import Journal
from hocba_server.city.inspection.parts import Chunk, ChunkResult
from hocba_server.city.inspection.tests.conftest import inspect
from hocba_server.city.inspection.tests.damage import damage
from hocba_server.config.places import REPOSITORY

STORED = "city_repository_storedrecord"
FIRST = str(sample_record(4).record_uuid)


def test_a_stopped_run_goes_on_and_forgets_nothing(
    repository: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(f"UPDATE {STORED} SET salt = 'x' WHERE record_uuid = %s", [FIRST])
    monkeypatch.setattr(chunks, "CHUNK", 1)
    looked: list[Chunk] = []

    def stopped(chunk: Chunk) -> ChunkResult:
        if len(looked) == 2:
            raise KeyboardInterrupt
        looked.append(chunk)
        return check_chunk(chunk)

    with monkeypatch.context() as patch:
        patch.setattr(inspecting, "check_chunk", stopped)
        with pytest.raises(KeyboardInterrupt):
            inspect(tmp_path)
    journal = Journal(tmp_path / "fsck/journal.jsonl")
    assert [result.chunk for result in journal.results()] == looked
    with journal.file.open("ab") as file:
        file.write(b'{"first": 9, "la')  # a kill in the middle of a line
    inspection = inspect(tmp_path, anew=False)
    assert (inspection.records, inspection.records_now) == (3, 1)
    assert [fault.kind for fault in inspection.faults] == [FaultKind.LOG_DIFFERS]
    assert len(list(journal.results())) == 3


def test_a_damaged_journal_is_not_gone_on_with(repository: list[bytes], tmp_path: Path) -> None:
    journal = Journal(tmp_path / "fsck/journal.jsonl")
    journal.begin(3)
    journal.file.write_bytes(b"nothing\n")
    with pytest.raises(Malformed, match="--anew"):
        inspect(tmp_path, anew=False)


def test_every_fault_has_its_sentence() -> None:
    assert set(SENTENCES) == set(FaultKind)
    fault = Fault(FaultKind.LEAF_WRONG, "entry:3", "x")
    assert Fault.from_json(fault.to_json()) == fault


def test_the_report_names_no_pupil(repository: list[bytes], tmp_path: Path) -> None:
    damage(f"UPDATE {STORED} SET pupil_name = 'x', personal_id = '000000000000'")
    inspection = inspect(tmp_path)
    text = json.dumps(inspection.to_json(), ensure_ascii=False) + inspection.to_text()
    for seed in range(3):
        pupil = sample_record(4, seed=seed).pupil
        assert pupil.full_name not in text
        assert str(pupil.personal_id) not in text


PROGRAM = """import sys
if __name__ == "__main__":
    import django
    django.setup()
    from django.db import connections
    connections["city"].settings_dict["NAME"] = sys.argv.pop(1)
    from hocba_server.city.inspection.__main__ import main
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.django_db(transaction=True, databases=["default", "city"])
def test_the_program_on_two_cores(repository: list[bytes], tmp_path: Path, settings: Any) -> None:
    program, out = tmp_path / "program.py", tmp_path / "out"
    program.write_text(PROGRAM)
    name = str(connections["city"].settings_dict["NAME"])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "hocba_server.config.testing",
        "HOCBA_TRUST_DIR": str(settings.TRUST_DIR),
        "HOCBA_LOG_KEY_FILE": str(settings.LOG_KEY_FILE),
        "HOCBA_LOG_DIR": str(settings.LOG_DIR),
    }

    def fsck(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, program, name, "--out", out, *arguments],
            env=environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        assert done.stdout, done.stderr
        return done.returncode, done.stdout

    code, text = fsck("--json", "--workers", "2")
    report = json.loads(text)
    assert (code, report["records"], report["log_entries"]) == (0, 3, 4)
    assert report["records_per_second_per_core"] > 0
    damage(f"UPDATE {STORED} SET salt = 'x' WHERE record_uuid = %s", [FIRST])
    code, text = fsck("--workers", "1")
    assert code == 1
    assert f"record:{FIRST}" in text
    kept = sorted(file.name for file in out.iterdir())
    assert "journal.jsonl" not in kept
    assert json.loads((out / kept[-2]).read_text("utf-8"))["fault_counts"] == {"log_differs": 1}


def test_wrong_usage_is_64() -> None:
    from hocba_server.city.inspection.__main__ import main

    for arguments in (["--workers", "0"], ["--unknown"]):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 64
