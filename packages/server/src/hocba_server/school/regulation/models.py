from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hocba_server.school.registry.models import School


class Regulation(models.Model):
    """What a school has chosen for its internal regulation, and when it last made the document.

    The document itself is the school's: it is edited, signed and kept outside.
    """

    school = models.OneToOneField(School, on_delete=models.PROTECT, related_name="regulation")
    choices = models.JSONField("lựa chọn")
    saved_by = models.BigIntegerField("người lưu")
    saved_by_name = models.CharField("tên người lưu", max_length=150)
    saved_at = models.DateTimeField("lưu lúc")
    made_by_name = models.CharField("người tạo văn bản", max_length=150, blank=True, default="")
    made_at = models.DateTimeField("tạo văn bản lúc", null=True)
    made_sha256 = models.CharField("mã băm của tệp", max_length=64, blank=True, default="")

    class Meta:
        verbose_name = "quy chế nội bộ"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="regulation_made_pair",
                condition=Q(made_at__isnull=True, made_sha256="")
                | Q(made_at__isnull=False) & ~Q(made_sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id}"
