from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hocba.archive.hashtree import HashAlgorithm
from hocba_server.city.repository.models import StoredRecord


class StampKind(models.TextChoices):
    """Persisted values: why an archive time-stamp was taken (RFC 4998 section 5)."""

    FIRST = "first", "Đóng dấu lần đầu"
    RENEWAL = "renewal", "Gia hạn"
    NEW_CHAIN = "new_chain", "Băm lại bằng thuật toán mới"


class TreeStamp(models.Model):
    """One archive time-stamp over the root of a hash tree. Append-only."""

    kind = models.CharField("việc", max_length=9, choices=StampKind.choices)
    algorithm = models.CharField("hàm băm", max_length=6)
    root = models.BinaryField("gốc cây băm")
    token = models.BinaryField("dấu thời gian (RFC 3161)")
    """As the service gave it, without its certificate."""
    service = models.CharField("dịch vụ", max_length=200)
    leaf_count = models.PositiveIntegerField("số lá")
    stamped_at = models.DateTimeField("đóng lúc")
    good_until = models.DateTimeField("có giá trị đến")
    """The first certificate on the service's path ends; a hash function may end earlier."""

    class Meta:
        verbose_name = "dấu thời gian lưu trữ"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="tree_stamp_kind_known", condition=Q(kind__in=StampKind.values)
            ),
            models.CheckConstraint(
                name="tree_stamp_algorithm_known",
                condition=Q(algorithm__in=[each.value for each in HashAlgorithm]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ProvenStamp(models.Model):
    """A time-stamp with the answers that prove it inside. Append-only.

    It comes when an answer about the service's certificate is there that was made after the stamp;
    with OCSP at once, with lists only when the next one is out. Only proven stamps are delivered.
    """

    stamp = models.OneToOneField(TreeStamp, on_delete=models.PROTECT, related_name="proven")
    token = models.BinaryField("dấu thời gian kèm chứng thư và trả lời thu hồi")
    proven_at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "dấu thời gian lưu trữ đã có chứng cứ"

    def __str__(self) -> str:
        return str(self.stamp_id)


class TreeBatch(models.Model):
    """A part of a tree: its leaves in order. The batches' roots are the tree above. Append-only."""

    stamp = models.ForeignKey(TreeStamp, on_delete=models.PROTECT, related_name="batches")
    position = models.PositiveIntegerField("thứ tự")
    leaves = models.BinaryField("các lá")
    """Digests one after another."""
    root = models.BinaryField("gốc của phần này")

    class Meta:
        verbose_name = "phần của cây băm"
        ordering: ClassVar = ["stamp_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stamp", "position"], name="batch_place_once")
        ]

    def __str__(self) -> str:
        return f"{self.stamp_id}/{self.position}"


class RecordLeaf(models.Model):
    """Where a record stands in a tree. Append-only: one leaf in each of its chains."""

    record = models.ForeignKey(
        StoredRecord, on_delete=models.PROTECT, related_name="archive_leaves"
    )
    chain = models.PositiveSmallIntegerField("chuỗi thứ", default=0)
    batch = models.ForeignKey(TreeBatch, on_delete=models.PROTECT, related_name="records")
    position = models.PositiveIntegerField("thứ tự")
    after = models.ForeignKey(
        TreeStamp, on_delete=models.PROTECT, related_name="+", null=True, verbose_name="nối sau"
    )
    """The last stamp of the chain before, which this chain protects; None in the first."""

    class Meta:
        verbose_name = "lá của học bạ"
        ordering: ClassVar = ["record_id", "chain"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "chain"], name="leaf_once_per_chain"),
            models.UniqueConstraint(fields=["batch", "position"], name="leaf_place_once"),
            models.CheckConstraint(
                name="leaf_of_a_later_chain_follows",
                condition=Q(chain=0, after__isnull=True) | Q(chain__gt=0, after__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}/{self.chain}"


class StampRenewal(models.Model):
    """An old time-stamp as a leaf under a new one. Append-only: each is renewed once."""

    old = models.OneToOneField(TreeStamp, on_delete=models.PROTECT, related_name="renewal")
    batch = models.ForeignKey(TreeBatch, on_delete=models.PROTECT, related_name="renewals")
    position = models.PositiveIntegerField("thứ tự")

    class Meta:
        verbose_name = "gia hạn dấu thời gian lưu trữ"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "position"], name="renewal_place_once")
        ]

    def __str__(self) -> str:
        return str(self.old_id)


class SkippedRecord(models.Model):
    """A record that could not be stamped: its original or a piece of evidence is damaged.

    Append-only; every run tries it again, and it has its leaf once it was repaired.
    """

    record = models.OneToOneField(
        StoredRecord, on_delete=models.PROTECT, related_name="archive_skipped"
    )
    sentence = models.CharField("lý do", max_length=500)
    sentence_en = models.CharField("lý do (tiếng Anh)", max_length=500)
    skipped_at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "học bạ chưa đóng dấu được"
        ordering: ClassVar = ["record_id"]

    def __str__(self) -> str:
        return str(self.record_id)


class ArchiveRun(models.Model):
    """What one run of the job did, and what it could not do and why. Append-only."""

    began_at = models.DateTimeField("bắt đầu")
    ended_at = models.DateTimeField("xong")
    run_by_name = models.CharField("người chạy", max_length=150)
    stamped = models.PositiveIntegerField("học bạ đóng dấu lần đầu")
    renewed = models.PositiveIntegerField("dấu được gia hạn")
    rehashed = models.PositiveIntegerField("học bạ băm lại")
    proven = models.PositiveIntegerField("dấu có đủ chứng cứ")
    problem = models.CharField("vướng mắc", max_length=1000, blank=True, default="")
    problem_en = models.CharField("vướng mắc (tiếng Anh)", max_length=1000, blank=True, default="")

    class Meta:
        verbose_name = "lần chạy lưu trữ"
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return str(self.pk)
