"""The main job without a browser: spreadsheets in, issued records out, and faults named by cell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from hocba.cli.main import main as hocba
from hocba_server.demo.city import SCHOOLS, DemoClass, Stage
from hocba_server.demo.seed import write_samples
from hocba_server.demo.spreadsheets import PUPIL_HEADERS

pytestmark = pytest.mark.timeout(280)
CLASS = 45
FONTS = Path(__file__).resolve().parents[2] / "build" / "fonts"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the line as the entry script does."""
    return subprocess.run(
        [sys.executable, "-m", "hocba_server.demo", "--headless", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )


def report_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return found


def test_a_class_of_45_is_in_force_in_well_under_a_minute(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    done = run("--out", out)
    assert done.returncode == 0, done.stderr
    report = report_of(out)
    steps = {step["step"]: step for step in report["steps"]}
    assert report["ok"]
    assert steps["submit"]["counts"] == {"waiting": 0, "accepted": CLASS, "refused": 0}
    assert len([name for name in steps if name.startswith("sign_")]) == 9
    line = [step for name, step in steps.items() if name.startswith(("sign_", "submit"))]
    assert sum(step["seconds"] for step in line) < 60
    for suffix in ("xml", "pdf", "evidence.zip"):
        assert len(list((out / "records").glob(f"*.{suffix}"))) == CLASS
    files = sorted((out / "records").glob("*.xml"))
    assert all(file.stat().st_size < 40_000 for file in files)
    trust = ["--trust", str(out / "trust")]
    assert hocba(["verify", *map(str, files), *trust]) == 0
    pdfs = [str(file.with_suffix(".pdf")) for file in files[:5]]
    assert hocba(["verify", *pdfs, *trust, "--fonts", str(FONTS)]) == 0
    assert hocba(["verify", *pdfs, *trust]) == 2, (
        "without the print fonts: not compared, never wrong"
    )
    assert hocba(["log", str(out / "log"), *trust]) == 0
    capsys.readouterr()


def test_faults_stop_the_class_and_are_named_by_cell(tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    write_samples(SCHOOLS[0], DemoClass("2A9", 2, 3, Stage.IN_FORCE), source)
    pupil = {"STT": 1, "Mã định danh Bộ GD&ĐT": "1", "Ngày sinh": "31/02/2016", "Lớp học": "2A9"}
    book = xlsxwriter.Workbook(str(source / "danh-sach-lop.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(3, 0, PUPIL_HEADERS)
    sheet.write_row(4, 0, [pupil.get(header, "") for header in PUPIL_HEADERS])
    book.close()
    done = run("--in", source, "--out", out)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    refused = [fault for step in report_of(out)["steps"] for fault in step["refused"]]
    wrong = [fault for fault in refused if fault["value"] == "31/02/2016"]
    assert [(fault["file"], fault["row"], fault["column"]) for fault in wrong] == [
        ("danh-sach-lop.xlsx", 5, "Ngày sinh")
    ]
    assert wrong[0]["sentence"]
    assert not (out / "records").exists()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    done = run("--in", tmp_path / "in", "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "danh-sach-lop.xlsx" in (tmp_path / "out" / "report.json").read_text("utf-8")
