"""The rules of this house, checked on the files themselves."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES, MAX_FUNCTION = 500, 50
BANNED_NAMES = {"utils", "helpers", "manager", "common", "misc"}


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    return [ROOT / name.decode() for name in listed.split(b"\0") if name]


FILES = [file for file in _tracked() if file.is_file()]
PYTHON = [file for file in FILES if file.suffix == ".py" and "migrations" not in file.parts]


@pytest.mark.parametrize("file", PYTHON, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_and_functions_stay_small(file: Path) -> None:
    text = file.read_text("utf-8")
    assert text.count("\n") <= MAX_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "test" not in file.name:
            length = (node.end_lineno or node.lineno) - node.lineno
            assert length <= MAX_FUNCTION, f"{node.name} has {length} lines"


def test_names_explain_themselves() -> None:
    assert not [file for file in PYTHON if file.stem in BANNED_NAMES]


def test_no_private_key_is_in_the_repository() -> None:
    mark = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE" + rb" KEY-----")
    assert not [file for file in FILES if mark.search(file.read_bytes())]
    assert not [file for file in FILES if file.suffix in {".p12", ".pfx", ".key"}]


def test_personal_numbers_are_invented() -> None:
    """Invented numbers start with 000, a place code that nobody has."""
    number = re.compile(r"(?<![0-9a-fA-F.])0\d{11}(?![0-9a-fA-F])")
    for file in FILES:
        if file.suffix in {".py", ".md", ".xml", ".json", ".toml"} and "uv.lock" not in file.name:
            for found in number.findall(file.read_text("utf-8", "replace")):
                assert found.startswith("000"), f"{file}: {found}"


def test_promised_documents_exist() -> None:
    for name in (
        *("README.md", "ARCHITECTURE.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"),
        *("LICENSE", "publiccode.yml", ".importlinter", "uv.lock"),
        *(f"docs/formats/{name}.md" for name in ("record", "envelope", "log-entry", "log-proof")),
        *(
            f"docs/formats/{name}.md"
            for name in ("remote-signing", "signing-agent", "spreadsheets")
        ),
        *(f"docs/pictures/{name}.png" for name in ("verify", "preview", "check", "answers")),
    ):
        assert (ROOT / name).is_file(), name
