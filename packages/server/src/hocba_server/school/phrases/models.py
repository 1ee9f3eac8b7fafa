from __future__ import annotations

import uuid
from typing import ClassVar, Final

from django.db import models
from django.db.models import Q

from hocba_server.school.registry.models import School

PHRASE_LIMIT: Final = 500
"""Characters: the shortest of the comments into which a phrase may go."""


class PhraseOrigin(models.TextChoices):
    """Persisted values: how a phrase came into the bank."""

    TYPED = "typed", "Tự viết"
    IMPORTED = "imported", "Nhập từ tệp"
    STARTER = "starter", "Bộ mẫu"


class Phrase(models.Model):
    """One line for comments, of one person (`owner`) or of the school (`owner` empty).

    A removed phrase keeps its row, so that removing can be undone.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="phrases")
    owner = models.CharField("số định danh của người giữ", max_length=12, blank=True, default="")
    about = models.CharField("dùng cho", max_length=20)
    """A subject code, a trait group (`quality` …) or `homeroom`."""
    level = models.CharField("mức", max_length=1, blank=True, default="")
    first_grade = models.PositiveSmallIntegerField("từ khối", null=True)
    last_grade = models.PositiveSmallIntegerField("đến khối", null=True)
    text = models.CharField("câu nhận xét", max_length=PHRASE_LIMIT)
    uses = models.PositiveIntegerField("số lần dùng", default=0)
    origin = models.CharField("nguồn", max_length=8, choices=PhraseOrigin.choices)
    proposed_at = models.DateTimeField("đề xuất lúc", null=True)
    created_by = models.BigIntegerField("người thêm")
    created_at = models.DateTimeField("thêm lúc")
    changed_by = models.BigIntegerField("người sửa")
    changed_at = models.DateTimeField("sửa lúc")
    removed_by = models.BigIntegerField("người xoá", null=True)
    removed_at = models.DateTimeField("xoá lúc", null=True)

    class Meta:
        verbose_name = "câu nhận xét mẫu"
        ordering: ClassVar = ["about", "level", "text"]
        indexes: ClassVar = [
            models.Index(
                fields=["school", "about", "owner"],
                condition=Q(removed_at__isnull=True),
                name="phrases_offered",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "owner", "about", "level", "first_grade", "last_grade", "text"],
                condition=Q(removed_at__isnull=True),
                nulls_distinct=False,
                name="phrase_once",
            ),
            models.CheckConstraint(
                name="phrase_owner_form", condition=Q(owner="") | Q(owner__regex=r"^[0-9]{12}$")
            ),
            models.CheckConstraint(name="phrase_has_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="phrase_level_known", condition=Q(level__in=["", "T", "H", "Đ", "C"])
            ),
            models.CheckConstraint(
                name="phrase_grades_in_order",
                condition=Q(first_grade__isnull=True)
                | Q(last_grade__isnull=True)
                | Q(first_grade__lte=models.F("last_grade")),
            ),
            models.CheckConstraint(
                name="phrase_origin_known", condition=Q(origin__in=PhraseOrigin.values)
            ),
            models.CheckConstraint(
                name="only_own_phrases_are_proposed",
                condition=Q(proposed_at__isnull=True) | ~Q(owner=""),
            ),
            models.CheckConstraint(
                name="phrase_removed_pair",
                condition=Q(removed_by__isnull=True, removed_at__isnull=True)
                | Q(removed_by__isnull=False, removed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class PhraseImport(models.Model):
    """A file of phrases as it was read, until its reader saves it or leaves it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    owner = models.CharField("số định danh của người tải lên", max_length=12)
    filename = models.CharField("tên tệp", max_length=255)
    content_sha256 = models.CharField("mã băm của tệp", max_length=64)
    rows = models.JSONField("các dòng")
    faults = models.JSONField("lỗi từng ô")
    created_by = models.BigIntegerField("người tải lên")
    created_at = models.DateTimeField("tải lên lúc")
    saved_by = models.BigIntegerField("người lưu", null=True)
    saved_at = models.DateTimeField("lưu lúc", null=True)

    class Meta:
        verbose_name = "tệp mẫu nhận xét"
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="phrase_import_saved_pair",
                condition=Q(saved_by__isnull=True, saved_at__isnull=True)
                | Q(saved_by__isnull=False, saved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="phrase_import_with_faults_never_saved",
                condition=Q(saved_at__isnull=True) | Q(faults=[]),
            ),
        ]

    def __str__(self) -> str:
        return self.filename
