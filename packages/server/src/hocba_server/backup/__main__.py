"""`./hocba backup FOLDER` and `./hocba restore FOLDER`: see docs/operations/backup.md.

Exit codes: 0 done, 1 the folder is not whole, 2 could not be done, 64 wrong usage.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from hocba.errors import HocBaError, Malformed, Unavailable
from hocba.record.values import VIETNAM
from hocba_server.backup.folder import Base, Folder
from hocba_server.backup.moments import NEWEST, read_moment
from hocba_server.backup.programs import connection_arguments
from hocba_server.backup.restoring import restore
from hocba_server.backup.taking import (
    catch_up,
    check,
    forget_old,
    receiving,
    take_base,
    why_it_ended,
)

DONE, WRONG, UNFINISHED, USAGE = 0, 1, 2, 64
_PATIENCE = 600.0
"""Seconds in which the folder must catch up."""
_REACH_EVERY = 10.0
"""Seconds between two looks how far the folder reaches."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Read the arguments and run; answers the exit code."""
    parser = _Parser(prog="hocba", description="Sao lưu và khôi phục cơ sở dữ liệu")
    commands = parser.add_subparsers(required=True, parser_class=_Parser)
    one = commands.add_parser("backup", help="sao lưu liên tục (back up, and go on with it)")
    one.add_argument("folder", type=Path, metavar="THƯ_MỤC")
    one.add_argument("--once", action="store_true", help="một bản rồi thôi (one backup, then stop)")
    one.add_argument("--check", action="store_true", help="chỉ kiểm thư mục (only check it)")
    one.add_argument("--every", type=float, default=24, metavar="GIỜ", help="một bản mỗi … giờ")
    one.add_argument("--keep", type=int, default=7, metavar="SỐ_BẢN", help="giữ bao nhiêu bản")
    one.add_argument(
        "--database", choices=["default", "school", "city"], default="city", help="máy chủ của nhà"
    )
    one.set_defaults(run=_backup)
    one = commands.add_parser("restore", help="về một thời điểm (go back to a moment)")
    one.add_argument("folder", type=Path, metavar="THƯ_MỤC")
    one.add_argument("--to", required=True, metavar=f'"dd/mm/yyyy HH:MM[:SS]"|{NEWEST}')
    one.add_argument("--into", required=True, type=Path, metavar="THƯ_MỤC_MỚI")
    one.set_defaults(run=_restore)
    chosen = parser.parse_args(arguments)
    try:
        code: int = chosen.run(chosen)
    except Malformed as fault:
        _say(f"{fault} ({fault.sentence.en})")
        return USAGE if fault.code == "moment" else UNFINISHED
    except HocBaError as fault:
        _say(f"{fault} ({fault.sentence.en})")
        return UNFINISHED
    except OSError as error:
        _say(f"không làm được (not done): {error}")
        return UNFINISHED
    except KeyboardInterrupt:
        _say("đã dừng (stopped)")
        return DONE
    return code


def _backup(chosen: argparse.Namespace) -> int:
    folder = Folder(chosen.folder.resolve())
    if chosen.keep < 1 or chosen.every <= 0:
        raise Malformed("moment", "--keep, --every: lớn hơn 0.", "--keep, --every: above 0.")
    if chosen.check:
        wrong = check(folder) if folder.path.is_dir() else ["không có thư mục (no such folder)"]
        for each in wrong:
            _say(f"✗ {each}")
        if not wrong:
            _tell_reach(folder)
        return WRONG if wrong else DONE
    folder.prepare()
    arguments = connection_arguments(chosen.database)
    if chosen.once:
        with receiving(folder, arguments):
            _tell(take_base(folder, arguments))
            forget_old(folder, chosen.keep)
            catch_up(folder, arguments, timeout=_PATIENCE)
        _tell_reach(folder)
        return DONE
    # A service is stopped with SIGTERM: end as with Ctrl+C, and let the receiver end before.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    while True:
        try:
            _go_on(folder, arguments, chosen)
        except Unavailable as fault:
            # The server restarts, the network is away: it keeps the log for us meanwhile.
            _say(f"{fault} ({fault.sentence.en})")
        time.sleep(_REACH_EVERY)


def _go_on(folder: Folder, arguments: dict[str, Any], chosen: argparse.Namespace) -> NoReturn:
    """Fetch and take backups until something fails."""
    with receiving(folder, arguments) as receiver:
        while receiver.poll() is None:
            if _is_due(folder, chosen.every):
                _tell(take_base(folder, arguments))
                forget_old(folder, chosen.keep)
            catch_up(folder, arguments, timeout=_PATIENCE)
            time.sleep(_REACH_EVERY)
    raise why_it_ended(folder)


def _is_due(folder: Folder, hours: float) -> bool:
    bases = folder.bases()
    return not bases or datetime.now(UTC) - bases[-1].ended_at >= timedelta(hours=hours)


def _restore(chosen: argparse.Namespace) -> int:
    target = None if chosen.to == NEWEST else read_moment(chosen.to)
    began = time.monotonic()
    done = restore(Folder(chosen.folder.resolve()), chosen.into.resolve(), target)
    _say(
        f"đã khôi phục vào {done.data} trong {time.monotonic() - began:.0f} giây "
        f"(restored), giao dịch cuối (last transaction): {done.last_commit or 'trong bản sao lưu'}"
    )
    if not done.complete:
        _say(
            "CẢNH BÁO: thư mục sao lưu không chắc có đủ mọi thay đổi đến thời điểm này "
            "(the folder is not known to reach so far)"
        )
    _say(f"tiếp theo: HOCBA_VAR={chosen.into} ./hocba fsck; ./hocba adopt-log (docs/operations)")
    return DONE


def _tell(base: Base) -> None:
    _say(f"đã sao lưu và kiểm (backed up and verified): {base.folder}")


def _tell_reach(folder: Folder) -> None:
    reach, first = folder.reach(), folder.bases()[0].ended_at.astimezone(VIETNAM)
    if reach is not None:
        _say(
            f"về được mọi lúc từ {first:%H:%M:%S %d/%m/%Y} đến "
            f"{reach.astimezone(VIETNAM):%H:%M:%S %d/%m/%Y} (any moment between can be restored)"
        )


def _say(sentence: str) -> None:
    sys.stderr.write(f"hocba: {sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
