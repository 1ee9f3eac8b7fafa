from __future__ import annotations

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class AuditEntry(models.Model):
    """One thing that somebody did or read. The database refuses to change, delete or empty it."""

    class Kind(models.TextChoices):
        WRITE = "write", "thao tác"
        READ = "read", "xem"

    kind = models.CharField("loại", max_length=5, choices=Kind.choices, default=Kind.WRITE)
    at = models.DateTimeField("lúc", db_index=True)
    action = models.CharField("việc", max_length=60)
    subject = models.CharField("đối tượng", max_length=120, db_index=True)
    user_id = models.BigIntegerField("tài khoản", null=True)
    name = models.CharField("người thực hiện", max_length=120)
    personal_id = models.CharField("số định danh cá nhân", max_length=12, blank=True)
    unit_code = models.CharField("mã đơn vị", max_length=20, blank=True)
    roles = models.JSONField("vai trò", default=list)
    detail = models.JSONField("chi tiết", default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "dòng nhật ký"
        ordering = ("pk",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["unit_code", "at"], name="web_audit_unit_at")
        ]

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M} {self.name}: {self.action} {self.subject}"
