from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocba_server.school.problem import WithProblem
from hocba_server.school.registry.models import School


class SchoolWord(models.Model):
    """What the school says of itself beside what its own rows say. One row for a year."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="words")
    school_year = models.CharField("năm học", max_length=9)
    staff_total = models.PositiveIntegerField("cán bộ, giáo viên", default=0)
    staff_trained = models.PositiveIntegerField("đã tập huấn", default=0)
    paper_reason = models.CharField("lý do còn dùng học bạ giấy", max_length=500, blank=True)
    paper_plan = models.CharField("kế hoạch tham gia", max_length=1000, blank=True)
    join_on = models.DateField("ngày dự kiến tham gia", null=True)
    set_by = models.BigIntegerField("người ghi")
    set_by_name = models.CharField("tên người ghi", max_length=150)
    set_at = models.DateTimeField("ghi lúc")

    class Meta:
        verbose_name = "lời báo của trường"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "school_year"], name="school_word_once"),
            models.CheckConstraint(
                name="word_trained_among_staff",
                condition=Q(staff_trained__lte=F("staff_total")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.school_year}"


class MessageState(models.TextChoices):
    """Persisted values: the outbox of one message."""

    WAITING = "waiting", _("Chờ gửi")
    RECEIVED = "received", _("Sở đã nhận")
    REFUSED = "refused", _("Sở không nhận")


class SituationMessage(WithProblem):
    """A signed message in the outbox: kept before sending, sent with the same number."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="situations")
    school_year = models.CharField("năm học", max_length=9)
    message_id = models.CharField("mã gói tin", max_length=36, unique=True)
    body = models.JSONField("số liệu")
    digest = models.CharField("mã băm số liệu", max_length=64)
    """Of the body without its moment: the same numbers again need not be sent."""
    request = models.JSONField("nội dung gửi")
    state = models.CharField(
        "trạng thái", max_length=10, choices=MessageState.choices, default=MessageState.WAITING
    )
    attempts = models.PositiveIntegerField("số lần gửi", default=0)
    by_hand = models.BooleanField("bấm gửi")
    created_by = models.BigIntegerField("người gửi", null=True)
    created_by_name = models.CharField("tên người gửi", max_length=150)
    created_at = models.DateTimeField("tạo lúc")
    answered_at = models.DateTimeField("có trả lời lúc", null=True)

    class Meta:
        verbose_name = "báo cáo tình hình đã gửi"
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["school", "school_year", "-created_at"], name="situation_newest")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="situation_state_known", condition=Q(state__in=MessageState.values)
            ),
            models.CheckConstraint(
                name="situation_answered_says_when",
                condition=Q(state="waiting", answered_at__isnull=True)
                | ~Q(state="waiting") & Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.message_id
