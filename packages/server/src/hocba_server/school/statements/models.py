from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hocba_server.school.registry.models import Enrolment, School


class StatementKind(models.TextChoices):
    """Persisted values: what a paper says."""

    DATA_SHEET = "data_sheet", _("Phiếu thông tin học sinh")
    RESULTS_TO_DATE = "results", _("Kết quả đến ngày chuyển đi")


class StatementState(models.TextChoices):
    """Persisted values: who has signed. A sealed paper never changes (trigger)."""

    DRAWN = "drawn", _("Chờ thủ trưởng ký")
    SIGNED = "signed", _("Chờ văn thư đóng dấu")
    SEALED = "sealed", _("Đã ban hành")
    DROPPED = "dropped", _("Đã bỏ")


class Statement(models.Model):
    """A PDF about one pupil, signed by the head and sealed by the school (QĐ 1789 Đ20.4, Đ22.2)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="statements")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="statements")
    kind = models.CharField("loại giấy", max_length=10, choices=StatementKind.choices)
    number = models.CharField("số", max_length=40, blank=True, default="")
    state = models.CharField("tình trạng", max_length=8, choices=StatementState.choices)
    content = models.BinaryField("tệp PDF")
    drawn_by = models.BigIntegerField("người lập")
    drawn_by_name = models.CharField("tên người lập", max_length=150)
    drawn_at = models.DateTimeField("lập lúc")
    signer_name = models.CharField("người ký", max_length=150, blank=True, default="")
    signed_at = models.DateTimeField("ký lúc", null=True)
    sealed_by_name = models.CharField("người đóng dấu", max_length=150, blank=True, default="")
    sealed_at = models.DateTimeField("đóng dấu lúc", null=True)

    class Meta:
        verbose_name = "giấy tờ ký số"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="statement_kind_known", condition=Q(kind__in=StatementKind.values)
            ),
            models.CheckConstraint(
                name="statement_state_known", condition=Q(state__in=StatementState.values)
            ),
            models.CheckConstraint(
                name="statement_signed_says_when",
                condition=Q(state__in=["drawn", "dropped"])
                | Q(signed_at__isnull=False) & ~Q(signer_name=""),
            ),
            models.CheckConstraint(
                name="statement_sealed_says_when",
                condition=~Q(state="sealed") | Q(sealed_at__isnull=False) & ~Q(sealed_by_name=""),
            ),
            models.UniqueConstraint(
                fields=["enrolment", "kind"],
                condition=Q(state__in=["drawn", "signed"]),
                name="one_open_statement_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
