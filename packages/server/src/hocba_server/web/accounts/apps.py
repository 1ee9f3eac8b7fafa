from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts of both houses; rights come from roles, results are never reachable from here."""

    name = "hocba_server.web.accounts"
    label = "web_accounts"
    verbose_name = "tài khoản"
    default_auto_field = "django.db.models.BigAutoField"
