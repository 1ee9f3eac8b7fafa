"""`python -m hocba_server.city.access`: appoint the department's first administrator, by decision.

Everybody else is appointed on the page /so/can-bo/. Exit codes: 0 done, 1 refused.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime


def main(arguments: list[str] | None = None) -> int:
    """Read the arguments and run; answers the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m hocba_server.city.access",
        description="Giao vai trò quản trị hệ thống đầu tiên của Sở",
    )
    parser.add_argument("--name", required=True, help="họ và tên (full name)")
    parser.add_argument("--personal-id", required=True, help="số định danh cá nhân, 12 chữ số")
    parser.add_argument("--username", required=True, help="tên đăng nhập (user name)")
    parser.add_argument("--department", default="79", help="mã của Sở (code of the department)")
    parser.add_argument("--decision", required=True, help="số quyết định (number of the decision)")
    parser.add_argument("--date", required=True, help="ngày quyết định dd/mm/yyyy")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hocba_server.config.settings")
    os.environ.setdefault("HOCBA_DATABASE_ROLE", "worker")
    import django

    django.setup()
    from hocba.errors import HocBaError
    from hocba_server.city.access.services import Appointment, give_role
    from hocba_server.config.acting import PLATFORM, act_from_here
    from hocba_server.web.accounts.actor import NO_ACCOUNT, Actor

    act_from_here(PLATFORM)
    installer = Actor(NO_ACCOUNT, "Người cài đặt", "", chosen.department, ("SO_QT",), "city")
    try:
        decided = datetime.strptime(chosen.date, "%d/%m/%Y").date()  # noqa: DTZ007 - a day
        give_role(
            by=installer,
            at=datetime.now(UTC),
            appointment=Appointment(
                full_name=chosen.name,
                personal_id=chosen.personal_id,
                username=chosen.username,
                role="SO_QT",
                decision_number=chosen.decision,
                decision_date=decided,
            ),
        )
    except (HocBaError, ValueError) as fault:
        sys.stderr.write(f"hocba: {fault}\n")
        return 1
    sys.stderr.write("hocba: xong (done)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
