"""What happens to a pupil at the school: moves, decisions, checked data, and their papers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

MAX_ATTACHMENT_BYTES = 5 * 1024 * 1024
ENROLMENT = "school_registry.Enrolment"
PUPIL = "school_registry.Pupil"
SCHOOL = "school_registry.School"
CLASSROOM = "school_registry.Classroom"


class Attachment(models.Model):
    """A decision or plan as a file. The database refuses to change or delete it."""

    school = models.ForeignKey(SCHOOL, on_delete=models.PROTECT, related_name="attachments")
    filename = models.CharField("tên tệp", max_length=150)
    media_type = models.CharField("loại tệp", max_length=40)
    content = models.BinaryField("nội dung")
    sha256 = models.CharField("SHA-256", max_length=64)
    added_by = models.BigIntegerField("người đính kèm")
    added_at = models.DateTimeField("đính kèm lúc")

    class Meta:
        verbose_name = "tệp đính kèm"
        ordering: ClassVar = ["school_id", "added_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="attachment_type_known",
                condition=Q(media_type__in=["application/pdf", "image/jpeg", "image/png"]),
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class PupilMovement(models.Model):
    """One change of a pupil's place or status: arrival, class, leaving, return. Append-only."""

    enrolment = models.ForeignKey(ENROLMENT, on_delete=models.PROTECT, related_name="movements")
    status = models.CharField("trạng thái mới", max_length=20)
    from_classroom = models.ForeignKey(
        CLASSROOM, on_delete=models.PROTECT, null=True, related_name="+"
    )
    to_classroom = models.ForeignKey(
        CLASSROOM, on_delete=models.PROTECT, null=True, related_name="+"
    )
    day = models.DateField("từ ngày")
    reason = models.CharField("lý do", max_length=500, blank=True, default="")
    other_school = models.CharField("trường kia", max_length=250, blank=True, default="")
    entered_by = models.BigIntegerField("người ghi")
    entered_at = models.DateTimeField("ghi lúc")

    class Meta:
        verbose_name = "biến động"
        ordering: ClassVar = ["enrolment_id", "id"]

    def __str__(self) -> str:
        return f"{self.status} {self.day}"


class CaseState(models.TextChoices):
    """Persisted values: a change that the principal decides on."""

    PROPOSED = "proposed", "Chờ hiệu trưởng duyệt"
    APPROVED = "approved", "Đã duyệt"
    REFUSED = "refused", "Không duyệt"


class CivilStatusChange(models.Model):
    """Thay đổi hộ tịch with the authority's decision (QĐ 1789 Đ21.7)."""

    pupil = models.ForeignKey(PUPIL, on_delete=models.PROTECT, related_name="civil_changes")
    old_values = models.JSONField("thông tin cũ")
    new_values = models.JSONField("thông tin mới")
    decision_number = models.CharField("số quyết định", max_length=50)
    decision_date = models.DateField("ngày quyết định")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        "trạng thái", max_length=10, choices=CaseState.choices, default=CaseState.PROPOSED
    )
    answer = models.CharField("lý do không duyệt", max_length=500, blank=True, default="")
    proposed_by = models.BigIntegerField("người đề nghị")
    proposed_by_name = models.CharField("tên người đề nghị", max_length=150)
    proposed_at = models.DateTimeField("đề nghị lúc")
    decided_by = models.BigIntegerField("người duyệt", null=True)
    decided_at = models.DateTimeField("duyệt lúc", null=True)

    class Meta:
        verbose_name = "thay đổi hộ tịch"
        ordering: ClassVar = ["pupil_id", "-proposed_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="civil_change_state_known", condition=Q(state__in=CaseState.values)
            ),
            models.CheckConstraint(
                name="civil_change_decided_together",
                condition=Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["pupil"], condition=Q(state="proposed"), name="one_open_civil_change"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_number} {self.state}"


class AssessmentModeDecision(models.Model):
    """How a pupil with a disability is assessed, with reason and plan (TT 27/2020 Điều 8).

    Sensitive: read by the homeroom teacher, the registrar and the leaders, and every reading is
    recorded. Append-only; the newest row holds.
    """

    enrolment = models.ForeignKey(
        ENROLMENT, on_delete=models.PROTECT, related_name="mode_decisions"
    )
    mode = models.CharField("cách đánh giá", max_length=12)
    reason = models.CharField("lý do", max_length=500)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_by = models.BigIntegerField("người quyết định")
    decided_at = models.DateTimeField("quyết định lúc")

    class Meta:
        verbose_name = "quyết định cách đánh giá"
        ordering: ClassVar = ["enrolment_id", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="mode_decision_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class SubjectExemption(models.Model):
    """Miễn học một môn: the principal frees a pupil from a subject for the year (level M)."""

    enrolment = models.ForeignKey(ENROLMENT, on_delete=models.PROTECT, related_name="exemptions")
    subject_code = models.CharField("mã môn học", max_length=3)
    reason = models.CharField("lý do", max_length=500)
    attachment = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_by = models.BigIntegerField("người quyết định")
    decided_at = models.DateTimeField("quyết định lúc")
    withdrawn_by = models.BigIntegerField("người rút", null=True)
    withdrawn_at = models.DateTimeField("rút lúc", null=True)

    class Meta:
        verbose_name = "miễn môn học"
        ordering: ClassVar = ["enrolment_id", "subject_code", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="exemption_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="exemption_withdrawn_pair",
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["enrolment", "subject_code"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_exemption_per_subject",
            ),
        ]

    def __str__(self) -> str:
        return self.subject_code


class ReviewState(models.TextChoices):
    """Persisted values: the data sheet of a pupil at the start of the year (QĐ 1789 Đ20.4)."""

    OPEN = "open", "Chưa đối chiếu"
    CONFIRMED = "confirmed", "Giáo viên chủ nhiệm đã đối chiếu"
    INITIALISED = "initialised", "Học vụ đã khởi tạo"
    SIGNED = "signed", "Đã ký và ban hành"


class PupilDataReview(models.Model):
    """Rà soát thông tin học sinh: who checked, initialised and signed the data of one year.

    `values` are frozen when the homeroom teacher confirms; a change of data opens the row again.
    """

    enrolment = models.OneToOneField(ENROLMENT, on_delete=models.PROTECT, related_name="review")
    state = models.CharField(
        "trạng thái", max_length=12, choices=ReviewState.choices, default=ReviewState.OPEN
    )
    sheet_id = models.CharField("mã phiếu", max_length=36, blank=True, default="")
    values = models.JSONField("thông tin đã đối chiếu", default=dict)
    confirmed_by = models.BigIntegerField("người đối chiếu", null=True)
    confirmed_person = models.JSONField("họ tên, số định danh người đối chiếu", default=dict)
    confirmed_at = models.DateTimeField("đối chiếu lúc", null=True)
    initialised_by = models.BigIntegerField("người khởi tạo", null=True)
    initialised_person = models.JSONField("họ tên, số định danh người khởi tạo", default=dict)
    initialised_at = models.DateTimeField("khởi tạo lúc", null=True)
    signed_by = models.BigIntegerField("người ban hành", null=True)
    signed_at = models.DateTimeField("ban hành lúc", null=True)

    class Meta:
        verbose_name = "rà soát thông tin học sinh"
        ordering: ClassVar = ["enrolment_id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="review_state_known", condition=Q(state__in=ReviewState.values)
            ),
            models.CheckConstraint(
                name="review_confirmed_says_who",
                condition=Q(state="open")
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(sheet_id=""),
            ),
            models.CheckConstraint(
                name="review_initialised_says_who",
                condition=Q(state__in=["open", "confirmed"])
                | Q(initialised_by__isnull=False, initialised_at__isnull=False),
            ),
            models.CheckConstraint(
                name="review_signed_says_who",
                condition=~Q(state="signed") | Q(signed_by__isnull=False, signed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.state


class NewYearOpening(models.Model):
    """Mở năm học mới: what one opening made, so that it can be undone while nothing followed."""

    school = models.ForeignKey(SCHOOL, on_delete=models.PROTECT, related_name="year_openings")
    from_year = models.CharField("từ năm học", max_length=9)
    to_year = models.CharField("sang năm học", max_length=9)
    classrooms = models.JSONField("lớp đã mở", default=list)
    enrolments = models.JSONField("ghi danh đã tạo", default=list)
    completed = models.JSONField("hoàn thành cấp học", default=dict)
    """Enrolment id of grade 5 -> the status that it had before."""
    opened_by = models.BigIntegerField("người mở")
    opened_at = models.DateTimeField("mở lúc")
    undone_by = models.BigIntegerField("người hoàn tác", null=True)
    undone_at = models.DateTimeField("hoàn tác lúc", null=True)

    class Meta:
        verbose_name = "mở năm học mới"
        ordering: ClassVar = ["school_id", "-opened_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="opening_undone_pair",
                condition=Q(undone_by__isnull=True, undone_at__isnull=True)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_year} → {self.to_year}"
