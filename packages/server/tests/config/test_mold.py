"""The mold of the databases: copied once, never over data, not where it is not wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from hocba_server.config import mold


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mold of one file, where these migrations would have theirs."""
    monkeypatch.setenv("HOCBA_BUILD", str(tmp_path / "build"))
    monkeypatch.setenv(mold.WISH, mold.MAKE)
    place = mold.place()
    place.mkdir(parents=True)
    (place / "PG_VERSION").write_text("18")
    return place


def test_a_new_server_begins_with_a_copy(made: Path, tmp_path: Path) -> None:
    mold.pour(tmp_path / "pg")
    assert (tmp_path / "pg" / "PG_VERSION").read_text() == "18"
    (tmp_path / "pg" / "PG_VERSION").write_text("17")
    assert (made / "PG_VERSION").read_text() == "18"
    assert {each.name for each in tmp_path.iterdir()} == {"pg", "build"}


def test_data_that_exist_stay(made: Path, tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    mold.pour(tmp_path / "pg")
    assert list((tmp_path / "pg").iterdir()) == []


def test_without_a_mold_or_the_wish_nothing_is_done(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(mold.WISH, mold.NONE)
    mold.pour(tmp_path / "pg")
    monkeypatch.delenv(mold.WISH)
    (made / "PG_VERSION").unlink()
    made.rmdir()
    mold.pour(tmp_path / "pg")
    assert not (tmp_path / "pg").exists()


def test_whoever_comes_second_keeps_what_the_first_made(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "pg"

    def slow(source: Path, target: Path) -> None:
        target.mkdir()
        (target / "mine").write_text("")
        data.mkdir()
        (data / "theirs").write_text("")

    monkeypatch.setattr(mold, "_copy", slow)
    mold.pour(data)
    assert [each.name for each in data.iterdir()] == ["theirs"]


def test_another_migration_is_another_mold(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = mold.place()
    monkeypatch.setattr(mold, "_MIGRATIONS", "**/migrations/0001*.py")
    assert mold.place() != before
