"""The log as static files (C2SP tlog-tiles): a folder that any web server can serve as it is.

The files are derived from the rows and can be made anew into an empty folder at any time.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from hocba.errors import HocBaError, NotTrusted, Unavailable
from hocba.tlog.checkpoint import Checkpoint, open_checkpoint
from hocba.tlog.merkle import tree_root
from hocba.tlog.tiles import CHECKPOINT_PATH, TILE_HEIGHT, TILE_WIDTH, Tile, tiles_of
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.transparency.selectors import public_head, tile
from hocba_server.city.transparency.tree import node_reader

_LOCK, _PARTIALS = ".lock", ".partials"
_READABLE = 0o644


def published_head() -> Checkpoint | None:
    """The head in the folder; None before the first. Raises `Malformed` or `NotTrusted`."""
    file = Path(settings.LOG_DIR) / CHECKPOINT_PATH
    if not file.is_file():
        return None
    return open_checkpoint(file.read_bytes(), [log_key().public_key()], origin=log_origin())


def deny_rollback(size: int) -> None:
    """Stop when the database holds fewer entries than were published from it.

    Raises `Unavailable`: `log_rolled_back`, or `log_folder` when the head there is not ours.
    """
    try:
        head = published_head()
    except HocBaError as fault:
        raise Unavailable(
            "log_folder",
            "Điểm chốt trong thư mục sổ công khai (HOCBA_LOG_DIR) không phải của sổ này.",
            "The head in the folder of the public log (HOCBA_LOG_DIR) is not of this log.",
        ) from fault
    if head is not None and head.size > size:
        raise Unavailable(
            "log_rolled_back",
            f"Cơ sở dữ liệu chỉ có {size} mục của sổ công khai nhưng đã công bố {head.size} mục: "
            "đây là bản sao cũ. Dừng tiếp nhận; hãy khôi phục bản mới hơn.",
            f"The database holds {size} entries of the log and {head.size} were published: it is "
            "an old copy. Nothing is accepted; restore a newer one.",
        )


def publish_log() -> int:
    """Bring the folder up to the newest public head; answers its size.

    Safe to run at any time, again after a kill, and by several processes at once:

    1. turn      one process at a time in this folder; the lock falls with the process
    2. tiles     each appears whole under its name or not at all; until the head names them they
                 are nobody's, and the next run writes the same bytes again
    3. head      **the publication**: everything that it names is durable by now
    4. clean     partial tiles that a full one has replaced; the next run cleans what is left

    Raises `NotTrusted` with code `published_differs` when the folder holds another history.
    """
    folder = Path(settings.LOG_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with _turn(folder):
        note, head = public_head()
        before = published_head()
        old_size = before.size if before else 0
        if before is not None and (head.size < old_size or not _continues(before)):
            raise _differs(CHECKPOINT_PATH)
        for each in tiles_of(head.size, old_size):
            _write_tile(folder, each)
        _write(folder / CHECKPOINT_PATH, note)
        _clean(folder, old_size, head.size)
    return head.size


def _continues(before: Checkpoint) -> bool:
    return tree_root(before.size, node_reader(before.size)) == before.root


def _write_tile(folder: Path, wanted: Tile) -> None:
    file, content = folder / wanted.path, tile(wanted.path)
    if not file.is_file():
        _write(file, content)
    elif file.read_bytes() != content:
        raise _differs(wanted.path)


def _write(file: Path, content: bytes) -> None:
    """Durable and all or nothing: written beside, synced, moved into place, the folder synced."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new")
    with draft.open("wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    draft.chmod(_READABLE)
    draft.replace(file)
    handle = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clean(folder: Path, old_size: int, size: int) -> None:
    """Drop folders of partial tiles that neither this head nor the last one names and whose full
    tile is there: who reads by an older head may take the full one (tlog-tiles, Partial Tiles)."""
    list_file = folder / _PARTIALS
    known = set(list_file.read_text("ascii").split()) if list_file.is_file() else set()
    named = _partials(size)
    kept = {one for one in known - named - _partials(old_size) if not _superseded(folder, one)}
    for one in known - named - _partials(old_size) - kept:
        shutil.rmtree(folder / one, ignore_errors=True)
    _write(list_file, "\n".join(sorted(kept | named | (known & _partials(old_size)))).encode())


def _superseded(folder: Path, partial: str) -> bool:
    return (folder / partial.removesuffix(".p")).is_file()


def _partials(size: int) -> set[str]:
    """Folders of the partial tiles of a tree of this size."""
    found: set[str] = set()
    level = 0
    while size >> (TILE_HEIGHT * level):
        index, width = divmod(size >> (TILE_HEIGHT * level), TILE_WIDTH)
        if width:
            found.add(f"{Tile(level, index).path}.p")
            if level == 0:
                found.add(f"{Tile(None, index).path}.p")
        level += 1
    return found


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _differs(path: str) -> NotTrusted:
    return NotTrusted(
        "published_differs",
        "Thư mục sổ công khai đang giữ nội dung khác với cơ sở dữ liệu. Không ghi đè; hãy báo ngay "
        "cho quản trị của Sở.",
        "The folder of the public log holds another history than the database. Nothing was "
        "overwritten.",
        where=path,
    )
