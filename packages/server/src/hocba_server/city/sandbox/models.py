"""Tables of the sandbox. No foreign key leads from here to the repository, the log or a package."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SandboxUnit(models.Model):
    """An invented school of a vendor, with its own sandbox account."""

    vendor = models.ForeignKey(
        "city_vendors.Vendor", on_delete=models.PROTECT, related_name="sandbox_units"
    )
    code = models.CharField("mã đơn vị thử nghiệm", max_length=20, unique=True)
    name = models.CharField("tên", max_length=150)
    password = models.CharField("mã băm chậm của mật khẩu", max_length=200)
    opened_by = models.BigIntegerField("người mở", null=True)
    opened_at = models.DateTimeField("mở lúc")

    class Meta:
        verbose_name = "đơn vị thử nghiệm"
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code


class SandboxSeal(models.Model):
    """A certificate of an invented school. The sandbox approves at once what its authority made."""

    unit_code = models.CharField("mã đơn vị thử nghiệm", max_length=20)
    message_id = models.CharField("mã gói tin", max_length=100)
    serial = models.CharField("số serial", max_length=64)
    sha256 = models.CharField("mã băm chứng thư số", max_length=64)
    received_at = models.DateTimeField("nhận lúc")

    class Meta:
        verbose_name = "chứng thư số thử nghiệm"
        ordering: ClassVar = ["-received_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit_code", "sha256"], name="sandbox_seal_once")
        ]

    def __str__(self) -> str:
        return self.serial


class SandboxPackage(models.Model):
    """A package that came to the sandbox: its answer and results, not its bytes."""

    unit_code = models.CharField("mã đơn vị thử nghiệm", max_length=20)
    message_id = models.CharField("mã gói tin", max_length=100)
    kind = models.CharField("loại gói", max_length=1)
    request_sha256 = models.CharField("mã băm nội dung gửi", max_length=64)
    answer = models.JSONField("trả lời tiếp nhận")
    results = models.JSONField("kết quả từng học bạ")
    received_at = models.DateTimeField("nhận lúc", db_index=True)

    class Meta:
        verbose_name = "gói thử nghiệm"
        ordering: ClassVar = ["-received_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit_code", "message_id"], name="sandbox_message_once")
        ]

    def __str__(self) -> str:
        return self.message_id


class SandboxRecord(models.Model):
    """A record that the sandbox took: only what later answers need, nothing of the pupil."""

    unit_code = models.CharField("mã đơn vị thử nghiệm", max_length=20)
    record_uuid = models.CharField("mã tra cứu", max_length=36, unique=True)
    pupil_sha256 = models.CharField("mã băm số định danh và năm học", max_length=64)
    in_force = models.BooleanField("đang lưu hành", default=True)

    class Meta:
        verbose_name = "học bạ thử nghiệm"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pupil_sha256"],
                condition=models.Q(in_force=True),
                name="sandbox_one_in_force",
            )
        ]

    def __str__(self) -> str:
        return self.record_uuid
