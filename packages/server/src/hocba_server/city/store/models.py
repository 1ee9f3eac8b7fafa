from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class MessageKind(models.TextChoices):
    """Persisted values, as sent: what a supplementary message brings."""

    ROWS = "BANG_DU_LIEU", "Dòng dữ liệu quốc gia"
    CLOSING = "CHOT_HOC_BA", "Chốt học bạ"
    SITUATION = "TINH_HINH", "Tình hình của trường"


class ReceivedMessage(models.Model):
    """A supplementary message as its sender signed it, with the answer that it got. Append-only.

    Committed together with what it changed, so that the same message again changes nothing.
    """

    unit_code = models.CharField("mã sở", max_length=20)
    message_id = models.CharField("mã gói tin", max_length=100)
    kind = models.CharField("loại", max_length=20, choices=MessageKind.choices)
    request_sha256 = models.CharField("mã băm nội dung gửi", max_length=64)
    content = models.BinaryField("nội dung (content)")
    answer = models.JSONField("trả lời")
    accepted = models.PositiveIntegerField("số được nhận")
    refused = models.PositiveIntegerField("số bị từ chối")
    received_at = models.DateTimeField("nhận lúc")

    class Meta:
        verbose_name = "gói bổ sung"
        ordering: ClassVar = ["-received_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit_code", "message_id"], name="supplement_message_once"
            ),
            models.CheckConstraint(
                name="supplement_kind_known", condition=Q(kind__in=MessageKind.values)
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class NationalRow(models.Model):
    """The newest version of one row of the national dictionary. Former ones are in their messages.

    `phienban` only grows: a row with a version that is not greater is ignored.
    """

    table = models.CharField("bảng", max_length=40)
    row_id = models.CharField("idbanghi", max_length=150)
    version = models.PositiveIntegerField("phienban")
    event = models.CharField("sukien", max_length=6)
    record_uuid = models.CharField("mã tra cứu", max_length=36)
    unit_code = models.CharField("mã sở", max_length=20)
    state = models.CharField("trangthaithongtinhocba", max_length=1, blank=True, default="")
    """Of rows of the main table."""
    values = models.JSONField("giá trị")
    message = models.ForeignKey(ReceivedMessage, on_delete=models.PROTECT, related_name="rows")

    class Meta:
        verbose_name = "dòng dữ liệu quốc gia"
        ordering: ClassVar = ["table", "row_id"]
        indexes: ClassVar = [models.Index(fields=["record_uuid"], name="national_row_record")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["table", "row_id"], name="national_row_once"),
            models.CheckConstraint(name="national_row_version", condition=Q(version__gt=0)),
        ]

    def __str__(self) -> str:
        return self.row_id


class ReceivedClosing(models.Model):
    """A class that a department closed, with its signed list. Append-only."""

    unit_code = models.CharField("mã sở", max_length=20)
    school_code = models.CharField("mã trường", max_length=20)
    school_year = models.CharField("năm học", max_length=9)
    classroom_name = models.CharField("lớp", max_length=50)
    number = models.PositiveIntegerField("lần thứ")
    record_count = models.PositiveIntegerField("số học bạ trong bản kê")
    sha256 = models.CharField("mã băm bản kê", max_length=64)
    signed_list = models.BinaryField("bản kê đã ký")
    message = models.ForeignKey(ReceivedMessage, on_delete=models.PROTECT, related_name="closings")

    class Meta:
        verbose_name = "lần chốt đã nhận"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit_code", "school_code", "school_year", "classroom_name", "number"],
                name="received_closing_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.classroom_name} {self.school_year}"
