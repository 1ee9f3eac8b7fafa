from __future__ import annotations

from django.contrib.auth.backends import BaseBackend

from hocba_server.web.accounts.models import User


class AccountBackend(BaseBackend):
    """Loads the account of a session. It checks no password: there is none in the database."""

    def get_user(self, user_id: int) -> User | None:
        """The account, as long as it is in use."""
        return User.objects.filter(pk=user_id, is_active=True).first()
