from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Ownership(models.TextChoices):
    """Persisted values; they decide which certification authority a unit may use."""

    PUBLIC = "public", "Công lập"
    PRIVATE = "private", "Ngoài công lập"


class Level(models.TextChoices):
    """Persisted values: levels of schooling (Luật Giáo dục 2019 Đ6); a unit has some."""

    PRIMARY = "primary", "Tiểu học"
    LOWER_SECONDARY = "lower_secondary", "Trung học cơ sở"
    UPPER_SECONDARY = "upper_secondary", "Trung học phổ thông"
    CONTINUING = "continuing", "Giáo dục thường xuyên"


class Holder(models.TextChoices):
    """Persisted values: whose certificate a unit declared (QĐ 1789 Đ20.3 names both)."""

    ORGANISATION = "organisation", "Con dấu số của đơn vị"
    LEADER = "leader", "Chữ ký số của cán bộ quản lý"


def primary_only() -> list[str]:
    """Levels of a unit of which nothing else was said."""
    return [Level.PRIMARY.value]


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
    levels = ArrayField(
        models.CharField(max_length=20, choices=Level.choices),
        verbose_name="cấp học",
        default=primary_only,
    )
    email = models.EmailField("thư điện tử", blank=True, default="")
    """Where reminders of certificates go; empty: they stand in answers and on pages only."""
    created_by = models.BigIntegerField("người tạo", null=True)
    created_at = models.DateTimeField("tạo lúc")

    class Meta:
        verbose_name = "đơn vị"
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="unit_ownership_known", condition=Q(ownership__in=Ownership.values)
            ),
            models.CheckConstraint(
                name="unit_has_a_level",
                condition=Q(levels__len__gt=0, levels__contained_by=Level.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CertificateRegistration(models.Model):
    """A certificate that a unit declared, the office's decision, and how its approval ended.

    What was approved stays for ever: a seal is judged by what held when it was made.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="certificates")
    message_id = models.CharField("mã gói tin", max_length=100)
    request_sha256 = models.CharField("mã băm nội dung gửi", max_length=64)
    serial = models.CharField("số serial", max_length=64)
    fingerprint = models.CharField("mã băm chứng thư số", max_length=64)
    certificate = models.BinaryField("chứng thư số (DER)")
    holder = models.CharField(
        "của ai", max_length=12, choices=Holder.choices, default=Holder.ORGANISATION
    )
    personal_id = models.CharField("số định danh cá nhân", max_length=12, blank=True, default="")
    """Of the leader, as the certificate names it; empty for an organisation."""
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
    ended_from = models.DateTimeField("hết phê duyệt từ lúc", null=True)
    """From this moment on nothing new may be sealed with it; it may lie before the decision."""
    ended_by = models.BigIntegerField("người chấm dứt", null=True)
    ended_by_name = models.CharField("tên người chấm dứt", max_length=150, blank=True, default="")
    ended_at = models.DateTimeField("chấm dứt lúc", null=True)
    end_reason = models.CharField("lý do chấm dứt", max_length=500, blank=True, default="")
    end_asked_at = models.DateTimeField("trường xin chấm dứt lúc", null=True)
    end_asked_reason = models.CharField("lý do của trường", max_length=500, blank=True, default="")
    reminded_days = models.PositiveSmallIntegerField("đã nhắc trước (ngày)", null=True)
    """The last of the reminder's steps that was sent, in days before the certificate ends."""

    class Meta:
        verbose_name = "đăng ký chứng thư số"
        ordering: ClassVar = ["-received_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "message_id"], name="registration_message_once"
            ),
            models.UniqueConstraint(
                fields=["unit", "fingerprint"],
                condition=~Q(state="refused") & Q(ended_from__isnull=True),
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
            models.CheckConstraint(
                name="registration_holder_known", condition=Q(holder__in=Holder.values)
            ),
            models.CheckConstraint(
                name="registration_leader_is_named",
                condition=Q(holder="organisation", personal_id="")
                | Q(holder="leader", personal_id__regex=r"^[0-9]{12}$"),
            ),
            models.CheckConstraint(
                name="registration_end_whole",
                condition=Q(
                    ended_from__isnull=True,
                    ended_by__isnull=True,
                    ended_at__isnull=True,
                    end_reason="",
                )
                | Q(
                    state="approved",
                    ended_from__isnull=False,
                    ended_by__isnull=False,
                    ended_at__isnull=False,
                )
                & ~Q(end_reason=""),
            ),
            models.CheckConstraint(
                name="registration_end_asked_pair",
                condition=Q(end_asked_at__isnull=True, end_asked_reason="")
                | Q(end_asked_at__isnull=False) & ~Q(end_asked_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.serial
