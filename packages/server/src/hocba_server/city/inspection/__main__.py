"""`./hocba fsck`: verify everything that is kept again, from the bytes.

Exit codes: 0 intact, 1 faults found, 2 could not be finished, 64 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from hocba_server.city.inspection.report import Inspection

INTACT, FAULTS, UNFINISHED, USAGE = 0, 1, 2, 64
_PARTS = {
    "records": "học bạ (records)",
    "stamps": "dấu thời gian lưu trữ (archive time-stamps)",
    "closings": "bản kê chốt (closing lists)",
    "files": "tệp kèm (attached files)",
    "log": "mục sổ công khai (log entries)",
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Read the arguments and run; answers the exit code."""
    parser = _Parser(prog="hocba fsck", description="Kiểm lại toàn bộ kho học bạ và sổ công khai")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="số lõi (cores to use)"
    )
    parser.add_argument("--anew", action="store_true", help="bỏ lần chạy dở (forget a stopped run)")
    parser.add_argument("--json", action="store_true", help="in báo cáo JSON (print JSON)")
    parser.add_argument(
        "--out", type=Path, metavar="THƯ_MỤC", help="nơi lưu báo cáo (default: <var>/fsck)"
    )
    chosen = parser.parse_args(arguments)
    if chosen.workers < 1:
        parser.error("--workers: từ 1 trở lên (at least 1)")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hocba_server.config.settings")
    os.environ.setdefault("HOCBA_DATABASE_ROLE", "worker")
    import django

    django.setup()
    from hocba_server.config.acting import PLATFORM, act_from_here

    act_from_here(PLATFORM)
    from hocba.errors import HocBaError

    try:
        return _inspect(chosen)
    except HocBaError as fault:
        _say(f"{fault} ({fault.sentence.en})")
        return UNFINISHED
    except KeyboardInterrupt:
        _say("đã dừng; chạy lại để làm tiếp (stopped; run again to go on)")
        return UNFINISHED


def _inspect(chosen: argparse.Namespace) -> int:
    from django.conf import settings
    from django.db import DatabaseError

    from hocba_server.city.inspection.inspecting import inspect_everything
    from hocba_server.city.inspection.journal import Journal

    folder: Path = chosen.out or Path(settings.VAR_DIR) / "fsck"
    journal = Journal(folder / "journal.jsonl")
    if chosen.anew:
        journal.drop()
    try:
        inspection = inspect_everything(
            workers=chosen.workers,
            journal=journal,
            now=lambda: datetime.now(UTC),
            show=_Progress().show,
        )
    except (DatabaseError, OSError) as error:
        _say(f"chưa xong (unfinished): {error}")
        return UNFINISHED
    _write(folder, inspection)
    journal.drop()
    if chosen.json:
        print(json.dumps(inspection.to_json(), ensure_ascii=False, indent=1))  # noqa: T201
    else:
        print(inspection.to_text(), end="")  # noqa: T201 - the report is what was asked for
    return INTACT if inspection.intact else FAULTS


def _write(folder: Path, inspection: Inspection) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = f"report-{inspection.began:%Y%m%dT%H%M%SZ}"
    content: dict[str, Any] = inspection.to_json()
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / f"{name}.json").write_text(text, "utf-8")
    (folder / f"{name}.txt").write_text(inspection.to_text(), "utf-8")


class _Progress:
    """One line on a terminal that says how far it is, at most twice a second."""

    def __init__(self) -> None:
        self._shown = 0.0
        self._terminal = sys.stderr.isatty()

    def show(self, part: str, count: int) -> None:
        if self._terminal and time.monotonic() - self._shown > 0.5:
            self._shown = time.monotonic()
            sys.stderr.write(f"\rhocba: {count:,} {_PARTS[part]} ")
            sys.stderr.flush()


def _say(sentence: str) -> None:
    sys.stderr.write(f"hocba: {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
