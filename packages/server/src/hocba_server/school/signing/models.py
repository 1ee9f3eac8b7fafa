from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch


class SessionState(models.TextChoices):
    """Persisted values: how far one signing session is."""

    WAITING = "waiting", "Đang chờ"
    RUNNING = "running", "Đang ký"
    DONE = "done", "Đã ký xong"
    FAILED = "failed", "Có học bạ chưa ký được"


class SigningSession(models.Model):
    """One person signs one class in one action; `done` and `failed` grow while the job runs."""

    batch = models.ForeignKey(IssueBatch, on_delete=models.PROTECT, related_name="sessions")
    role = models.CharField("vai trò ký", max_length=12)
    signer_name = models.CharField("người ký", max_length=150)
    signer_personal_id = models.CharField("số định danh cá nhân", max_length=12, blank=True)
    state = models.CharField("trạng thái", max_length=10, choices=SessionState.choices)
    total = models.PositiveIntegerField("tổng số")
    done = models.PositiveIntegerField("đã ký", default=0)
    failed = models.PositiveIntegerField("chưa ký được", default=0)
    problem = models.CharField("vướng mắc", max_length=1000, blank=True, default="")
    actor = models.JSONField("người thực hiện")
    started_by = models.BigIntegerField("người bắt đầu")
    started_at = models.DateTimeField("bắt đầu lúc")
    finished_at = models.DateTimeField("xong lúc", null=True)

    class Meta:
        verbose_name = "phiên ký"
        ordering: ClassVar = ["-started_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="session_state_known", condition=Q(state__in=SessionState.values)
            ),
            models.CheckConstraint(
                name="session_counts_within_total",
                condition=Q(total__gte=F("done") + F("failed")),
            ),
            models.CheckConstraint(
                name="session_finished_when_over",
                condition=Q(state__in=["waiting", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "failed"], finished_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["batch"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_open_session_per_batch",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.state}"


class SigningFault(models.Model):
    """Why one record of a session could not be signed."""

    session = models.ForeignKey(SigningSession, on_delete=models.CASCADE, related_name="faults")
    record = models.ForeignKey(AnnualRecordDraft, on_delete=models.CASCADE, related_name="+")
    code = models.CharField("mã lỗi", max_length=50)
    sentence = models.CharField("lý do", max_length=1000)

    class Meta:
        verbose_name = "học bạ chưa ký được"
        ordering: ClassVar = ["session_id", "record_id"]

    def __str__(self) -> str:
        return self.code
