from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from hocba_server.web.accounts.roles import ROLES, role_names


class UserManager(BaseUserManager["User"]):
    """Accounts are made by a service, never from a password form."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person who signs in. Rights are the roles; which class or subject, the school knows."""

    class House(models.TextChoices):
        SCHOOL = "school", "nhà trường"
        CITY = "city", "Sở"

    username = models.CharField("tên đăng nhập", max_length=80, unique=True)
    full_name = models.CharField("họ và tên", max_length=120)
    personal_id = models.CharField("số định danh cá nhân", max_length=12)
    house = models.CharField("nơi làm việc", max_length=6, choices=House.choices)
    unit_code = models.CharField("mã đơn vị", max_length=20)
    unit_name = models.CharField("tên đơn vị", max_length=200, blank=True)
    title = models.CharField("chức danh", max_length=120, blank=True)
    next_step = models.CharField("việc có thể làm ngay", max_length=300, blank=True)
    roles = models.JSONField("vai trò", default=list)
    demo = models.BooleanField("tài khoản mẫu", default=False)
    is_active = models.BooleanField("đang dùng", default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name", "personal_id", "house", "unit_code"]

    objects = UserManager()

    class Meta:
        verbose_name = "tài khoản"
        ordering = ("unit_code", "pk")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(personal_id__regex=r"^[0-9]{12}$"),
                name="web_accounts_personal_id_12_digits",
                violation_error_message="Số định danh cá nhân phải gồm đúng 12 chữ số.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.username})"

    @property
    def role_names(self) -> str:
        """The roles as people read them, in one line."""
        return role_names(self.roles)

    @property
    def works(self) -> list[str]:
        """What the person can do next, one sentence per role."""
        if self.next_step:
            return [self.next_step]
        return [str(role.work) for role in ROLES if role.code in self.roles]


class Membership(models.Model):
    """One place of work of a person: two schools may share a teacher, each with its own rights.

    `User.unit_code`, `title` and `roles` repeat one of these rows, the one that holds after
    sign-in. In a request they are those of the place that the person has chosen (`workplace.py`).
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    house = models.CharField("nơi làm việc", max_length=6, choices=User.House.choices)
    unit_code = models.CharField("mã đơn vị", max_length=20)
    unit_name = models.CharField("tên đơn vị", max_length=200, blank=True, default="")
    title = models.CharField("chức danh", max_length=120, blank=True, default="")
    roles = models.JSONField("vai trò", default=list)
    is_active = models.BooleanField("đang dùng", default=True)

    class Meta:
        verbose_name = "nơi làm việc của tài khoản"
        ordering: ClassVar[list[str]] = ["unit_name", "unit_code", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "house", "unit_code"], name="web_accounts_one_membership_per_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.unit_code}"

    @property
    def role_names(self) -> str:
        """The roles as people read them, in one line."""
        return role_names(self.roles)
