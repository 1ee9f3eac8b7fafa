from __future__ import annotations

from typing import ClassVar

from django.db import models


class LogEntryRow(models.Model):
    """One entry of the public log. Append-only. `record_uuid` is ours and is never published."""

    index = models.BigIntegerField("số thứ tự", primary_key=True)
    entry = models.BinaryField("mục nhật ký")
    leaf_hash = models.BinaryField("mã băm lá")
    record_uuid = models.CharField("mã tra cứu", max_length=36, db_index=True, blank=True)
    appended_at = models.DateTimeField("ghi lúc")

    class Meta:
        verbose_name = "mục nhật ký"
        ordering: ClassVar = ["index"]

    def __str__(self) -> str:
        return str(self.index)


class HashTileRow(models.Model):
    """Hashes of one tile of the tree. Derived: it can be rebuilt from the entries."""

    level = models.PositiveSmallIntegerField("tầng")
    index = models.BigIntegerField("số thứ tự")
    hashes = models.BinaryField("các mã băm")

    class Meta:
        verbose_name = "mảnh cây nhật ký"
        ordering: ClassVar = ["level", "index"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["level", "index"], name="hash_tile_once")
        ]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class SignedCheckpoint(models.Model):
    """A signed head of the log. Append-only: what was signed once stays provable."""

    size = models.BigIntegerField("số mục", primary_key=True)
    note = models.BinaryField("điểm chốt đã ký")
    signed_at = models.DateTimeField("ký lúc")

    class Meta:
        verbose_name = "điểm chốt nhật ký"
        ordering: ClassVar = ["size"]

    def __str__(self) -> str:
        return str(self.size)
