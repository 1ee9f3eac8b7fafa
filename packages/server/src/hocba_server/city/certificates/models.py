from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Ownership(models.TextChoices):
    """Persisted values; they decide which certification authority a unit may use."""

    PUBLIC = "public", "Công lập"
    PRIVATE = "private", "Ngoài công lập"


class RegistrationState(models.TextChoices):
    """Persisted values: what the department decided about a certificate."""

    WAITING = "waiting", "Chờ duyệt"
    APPROVED = "approved", "Đã phê duyệt"
    REFUSED = "refused", "Đã từ chối"


class Unit(models.Model):
    """A school as the department knows it; the city's own list, not the school house's rows."""

    code = models.CharField("mã đơn vị", max_length=20, unique=True)
    name = models.CharField("tên đơn vị", max_length=150)
    ownership = models.CharField("loại hình", max_length=10, choices=Ownership.choices)
    ward_code = models.CharField("mã xã phường", max_length=5)
    ward_name = models.CharField("tên xã phường", max_length=150)
    created_by = models.BigIntegerField("người tạo", null=True)
    created_at = models.DateTimeField("tạo lúc")

    class Meta:
        verbose_name = "đơn vị"
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="unit_ownership_known", condition=Q(ownership__in=Ownership.values)
            )
        ]

    def __str__(self) -> str:
        return self.name


class CertificateRegistration(models.Model):
    """An organisation certificate that a unit declared, and the department's decision."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="certificates")
    message_id = models.CharField("mã gói tin", max_length=100)
    request_sha256 = models.CharField("mã băm nội dung gửi", max_length=64)
    serial = models.CharField("số serial", max_length=64)
    fingerprint = models.CharField("mã băm chứng thư số", max_length=64)
    certificate = models.BinaryField("chứng thư số (DER)")
    subject_name = models.CharField("chủ thể", max_length=500)
    issuer_name = models.CharField("nơi cấp", max_length=500)
    valid_from = models.DateTimeField("hiệu lực từ")
    valid_until = models.DateTimeField("hiệu lực đến")
    signature_kind = models.CharField("kiểu chữ ký số", max_length=100)
    received_at = models.DateTimeField("nhận lúc")
    state = models.CharField(
        "trạng thái",
        max_length=10,
        choices=RegistrationState.choices,
        default=RegistrationState.WAITING,
    )
    decided_by = models.BigIntegerField("người duyệt", null=True)
    decided_by_name = models.CharField("tên người duyệt", max_length=150, blank=True, default="")
    decided_at = models.DateTimeField("duyệt lúc", null=True)
    reason = models.CharField("lý do từ chối", max_length=500, blank=True, default="")

    class Meta:
        verbose_name = "đăng ký chứng thư số"
        ordering: ClassVar = ["-received_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "message_id"], name="registration_message_once"
            ),
            models.UniqueConstraint(
                fields=["unit", "fingerprint"],
                condition=~Q(state="refused"),
                name="certificate_once_per_unit",
            ),
            models.CheckConstraint(
                name="registration_state_known", condition=Q(state__in=RegistrationState.values)
            ),
            models.CheckConstraint(
                name="registration_decided_pair",
                condition=Q(state="waiting", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="registration_refusal_has_reason",
                condition=~Q(state="refused") | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.serial
