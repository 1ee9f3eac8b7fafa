from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class RoleGrant(models.Model):
    """A role that the department gave to a person, by which decision, and how it ended.

    The account's roles follow from these rows; a row is never deleted.
    """

    personal_id = models.CharField("số định danh cá nhân", max_length=12)
    full_name = models.CharField("họ và tên", max_length=120)
    username = models.CharField("tên đăng nhập", max_length=80)
    role = models.CharField("vai trò", max_length=20)
    unit_code = models.CharField("mã đơn vị", max_length=20)
    """The department's code, or the ward's for a ward officer."""
    unit_name = models.CharField("tên đơn vị", max_length=200)
    decision_number = models.CharField("số quyết định", max_length=50)
    decision_date = models.DateField("ngày quyết định")
    granted_by = models.BigIntegerField("người giao")
    granted_by_name = models.CharField("tên người giao", max_length=150)
    granted_at = models.DateTimeField("giao lúc")
    ended_by = models.BigIntegerField("người thu hồi", null=True)
    ended_by_name = models.CharField("tên người thu hồi", max_length=150, blank=True, default="")
    ended_at = models.DateTimeField("thu hồi lúc", null=True)
    end_reason = models.CharField("lý do thu hồi", max_length=500, blank=True, default="")

    class Meta:
        verbose_name = "vai trò được giao"
        ordering: ClassVar = ["full_name", "personal_id", "role", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["personal_id", "role", "unit_code"],
                condition=Q(ended_at__isnull=True),
                name="role_given_once",
            ),
            models.CheckConstraint(
                name="grant_names_its_decision", condition=~Q(decision_number="")
            ),
            models.CheckConstraint(
                name="grant_end_whole",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, end_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason=""),
            ),
            models.CheckConstraint(
                name="grant_personal_id_12_digits",
                condition=Q(personal_id__regex=r"^[0-9]{12}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} {self.role}"
