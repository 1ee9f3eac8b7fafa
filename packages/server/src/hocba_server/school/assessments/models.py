from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from hocba.assessment.levels import SubjectLevel, TraitLevel
from hocba.assessment.periods import Period
from hocba_server.school.registry.models import Classroom, Enrolment, School, StaffMember

SUBJECT_COMMENT_LIMIT = 2000
TRAIT_COMMENT_LIMIT = 500
"""CV 2088 annex 1: each of the three comments on qualities and competences."""
HOMEROOM_COMMENT_LIMIT = 2000
PERIOD_VALUES = [period.value for period in Period]
PERIOD_CHOICES = [(period.value, period.label.vi) for period in Period]


class SubjectAssessment(models.Model):
    """Result of one pupil in one subject and period, as the subject teacher judges it.

    A row may be unfinished: the entry grid saves every cell as it is typed.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="subjects")
    period = models.CharField(
        "thời điểm đánh giá", max_length=3, choices=PERIOD_CHOICES, default=Period.YEAR_END.value
    )
    subject_code = models.CharField("mã môn học", max_length=3)
    level = models.CharField("mức đạt được", max_length=1, blank=True, default="")
    test_score = models.PositiveSmallIntegerField(
        "điểm KTĐK", null=True, validators=[MaxValueValidator(10)]
    )
    comment = models.CharField("nhận xét", max_length=SUBJECT_COMMENT_LIMIT, blank=True, default="")
    teacher = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="results")
    entered_by = models.BigIntegerField("người nhập")
    entered_at = models.DateTimeField("nhập lúc")

    class Meta:
        verbose_name = "kết quả môn học"
        ordering: ClassVar = ["enrolment_id", "period", "subject_code"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "period", "subject_code"], name="one_result_per_subject"
            ),
            models.CheckConstraint(
                name="subject_level_known",
                condition=Q(level__in=["", *(level.value for level in SubjectLevel)]),
            ),
            models.CheckConstraint(
                name="subject_period_known", condition=Q(period__in=PERIOD_VALUES)
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
    """The three comments on qualities and competences of one pupil in one period."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="traits")
    period = models.CharField(
        "thời điểm đánh giá", max_length=3, choices=PERIOD_CHOICES, default=Period.YEAR_END.value
    )
    quality_comment = models.CharField(
        "nhận xét phẩm chất", max_length=TRAIT_COMMENT_LIMIT, blank=True, default=""
    )
    general_competence_comment = models.CharField(
        "nhận xét năng lực chung", max_length=TRAIT_COMMENT_LIMIT, blank=True, default=""
    )
    specific_competence_comment = models.CharField(
        "nhận xét năng lực đặc thù", max_length=TRAIT_COMMENT_LIMIT, blank=True, default=""
    )
    entered_by = models.BigIntegerField("người nhập")
    entered_at = models.DateTimeField("nhập lúc")

    class Meta:
        verbose_name = "đánh giá phẩm chất, năng lực"
        ordering: ClassVar = ["enrolment_id", "period"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "period"], name="one_trait_assessment_per_period"
            ),
            models.CheckConstraint(
                name="trait_period_known", condition=Q(period__in=PERIOD_VALUES)
            ),
        ]

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
    promotion_proposal = models.CharField(
        "giáo viên đề nghị lên lớp", max_length=500, blank=True, default=""
    )
    """What the homeroom teacher proposes to the head for a pupil who has not completed the year."""
    reassessed = models.BooleanField("đánh giá bổ sung trước 15/8", default=False)
    """The pupil's record waits for the re-assessment (TT 27/2020 Điều 11; QĐ 1789 Đ21.2)."""
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


class TermMeasures(models.Model):
    """Weight and height of term I (QĐ 1789 annexes I, III: “kỳ 1”).

    Those of term II stand in `YearConclusion`, with the absences, which are one total of the year.
    """

    enrolment = models.OneToOneField(
        Enrolment, on_delete=models.PROTECT, related_name="term_measures"
    )
    weight_kg = models.DecimalField("cân nặng (kg)", max_digits=5, decimal_places=1, null=True)
    height_cm = models.DecimalField("chiều cao (cm)", max_digits=5, decimal_places=1, null=True)
    entered_by = models.BigIntegerField("người nhập")
    entered_at = models.DateTimeField("nhập lúc")

    class Meta:
        verbose_name = "số đo học kỳ I"

    def __str__(self) -> str:
        return str(self.enrolment_id)


class ValueChange(models.Model):
    """One changed value: who, when, from, to and why (QĐ 1789 Đ13.3). Rows are never changed."""

    classroom = models.ForeignKey(Classroom, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="changes")
    sheet = models.CharField("bảng nhập", max_length=20)
    period = models.CharField("thời điểm đánh giá", max_length=3)
    field = models.CharField("ô", max_length=40)
    old = models.CharField("từ", max_length=2000, blank=True)
    new = models.CharField("thành", max_length=2000, blank=True)
    reason = models.CharField("lý do", max_length=500, blank=True, default="")
    permission = models.ForeignKey(
        "ChangePermission", on_delete=models.PROTECT, null=True, related_name="changes"
    )
    changed_by = models.BigIntegerField("người sửa")
    changed_by_name = models.CharField("tên người sửa", max_length=150)
    changed_at = models.DateTimeField("sửa lúc")

    class Meta:
        verbose_name = "lần sửa kết quả"
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["classroom", "sheet", "period", "id"], name="change_by_sheet"),
            models.Index(fields=["enrolment", "sheet", "period"], name="change_by_pupil"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.period} {self.field}"


class EntryWindow(models.Model):
    """When the results of one period may be entered; the head opens and closes it (QĐ 1789 Đ30)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="entry_windows")
    school_year = models.CharField("năm học", max_length=9)
    period = models.CharField("thời điểm đánh giá", max_length=3, choices=PERIOD_CHOICES)
    opens_on = models.DateField("mở từ ngày")
    closes_on = models.DateField("đến hết ngày")
    closed_early = models.BooleanField("đã khoá sớm", default=False)
    set_by = models.BigIntegerField("người đặt")
    set_by_name = models.CharField("tên người đặt", max_length=150)
    set_at = models.DateTimeField("đặt lúc")

    class Meta:
        verbose_name = "thời hạn nhập"
        ordering: ClassVar = ["school_id", "school_year", "opens_on"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "school_year", "period"], name="one_window_per_period"
            ),
            models.CheckConstraint(
                name="window_days_in_order", condition=Q(closes_on__gte=models.F("opens_on"))
            ),
            models.CheckConstraint(
                name="window_period_known", condition=Q(period__in=PERIOD_VALUES)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.school_year}"


class PermissionState(models.TextChoices):
    """Persisted values: how far a request to change results after closing is."""

    ASKED = "asked", "Chờ hiệu trưởng"
    GRANTED = "granted", "Được phép"
    REFUSED = "refused", "Không được phép"
    ENDED = "ended", "Đã hết hạn"


class ChangePermission(models.Model):
    """The head's permission to change one sheet after its window is closed (QĐ 1789 Đ13.3)."""

    classroom = models.ForeignKey(
        Classroom, on_delete=models.PROTECT, related_name="change_permissions"
    )
    sheet = models.CharField("bảng nhập", max_length=20)
    period = models.CharField("thời điểm đánh giá", max_length=3, choices=PERIOD_CHOICES)
    reason = models.CharField("lý do", max_length=500)
    state = models.CharField(
        "tình trạng", max_length=8, choices=PermissionState.choices, default=PermissionState.ASKED
    )
    asked_by = models.BigIntegerField("người xin")
    asked_by_name = models.CharField("tên người xin", max_length=150)
    asked_by_personal_id = models.CharField("số định danh người xin", max_length=12)
    asked_at = models.DateTimeField("xin lúc")
    decided_by = models.BigIntegerField("người quyết định", null=True)
    decided_by_name = models.CharField(
        "tên người quyết định", max_length=150, blank=True, default=""
    )
    decided_at = models.DateTimeField("quyết định lúc", null=True)
    answer = models.CharField("trả lời", max_length=500, blank=True, default="")
    valid_until = models.DateTimeField("hết hạn lúc", null=True)

    class Meta:
        verbose_name = "phép sửa kết quả"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="permission_state_known", condition=Q(state__in=PermissionState.values)
            ),
            models.CheckConstraint(name="permission_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="permission_decided_together",
                condition=Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state="asked") & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["classroom", "sheet", "period", "asked_by_personal_id"],
                condition=Q(state="asked"),
                name="one_open_question_per_sheet",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.period} {self.state}"


class ReopenedSheet(models.Model):
    """A sheet of one pupil that was returned for correction while the rest stays locked (Đ14)."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="reopened_sheets"
    )
    sheet = models.CharField("bảng nhập", max_length=20)
    reason = models.CharField("lý do trả lại", max_length=500)
    returned_by = models.BigIntegerField("người trả lại")
    returned_by_name = models.CharField("tên người trả lại", max_length=150)
    returned_at = models.DateTimeField("trả lại lúc")
    finished_by = models.BigIntegerField("người sửa xong", null=True)
    finished_by_name = models.CharField("tên người sửa", max_length=150, blank=True, default="")
    finished_at = models.DateTimeField("sửa xong lúc", null=True)

    class Meta:
        verbose_name = "bảng trả lại"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "sheet"],
                condition=Q(finished_at__isnull=True),
                name="one_open_return_per_sheet",
            ),
            models.CheckConstraint(name="return_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="return_finished_together",
                condition=Q(finished_by__isnull=True, finished_at__isnull=True)
                | Q(finished_by__isnull=False, finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.sheet}"
