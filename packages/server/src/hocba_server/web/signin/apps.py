from __future__ import annotations

from django.apps import AppConfig


class SignInConfig(AppConfig):
    """Signing in."""

    name = "hocba_server.web.signin"
    label = "web_signin"
    verbose_name = "Đăng nhập"
