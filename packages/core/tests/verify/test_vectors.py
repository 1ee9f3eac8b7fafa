"""Every published vector: the verdict, and the one check that it fails, for the stated reason."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from hocba.cli.files import evidence_beside, read_trust
from hocba.verify.document import Circumstances, verify_document
from hocba.verify.report import Report
from hocba.verify.verdict import Outcome

VECTORS = Path(__file__).resolve().parents[4] / "vectors"
FOLDERS = (VECTORS, VECTORS / "secondary")
"""Primary and secondary school, each with the world in which it was made."""


def _manifest(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
    return found


CASES = [
    pytest.param(folder, {"at": manifest["at"], **vector}, id=vector["file"])
    for folder in FOLDERS
    for manifest in (_manifest(folder),)
    for vector in manifest["vectors"]
]


def _verify(folder: Path, name: str, at: str) -> Report:
    file = folder / "files" / name
    circumstances = Circumstances(
        store=read_trust([folder / "trust"]),
        at=datetime.fromisoformat(at),
        evidence=evidence_beside(file) if file.suffix == ".xml" else None,
    )
    return verify_document(file.read_bytes(), name=name, circumstances=circumstances)


@pytest.mark.parametrize(("folder", "vector"), CASES)
def test_vector(folder: Path, vector: dict[str, Any]) -> None:
    report = _verify(folder, vector["file"], vector["at"])
    failed = [check for check in report.checks if check.outcome is Outcome.FAILED]
    assert report.verdict.value == vector["verdict"], report.to_text()
    if vector["check"] is not None:
        assert [check.code for check in failed] == [vector["check"]], report.to_text()
    if vector["reason"] is not None:
        assert failed[0].reason == vector["reason"]
    if vector["verdict"] == "valid":
        assert all(check.outcome is Outcome.PASSED for check in report.checks)
