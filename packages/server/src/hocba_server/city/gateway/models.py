from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class PackageState(models.TextChoices):
    """Persisted values: how far the department is with a package."""

    RECEIVED = "received", "Đã nhận, chờ kiểm tra"
    PROCESSED = "processed", "Đã có kết quả"


class PackageKind(models.TextChoices):
    """Persisted values: which transaction brought the package (mã loại giao dịch)."""

    SUBMIT = "1", "Nộp học bạ"
    RECALL = "5", "Yêu cầu thu hồi"


class GatewayAccount(models.Model):
    """The account with which a unit's software speaks to the gateway."""

    unit_code = models.CharField("mã đơn vị", max_length=20)
    user_name = models.CharField("tài khoản", max_length=150, unique=True)
    password = models.CharField("mã băm chậm của mật khẩu", max_length=200, blank=True, default="")
    """Slow hash of the sent SHA-256 hex; empty: the package's own signature is the proof."""
    active = models.BooleanField("đang dùng", default=True)
    opened_by = models.BigIntegerField("người mở", null=True)
    opened_at = models.DateTimeField("mở lúc")

    class Meta:
        verbose_name = "tài khoản cổng tiếp nhận"
        ordering: ClassVar = ["unit_code", "user_name"]

    def __str__(self) -> str:
        return self.user_name


class IncomingPackage(models.Model):
    """A package whose bytes are committed. Only such packages were acknowledged."""

    message_id = models.CharField("mã gói tin", max_length=100)
    unit_code = models.CharField("mã đơn vị", max_length=20)
    kind = models.CharField(
        "loại gói", max_length=1, choices=PackageKind.choices, default=PackageKind.SUBMIT
    )
    first_year = models.PositiveSmallIntegerField("năm học")
    request_sha256 = models.CharField("mã băm nội dung gửi", max_length=64)
    content = models.BinaryField("nội dung (content)")
    answer = models.JSONField("trả lời tiếp nhận")
    record_count = models.PositiveIntegerField("số học bạ")
    received_at = models.DateTimeField("nhận lúc")
    state = models.CharField(
        "trạng thái", max_length=10, choices=PackageState.choices, default=PackageState.RECEIVED
    )
    processed_at = models.DateTimeField("có kết quả lúc", null=True)

    class Meta:
        verbose_name = "gói học bạ"
        ordering: ClassVar = ["-received_at", "-pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["received_at"], condition=Q(state="received"), name="package_waiting"
            )
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit_code", "message_id"], name="package_message_once"
            ),
            models.CheckConstraint(
                name="package_kind_known", condition=Q(kind__in=PackageKind.values)
            ),
            models.CheckConstraint(
                name="package_processed_pair",
                condition=Q(state="received", processed_at__isnull=True)
                | Q(state="processed", processed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class RecordOutcome(models.Model):
    """What became of one record of a package (answer to transaction 2)."""

    package = models.ForeignKey(IncomingPackage, on_delete=models.PROTECT, related_name="outcomes")
    position = models.PositiveIntegerField("thứ tự trong gói")
    record_uuid = models.CharField("mã tra cứu", max_length=100, blank=True, default="")
    pupil_code = models.CharField("mã học sinh", max_length=100, blank=True, default="")
    pupil_name = models.CharField("tên học sinh", max_length=300, blank=True, default="")
    personal_id = models.CharField("số định danh cá nhân", max_length=100, blank=True, default="")
    school_year = models.CharField("năm học", max_length=9, blank=True, default="")
    classroom_name = models.CharField("lớp", max_length=50, blank=True, default="")
    accepted = models.BooleanField("được tiếp nhận")
    code = models.CharField("mã lỗi", max_length=10)
    field_title = models.CharField("thẻ", max_length=200, blank=True, default="")
    sentence = models.CharField("thông tin lỗi", max_length=1000, blank=True, default="")
    note = models.CharField("lưu ý cho cán bộ", max_length=500, blank=True, default="")

    class Meta:
        verbose_name = "kết quả học bạ"
        ordering: ClassVar = ["package_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["package", "position"], name="outcome_once_per_record"),
            models.CheckConstraint(
                name="outcome_refusal_has_reason",
                condition=Q(accepted=True, code="0") | Q(accepted=False) & ~Q(sentence=""),
            ),
        ]

    def __str__(self) -> str:
        return self.record_uuid
