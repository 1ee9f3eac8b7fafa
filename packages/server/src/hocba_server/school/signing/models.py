from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.problem import WithProblem
from hocba_server.school.registry.models import School


class SessionState(models.TextChoices):
    """Persisted values: how far one signing session is."""

    WAITING = "waiting", _("Đang chờ")
    RUNNING = "running", _("Đang ký")
    STOPPED = "stopped", _("Đã dừng")
    DONE = "done", _("Đã ký xong")
    FAILED = "failed", _("Có học bạ chưa ký được")


OPEN_STATES = (SessionState.WAITING.value, SessionState.RUNNING.value, SessionState.STOPPED.value)


class KeySource(models.TextChoices):
    """Persisted values: where the key of a session is."""

    SERVER = "server", _("Khoá do hệ thống gọi được")
    AGENT = "agent", _("Thiết bị ký trên máy của người ký")
    REMOTE = "remote", _("Dịch vụ ký số từ xa")


class SigningSession(WithProblem):
    """One person signs the records of a class, a grade or the school after one activation.

    `done` and `failed` grow while the work goes on; a stopped session goes on where it was.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="signing_sessions")
    scope = models.CharField("phạm vi", max_length=60)
    scope_en = models.CharField("phạm vi, tiếng Anh", max_length=60)
    role = models.CharField("vai trò ký", max_length=12)
    signer_name = models.CharField("người ký", max_length=150)
    signer_personal_id = models.CharField("số định danh cá nhân", max_length=12, blank=True)
    key_source = models.CharField(
        "nơi giữ khoá", max_length=6, choices=KeySource.choices, default=KeySource.SERVER
    )
    credential = models.CharField("chứng thư ký từ xa", max_length=200, blank=True, default="")
    signing_time = models.DateTimeField("thời điểm ký đã báo cho khoá", null=True)
    """Fixed when the digests are authorised beforehand, as remote signing services ask."""
    activation = models.TextField("kích hoạt ký từ xa (mã hoá)", blank=True, default="")
    state = models.CharField("trạng thái", max_length=10, choices=SessionState.choices)
    stop_asked = models.BooleanField("đã yêu cầu dừng", default=False)
    total = models.PositiveIntegerField("tổng số")
    done = models.PositiveIntegerField("đã ký", default=0)
    failed = models.PositiveIntegerField("chưa ký được", default=0)
    warnings = models.JSONField("lưu ý về chứng thư số", default=list)
    """Sentences as {"vi", "en"}."""
    actor = models.JSONField("người thực hiện")
    started_by = models.BigIntegerField("người bắt đầu")
    started_at = models.DateTimeField("bắt đầu lúc")
    finished_at = models.DateTimeField("xong lúc", null=True)

    class Meta:
        verbose_name = "phiên ký"
        ordering: ClassVar = ["-started_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="session_state_known", condition=Q(state__in=SessionState.values)
            ),
            models.CheckConstraint(
                name="session_key_source_known", condition=Q(key_source__in=KeySource.values)
            ),
            models.CheckConstraint(
                name="session_counts_within_total",
                condition=Q(total__gte=F("done") + F("failed")),
            ),
            models.CheckConstraint(
                name="session_finished_when_over",
                condition=Q(state__in=OPEN_STATES, finished_at__isnull=True)
                | Q(state__in=["done", "failed"], finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="session_over_keeps_no_activation",
                condition=Q(activation="") | Q(finished_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.state}"


class ItemState(models.TextChoices):
    """Persisted values: what became of one record in a session."""

    WAITING = "waiting", _("Chờ ký")
    SIGNED = "signed", _("Đã ký")
    FAILED = "failed", _("Chưa ký được")
    LEFT = "left", _("Để lại")


class SigningItem(models.Model):
    """One record of a session, and why it could not be signed."""

    session = models.ForeignKey(SigningSession, on_delete=models.CASCADE, related_name="items")
    record = models.ForeignKey(AnnualRecordDraft, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(
        "tình trạng", max_length=8, choices=ItemState.choices, default=ItemState.WAITING
    )
    code = models.CharField("mã lỗi", max_length=50, blank=True, default="")
    sentence = models.CharField("lý do", max_length=1000, blank=True, default="")
    sentence_en = models.CharField("lý do, tiếng Anh", max_length=1000, blank=True, default="")

    class Meta:
        verbose_name = "học bạ trong phiên ký"
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "record"], name="record_once_per_session"),
            # Two people at once never sign the same record.
            models.UniqueConstraint(
                fields=["record"], condition=Q(state="waiting"), name="record_waits_in_one_session"
            ),
            models.CheckConstraint(
                name="signing_item_state_known", condition=Q(state__in=ItemState.values)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["session", "state"], name="signing_item_state")]

    def __str__(self) -> str:
        return self.state


class SigningRound(models.Model):
    """Digests that are out with the signer's own device, until the signatures come back."""

    session = models.OneToOneField(SigningSession, on_delete=models.CASCADE, related_name="round")
    record_ids = models.JSONField("các học bạ")
    certificate = models.BinaryField("chứng thư số")
    algorithm = models.CharField("thuật toán", max_length=30)
    digests = models.JSONField("các mã băm")
    signing_time = models.DateTimeField("thời điểm ký")

    class Meta:
        verbose_name = "lượt ký"

    def __str__(self) -> str:
        return f"{self.session_id}"


class PaperRound(models.Model):
    """Digests of papers that are out with a person's own device, until the signatures come back."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    person = models.CharField("số định danh người ký", max_length=20)
    purpose = models.CharField("việc ký", max_length=60)
    wish = models.JSONField("điều người ký muốn", default=dict)
    certificate = models.BinaryField("chứng thư số")
    algorithm = models.CharField("thuật toán", max_length=30)
    digests = models.JSONField("các mã băm")
    signing_time = models.DateTimeField("thời điểm ký")

    class Meta:
        verbose_name = "lượt ký giấy tờ"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "person", "purpose"], name="one_round_per_person_and_purpose"
            ),
        ]

    def __str__(self) -> str:
        return self.purpose


class SeenCertificate(models.Model):
    """A certificate that signed or wants to sign here, and whether the school approved it (Đ9)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    owner = models.CharField("chủ chứng thư", max_length=20)
    owner_name = models.CharField("tên chủ chứng thư", max_length=200)
    issuer_name = models.CharField("nhà phát hành", max_length=200)
    fingerprint = models.CharField("dấu vân tay SHA-256", max_length=64)
    serial = models.CharField("số sê-ri", max_length=60)
    valid_until = models.DateTimeField("hiệu lực đến")
    approved = models.BooleanField("được duyệt dùng cho trường", null=True)
    decided_by_name = models.CharField("người duyệt", max_length=150, blank=True, default="")
    decided_at = models.DateTimeField("duyệt lúc", null=True)
    first_seen_at = models.DateTimeField("thấy lần đầu")

    class Meta:
        verbose_name = "chứng thư số của người ký"
        ordering: ClassVar = ["owner_name", "valid_until"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "fingerprint"], name="certificate_seen_once_per_school"
            ),
        ]

    def __str__(self) -> str:
        return self.owner_name


class SealedPdf(models.Model):
    """The PDF of an issued record with the school's seal, made where the key is not at hand later.

    Derived from the signed XML, which stays the original: it can be made again at any time.
    """

    record = models.OneToOneField(
        AnnualRecordDraft, on_delete=models.CASCADE, related_name="sealed_pdf"
    )
    content = models.BinaryField("tệp PDF")
    sealed_at = models.DateTimeField("đóng dấu lúc")
    sealed_by = models.BigIntegerField("người đóng dấu")

    class Meta:
        verbose_name = "bản PDF có dấu"

    def __str__(self) -> str:
        return f"{self.record_id}"


class PrintCodes(models.Model):
    """The signed codes of the pages of an issued record's print (docs/formats/print-code.md).

    Derived from the signed XML, which stays the original: they can be made again at any time.
    """

    record = models.OneToOneField(
        AnnualRecordDraft, on_delete=models.CASCADE, related_name="print_codes"
    )
    codes = models.JSONField("các mã")
    fingerprint = models.CharField("dấu vân tay chứng thư đã ký", max_length=64)
    signed_at = models.DateTimeField("ký lúc")
    signed_by = models.BigIntegerField("người ký")

    class Meta:
        verbose_name = "mã xác thực bản in"

    def __str__(self) -> str:
        return f"{self.record_id}"
