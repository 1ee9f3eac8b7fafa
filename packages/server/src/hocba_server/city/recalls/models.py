from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hocba_server.city.gateway.models import IncomingPackage
from hocba_server.city.repository.models import StoredRecord


class CaseState(models.TextChoices):
    """Persisted values: what became of the wish to recall one record."""

    WAITING = "waiting", "Chờ quyết định"
    APPROVED = "approved", "Đồng ý thu hồi"
    REFUSED = "refused", "Từ chối thu hồi"


class RecallCase(models.Model):
    """One record of a request to recall (answer to transaction 6)."""

    package = models.ForeignKey(IncomingPackage, on_delete=models.PROTECT, related_name="cases")
    position = models.PositiveIntegerField("thứ tự trong yêu cầu")
    record = models.ForeignKey(
        StoredRecord, on_delete=models.PROTECT, related_name="recall_cases", null=True
    )
    """None when no record of the sender has that number."""
    record_uuid = models.CharField("mã tra cứu", max_length=100, blank=True, default="")
    pupil_code = models.CharField("mã học sinh", max_length=100, blank=True, default="")
    pupil_name = models.CharField("tên học sinh", max_length=300, blank=True, default="")
    personal_id = models.CharField("số định danh cá nhân", max_length=100, blank=True, default="")
    reason = models.CharField("lý do của trường", max_length=2000, blank=True, default="")
    state = models.CharField("trạng thái", max_length=8, choices=CaseState.choices)
    code = models.CharField("mã trả lời", max_length=10)
    field_title = models.CharField("thẻ", max_length=200, blank=True, default="")
    sentence = models.CharField("ý kiến của Sở", max_length=1000, blank=True, default="")
    decided_by = models.BigIntegerField("người quyết định", null=True)
    decided_by_name = models.CharField("tên người quyết định", max_length=150, default="")
    decided_at = models.DateTimeField("quyết định lúc", null=True)

    class Meta:
        verbose_name = "học bạ cần thu hồi"
        ordering: ClassVar = ["package_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["package", "position"], name="case_once_per_record"),
            models.UniqueConstraint(
                fields=["record"], condition=Q(state="waiting"), name="one_waiting_case_per_record"
            ),
            models.CheckConstraint(
                name="case_decided_pair",
                condition=Q(state="waiting", decided_at__isnull=True, record__isnull=False)
                | Q(state="approved", decided_at__isnull=False, record__isnull=False)
                | Q(state="refused", decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="case_refusal_has_reason",
                condition=~Q(state="refused") | (~Q(sentence="") & ~Q(code="0")),
            ),
        ]

    def __str__(self) -> str:
        return self.record_uuid
