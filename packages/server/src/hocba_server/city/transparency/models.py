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


class AdoptedEntry(models.Model):
    """An entry that came back from the published files after the database went back in time.

    Append-only. What it is about was lost with the later database; schools send records again, and
    these have entries of their own (decision 0029).
    """

    index = models.BigIntegerField("số thứ tự", primary_key=True)
    adopted_at = models.DateTimeField("nhận lại lúc")

    class Meta:
        verbose_name = "mục nhận lại từ sổ đã công bố"
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
    """A signed head of the log. Append-only: what was signed once stays provable.

    One size may be signed again later, with the same root and a newer time: a log that says nothing
    for days cannot be told from one that somebody holds back.
    """

    size = models.BigIntegerField("số mục", db_index=True)
    note = models.BinaryField("điểm chốt đã ký")
    signed_at = models.DateTimeField("ký lúc")

    class Meta:
        verbose_name = "điểm chốt nhật ký"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return str(self.size)


class WitnessCosignature(models.Model):
    """A witness's line under a head. Append-only."""

    head = models.ForeignKey(
        SignedCheckpoint, on_delete=models.PROTECT, related_name="cosignatures"
    )
    witness = models.CharField("nhân chứng", max_length=200)
    line = models.TextField("dòng chữ ký")
    cosigned_at = models.DateTimeField("ký lúc")

    class Meta:
        verbose_name = "chữ ký nhân chứng"
        ordering: ClassVar = ["head_id", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["head", "witness"], name="cosignature_once_per_head")
        ]

    def __str__(self) -> str:
        return self.witness


class Standing(models.TextChoices):
    """Persisted values: how the last exchange with a witness went."""

    WELL = "well", "Cùng ký đều"
    AWAY = "away", "Chưa liên lạc được"
    CONFLICT = "conflict", "Thấy sổ khác với sổ của Sở"


class WitnessStanding(models.Model):
    """What the department knows of a witness: the size it cosigned last, and how it goes."""

    witness = models.CharField("nhân chứng", max_length=200, primary_key=True)
    size = models.BigIntegerField("cỡ đã cùng ký", default=0)
    state = models.CharField(
        "tình trạng", max_length=10, choices=Standing.choices, default=Standing.AWAY
    )
    sentence = models.CharField("ghi chú", max_length=500, blank=True, default="")
    asked_at = models.DateTimeField("hỏi lúc")
    cosigned_at = models.DateTimeField("cùng ký lúc", null=True)

    class Meta:
        verbose_name = "tình trạng nhân chứng"
        ordering: ClassVar = ["witness"]

    def __str__(self) -> str:
        return self.witness
