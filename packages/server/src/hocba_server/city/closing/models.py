from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from hocba_server.city.repository.models import StoredRecord


class Round(models.TextChoices):
    """Persisted values: which closing of the year; the same words as in the signed list."""

    MAIN = "main", "Chốt lần một"
    REASSESSED = "reassessed", "Chốt lần hai"


class ClosingCalendar(models.Model):
    """The department's dates of one school year. Append-only: the newest row holds."""

    school_year = models.CharField("năm học", max_length=9)
    main_on = models.DateField("ngày chốt")
    reassessed_on = models.DateField("ngày chốt sau đánh giá bổ sung")
    automatic = models.BooleanField("tự chốt khi đến ngày")
    late_first = models.BooleanField("còn nhận học bạ đầu tiên giữa hai ngày chốt")
    """A pupil who is assessed again has no record before; the second date is for these."""
    set_by = models.BigIntegerField("người đặt")
    set_by_name = models.CharField("tên người đặt", max_length=150)
    set_at = models.DateTimeField("đặt lúc")

    class Meta:
        verbose_name = "ngày chốt của năm học"
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["school_year"], name="closing_year")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="closing_dates_in_order", condition=Q(main_on__lt=F("reassessed_on"))
            )
        ]

    def __str__(self) -> str:
        return self.school_year


class ClassClosing(models.Model):
    """A class of one year is closed; its signed list says with which records. Append-only."""

    unit_code = models.CharField("mã trường", max_length=20)
    school_name = models.CharField("tên trường", max_length=150)
    school_year = models.CharField("năm học", max_length=9)
    classroom_name = models.CharField("lớp", max_length=50)
    number = models.PositiveIntegerField("lần thứ")
    round = models.CharField("đợt", max_length=10, choices=Round.choices)
    former = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="later", null=True, verbose_name="lần trước"
    )
    record_count = models.PositiveIntegerField("số học bạ trong bản kê")
    left_open = models.PositiveIntegerField("số học bạ chờ chốt lần hai")
    missing = models.PositiveIntegerField("số học bạ đã thu hồi chưa có bản thay thế", default=0)
    reason = models.CharField("lý do chốt khi còn thiếu", max_length=1000, blank=True, default="")
    signed_list = models.BinaryField("bản kê đã ký")
    sha256 = models.CharField("mã băm bản kê", max_length=64, unique=True)
    salt = models.BinaryField("muối của cam kết")
    """Opens the commitment of the log's entry."""
    log_index = models.BigIntegerField("số mục trong sổ công khai", unique=True)
    closed_by = models.BigIntegerField("người chốt")
    closed_by_name = models.CharField("tên người chốt", max_length=150)
    closed_at = models.DateTimeField("chốt lúc")

    class Meta:
        verbose_name = "lần chốt"
        ordering: ClassVar = ["unit_code", "school_year", "classroom_name", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit_code", "school_year", "classroom_name", "number"],
                name="closing_number_once",
            ),
            models.CheckConstraint(name="closing_round_known", condition=Q(round__in=Round.values)),
            models.CheckConstraint(
                name="closing_first_has_no_former",
                condition=Q(number=1, former__isnull=True) | Q(number__gt=1, former__isnull=False),
            ),
            models.CheckConstraint(
                name="closing_with_missing_says_why", condition=Q(missing=0) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.classroom_name} {self.school_year}"


class ClosedRecord(models.Model):
    """A record that a closing holds. Append-only."""

    closing = models.ForeignKey(ClassClosing, on_delete=models.PROTECT, related_name="records")
    record = models.ForeignKey(StoredRecord, on_delete=models.PROTECT, related_name="closings")
    corrected = models.BooleanField("thay bản được chỉnh lý sau khi chốt", default=False)
    """It came after the list was signed, in place of a record on it (Đ21.6)."""

    class Meta:
        verbose_name = "học bạ đã chốt"
        ordering: ClassVar = ["closing_id", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["closing", "record"], name="record_once_per_closing")
        ]

    def __str__(self) -> str:
        return str(self.record_id)


class Reopening(models.Model):
    """An exceptional decision opens a closed class again for some days. Append-only."""

    closing = models.OneToOneField(
        ClassClosing, on_delete=models.PROTECT, related_name="reopening", verbose_name="lần chốt"
    )
    decision_number = models.CharField("số quyết định", max_length=50)
    decision_date = models.DateField("ngày quyết định")
    reason = models.CharField("lý do", max_length=1000)
    until = models.DateField("mở đến hết ngày")
    filename = models.CharField("tên tệp", max_length=150)
    media_type = models.CharField("loại tệp", max_length=40)
    content = models.BinaryField("bản quét quyết định")
    sha256 = models.CharField("mã băm tệp", max_length=64)
    opened_by = models.BigIntegerField("người mở")
    opened_by_name = models.CharField("tên người mở", max_length=150)
    opened_at = models.DateTimeField("mở lúc")

    class Meta:
        verbose_name = "mở lại lớp đã chốt"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="reopening_says_why", condition=~Q(reason="") & ~Q(decision_number="")
            )
        ]

    def __str__(self) -> str:
        return self.decision_number
