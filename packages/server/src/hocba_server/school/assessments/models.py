from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from hocba.assessment.levels import SubjectLevel, TraitLevel
from hocba_server.school.registry.models import Enrolment, StaffMember

SUBJECT_COMMENT_LIMIT = 2000
TRAIT_COMMENT_LIMIT = 500
"""CV 2088 annex 1: each of the three comments on qualities and competences."""
HOMEROOM_COMMENT_LIMIT = 2000


class SubjectAssessment(models.Model):
    """Year-end result of one pupil in one subject, as the subject teacher judges it."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="subjects")
    subject_code = models.CharField("mã môn học", max_length=3)
    level = models.CharField("mức đạt được", max_length=1)
    test_score = models.PositiveSmallIntegerField(
        "điểm KTĐK", null=True, validators=[MaxValueValidator(10)]
    )
    comment = models.CharField("nhận xét", max_length=SUBJECT_COMMENT_LIMIT, blank=True, default="")
    teacher = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="results")
    entered_by = models.BigIntegerField("người nhập")
    entered_at = models.DateTimeField("nhập lúc")

    class Meta:
        verbose_name = "kết quả môn học"
        ordering: ClassVar = ["enrolment_id", "subject_code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "subject_code"], name="one_result_per_subject"
            ),
            models.CheckConstraint(
                name="subject_level_known",
                condition=Q(level__in=[level.value for level in SubjectLevel]),
            ),
            models.CheckConstraint(
                name="test_score_0_to_10",
                condition=Q(test_score__isnull=True) | Q(test_score__lte=10),
            ),
            models.CheckConstraint(
                name="exempt_has_no_score", condition=~Q(level="M") | Q(test_score__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_code} {self.level}"


class TraitAssessment(models.Model):
    """The three year-end comments on qualities and competences of one pupil."""

    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="traits")
    quality_comment = models.CharField("nhận xét phẩm chất", max_length=TRAIT_COMMENT_LIMIT)
    general_competence_comment = models.CharField(
        "nhận xét năng lực chung", max_length=TRAIT_COMMENT_LIMIT
    )
    specific_competence_comment = models.CharField(
        "nhận xét năng lực đặc thù", max_length=TRAIT_COMMENT_LIMIT
    )
    entered_by = models.BigIntegerField("người nhập")
    entered_at = models.DateTimeField("nhập lúc")

    class Meta:
        verbose_name = "đánh giá phẩm chất, năng lực"

    def __str__(self) -> str:
        return str(self.enrolment_id)


class TraitMark(models.Model):
    """Level of one quality or competence."""

    assessment = models.ForeignKey(TraitAssessment, on_delete=models.CASCADE, related_name="marks")
    trait_code = models.CharField("mã", max_length=2)
    level = models.CharField("mức đạt được", max_length=1)

    class Meta:
        verbose_name = "mức phẩm chất, năng lực"
        ordering: ClassVar = ["assessment_id", "trait_code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessment", "trait_code"], name="one_mark_per_trait"),
            models.CheckConstraint(
                name="trait_level_known",
                condition=Q(level__in=[level.value for level in TraitLevel]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trait_code} {self.level}"


class YearConclusion(models.Model):
    """What the homeroom teacher adds to the year, and the head's decision on promotion."""

    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="conclusion")
    weight_kg = models.DecimalField("cân nặng (kg)", max_digits=5, decimal_places=1, null=True)
    height_cm = models.DecimalField("chiều cao (cm)", max_digits=5, decimal_places=1, null=True)
    excused_absences = models.PositiveSmallIntegerField("số buổi nghỉ có phép", null=True)
    unexcused_absences = models.PositiveSmallIntegerField("số buổi nghỉ không phép", null=True)
    homeroom_comment = models.CharField(
        "nhận xét của giáo viên chủ nhiệm",
        max_length=HOMEROOM_COMMENT_LIMIT,
        blank=True,
        default="",
    )
    award_text = models.CharField("khen thưởng", max_length=2000, blank=True, default="")
    special_award_text = models.CharField(
        "khen thưởng đột xuất", max_length=2000, blank=True, default=""
    )
    promoted_by_head = models.BooleanField("hiệu trưởng cho lên lớp", null=True)
    promotion_reason = models.CharField("lý do quyết định", max_length=500, blank=True, default="")
    promotion_decided_by = models.BigIntegerField("người quyết định", null=True)
    promotion_decided_at = models.DateTimeField("quyết định lúc", null=True)
    entered_by = models.BigIntegerField("người nhập", null=True)
    entered_at = models.DateTimeField("nhập lúc", null=True)

    class Meta:
        verbose_name = "tổng kết năm học"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="conclusion_entered_pair",
                condition=Q(entered_by__isnull=True, entered_at__isnull=True)
                | Q(entered_by__isnull=False, entered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="promotion_decided_together",
                condition=Q(
                    promoted_by_head__isnull=True,
                    promotion_decided_by__isnull=True,
                    promotion_decided_at__isnull=True,
                    promotion_reason="",
                )
                | Q(
                    promoted_by_head__isnull=False,
                    promotion_decided_by__isnull=False,
                    promotion_decided_at__isnull=False,
                )
                & ~Q(promotion_reason=""),
            ),
            models.CheckConstraint(
                name="body_measures_positive",
                condition=(Q(weight_kg__isnull=True) | Q(weight_kg__gt=0))
                & (Q(height_cm__isnull=True) | Q(height_cm__gt=0)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.enrolment_id)
