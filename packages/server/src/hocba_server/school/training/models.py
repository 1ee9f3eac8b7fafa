from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from hocba_server.school.problem import WithProblem
from hocba_server.school.registry.models import School


class TrainingState(models.TextChoices):
    """Persisted values: how far the training school is made."""

    BUILDING = "building", "Đang chuẩn bị"
    READY = "ready", "Sẵn sàng"
    FAILED = "failed", "Chưa chuẩn bị xong"
    CLOSED = "closed", "Đã thay bằng bản mới"


class TrainingSchool(WithProblem):
    """One making of a school's training school.

    A reset closes this row and its school, which stay as they are, and makes the next ones: what
    is signed, audited or decided can be deleted nowhere, not even in training.
    """

    of = models.ForeignKey(School, on_delete=models.PROTECT, related_name="training_schools")
    """The real school whose people practise here."""
    school = models.OneToOneField(School, on_delete=models.PROTECT, related_name="training")
    """The school with the invented pupils."""
    reset_count = models.PositiveIntegerField("số lần làm lại", default=0)
    keys_folder = models.CharField("thư mục khoá tập huấn", max_length=40)
    """The folder under `training/` of this installation: `<school code>/<number>`."""
    state = models.CharField("trạng thái", max_length=10, choices=TrainingState.choices)
    done = models.PositiveSmallIntegerField("số lớp đã xong", default=0)
    total = models.PositiveSmallIntegerField("tổng số lớp", default=0)
    opened_by = models.BigIntegerField("người mở")
    opened_by_name = models.CharField("tên người mở", max_length=150)
    opened_at = models.DateTimeField("mở lúc")
    closed_by = models.BigIntegerField("người làm lại", null=True)
    closed_at = models.DateTimeField("đóng lúc", null=True)

    class Meta:
        verbose_name = "trường tập huấn"
        ordering: ClassVar = ["of_id", "-reset_count"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["of"], condition=~Q(state="closed"), name="one_open_training_school"
            ),
            models.CheckConstraint(
                name="training_state_known", condition=Q(state__in=TrainingState.values)
            ),
            models.CheckConstraint(
                name="training_closed_says_when",
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False)
                | ~Q(state="closed") & Q(closed_at__isnull=True, closed_by__isnull=True),
            ),
            models.CheckConstraint(name="training_is_another_school", condition=~Q(of=F("school"))),
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.state}"


class TaskDone(models.Model):
    """A guided task that a person has completed. It outlives a reset: what is learned stays."""

    of = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    personal_id = models.CharField("số định danh cá nhân", max_length=12)
    name = models.CharField("họ và tên", max_length=150)
    task = models.CharField("bài", max_length=40)
    done_at = models.DateTimeField("xong lúc")

    class Meta:
        verbose_name = "bài tập huấn đã làm"
        ordering: ClassVar = ["of_id", "name", "done_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["of", "personal_id", "task"], name="task_done_once_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.done_at:%d/%m/%Y}"
