"""The command line on records of secondary school: verify, render, inspect, conformance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hocba.cli.main import main
from hocba.rendition.attachments import RECORD_NAME, extract_attachments

VECTORS = Path(__file__).resolve().parents[4] / "vectors" / "secondary"
FILES, TRUST = VECTORS / "files", str(VECTORS / "trust")
AT = json.loads((VECTORS / "manifest.json").read_text("utf-8"))["at"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("thcs-valid.xml", 0),
        ("thpt-valid.xml", 0),
        ("thcs-valid-v1.xml", 0),
        ("thpt-valid.pdf", 0),
        ("thcs-edited-average.xml", 1),
        ("thpt-face-differs.pdf", 1),
    ],
)
def test_verify(name: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(FILES / name), "--trust", TRUST, "--at", AT]) == code
    capsys.readouterr()


def test_the_report_names_both_results(capsys: pytest.CaptureFixture[str]) -> None:
    main(["verify", "--json", str(FILES / "thcs-valid.xml"), "--trust", TRUST, "--at", AT])
    report = json.loads(capsys.readouterr().out)
    assert report["record"]["year_result"] == "Học tập Tốt; rèn luyện Tốt"


@pytest.mark.parametrize("name", ["thcs-valid.xml", "thpt-valid-v1.xml", "thpt-valid.pdf"])
def test_inspect(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(FILES / name)]) == 0
    assert "kết quả (result): Học tập Tốt; rèn luyện Tốt" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["thcs-valid.xml", "thpt-valid-v1.xml"])
def test_render(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "form.pdf"
    assert main(["render", str(FILES / name), "-o", str(target)]) == 0
    attached = extract_attachments(target.read_bytes())
    assert attached[RECORD_NAME] == (FILES / name).read_bytes()
    capsys.readouterr()


def test_conformance(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", str(FILES / "thpt-valid.xml"), "--at", AT]) == 0
    assert main(["conformance", str(FILES / "thpt-whole-mark.xml"), "--at", AT]) == 1
    assert "DIEM_CA_NAM" in capsys.readouterr().out
