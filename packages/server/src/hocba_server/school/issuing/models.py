from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hocba.workflow.transitions import RecordState
from hocba_server.school.registry.models import Classroom, Enrolment, StaffMember

RECORD_STATE_VALUES = [state.value for state in RecordState]
ISSUED_STATES = tuple(RecordState)[tuple(RecordState).index(RecordState.ISSUED) :]
"""From `issued` on a row only moves forward; the trigger of migration 0002 has the same list."""


GONE_STATES = (RecordState.REJECTED, RecordState.RECALLED, RecordState.REPLACED)
"""Issued once and without value now; the pupil may have another record of the year."""
STANDING_STATES = tuple(state for state in ISSUED_STATES if state not in GONE_STATES)
"""Issued, and nothing takes its value away: what is printed, sealed and handed out."""


class IssueBatch(models.Model):
    """Đợt phát hành: one class of one year, with what the head fixes before anybody signs."""

    classroom = models.OneToOneField(Classroom, on_delete=models.PROTECT, related_name="batch")
    format_profile = models.CharField("phiên bản cấu trúc", max_length=10)
    signing_leader = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, related_name="batches_to_sign"
    )
    issue_place = models.CharField("địa danh phát hành", max_length=150)
    issued_on = models.DateTimeField("ngày ký phát hành")
    opened_by = models.BigIntegerField("người mở đợt")
    opened_at = models.DateTimeField("mở lúc")
    records_created_by = models.BigIntegerField("người khởi tạo", null=True)
    records_created_at = models.DateTimeField("khởi tạo lúc", null=True)

    class Meta:
        verbose_name = "đợt phát hành"
        ordering: ClassVar = ["-opened_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="batch_records_created_pair",
                condition=Q(records_created_by__isnull=True, records_created_at__isnull=True)
                | Q(records_created_by__isnull=False, records_created_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.classroom_id}"


class AnnualRecordDraft(models.Model):
    """One record unit on its way to issue. `document` holds exactly the bytes that were signed.

    Once issued the row is frozen by a database trigger; only its state may move forward.
    """

    batch = models.ForeignKey(IssueBatch, on_delete=models.PROTECT, related_name="records")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="records")
    record_uuid = models.CharField("mã số tra cứu học bạ", max_length=36, unique=True)
    state = models.CharField("trạng thái", max_length=20)
    state_since = models.DateTimeField("ở trạng thái này từ", null=True)
    """For boards: what waits for whom since when."""
    document = models.BinaryField("tệp XML")
    subject_signers = models.JSONField("người ký từng môn", default=dict)
    """Subject code -> personal number of the person whom the record names for it."""
    homeroom_signer = models.CharField("người ký chủ nhiệm", max_length=12, default="")
    pending_subjects = models.JSONField("môn còn chờ ký", default=list)
    refusal = models.CharField("lý do bị từ chối", max_length=1000, blank=True, default="")
    created_by = models.BigIntegerField("người khởi tạo")
    created_at = models.DateTimeField("khởi tạo lúc")
    issued_by = models.BigIntegerField("người phát hành", null=True)
    issued_at = models.DateTimeField("phát hành lúc", null=True)

    class Meta:
        verbose_name = "học bạ"
        ordering: ClassVar = ["batch_id", "enrolment__position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="record_state_known", condition=Q(state__in=RECORD_STATE_VALUES)
            ),
            models.CheckConstraint(
                name="record_issued_pair",
                condition=Q(issued_by__isnull=True, issued_at__isnull=True)
                | Q(issued_by__isnull=False, issued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="issued_record_says_when",
                condition=~Q(state__in=[state.value for state in ISSUED_STATES])
                | Q(issued_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=~Q(state__in=["rejected", "recalled", "replaced"]),
                name="one_live_record_per_year",
            ),
        ]

    def __str__(self) -> str:
        return self.record_uuid


class SignatureStamp(models.Model):
    """Who signed which slot of which record, for lists; the truth is in the document."""

    record = models.ForeignKey(AnnualRecordDraft, on_delete=models.CASCADE, related_name="stamps")
    role = models.CharField("vai trò", max_length=12)
    subject_code = models.CharField("mã môn học", max_length=3, blank=True, default="")
    signer_name = models.CharField("người ký", max_length=150)
    issuer_name = models.CharField("nhà phát hành chứng thư", max_length=150)
    signed_at = models.DateTimeField("ký lúc")

    class Meta:
        verbose_name = "chữ ký"
        ordering: ClassVar = ["record_id", "signed_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["record", "role", "subject_code"], name="one_signature_per_slot"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.subject_code}"
