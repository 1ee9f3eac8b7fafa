"""The people of a school and what they are assigned to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

PERSONAL_ID_PATTERN = r"^[0-9]{12}$"


class SchoolRole(models.TextChoices):
    """Role codes of the city's regulation (QĐ 1789 Đ5.3c). Persisted values."""

    SUBJECT_TEACHER = "GVBM", "Giáo viên bộ môn"
    HOMEROOM_TEACHER = "GVCN", "Giáo viên chủ nhiệm"
    REGISTRAR = "HOC_VU", "Nhân viên học vụ"
    SCHOOL_CLERK = "VAN_THU", "Nhân viên văn thư"
    SCHOOL_LEADER = "CBQL", "Cán bộ quản lý"
    PRINCIPAL = "HIEU_TRUONG", "Hiệu trưởng"
    ADMINISTRATOR = "QTV", "Quản trị viên"


class StaffMember(models.Model):
    """A person who works at the school and may sign, known by the personal number."""

    school = models.ForeignKey(
        "school_registry.School", on_delete=models.PROTECT, related_name="staff"
    )
    full_name = models.CharField("họ và tên", max_length=150)
    personal_id = models.CharField("số định danh cá nhân", max_length=12)
    title = models.CharField("chức vụ", max_length=150, default="Giáo viên")

    class Meta:
        verbose_name = "nhân sự"
        ordering: ClassVar = ["school_id", "personal_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "personal_id"], name="staff_once_per_school"),
            models.CheckConstraint(
                name="staff_personal_id_form", condition=Q(personal_id__regex=PERSONAL_ID_PATTERN)
            ),
        ]

    def __str__(self) -> str:
        return self.full_name


class StaffAssignment(models.Model):
    """Phân công: a role for one school year, in a class and a subject where the role needs them."""

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField("vai trò", max_length=12, choices=SchoolRole.choices)
    school_year = models.CharField("năm học", max_length=9)
    classroom = models.ForeignKey(
        "school_registry.Classroom",
        on_delete=models.PROTECT,
        null=True,
        related_name="assignments",
    )
    subject_code = models.CharField("mã môn học", max_length=3, blank=True, default="")
    assigned_by = models.BigIntegerField("người phân công")
    assigned_at = models.DateTimeField("phân công lúc")

    class Meta:
        verbose_name = "phân công"
        ordering: ClassVar = ["school_year", "staff_id", "role", "classroom_id", "subject_code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="assignment_role_known", condition=Q(role__in=SchoolRole.values)
            ),
            models.CheckConstraint(
                name="assignment_place_fits_role",
                condition=Q(role="GVBM", classroom__isnull=False) & ~Q(subject_code="")
                | Q(role="GVCN", classroom__isnull=False, subject_code="")
                | ~Q(role__in=["GVBM", "GVCN"]) & Q(classroom__isnull=True, subject_code=""),
            ),
            models.UniqueConstraint(
                fields=["classroom"], condition=Q(role="GVCN"), name="one_homeroom_teacher"
            ),
            models.UniqueConstraint(
                fields=["classroom", "subject_code"],
                condition=Q(role="GVBM"),
                name="one_teacher_per_subject",
            ),
            models.UniqueConstraint(
                fields=["staff", "role", "school_year"],
                condition=~Q(role__in=["GVBM", "GVCN"]),
                name="school_role_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.school_year}"


class Substitution(models.Model):
    """Dạy thay: another person does what an assignment says, from one day to another.

    The substitute enters and signs in that time (QĐ 1789 Đ14.5, Đ32.6); who signed stands in the
    record.
    """

    assignment = models.ForeignKey(
        StaffAssignment, on_delete=models.CASCADE, related_name="substitutions"
    )
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="substitutions")
    first_day = models.DateField("từ ngày")
    last_day = models.DateField("đến ngày", null=True)
    reason = models.CharField("lý do", max_length=500)
    assigned_by = models.BigIntegerField("người phân công")
    assigned_at = models.DateTimeField("phân công lúc")

    class Meta:
        verbose_name = "dạy thay"
        ordering: ClassVar = ["assignment_id", "first_day"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="substitution_days_in_order",
                condition=Q(last_day__isnull=True) | Q(last_day__gte=models.F("first_day")),
            ),
            models.CheckConstraint(name="substitution_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.first_day}"
