"""What a verifier says of a recalled record: since when, and what stands in its place."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hocba.cli.files import evidence_beside, read_trust
from hocba.cli.online import read_answer
from hocba.verify.document import Circumstances, verify_document
from hocba.verify.policy import RecordStatus, StatusAnswer
from hocba.verify.verdict import Outcome, Verdict

VECTORS = Path(__file__).resolve().parents[4] / "vectors"
MANIFEST = json.loads((VECTORS / "manifest.json").read_text("utf-8"))
FILE = (
    VECTORS
    / "files"
    / next(
        vector["file"]
        for vector in MANIFEST["vectors"]
        if vector["verdict"] == "valid" and vector["file"].endswith(".xml")
    )
)
AT = datetime.fromisoformat(MANIFEST["at"])
RECALLED = datetime(2026, 6, 3, 20, 0, tzinfo=UTC)
SUCCESSOR = "33333333-3333-4333-8333-333333333333"


@pytest.mark.parametrize(
    ("status", "replaced_by", "sentence"),
    [
        (RecordStatus.RECALLED, None, "Học bạ đã bị thu hồi ngày 04/06/2026."),
        (
            RecordStatus.REPLACED,
            SUCCESSOR,
            f"Học bạ đã bị thu hồi ngày 04/06/2026 và được thay bằng học bạ mang mã {SUCCESSOR}.",
        ),
    ],
)
def test_a_recalled_record_is_never_valid(
    status: RecordStatus, replaced_by: str | None, sentence: str
) -> None:
    document = FILE.read_bytes()
    answer = StatusAnswer(
        status=status,
        as_of=AT,
        sha256=hashlib.sha256(document).digest(),
        replaced_by=replaced_by,
        since=RECALLED,
    )
    report = verify_document(
        document,
        name=FILE.name,
        circumstances=Circumstances(
            store=read_trust([VECTORS / "trust"]),
            at=AT,
            evidence=evidence_beside(FILE),
            status=answer,
        ),
    )
    assert report.verdict is Verdict.INVALID
    [failed] = [check for check in report.checks if check.outcome is Outcome.FAILED]
    assert (failed.code, failed.reason) == ("status", status.value)
    assert failed.sentence.vi == sentence
    assert "04/06/2026" in failed.sentence.en


def test_the_portals_answer_tells_since_when() -> None:
    said = {
        "status": "replaced",
        "as_of": AT.isoformat(),
        "sha256": "00" * 32,
        "approved_seals": [],
        "replaced_by": SUCCESSOR,
        "since": RECALLED.isoformat(),
    }
    status = read_answer(json.dumps(said).encode()).status
    assert (status.since, status.replaced_by) == (RECALLED, SUCCESSOR)
