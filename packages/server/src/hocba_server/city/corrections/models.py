from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hocba_server.city.recalls.models import RecallCase


class Kind(models.TextChoices):
    """Persisted values, as sent: what the correction is about."""

    CONTENT = "NOI_DUNG", "Sửa nội dung ghi sai"
    CIVIL_STATUS = "HO_TICH", "Thay đổi hộ tịch"


class Correction(models.Model):
    """What makes a case a correction after the closing (Đ21.6-7). Append-only.

    The case has what both kinds of requests have in common: record, reason, decision, answer.
    """

    case = models.OneToOneField(RecallCase, on_delete=models.PROTECT, related_name="correction")
    kind = models.CharField("loại chỉnh lý", max_length=10, choices=Kind.choices)

    class Meta:
        verbose_name = "yêu cầu chỉnh lý"
        ordering: ClassVar = ["case_id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="correction_kind_known", condition=Q(kind__in=Kind.values))
        ]

    def __str__(self) -> str:
        return self.kind


class CorrectionFile(models.Model):
    """A file that the school attached, byte for byte as it was signed. Append-only."""

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField("thứ tự")
    filename = models.CharField("tên tệp", max_length=150)
    media_type = models.CharField("loại tệp", max_length=40)
    content = models.BinaryField("nội dung")
    size = models.PositiveIntegerField("số byte")
    sha256 = models.CharField("mã băm", max_length=64)

    class Meta:
        verbose_name = "tệp kèm yêu cầu chỉnh lý"
        ordering: ClassVar = ["correction_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["correction", "position"], name="file_position_once")
        ]

    def __str__(self) -> str:
        return self.filename
