from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

import pytest

from hocba_server.config import frontend
from hocba_server.config.places import LOCALE_SOURCE
from hocba_server.web import design


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end that needs no network: packages with empty files, and a target of its own."""
    source = tmp_path / "frontend"
    modules = source / "node_modules"
    names = [
        *(f"@expo-google-fonts/tinos/{s}/Tinos_{s}.ttf" for s in frontend.PRINT_FONTS),
        *(
            f"@fontsource/be-vietnam-pro/files/be-vietnam-pro-{subset}-{weight}-normal.woff2"
            for subset in frontend.SCREEN_SUBSETS
            for weight in frontend.SCREEN_WEIGHTS
        ),
        *frontend.SCRIPTS,
    ]
    for name in names:
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_bytes(b"")
    (source / "package-lock.json").write_text("{}")
    (source / "compile-messages.mjs").write_text("")
    monkeypatch.setattr(frontend, "FRONTEND_SOURCE", source)
    monkeypatch.setattr(frontend, "LOCALE_SOURCE", tmp_path / "locale")
    monkeypatch.setenv("HOCBA_BUILD", str(tmp_path / "build"))
    return source


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What would have been run with Node."""
    calls: list[tuple[str, ...]] = []

    def node(*arguments: str, folder: Path) -> None:
        calls.append(arguments)

    monkeypatch.setattr(frontend, "_node", node)
    return calls


def test_the_first_build_installs_and_copies(
    packages: Path, npm: list[tuple[str, ...]], tmp_path: Path
) -> None:
    assert frontend.main() == 0
    assert [arguments[1] for arguments in npm] == ["ci"]
    assert len(list((tmp_path / "build" / "fonts").glob("Tinos-*.ttf"))) == 4
    assert (tmp_path / "build" / "static" / "vendor" / "htmx.min.js").is_file()


def test_the_second_build_does_nothing_and_is_quick(
    packages: Path, npm: list[tuple[str, ...]]
) -> None:
    frontend.main()
    began = time.monotonic()
    assert frontend.main() == 0
    assert time.monotonic() - began < 0.1
    assert len(npm) == 1


def test_a_changed_lock_file_builds_anew(packages: Path, npm: list[tuple[str, ...]]) -> None:
    frontend.main()
    (packages / "package-lock.json").write_text('{"changed": true}')
    assert frontend.main() == 0
    assert len(npm) == 2


def test_a_changed_translation_needs_no_npm(
    packages: Path, npm: list[tuple[str, ...]], tmp_path: Path
) -> None:
    frontend.main()
    words = tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"
    words.parent.mkdir(parents=True)
    words.write_text("")
    assert frontend.main() == 0
    assert [arguments[0] for arguments in npm[1:]] == ["compile-messages.mjs"]


def test_a_removed_folder_is_built_again(
    packages: Path, npm: list[tuple[str, ...]], tmp_path: Path
) -> None:
    frontend.main()
    (tmp_path / "build" / "fonts").rename(tmp_path / "elsewhere")
    assert frontend.main() == 0
    assert (tmp_path / "build" / "fonts").is_dir()


def test_when_npm_fails_nothing_counts_as_built(
    packages: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    def fail(*_arguments: str, folder: Path) -> None:
        raise subprocess.CalledProcessError(1, "npm")

    monkeypatch.setattr(frontend, "_node", fail)
    assert frontend.main() == 1
    said = capsys.readouterr().err
    assert "không dựng được giao diện" in said
    assert "could not be built" in said
    assert not (tmp_path / "build" / ".frontend-stamp").exists()
    assert frontend.main() == 1


def test_the_styles_ask_for_exactly_the_fonts_that_are_built() -> None:
    styles = Path(design.__file__).parent / "static" / "web_design" / "fonts.css"
    asked = re.findall(r'url\("\.\./vendor/([^"]+)"\)', styles.read_text("utf-8"))
    built = [
        f"be-vietnam-pro-{subset}-{weight}-normal.woff2"
        for weight in frontend.SCREEN_WEIGHTS
        for subset in frontend.SCREEN_SUBSETS
    ]
    assert sorted(asked) == sorted(built)


def test_node_of_the_lock_file_runs() -> None:
    program = frontend._node_folder() / "bin" / "node"
    version = subprocess.run(
        [str(program), "--version"], capture_output=True, check=True, text=True
    )
    assert int(version.stdout.lstrip("v").split(".")[0]) >= 20


@pytest.mark.parametrize("file", sorted(LOCALE_SOURCE.glob("*/LC_MESSAGES/*.po")), ids=str)
def test_every_text_is_translated(file: Path) -> None:
    words = file.read_text("utf-8")
    assert "#, fuzzy" not in words
    assert not re.findall(r'msgstr(?:\[\d\])? ""\n(?!")', words)
