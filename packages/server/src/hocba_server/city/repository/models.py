from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property


class EvidenceKind(models.TextChoices):
    """Persisted values: what a piece of evidence is."""

    CERTIFICATE = "certificate", "Chứng thư số"
    OCSP = "ocsp", "Trả lời OCSP"
    CRL = "crl", "Danh sách thu hồi"


class EvidenceBlob(models.Model):
    """A certificate, OCSP answer or CRL, kept once however many records need it. Append-only."""

    sha256 = models.CharField("mã băm", max_length=64, primary_key=True)
    kind = models.CharField("loại", max_length=12, choices=EvidenceKind.choices)
    data = models.BinaryField("nội dung (DER)")
    stored_at = models.DateTimeField("lưu lúc")

    class Meta:
        verbose_name = "bằng chứng"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="evidence_kind_known", condition=Q(kind__in=EvidenceKind.values)
            )
        ]

    def __str__(self) -> str:
        return self.sha256


class CompressionDictionary(models.Model):
    """A dictionary that zstd compresses originals with, trained from accepted ones. Append-only.

    Kept for ever: without it what was compressed with it cannot be read. It holds pieces of records
    and is guarded like them.
    """

    profile = models.CharField("phiên bản định dạng", max_length=10)
    school_year = models.CharField("năm học", max_length=9)
    data = models.BinaryField("từ điển")
    sha256 = models.CharField("mã băm", max_length=64, unique=True)
    samples = models.PositiveIntegerField("số học bạ mẫu")
    measured = models.PositiveIntegerField("số học bạ để đo")
    plain_bytes = models.PositiveBigIntegerField("số byte khi chưa nén")
    bytes_without = models.PositiveBigIntegerField("số byte khi nén không từ điển")
    bytes_with = models.PositiveBigIntegerField("số byte khi nén với từ điển")
    trained_by_name = models.CharField("người tạo", max_length=150)
    trained_at = models.DateTimeField("tạo lúc")

    class Meta:
        verbose_name = "từ điển nén"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.profile} {self.school_year}"


class StoredRecord(models.Model):
    """An issued record: what finds it again, and what is kept about it. Append-only.

    Its exact signed bytes stand in `Original`; what stands here is read from them at intake and
    could be read from them again. So the table in which everybody searches stays narrow.
    """

    record_uuid = models.CharField("mã tra cứu", max_length=36, unique=True)
    sha256 = models.CharField("mã băm", max_length=64)
    size = models.PositiveIntegerField("số byte")
    profile = models.CharField("phiên bản định dạng", max_length=10)
    unit_code = models.CharField("mã trường", max_length=20)
    school_name = models.CharField("tên trường", max_length=150)
    school_year = models.CharField("năm học", max_length=9)
    grade = models.PositiveSmallIntegerField("khối")
    classroom_name = models.CharField("lớp", max_length=50)
    personal_id = models.CharField("số định danh cá nhân", max_length=12)
    pupil_code = models.CharField("mã học sinh", max_length=20)
    pupil_name = models.CharField("họ và tên", max_length=150)
    birth_date = models.CharField("ngày sinh", max_length=10)
    issued_on = models.DateTimeField("ngày phát hành")
    seal_sha256 = models.CharField("mã băm chứng thư phát hành", max_length=64)
    salt = models.BinaryField("muối của cam kết")
    evidence = ArrayField(models.CharField(max_length=64), verbose_name="bằng chứng")
    message_id = models.CharField("mã gói tin", max_length=100)
    accepted_at = models.DateTimeField("tiếp nhận lúc")
    completed = models.BooleanField("đã hoàn thành chương trình lớp học", null=True)
    """None in rows from before this column. Who has not completed is closed second (Đ21.2)."""

    class Meta:
        verbose_name = "học bạ"
        ordering: ClassVar = ["unit_code", "school_year", "classroom_name", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["unit_code", "school_year", "classroom_name"], name="record_class"
            ),
            models.Index(fields=["personal_id", "school_year"], name="record_pupil_year"),
        ]

    def __str__(self) -> str:
        return self.record_uuid

    @cached_property
    def original(self) -> Original:
        """Where its bytes stand. Raises `Original.DoesNotExist` when they are lost.

        `selectors.with_originals` asks for many at once.
        """
        return Original.objects.get(record_id=self.pk, school_year=self.school_year)


class Original(models.Model):
    """The exact signed bytes of one record, compressed. Append-only.

    A table of its own for each school year (PostgreSQL's partitions, made when the first record of
    the year comes): a year is stored, copied and checked by itself. The database takes no bytes
    without their row, no row without its bytes, and none under another year or school.
    """

    pk = models.CompositePrimaryKey("record_id", "school_year")
    record = models.ForeignKey(
        StoredRecord,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,  # a trigger compares more than a foreign key would
    )
    school_year = models.CharField("năm học", max_length=9)
    unit_code = models.CharField("mã trường", max_length=20)
    dictionary_id = models.PositiveIntegerField("từ điển nén", default=0)
    """Row of the `CompressionDictionary`; 0: compressed without one."""
    document = models.BinaryField("bản gốc (zstd)")

    class Meta:
        verbose_name = "bản gốc"

    def __str__(self) -> str:
        return str(self.record_id)


class ChangeKind(models.TextChoices):
    """Persisted values: what ended the force of a record, and what came after it."""

    RECALL = "recall", "Thu hồi"
    CORRECT = "correct", "Chỉnh lý sau khi chốt"
    REPLACE = "replace", "Được thay thế"


ENDING = (ChangeKind.RECALL, ChangeKind.CORRECT)
"""What takes a record out of force: at most one of them ever happens to it."""


class StatusChange(models.Model):
    """What happened to a stored record after it was accepted. Append-only: nothing is taken back.

    A recall, or after the closing a correction, ends the force of the record; a replacement names
    the record that came in its place.
    """

    record = models.ForeignKey(StoredRecord, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField("loại", max_length=8, choices=ChangeKind.choices)
    successor = models.ForeignKey(
        StoredRecord, on_delete=models.PROTECT, related_name="replaces", null=True
    )
    salt = models.BinaryField("muối của cam kết", default=b"")
    """Opens the commitment of the log's entry about the end of force."""
    reason = models.CharField("lý do", max_length=2000, blank=True, default="")
    changed_by = models.BigIntegerField("người thực hiện")
    changed_by_name = models.CharField("tên người thực hiện", max_length=150)
    changed_at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "thay đổi tình trạng"
        ordering: ClassVar = ["record_id", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "kind"], name="status_change_once"),
            models.CheckConstraint(
                name="status_change_whole",
                condition=Q(kind__in=["recall", "correct"], successor__isnull=True)
                | Q(kind="replace", successor__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(kind__in=["recall", "correct"]),
                name="force_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class RecordInForce(models.Model):
    """Which stored record is in force for a pupil and year: at most one, says the database."""

    record = models.OneToOneField(StoredRecord, on_delete=models.PROTECT, related_name="in_force")
    personal_id = models.CharField("số định danh cá nhân", max_length=12)
    school_year = models.CharField("năm học", max_length=9)
    since = models.DateTimeField("từ lúc")

    class Meta:
        verbose_name = "học bạ đang hiệu lực"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["personal_id", "school_year"], name="one_record_in_force"
            )
        ]

    def __str__(self) -> str:
        return str(self.record_id)
