from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hocba_server.web.accounts.models import User


class Passkey(models.Model):
    """A key of a person's device or of its key chain (W3C Web Authentication). Public halves only:
    whoever takes this table signs in nowhere."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField("mã khoá", max_length=1023, unique=True)
    credential = models.BinaryField("khoá công khai")
    """Attested credential data as the authenticator made it (WebAuthn 6.5.1)."""
    sign_count = models.BigIntegerField("số lần ký", default=0)
    name = models.CharField("tên", max_length=60)
    created_at = models.DateTimeField("tạo lúc")
    last_used_at = models.DateTimeField("dùng lần cuối", null=True)

    class Meta:
        verbose_name = "khoá truy cập"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name


class CodeApp(models.Model):
    """An app on a phone that shows a new code every thirty seconds (RFC 6238).

    The code alone is short, so it is asked for together with a sign-in number that nobody guesses
    and that the app shows beside it.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="code_app")
    number_sha256 = models.CharField("mã băm số đăng nhập", max_length=64, unique=True)
    secret = models.BinaryField("bí mật (mã hoá)")
    last_step = models.BigIntegerField("mã đã dùng", default=0)
    """Thirty-second step of the newest code that was accepted: none is good for twice."""
    wrong = models.PositiveSmallIntegerField("số lần sai", default=0)
    shut_until = models.DateTimeField("khoá đến", null=True)
    created_at = models.DateTimeField("tạo lúc")
    last_used_at = models.DateTimeField("dùng lần cuối", null=True)

    class Meta:
        verbose_name = "ứng dụng mã"

    def __str__(self) -> str:
        return str(self.user_id)


class Invitation(models.Model):
    """A letter with which a person makes the first key, or new ones after losing all.

    Whoever has keys already gets a letter from two people only, so that no single administrator can
    sign in as somebody else.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    code_sha256 = models.CharField("mã băm", max_length=64, unique=True)
    made_by = models.BigIntegerField("người lập")
    made_by_name = models.CharField("tên người lập", max_length=150)
    made_at = models.DateTimeField("lập lúc")
    expires_at = models.DateTimeField("hết hạn")
    replaces_keys = models.BooleanField("thay khoá cũ", default=False)
    confirmed_by = models.BigIntegerField("người duyệt", null=True)
    confirmed_by_name = models.CharField("tên người duyệt", max_length=150, blank=True, default="")
    confirmed_at = models.DateTimeField("duyệt lúc", null=True)
    wrong = models.PositiveSmallIntegerField("số lần sai", default=0)
    used_at = models.DateTimeField("dùng lúc", null=True)
    ended_at = models.DateTimeField("huỷ lúc", null=True)

    class Meta:
        verbose_name = "thư mời"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="web_signin_two_people",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=models.F("made_by")),
            )
        ]

    def __str__(self) -> str:
        return str(self.user_id)
