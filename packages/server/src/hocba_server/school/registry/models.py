from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hocba_server.school.registry.staff_models import (
    PERSONAL_ID_PATTERN,
    SchoolRole,
    StaffAssignment,
    StaffMember,
    Substitution,
)

SCHOOL_YEAR_PATTERN = r"^[0-9]{4}-[0-9]{4}$"


class Ownership(models.TextChoices):
    """Persisted values; they decide which certification authority a school may use."""

    PUBLIC = "public", "Công lập"
    PRIVATE = "private", "Ngoài công lập"


class WorkingMode(models.TextChoices):
    """Persisted values: does the school issue digital records or still paper?"""

    DIGITAL = "digital", "Học bạ số"
    PAPER = "paper", "Học bạ giấy"


class PupilStatus(models.TextChoices):
    """Status of a pupil in a class; persisted values, names as in the Ministry's list."""

    STUDYING = "studying", "Đang học"
    TRANSFERRED_IN = "transferred_in", "Chuyển đến"
    TRANSFERRED_OUT = "transferred_out", "Chuyển đi"
    WITHDRAWN = "withdrawn", "Thôi học"
    RETURNED = "returned", "Nghỉ học xin học lại"
    MOVED_CLASS = "moved_class", "Chuyển lớp"
    ON_LEAVE = "on_leave", "Bảo lưu"
    REPEATING = "repeating", "Học lại"
    COMPLETED_LEVEL = "completed_level", "Hoàn thành cấp học"
    DECEASED = "deceased", "Đã mất"


ON_CLASS_LIST = (
    PupilStatus.STUDYING,
    PupilStatus.TRANSFERRED_IN,
    PupilStatus.RETURNED,
    PupilStatus.MOVED_CLASS,
    PupilStatus.REPEATING,
    PupilStatus.COMPLETED_LEVEL,
)
"""Who belongs to the class of that year: one who completed the level was there to the end."""


class School(models.Model):
    """Cơ sở giáo dục with one school code."""

    code = models.CharField("mã trường", max_length=20, unique=True)
    name = models.CharField("tên trường", max_length=150)
    ward_code = models.CharField("mã xã phường", max_length=5)
    ward_name = models.CharField("tên xã phường", max_length=150)
    province_name = models.CharField(
        "tên tỉnh thành phố", max_length=150, default="Thành phố Hồ Chí Minh"
    )
    department_code = models.CharField("mã sở", max_length=2, default="79")
    department_name = models.CharField(
        "tên sở", max_length=150, default="Sở Giáo dục và Đào tạo Thành phố Hồ Chí Minh"
    )
    ownership = models.CharField("loại hình", max_length=10, choices=Ownership.choices)
    mode = models.CharField(
        "hình thức học bạ", max_length=10, choices=WorkingMode.choices, default=WorkingMode.DIGITAL
    )
    settings = models.JSONField("thiết lập", default=dict, blank=True)
    last_register_number = models.PositiveIntegerField("số đăng bộ đã cấp", default=0)
    created_by = models.BigIntegerField("người tạo", null=True)
    created_at = models.DateTimeField("thời điểm tạo", null=True)

    class Meta:
        verbose_name = "trường"
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="school_ownership_known", condition=Q(ownership__in=Ownership.values)
            ),
            models.CheckConstraint(
                name="school_mode_known", condition=Q(mode__in=WorkingMode.values)
            ),
            models.CheckConstraint(
                name="school_created_pair",
                condition=Q(created_by__isnull=True, created_at__isnull=True)
                | Q(created_by__isnull=False, created_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Classroom(models.Model):
    """Lớp: group of pupils of one grade and school year."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="classrooms")
    school_year = models.CharField("năm học", max_length=9)
    name = models.CharField("tên lớp", max_length=10)
    grade = models.PositiveSmallIntegerField("khối")
    foreign_language = models.CharField("ngoại ngữ 1", max_length=50, default="Tiếng Anh")
    ethnic_language = models.CharField("tiếng dân tộc", max_length=50, blank=True, default="")
    elective_subjects = models.JSONField("môn tự chọn", default=list, blank=True)
    """Codes of the elective subjects that this class learns; the compulsory ones need no choice."""

    class Meta:
        verbose_name = "lớp"
        ordering: ClassVar = ["school_year", "grade", "name"]
        constraints: ClassVar = [
            # A combined class (lớp ghép) is one row per grade under one name.
            models.UniqueConstraint(
                fields=["school", "school_year", "name", "grade"], name="classroom_once_per_year"
            ),
            models.CheckConstraint(
                name="classroom_grade_primary", condition=Q(grade__gte=1, grade__lte=5)
            ),
            models.CheckConstraint(
                name="classroom_school_year_form",
                condition=Q(school_year__regex=SCHOOL_YEAR_PATTERN),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AssessmentMode(models.TextChoices):
    """How a pupil with a disability is assessed (TT 27/2020 Điều 8). Persisted values."""

    AS_OTHERS = "as_others", "Đánh giá như các bạn"
    ADJUSTED = "adjusted", "Đánh giá theo kế hoạch giáo dục cá nhân"
    NOT_ASSESSED = "not_assessed", "Không đánh giá"


class Pupil(models.Model):
    """Học sinh with the data of the birth certificate, as the school keeps them."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="pupils")
    pupil_code = models.CharField("mã định danh Bộ GD&ĐT", max_length=20)
    personal_id = models.CharField("số định danh cá nhân", max_length=12, blank=True, default="")
    """Empty while the police have not given one; no record is issued until then."""
    register_number = models.CharField("số sổ đăng bộ", max_length=50)
    full_name = models.CharField("họ và tên", max_length=150)
    gender = models.CharField("giới tính", max_length=3)
    birth_date = models.CharField("ngày sinh", max_length=10)
    birth_place = models.CharField("nơi sinh", max_length=250)
    home_town = models.CharField("quê quán", max_length=250)
    current_address = models.CharField("chỗ ở hiện nay", max_length=250)
    ethnic_group = models.CharField("dân tộc", max_length=50)
    nationality = models.CharField("quốc tịch", max_length=50, default="Việt Nam")
    father_name = models.CharField("họ tên cha", max_length=150, blank=True, default="")
    mother_name = models.CharField("họ tên mẹ", max_length=150)
    guardian_name = models.CharField("họ tên người giám hộ", max_length=150, blank=True, default="")
    entered_by = models.BigIntegerField("người nhập")
    entered_at = models.DateTimeField("nhập lúc")

    class Meta:
        verbose_name = "học sinh"
        ordering: ClassVar = ["school_id", "pupil_code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "pupil_code"], name="pupil_code_once"),
            models.UniqueConstraint(
                fields=["school", "personal_id"],
                condition=~Q(personal_id=""),
                name="personal_id_once",
            ),
            models.UniqueConstraint(
                fields=["school", "register_number"], name="register_number_once"
            ),
            models.CheckConstraint(
                name="pupil_personal_id_form",
                condition=Q(personal_id="") | Q(personal_id__regex=PERSONAL_ID_PATTERN),
            ),
            models.CheckConstraint(
                name="pupil_gender_known", condition=Q(gender__in=["Nam", "Nữ"])
            ),
            models.CheckConstraint(name="pupil_has_name", condition=~Q(full_name="")),
        ]

    def __str__(self) -> str:
        return self.full_name


class Enrolment(models.Model):
    """A pupil in a class for one school year; one row per pupil and year."""

    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="enrolments")
    classroom = models.ForeignKey(Classroom, on_delete=models.PROTECT, related_name="enrolments")
    school_year = models.CharField("năm học", max_length=9)
    position = models.PositiveSmallIntegerField("số thứ tự", default=0)
    status = models.CharField(
        "trạng thái", max_length=20, choices=PupilStatus.choices, default=PupilStatus.STUDYING
    )
    arrived_on = models.DateField("ngày nhập học/chuyển đến")
    left_on = models.DateField("ngày rời lớp", null=True)
    assessment_mode = models.CharField(
        "cách đánh giá",
        max_length=12,
        choices=AssessmentMode.choices,
        default=AssessmentMode.AS_OTHERS,
    )
    results_locked_by = models.BigIntegerField("người khoá kết quả", null=True)
    results_locked_at = models.DateTimeField("khoá kết quả lúc", null=True)
    """Set while a record of this year exists: what is signed stands still (QĐ 1789 Đ21.3)."""
    entered_by = models.BigIntegerField("người nhập")
    entered_at = models.DateTimeField("nhập lúc")

    class Meta:
        verbose_name = "ghi danh"
        ordering: ClassVar = ["classroom_id", "position", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["pupil", "school_year"], name="one_class_per_year"),
            models.CheckConstraint(
                name="enrolment_status_known", condition=Q(status__in=PupilStatus.values)
            ),
            models.CheckConstraint(
                name="enrolment_assessment_mode_known",
                condition=Q(assessment_mode__in=AssessmentMode.values),
            ),
            models.CheckConstraint(
                name="enrolment_locked_pair",
                condition=Q(results_locked_by__isnull=True, results_locked_at__isnull=True)
                | Q(results_locked_by__isnull=False, results_locked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id} {self.school_year}"


# Django finds the models of an app here only; these stand in files of their own.
from hocba_server.school.registry.case_models import (  # noqa: E402
    AssessmentModeDecision,
    Attachment,
    CaseState,
    CivilStatusChange,
    NewYearOpening,
    PupilDataReview,
    PupilMovement,
    ReviewState,
    SubjectExemption,
)

__all__ = [
    "ON_CLASS_LIST",
    "PERSONAL_ID_PATTERN",
    "AssessmentMode",
    "AssessmentModeDecision",
    "Attachment",
    "CaseState",
    "CivilStatusChange",
    "Classroom",
    "Enrolment",
    "NewYearOpening",
    "Ownership",
    "Pupil",
    "PupilDataReview",
    "PupilMovement",
    "PupilStatus",
    "ReviewState",
    "School",
    "SchoolRole",
    "StaffAssignment",
    "StaffMember",
    "SubjectExemption",
    "Substitution",
    "WorkingMode",
]
