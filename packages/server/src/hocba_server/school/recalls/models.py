from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.problem import WithProblem
from hocba_server.school.registry.models import Attachment, School
from hocba_server.school.submission.models import PackageState


class RecallAnswer(models.TextChoices):
    """Persisted values: what the department says about the recall of one record."""

    WAITING = "waiting", "Chờ Sở quyết định"
    AGREED = "agreed", "Đã thu hồi"
    REFUSED = "refused", "Không thu hồi"


class RequestKind(models.TextChoices):
    """Persisted values: what the department is asked for."""

    RECALL = "recall", "Thu hồi"
    CORRECTION = "correction", "Chỉnh lý sau khi chốt"


class RecallRequest(WithProblem):
    """A request in the outbox: kept before sending, sent with the same id until answered."""

    kind = models.CharField(
        "loại yêu cầu", max_length=10, choices=RequestKind.choices, default=RequestKind.RECALL
    )

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="recall_requests")
    batch = models.ForeignKey(IssueBatch, on_delete=models.PROTECT, related_name="recall_requests")
    message_id = models.CharField("mã gói tin", max_length=36, unique=True)
    request = models.JSONField("nội dung gửi")
    reason = models.CharField("lý do", max_length=500)
    state = models.CharField("trạng thái", max_length=12, choices=PackageState.choices)
    attempts = models.PositiveIntegerField("số lần gửi", default=0)
    answer_code = models.CharField("mã trả lời", max_length=20, blank=True, default="")
    actor = models.JSONField("người thực hiện")
    created_by = models.BigIntegerField("người yêu cầu")
    created_by_name = models.CharField("tên người yêu cầu", max_length=150)
    created_at = models.DateTimeField("tạo lúc")
    acknowledged_at = models.DateTimeField("Sở nhận lúc", null=True)
    answered_at = models.DateTimeField("có kết quả lúc", null=True)

    class Meta:
        verbose_name = "yêu cầu thu hồi"
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="request_kind_known", condition=Q(kind__in=RequestKind.values)
            ),
            models.CheckConstraint(
                name="recall_state_known", condition=Q(state__in=PackageState.values)
            ),
            models.CheckConstraint(
                name="recall_answered_says_when",
                condition=~Q(state="answered") | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="recall_acknowledged_says_when",
                condition=~Q(state__in=["acknowledged", "answered"])
                | Q(acknowledged_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class RecallLine(models.Model):
    """One record of a request and the department's decision about it."""

    request = models.ForeignKey(RecallRequest, on_delete=models.PROTECT, related_name="lines")
    record = models.ForeignKey(AnnualRecordDraft, on_delete=models.PROTECT, related_name="recalls")
    answer = models.CharField("kết quả", max_length=8, choices=RecallAnswer.choices)
    code = models.CharField("mã trả lời", max_length=50, blank=True, default="")
    sentence = models.CharField("ý kiến của Sở", max_length=1000, blank=True, default="")

    class Meta:
        verbose_name = "học bạ cần thu hồi"
        ordering: ClassVar = ["request_id", "record_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "record"], name="record_once_per_recall"),
            models.UniqueConstraint(
                fields=["record"], condition=Q(answer="waiting"), name="one_open_recall_per_record"
            ),
            models.CheckConstraint(
                name="recall_answer_known", condition=Q(answer__in=RecallAnswer.values)
            ),
            models.CheckConstraint(
                name="refused_recall_says_why",
                condition=~Q(answer="refused") | ~Q(sentence=""),
            ),
        ]

    def __str__(self) -> str:
        return self.answer


class CorrectionKind(models.TextChoices):
    """Persisted values, as sent: what is to be corrected."""

    CONTENT = "NOI_DUNG", "Sửa nội dung ghi sai"
    CIVIL_STATUS = "HO_TICH", "Thay đổi hộ tịch"


class CorrectionDraft(models.Model):
    """A correction that is prepared: reason and files wait for the school's signature."""

    record = models.ForeignKey(AnnualRecordDraft, on_delete=models.PROTECT, related_name="drafts")
    kind = models.CharField("loại chỉnh lý", max_length=10, choices=CorrectionKind.choices)
    reason = models.CharField("lý do", max_length=500)
    request = models.OneToOneField(
        RecallRequest, on_delete=models.PROTECT, related_name="correction", null=True
    )
    """The signed request; None until then."""
    dropped_at = models.DateTimeField("bỏ lúc", null=True)
    created_by = models.BigIntegerField("người soạn")
    created_by_name = models.CharField("tên người soạn", max_length=150)
    created_at = models.DateTimeField("soạn lúc")

    class Meta:
        verbose_name = "yêu cầu chỉnh lý"
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="correction_draft_kind_known", condition=Q(kind__in=CorrectionKind.values)
            ),
            models.CheckConstraint(
                name="correction_draft_signed_or_dropped",
                condition=Q(request__isnull=True) | Q(dropped_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["record"],
                condition=Q(request__isnull=True, dropped_at__isnull=True),
                name="one_open_correction_draft",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class CorrectionFile(models.Model):
    """A file of a correction; its bytes lie in the school's attachments and never change."""

    draft = models.ForeignKey(CorrectionDraft, on_delete=models.PROTECT, related_name="files")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField("thứ tự")

    class Meta:
        verbose_name = "tệp kèm yêu cầu chỉnh lý"
        ordering: ClassVar = ["draft_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["draft", "position"], name="correction_file_position_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.attachment_id)
