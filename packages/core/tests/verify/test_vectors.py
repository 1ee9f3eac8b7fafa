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
MANIFEST: dict[str, Any] = json.loads((VECTORS / "manifest.json").read_text("utf-8"))


def _verify(name: str, at: str) -> Report:
    file = VECTORS / "files" / name
    circumstances = Circumstances(
        store=read_trust([VECTORS / "trust"]),
        at=datetime.fromisoformat(at),
        evidence=evidence_beside(file) if file.suffix == ".xml" else None,
    )
    return verify_document(file.read_bytes(), name=name, circumstances=circumstances)


@pytest.mark.parametrize("vector", MANIFEST["vectors"], ids=lambda vector: vector["file"])
def test_vector(vector: dict[str, Any]) -> None:
    report = _verify(vector["file"], vector.get("at", MANIFEST["at"]))
    failed = [check for check in report.checks if check.outcome is Outcome.FAILED]
    assert report.verdict.value == vector["verdict"], report.to_text()
    if vector["check"] is not None:
        assert [check.code for check in failed] == [vector["check"]], report.to_text()
    if vector["reason"] is not None:
        assert failed[0].reason == vector["reason"]
    if vector["verdict"] == "valid":
        assert all(check.outcome is Outcome.PASSED for check in report.checks)
