"""The log as static files: complete, the same as the pages serve, and never another history."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from hocba.errors import NotTrusted, Unavailable
from hocba.tlog.checkpoint import Checkpoint, open_checkpoint
from hocba.tlog.monitor import MonitorState, Watched, look
from hocba.tlog.tiles import decode_entries, tiles_of
from hocba.tlog.trust_policy import KnownLog, LogPolicy
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.tests.cast import SENT
from hocba_server.city.transparency.models import SignedCheckpoint
from hocba_server.city.transparency.publication import publish_log, published_head
from hocba_server.city.transparency.selectors import checkpoint
from hocba_server.city.transparency.services import append_entries, freshen_head, start_log
from hocba_server.city.transparency.tests.entries import some_entries

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def folder(settings: Any) -> Path:
    start_log(at=SENT)
    return Path(settings.LOG_DIR)


def files(folder: Path) -> dict[str, bytes]:
    """What a web server would serve."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and not file.name.startswith(".")
    }


def watch(folder: Path, state: MonitorState | None) -> MonitorState:
    """A monitor that has seen everything until now finds nothing wrong."""
    policy = LogPolicy((KnownLog(log_origin(), log_key().public_key()),))
    seen = look(
        state, lambda path: (folder / path).read_bytes(), Watched(policy, HOUR), SENT + HOUR / 2
    )
    assert seen.findings == ()
    assert seen.state is not None
    return seen.state


def test_every_size_is_whole_for_who_followed_and_for_who_comes_new(folder: Path) -> None:
    state, size = None, 0
    for more in (0, 1, 254, 1, 1, 300, 500):
        append_entries(some_entries(more, str(size)), at=SENT)
        size += more
        assert publish_log() == size
        assert {tile.path for tile in tiles_of(size)} <= set(files(folder))
        state = watch(folder, state)
        watch(folder, None)


def test_files_and_pages_are_the_same(folder: Path, client: Client) -> None:
    append_entries(some_entries(300), at=SENT)
    publish_log()
    kinds = {"checkpoint": ("text/plain; charset=utf-8", "no-store")}
    tile_kind = ("application/octet-stream", "public, max-age=31536000, immutable")
    for path, content in files(folder).items():
        page = client.get(f"/log/{path}")
        assert page.content == content, path
        found = (page.headers["Content-Type"], page.headers["Cache-Control"])
        assert found == kinds.get(path, tile_kind)
        assert page.headers["Access-Control-Allow-Origin"] == "*"
        assert client.head(f"/log/{path}").status_code == 200
    page = client.get("/log/tile/entries/000", headers={"accept-encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert len(decode_entries(gzip.decompress(page.content), 256)) == 256
    for wrong in ("tile/0/000.p/300", "tile/0/001.p/45", "tile/0/1", "tile/-1/000", "tile/0/002"):
        assert client.get(f"/log/{wrong}").status_code == 404
    assert client.get("/log/tile/0/001.p/17").status_code == 200, "a width that some head needed"


def test_publishing_again_changes_nothing(folder: Path) -> None:
    append_entries(some_entries(5), at=SENT)
    publish_log()
    before = {name: (folder / name).stat().st_mtime_ns for name in files(folder)}
    publish_log()
    after = {name: (folder / name).stat().st_mtime_ns for name in files(folder)}
    assert {name: at for name, at in after.items() if name != "checkpoint"} == {
        name: at for name, at in before.items() if name != "checkpoint"
    }


def test_files_may_be_read_by_a_web_server(folder: Path) -> None:
    append_entries(some_entries(5), at=SENT)
    publish_log()
    for name in files(folder):
        assert (folder / name).stat().st_mode & 0o777 == 0o644


def test_partial_tiles_go_when_nobody_needs_them(folder: Path) -> None:
    for more in (10, 300, 300):
        append_entries(some_entries(more), at=SENT)
        publish_log()
    assert not (folder / "tile/0/000.p").exists()
    assert not (folder / "tile/entries/000.p").exists()
    assert (folder / "tile/0/001.p/54").exists(), "the last head but one named it"
    assert (folder / "tile/0/002.p/98").exists()


def test_a_lost_folder_is_made_anew(folder: Path, settings: Any, tmp_path: Path) -> None:
    append_entries(some_entries(300), at=SENT)
    publish_log()
    append_entries(some_entries(300), at=SENT)
    publish_log()
    settings.LOG_DIR = tmp_path / "another"
    publish_log()
    new, old = files(settings.LOG_DIR), files(folder)
    assert new == {name: old[name] for name in new}


def test_another_history_is_never_overwritten(folder: Path) -> None:
    append_entries(some_entries(5), at=SENT)
    publish_log()
    key = log_key()
    forged = Checkpoint(log_origin(), 4, b"\1" * 32, SENT).sign(key.public_key(), key.sign)
    (folder / "checkpoint").write_bytes(forged)
    append_entries(some_entries(5), at=SENT)
    with pytest.raises(NotTrusted, match="nội dung khác"):
        publish_log()
    assert (folder / "checkpoint").read_bytes() == forged


def test_a_damaged_tile_is_not_overwritten(folder: Path) -> None:
    append_entries(some_entries(5), at=SENT)
    (folder / "tile/0/000.p").mkdir(parents=True)
    (folder / "tile/0/000.p/5").write_bytes(b"another")
    with pytest.raises(NotTrusted):
        publish_log()
    assert published_head() is None, "the head comes last"


def test_an_old_copy_of_the_database_accepts_nothing(folder: Path) -> None:
    append_entries(some_entries(5), at=SENT)
    publish_log()
    key = log_key()
    ahead = Checkpoint(log_origin(), 9, b"\1" * 32, SENT).sign(key.public_key(), key.sign)
    (folder / "checkpoint").write_bytes(ahead)
    heads = SignedCheckpoint.objects.count()
    with pytest.raises(Unavailable, match="bản sao cũ"):
        append_entries(some_entries(1), at=SENT)
    with pytest.raises(Unavailable, match="bản sao cũ"):
        freshen_head(at=SENT + 2 * HOUR)
    (folder / "checkpoint").write_bytes(b"nothing")
    with pytest.raises(Unavailable, match="không phải của sổ này"):
        append_entries(some_entries(1), at=SENT)
    assert SignedCheckpoint.objects.count() == heads


def test_an_old_head_is_signed_again_with_the_same_root(folder: Path) -> None:
    append_entries(some_entries(5), at=SENT)
    key = log_key().public_key()
    old = open_checkpoint(checkpoint(), [key])
    assert not freshen_head(at=SENT + HOUR / 2)
    assert freshen_head(at=SENT + HOUR)
    new = open_checkpoint(checkpoint(), [key])
    assert (new.size, new.root, new.at) == (old.size, old.root, SENT + HOUR)
    assert not freshen_head(at=SENT), "a clock that ran back does not run the log back"


def test_the_page_explains_the_log(folder: Path, client: Client) -> None:
    append_entries(some_entries(5), at=SENT)
    page = client.get("/so-cong-khai").content.decode()
    assert "Sổ công khai" in page
    assert log_origin() in page
    policy = LogPolicy.parse(client.get("/log/policy").content)
    assert [log.origin for log in policy.logs] == [log_origin()]


def test_the_page_of_a_log_that_has_not_begun(client: Client) -> None:
    assert "chưa có điểm chốt" in client.get("/so-cong-khai").content.decode()
    assert client.get("/log/checkpoint").status_code == 404
