"""`./hocba export TARGET`: every original as a plain file, in a folder or in S3-compatible storage.

Exit codes: 0 done (or everything is right), 1 a file is missing or differs, 2 could not be
finished, 64 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from hocba_server.adapters.object_storage import FileStore

DONE, WRONG, UNFINISHED, USAGE = 0, 1, 2, 64


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Read the arguments and run; answers the exit code."""
    parser = _Parser(prog="hocba export", description="Xuất bản gốc học bạ thành tệp")
    parser.add_argument("target", metavar="THƯ_MỤC|s3://MÁY/KHO/TIỀN_TỐ")
    parser.add_argument("--check", action="store_true", help="chỉ kiểm lại (only compare)")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hocba_server.config.settings")
    os.environ.setdefault("HOCBA_DATABASE_ROLE", "worker")
    import django

    django.setup()
    from hocba_server.config.acting import PLATFORM, act_from_here

    act_from_here(PLATFORM)
    from hocba.errors import HocBaError, Malformed, NotTrusted
    from hocba_server.adapters.object_storage import open_store

    try:
        store = open_store(chosen.target)
    except Malformed as fault:
        parser.error(f"{fault} ({fault.sentence.en})")
    try:
        return _check(store) if chosen.check else _export(store, chosen.target)
    except NotTrusted as fault:
        _say(f"{fault} ({fault.sentence.en})")
        return WRONG
    except HocBaError as fault:
        _say(f"{fault} ({fault.sentence.en})")
        return UNFINISHED
    except KeyboardInterrupt:
        _say("đã dừng; chạy lại để làm tiếp (stopped; run again to go on)")
        return UNFINISHED


def _export(store: FileStore, target: str) -> int:
    from hocba_server.city.exporting.services import export_originals
    from hocba_server.web.accounts.actor import platform_actor

    done = export_originals(
        by=platform_actor("city"),
        at=datetime.now(UTC),
        store=store,
        target=target,
        show=_progress,
    )
    _say(f"{done.records} học bạ, ghi mới {done.written} tệp (records; files written now)")
    return DONE


def _check(store: FileStore) -> int:
    from hocba_server.city.exporting.services import check_export

    wrong = check_export(store, _progress)
    for path in wrong:
        _say(f"✗ {path}: thiếu hoặc khác (missing or different)")
    if not wrong:
        _say("mọi tệp đúng như danh mục (every file is as the manifest says)")
    return WRONG if wrong else DONE


def _progress(count: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\rhocba: {count:,} ")
        sys.stderr.flush()


def _say(sentence: str) -> None:
    sys.stderr.write(f"hocba: {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
