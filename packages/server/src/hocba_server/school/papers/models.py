from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocba_server.school.problem import WithProblem
from hocba_server.school.registry.models import Classroom, Pupil, School


class PaperKind(models.TextChoices):
    """Persisted values: what was issued."""

    RECORD = "record", _("Bản in một năm học")
    BOOKLET = "booklet", _("Bản in nhiều năm học")
    CLASS = "class", _("Bản in cả lớp")
    COPY = "certified_copy", _("Bản sao y")


class PaperForm(models.TextChoices):
    """Persisted values: the paper form of TT 27/2020 or the display of CV 2088."""

    B = "B", _("Bản thể hiện học bạ số (CV 2088)")
    A = "A", _("Mẫu học bạ giấy (TT 27/2020)")


class PaperCounter(models.Model):
    """Last number given in a year, locked while the next paper is made: no number is skipped."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("loại", max_length=15, choices=PaperKind.choices)
    year = models.PositiveSmallIntegerField("năm")
    last = models.PositiveIntegerField("số cuối", default=0)

    class Meta:
        verbose_name = "số đã cấp"
        ordering: ClassVar = ["school_id", "kind", "year"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "kind", "year"], name="one_paper_counter"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class IssuedPaper(models.Model):
    """One line of the register. The database refuses to change or delete it, and to skip a number.

    Every issue of a copy is recorded, checkable and traceable (draft circular of 2026).
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField("loại", max_length=15, choices=PaperKind.choices)
    year = models.PositiveSmallIntegerField("năm")
    number = models.PositiveIntegerField("số")
    sign = models.CharField("số và ký hiệu", max_length=60)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, null=True, related_name="papers")
    classroom = models.ForeignKey(Classroom, on_delete=models.PROTECT, related_name="papers")
    """The class whose page it was made on."""
    school_years = models.JSONField("năm học trong bản này", default=list)
    record_uuids = models.JSONField("mã tra cứu các học bạ", default=list)
    form = models.CharField("mẫu", max_length=1, choices=PaperForm.choices)
    recipient = models.CharField("người nhận", max_length=200, blank=True, default="")
    purpose = models.CharField("mục đích", max_length=300, blank=True, default="")
    copies = models.PositiveSmallIntegerField("số bản", default=1)
    leader_name = models.CharField("người ký bản sao", max_length=150, blank=True, default="")
    leader_title = models.CharField("chức vụ", max_length=150, blank=True, default="")
    issued_by = models.BigIntegerField("người phát hành")
    issued_by_name = models.CharField("tên người phát hành", max_length=150)
    issued_at = models.DateTimeField("phát hành lúc")
    sha256 = models.CharField("mã băm tệp", max_length=64)
    size = models.PositiveIntegerField("cỡ tệp (byte)")
    content = models.BinaryField("tệp bản sao y", null=True)
    """Kept for certified copies only; everything else can be made again."""

    class Meta:
        verbose_name = "bản đã phát hành"
        ordering: ClassVar = ["-issued_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "kind", "year", "number"], name="paper_number_once"
            ),
            models.CheckConstraint(name="paper_kind_known", condition=Q(kind__in=PaperKind.values)),
            models.CheckConstraint(name="paper_form_known", condition=Q(form__in=PaperForm.values)),
            models.CheckConstraint(
                name="paper_number_from_one", condition=Q(number__gte=1, copies__gte=1)
            ),
            models.CheckConstraint(
                name="paper_pupil_unless_class",
                condition=Q(kind="class", pupil__isnull=True)
                | ~Q(kind="class") & Q(pupil__isnull=False),
            ),
            models.CheckConstraint(
                name="paper_copy_is_kept",
                condition=~Q(kind="certified_copy")
                | Q(content__isnull=False) & ~Q(recipient="") & ~Q(leader_name=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["school", "-issued_at"], name="paper_newest"),
            models.Index(fields=["sha256"], name="paper_by_hash"),
        ]

    def __str__(self) -> str:
        return self.sign


class JobState(models.TextChoices):
    """Persisted values: how far the file of a class is."""

    WAITING = "waiting", _("Đang chờ")
    RUNNING = "running", _("Đang dựng")
    DONE = "done", _("Đã xong")
    FAILED = "failed", _("Không dựng được")
    CANCELLED = "cancelled", _("Đã huỷ")


OPEN_STATES = (JobState.WAITING.value, JobState.RUNNING.value)


class PrintJob(WithProblem):
    """The file of a class while it is made and for 24 hours after."""

    classroom = models.ForeignKey(Classroom, on_delete=models.PROTECT, related_name="print_jobs")
    form = models.CharField("mẫu", max_length=1, choices=PaperForm.choices)
    double_sided = models.BooleanField("in hai mặt")
    all_years = models.BooleanField("mọi năm học")
    state = models.CharField("trạng thái", max_length=10, choices=JobState.choices)
    total = models.PositiveIntegerField("tổng số")
    done = models.PositiveIntegerField("đã dựng", default=0)
    actor = models.JSONField("người thực hiện")
    asked_by = models.BigIntegerField("người yêu cầu")
    asked_at = models.DateTimeField("yêu cầu lúc")
    finished_at = models.DateTimeField("xong lúc", null=True)
    expires_at = models.DateTimeField("giữ đến", null=True)
    result = models.BinaryField("tệp PDF", null=True)
    size = models.PositiveIntegerField("cỡ tệp (byte)", default=0)
    paper = models.ForeignKey(IssuedPaper, on_delete=models.PROTECT, null=True, related_name="+")
    """Its line in the register; none when nothing in the file was issued yet."""

    class Meta:
        verbose_name = "việc in cả lớp"
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="print_state_known", condition=Q(state__in=JobState.values)
            ),
            models.CheckConstraint(
                name="print_done_within_total", condition=Q(total__gte=F("done"))
            ),
            models.CheckConstraint(
                name="print_finished_when_over",
                condition=Q(state__in=OPEN_STATES, finished_at__isnull=True)
                | ~Q(state__in=OPEN_STATES) & Q(finished_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["classroom", "asked_by"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_print_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.classroom_id} {self.state}"
