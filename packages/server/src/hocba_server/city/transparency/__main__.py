"""`./hocba adopt-log`: go on with the published log after the database went back in time.

Exit codes: 0 done or nothing to do, 1 the published log is another one, 2 could not be done.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime

DONE, WRONG, UNFINISHED = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Read the arguments and run; answers the exit code."""
    parser = argparse.ArgumentParser(
        prog="hocba adopt-log", description="Nhận lại các mục đã công bố mà cơ sở dữ liệu thiếu"
    )
    parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hocba_server.config.settings")
    os.environ.setdefault("HOCBA_DATABASE_ROLE", "worker")
    import django

    django.setup()
    from hocba.errors import HocBaError, NotTrusted, Refused
    from hocba_server.city.transparency.adoption import adopt_published
    from hocba_server.config.acting import PLATFORM, act_from_here
    from hocba_server.web.accounts.actor import platform_actor

    act_from_here(PLATFORM)
    try:
        done = adopt_published(by=platform_actor("city"), at=datetime.now(UTC))
    except Refused as fault:
        _say(f"{fault} ({fault.sentence.en})")
        return DONE
    except NotTrusted as fault:
        _say(f"{fault} ({fault.sentence.en})")
        return WRONG
    except (HocBaError, OSError) as fault:
        _say(f"{fault}")
        return UNFINISHED
    _say(f"sổ có {done.size} mục, nhận lại từ mục {done.first} (entries taken over)")
    _say("phải làm lại (to be done again): học bạ do trường gửi lại, thu hồi và chốt do Sở")
    for (unit, year, kind), count in sorted(done.lost.items()):
        _say(f"  {unit}  {year}  {kind}: {count}")
    return DONE


def _say(sentence: str) -> None:
    sys.stderr.write(f"hocba: {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
