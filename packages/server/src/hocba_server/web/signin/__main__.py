"""`./hocba invite`: write the first letter of an installation, for an administrator.

Everybody else gets theirs on the pages of the house. The account is made when there is none. A
letter for somebody who has keys already holds only after a second person confirmed it on the page.

Exit codes: 0 written, 1 refused.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime


def main(arguments: list[str] | None = None) -> int:
    """Read the arguments and write the letter; answers the exit code."""
    chosen = _parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hocba_server.config.settings")
    import django

    django.setup()
    from django.conf import settings

    from hocba.errors import HocBaError
    from hocba_server.web.accounts.actor import platform_actor
    from hocba_server.web.accounts.models import User
    from hocba_server.web.accounts.services import save_account
    from hocba_server.web.signin.invitations import invite
    from hocba_server.web.signin.traces import note

    at = datetime.now(UTC)
    try:
        user = User.objects.filter(username=chosen.username, is_active=True).first()
        if user is None:
            if not (chosen.name and chosen.personal_id and chosen.unit and chosen.role):
                _say("chưa có tài khoản: thêm --name, --personal-id, --unit, --role (no account)")
                return 1
            user = save_account(
                username=chosen.username,
                full_name=chosen.name,
                personal_id=chosen.personal_id,
                house=chosen.house,
                unit_code=chosen.unit,
                unit_name=chosen.unit_name,
                roles=chosen.role,
            )
        by = platform_actor(user.house)
        letter = invite(user=user, by=by, at=at)
        note(user, "write_letter", at=at, by=by)
    except HocBaError as fault:
        _say(f"{fault.sentence.vi} ({fault.sentence.en})")
        return 1
    _say(f"thư mời cho {user.full_name}, đến {letter.invitation.expires_at:%d/%m/%Y} (letter)")
    sys.stdout.write(f"{settings.PUBLIC_URL.rstrip('/')}/thu-moi/#{letter.shown_code}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hocba invite", description="Lập thư mời đầu tiên")
    parser.add_argument("username", help="tên đăng nhập (user name)")
    parser.add_argument("--name", default="", help="họ và tên (full name)")
    parser.add_argument("--personal-id", default="", help="số định danh cá nhân, 12 chữ số")
    parser.add_argument("--house", choices=("school", "city"), default="city")
    parser.add_argument("--unit", default="", help="mã đơn vị (unit code)")
    parser.add_argument("--unit-name", default="", help="tên đơn vị (unit name)")
    parser.add_argument("--role", action="append", default=[], help="SO_QT: quản trị của Sở")
    return parser


def _say(sentence: str) -> None:
    sys.stderr.write(f"hocba: {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
