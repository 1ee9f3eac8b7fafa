from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.problem import WithProblem
from hocba_server.school.registry.models import School


class PackageState(models.TextChoices):
    """Persisted values: the outbox of one message to the city."""

    WAITING = "waiting", _("Chờ gửi")
    ACKNOWLEDGED = "acknowledged", _("Sở đã nhận")
    ANSWERED = "answered", _("Đã có kết quả")
    REFUSED = "refused", _("Sở không nhận gói")


class RecordAnswer(models.TextChoices):
    """Persisted values: what the city says about one record."""

    WAITING = "waiting", _("Chờ kết quả")
    ACCEPTED = "accepted", _("Được tiếp nhận")
    REFUSED = "refused", _("Bị từ chối")


class Package(WithProblem):
    """A message in the outbox: kept before sending, sent with the same id until answered."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="packages")
    batch = models.ForeignKey(IssueBatch, on_delete=models.PROTECT, related_name="packages")
    message_id = models.CharField("mã gói tin", max_length=36, unique=True)
    request = models.JSONField("nội dung gửi")
    state = models.CharField("trạng thái", max_length=12, choices=PackageState.choices)
    attempts = models.PositiveIntegerField("số lần gửi", default=0)
    answer_code = models.CharField("mã trả lời", max_length=20, blank=True, default="")
    actor = models.JSONField("người thực hiện")
    created_by = models.BigIntegerField("người gửi")
    created_at = models.DateTimeField("tạo lúc")
    acknowledged_at = models.DateTimeField("Sở nhận lúc", null=True)
    answered_at = models.DateTimeField("có kết quả lúc", null=True)

    class Meta:
        verbose_name = "gói tin"
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="package_state_known", condition=Q(state__in=PackageState.values)
            ),
            models.CheckConstraint(
                name="package_answered_says_when",
                condition=~Q(state="answered") | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="package_acknowledged_says_when",
                condition=~Q(state__in=["acknowledged", "answered"])
                | Q(acknowledged_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["batch"],
                condition=Q(state__in=["waiting", "acknowledged"]),
                name="one_open_package_per_batch",
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class PackageRecord(models.Model):
    """One record in a package and the city's answer to it."""

    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="records")
    record = models.ForeignKey(AnnualRecordDraft, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField("kết quả", max_length=10, choices=RecordAnswer.choices)
    code = models.CharField("mã lỗi", max_length=50, blank=True, default="")
    sentence = models.CharField("lý do", max_length=1000, blank=True, default="")

    class Meta:
        verbose_name = "học bạ trong gói"
        ordering: ClassVar = ["package_id", "record_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["package", "record"], name="record_once_per_package"),
            models.CheckConstraint(
                name="record_answer_known", condition=Q(answer__in=RecordAnswer.values)
            ),
            models.CheckConstraint(
                name="refused_record_says_why",
                condition=~Q(answer="refused") | ~Q(sentence=""),
            ),
        ]

    def __str__(self) -> str:
        return self.answer


class CertificateRegistration(models.Model):
    """A certificate as declared to the city (transactions 3 and 4): the school's, or a leader's."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="certificates")
    serial = models.CharField("số sê-ri", max_length=60)
    fingerprint = models.CharField("dấu vân tay SHA-256", max_length=64)
    message_id = models.CharField("mã gói tin", max_length=36, unique=True)
    request = models.JSONField("nội dung gửi")
    state = models.CharField(
        "trạng thái",
        max_length=10,
        choices=[
            ("waiting", _("Chờ gửi")),
            ("sent", _("Chờ Sở phê duyệt")),
            ("approved", _("Sở đã phê duyệt")),
            ("refused", _("Sở từ chối")),
            ("ended", _("Hết phê duyệt")),
        ],
    )
    holder = models.CharField(
        "của ai",
        max_length=12,
        choices=[
            ("organisation", _("Con dấu số của trường")),
            ("leader", _("Chữ ký số của cán bộ quản lý")),
        ],
        default="organisation",
    )
    holder_name = models.CharField("tên người giữ", max_length=200, blank=True, default="")
    valid_until = models.DateTimeField("hết hạn", null=True)
    reminder = models.CharField("lời nhắc của Sở", max_length=500, blank=True, default="")
    end_reason = models.CharField("lý do xin chấm dứt", max_length=500, blank=True, default="")
    end_request = models.JSONField("nội dung xin chấm dứt", null=True)
    end_state = models.CharField(
        "xin chấm dứt",
        max_length=10,
        blank=True,
        default="",
        choices=[
            ("waiting", _("Chờ gửi")),
            ("sent", _("Chờ Sở chấm dứt")),
            ("refused", _("Sở không nhận")),
        ],
    )
    answer = models.CharField("trả lời của Sở", max_length=1000, blank=True, default="")
    actor = models.JSONField("người thực hiện")
    registered_by = models.BigIntegerField("người đăng ký")
    registered_at = models.DateTimeField("đăng ký lúc")

    class Meta:
        verbose_name = "chứng thư số đã đăng ký"
        ordering: ClassVar = ["-registered_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "fingerprint"],
                condition=~Q(state__in=["refused", "ended"]),
                name="certificate_registered_once",
            ),
        ]

    def __str__(self) -> str:
        return self.serial
