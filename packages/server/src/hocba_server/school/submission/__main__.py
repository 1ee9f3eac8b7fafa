"""`./hocba resend --since "dd/mm/yyyy HH:MM"`: send acknowledged packages to the department again.

Exit codes: 0 done, 1 the department refused some, 2 could not be finished, 64 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from typing import NoReturn

DONE, WRONG, UNFINISHED, USAGE = 0, 1, 2, 64


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Read the arguments and run; answers the exit code."""
    parser = _Parser(prog="hocba resend", description="Gửi lại các gói Sở đã nhận")
    parser.add_argument("--since", required=True, metavar='"dd/mm/yyyy HH:MM"')
    parser.add_argument("--school", metavar="MÃ_TRƯỜNG", help="chỉ một trường (one school only)")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hocba_server.config.settings")
    import django

    django.setup()
    from hocba.errors import HocBaError, Malformed
    from hocba_server.backup.moments import read_moment
    from hocba_server.school.submission.resending import resend_since
    from hocba_server.web.accounts.actor import platform_actor

    try:
        done = resend_since(
            by=platform_actor("school"),
            at=datetime.now(UTC),
            since=read_moment(chosen.since),
            unit_code=chosen.school,
        )
    except Malformed as fault:
        parser.error(f"{fault} ({fault.sentence.en})")
    except HocBaError as fault:
        _say(f"{fault} ({fault.sentence.en})")
        return UNFINISHED
    _say(f"Sở đã có {done.received} gói (packages the department has now)")
    for message_id, why in done.refused:
        _say(f"  ✗ {message_id}: {why}")
    return WRONG if done.refused else DONE


def _say(sentence: str) -> None:
    sys.stderr.write(f"hocba: {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
