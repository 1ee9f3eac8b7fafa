"""`./hocba synth`: a generated city for load trials.

    synth packages FOLDER [--schools 4] [--records 1800]   signed packages as files
    synth rows COUNT [--first 0] [--logged]                rows in this installation's repository

Exit codes: 0 done, 1 refused, 64 wrong usage. Never in production.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

DONE, REFUSED, USAGE = 0, 1, 64


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Read the arguments and run; answers the exit code."""
    parser = _Parser(prog="hocba synth", description="Sinh một thành phố để thử tải")
    parts = parser.add_subparsers(dest="part", required=True)
    packages = parts.add_parser("packages", help="gói đã ký, thành tệp (signed packages)")
    packages.add_argument("folder", type=Path, metavar="THƯ_MỤC")
    packages.add_argument("--schools", type=_positive, default=4)
    packages.add_argument("--records", type=_positive, default=1800, help="tổng số (in total)")
    rows = parts.add_parser("rows", help="dòng trong kho (rows in the repository)")
    rows.add_argument("count", type=_positive, metavar="SỐ_DÒNG")
    rows.add_argument("--first", type=int, default=0)
    rows.add_argument("--logged", action="store_true", help="kèm mục sổ công khai (log entries)")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hocba_server.config.settings")
    os.environ.setdefault("HOCBA_DATABASE_ROLE", "worker")
    import django

    django.setup()
    if chosen.part == "packages":
        return _packages(chosen.folder, chosen.schools, chosen.records)
    return _rows(chosen.count, chosen.first, logged=chosen.logged)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _packages(folder: Path, schools: int, records: int) -> int:
    from hocba_server.synth.packages import write_city

    try:
        written = write_city(folder, schools=schools, records=records, show=_progress("học bạ"))
    except FileExistsError:
        _say(f"{folder} đã có, hãy chọn thư mục mới (the folder exists; choose a new one)")
        return REFUSED
    _say(f"{written} học bạ của {schools} trường ở {folder} ({written} records written)")
    return DONE


def _rows(count: int, first: int, *, logged: bool) -> int:
    from django.conf import settings

    from hocba_server.demo import databases
    from hocba_server.synth.filler import fill_repository

    if settings.PRODUCTION:
        _say("không sinh dữ liệu thử trong hệ thống thật (never in production)")
        return REFUSED
    databases.ready()
    fill_repository(count, first=first, logged=logged, show=_progress("dòng"))
    _say(f"đã thêm {count} dòng (rows added)")
    return DONE


def _progress(what: str) -> Callable[[int], None]:
    def show(done: int) -> None:
        sys.stderr.write(f"\rhocba: {done:,} {what} ".replace(",", "."))
        sys.stderr.flush()

    return show


def _say(sentence: str) -> None:
    sys.stderr.write(f"\nhocba: {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
