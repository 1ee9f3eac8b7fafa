from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from hocba.assessment.catalogue import subject
from hocba.assessment.periods import Period
from hocba.errors import Sentence
from hocba_server.school.registry.models import Classroom, School


class ImportKind(models.TextChoices):
    """Persisted values: which layout of the schools' spreadsheets a file has."""

    CLASS_LIST = "class_list", "Danh sách lớp"
    SUBJECT = "subject", "Kết quả môn học"
    TRAITS = "traits", "Phẩm chất, năng lực"
    HOMEROOM = "homeroom", "Dữ liệu chủ nhiệm"


class ImportBundle(models.Model):
    """Several sheets or files uploaded at once: saved together or not at all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    classroom = models.ForeignKey(Classroom, on_delete=models.PROTECT, null=True, related_name="+")
    set_aside = models.JSONField("không nhập", default=list)
    """Sheets that were not taken: file, sheet, and the reason in both languages."""
    created_by = models.BigIntegerField("người tải lên")
    created_at = models.DateTimeField("tải lên lúc")
    saved_by = models.BigIntegerField("người lưu", null=True)
    saved_at = models.DateTimeField("lưu lúc", null=True)

    class Meta:
        verbose_name = "lần tải nhiều tệp"
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="bundle_saved_pair",
                condition=Q(saved_by__isnull=True, saved_at__isnull=True)
                | Q(saved_by__isnull=False, saved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ImportPreview(models.Model):
    """A file as it was read: its rows and its faults, until a person saves it or leaves it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    school_year = models.CharField("năm học", max_length=9)
    kind = models.CharField("loại tệp", max_length=12, choices=ImportKind.choices)
    classroom = models.ForeignKey(Classroom, on_delete=models.PROTECT, null=True, related_name="+")
    subject_code = models.CharField("mã môn học", max_length=3, blank=True, default="")
    period = models.CharField("thời điểm đánh giá", max_length=3, blank=True, default="")
    bundle = models.ForeignKey(
        ImportBundle, on_delete=models.CASCADE, null=True, related_name="previews"
    )
    position = models.PositiveSmallIntegerField("thứ tự trong lần tải", default=0)
    sheet_name = models.CharField("trang tính", max_length=100, blank=True, default="")
    filename = models.CharField("tên tệp", max_length=255)
    content_sha256 = models.CharField("mã băm của tệp", max_length=64)
    rows = models.JSONField("các dòng")
    faults = models.JSONField("lỗi từng ô")
    warnings = models.JSONField("lưu ý", default=list)
    created_by = models.BigIntegerField("người tải lên")
    created_at = models.DateTimeField("tải lên lúc")
    saved_by = models.BigIntegerField("người lưu", null=True)
    saved_at = models.DateTimeField("lưu lúc", null=True)

    class Meta:
        verbose_name = "bản xem trước"
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="preview_kind_known", condition=Q(kind__in=ImportKind.values)
            ),
            models.CheckConstraint(
                name="preview_saved_pair",
                condition=Q(saved_by__isnull=True, saved_at__isnull=True)
                | Q(saved_by__isnull=False, saved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="preview_with_faults_never_saved",
                condition=Q(saved_at__isnull=True) | Q(faults=[]),
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def title(self) -> Sentence:
        """What the sheet holds, for a person."""
        kinds = {
            ImportKind.CLASS_LIST.value: Sentence("Danh sách lớp", "Class list"),
            ImportKind.TRAITS.value: Sentence("Phẩm chất, năng lực", "Qualities and competences"),
            ImportKind.HOMEROOM.value: Sentence("Dữ liệu chủ nhiệm", "Homeroom data"),
        }
        if self.kind == ImportKind.SUBJECT:
            name = subject(self.subject_code).name
            what = Sentence(name, name)
        else:
            what = kinds[self.kind]
        if not self.period:
            return what
        when = Period(self.period).label
        return Sentence(f"{what.vi}, {when.vi}", f"{what.en}, {when.en}")
