"""The outbox towards the Ministry's store.

`Handover` is one thing to hand on: a record, its end, a closing, its rows. `Message` is a signed
package of up to 500 of them, kept before it is sent and sent with the same number until answered.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hocba.errors import Sentence
from hocba_server.city.upstream.advice import advice_of


class Kind(models.TextChoices):
    """Persisted values: what is handed on."""

    SUBMIT = "submit", _("Nộp học bạ")
    RECALL = "recall", _("Thu hồi học bạ")
    ROWS = "rows", _("Dòng dữ liệu quốc gia")
    CLOSING = "closing", _("Chốt lớp")


class State(models.TextChoices):
    """Persisted values: how far one handover is."""

    WAITING = "waiting", _("Chờ gửi")
    SENT = "sent", _("Đã gửi, chờ Bộ trả lời")
    ACCEPTED = "accepted", _("Bộ đã tiếp nhận")
    REFUSED = "refused", _("Bộ từ chối")
    BLOCKED = "blocked", _("Chưa gửi được")
    UNNEEDED = "unneeded", _("Không cần gửi")


OPEN = (State.WAITING, State.SENT)
SETTLED = (State.ACCEPTED, State.UNNEEDED)
"""Nothing is left to do about these."""


class MessageState(models.TextChoices):
    """Persisted values: the outbox of one message."""

    WAITING = "waiting", _("Chờ gửi")
    ACKNOWLEDGED = "acknowledged", _("Bộ đã nhận, chờ kết quả")
    ANSWERED = "answered", _("Đã có kết quả")
    REFUSED = "refused", _("Bộ không nhận gói")


class Message(models.Model):
    """One signed message. Its content is dropped when every part of it is answered: the originals
    stand in the repository, and `request_sha256` says what was sent."""

    message_id = models.CharField("mã gói tin", max_length=36, unique=True)
    kind = models.CharField("loại", max_length=8, choices=Kind.choices)
    school_year = models.CharField("năm học", max_length=9)
    request = models.JSONField("nội dung gửi", null=True)
    request_sha256 = models.CharField("mã băm nội dung gửi", max_length=64)
    item_count = models.PositiveIntegerField("số mục")
    state = models.CharField("trạng thái", max_length=12, choices=MessageState.choices)
    attempts = models.PositiveIntegerField("số lần gửi", default=0)
    answer_code = models.CharField("mã trả lời", max_length=20, blank=True, default="")
    problem = models.CharField("vướng mắc", max_length=1000, blank=True, default="")
    problem_en = models.CharField("vướng mắc (English)", max_length=1000, blank=True, default="")
    actor = models.JSONField("người gửi")
    created_at = models.DateTimeField("tạo lúc")
    acknowledged_at = models.DateTimeField("Bộ nhận lúc", null=True)
    answered_at = models.DateTimeField("có kết quả lúc", null=True)

    class Meta:
        verbose_name = "gói gửi Bộ"
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="upstream_message_known",
                condition=Q(state__in=MessageState.values) & Q(kind__in=Kind.values),
            ),
            models.CheckConstraint(
                name="upstream_message_says_when",
                condition=Q(state__in=["waiting", "refused"])
                | Q(state="acknowledged", acknowledged_at__isnull=False)
                | Q(state="answered", acknowledged_at__isnull=False, answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="upstream_message_kept_until_answered",
                condition=Q(request__isnull=False) | Q(state="answered"),
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class Handover(models.Model):
    """One thing to hand on, once: the database refuses a second row of the same thing.

    `version` counts the sendings of a record's rows (phienban); of anything else it is 0. A record
    is named by its number, so that this table does not hold the repository's rows in place.
    """

    kind = models.CharField("loại", max_length=8, choices=Kind.choices)
    subject = models.CharField("mã tra cứu hoặc mã băm bản kê", max_length=64)
    version = models.PositiveIntegerField("phiên bản", default=0)
    event = models.CharField("sự kiện", max_length=6, blank=True, default="")
    row_state = models.CharField("trạng thái đã gửi", max_length=1, blank=True, default="")
    """trangthaithongtinhocba as it was sent."""
    unit_code = models.CharField("mã trường", max_length=20)
    school_name = models.CharField("tên trường", max_length=150)
    school_year = models.CharField("năm học", max_length=9)
    classroom_name = models.CharField("lớp", max_length=50)
    pupil_name = models.CharField("họ và tên", max_length=150, blank=True, default="")
    state = models.CharField("trạng thái", max_length=8, choices=State.choices)
    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, related_name="handovers", null=True
    )
    code = models.CharField("mã lỗi", max_length=20, blank=True, default="")
    field_title = models.CharField("thẻ", max_length=200, blank=True, default="")
    sentence = models.CharField("lý do", max_length=1000, blank=True, default="")
    waiting_for = models.CharField("đang chờ gì", max_length=300, blank=True, default="")
    found_at = models.DateTimeField("phát sinh lúc")
    settled_at = models.DateTimeField("xong lúc", null=True)

    class Meta:
        verbose_name = "mục báo cáo"
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["kind", "found_at"],
                condition=Q(state__in=["waiting", "sent"]),
                name="handover_open",
            ),
            models.Index(
                fields=["state"],
                condition=Q(state__in=["refused", "blocked"]),
                name="handover_attention",
            ),
            models.Index(
                fields=["school_year", "unit_code", "kind", "state"], name="handover_school"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "kind", "version"], name="handover_once"),
            models.CheckConstraint(
                name="handover_known",
                condition=Q(state__in=State.values) & Q(kind__in=Kind.values),
            ),
            models.CheckConstraint(
                name="handover_sent_has_message",
                condition=~Q(state__in=["sent", "accepted"]) | Q(message__isnull=False),
            ),
            models.CheckConstraint(
                name="handover_refusal_has_reason",
                condition=~Q(state__in=["refused", "blocked"]) | ~Q(sentence=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def advice(self) -> Sentence | None:
        """What to do about a refusal."""
        return advice_of(self.code) if self.state in {State.REFUSED, State.BLOCKED} else None


class Cursor(models.Model):
    """How far the repository has been looked through: everything up to this row has its handover.

    Rows of these tables are written under the log's lock, so that their numbers grow in the order
    in which they are committed and none appears behind the cursor.
    """

    source = models.CharField("nguồn", max_length=20, unique=True)
    position = models.BigIntegerField("đến dòng", default=0)

    class Meta:
        verbose_name = "vị trí đã xem"

    def __str__(self) -> str:
        return self.source


class Standstill(models.Model):
    """Why reporting stands still, e.g. because the department's token is away. At most one row."""

    problem = models.CharField("vướng mắc", max_length=1000)
    problem_en = models.CharField("vướng mắc (English)", max_length=1000)
    since = models.DateTimeField("từ lúc")

    class Meta:
        verbose_name = "việc báo cáo đang dừng"

    def __str__(self) -> str:
        return self.problem


class StoreRegistration(models.Model):
    """The department's certificate at the store (transactions 3 and 4)."""

    serial = models.CharField("số sê-ri", max_length=64)
    fingerprint = models.CharField("dấu vân tay SHA-256", max_length=64)
    valid_until = models.DateTimeField("hiệu lực đến")
    message_id = models.CharField("mã gói tin", max_length=36, unique=True)
    request = models.JSONField("nội dung gửi")
    state = models.CharField(
        "trạng thái",
        max_length=10,
        choices=[
            ("waiting", _("Chờ gửi")),
            ("sent", _("Chờ Bộ phê duyệt")),
            ("approved", _("Bộ đã phê duyệt")),
            ("refused", _("Bộ từ chối")),
        ],
    )
    answer = models.CharField("trả lời của Bộ", max_length=1000, blank=True, default="")
    registered_by = models.BigIntegerField("người đăng ký")
    registered_by_name = models.CharField("tên người đăng ký", max_length=150)
    registered_at = models.DateTimeField("đăng ký lúc")

    class Meta:
        verbose_name = "chứng thư số đăng ký với Bộ"
        ordering: ClassVar = ["-registered_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=~Q(state="refused"),
                name="store_certificate_registered_once",
            ),
        ]

    def __str__(self) -> str:
        return self.serial


class ReconciliationState(models.TextChoices):
    """Persisted values: how far a comparison is."""

    RUNNING = "running", _("Đang đối chiếu")
    DONE = "done", _("Đã xong")
    FAILED = "failed", _("Không đối chiếu được")


class Reconciliation(models.Model):
    """One comparison of what the store says it holds with the repository."""

    school_year = models.CharField("năm học", max_length=9)
    source = models.CharField(
        "hỏi bằng",
        max_length=8,
        choices=[
            ("state", _("danh sách Kho đang giữ")),
            ("answers", _("trả lời của từng gói đã gửi")),
        ],
    )
    state = models.CharField(max_length=8, choices=ReconciliationState.choices)
    schools = models.PositiveIntegerField("số trường", default=0)
    records = models.PositiveIntegerField("số học bạ", default=0)
    problem = models.CharField("vướng mắc", max_length=1000, blank=True, default="")
    problem_en = models.CharField("vướng mắc (English)", max_length=1000, blank=True, default="")
    started_by = models.BigIntegerField("người đối chiếu")
    started_by_name = models.CharField("tên người đối chiếu", max_length=150)
    started_at = models.DateTimeField("bắt đầu lúc")
    finished_at = models.DateTimeField("xong lúc", null=True)

    class Meta:
        verbose_name = "lần đối chiếu"
        ordering: ClassVar = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return self.school_year


class DifferenceKind(models.TextChoices):
    """Persisted values: how store and repository differ about one record."""

    MISSING = "missing", _("Kho của Bộ chưa có")
    NOT_ENDED = "not_ended", _("Sở đã thu hồi, Kho của Bộ còn lưu hành")
    ENDED_THERE = "ended", _("Kho của Bộ đã thu hồi, Sở còn lưu hành")
    OTHER_CONTENT = "content", _("Bản ở Kho của Bộ khác bản gốc của Sở")
    UNKNOWN_HERE = "unknown", _("Kho của Bộ có, kho của Sở không có")
    ROW_MISSING = "row", _("Chưa có dòng dữ liệu quốc gia")
    ROW_OLD = "row_old", _("Dòng dữ liệu quốc gia chưa theo kịp")


class Difference(models.Model):
    """One record about which store and repository differ."""

    reconciliation = models.ForeignKey(
        Reconciliation, on_delete=models.CASCADE, related_name="differences"
    )
    kind = models.CharField("khác ở", max_length=10, choices=DifferenceKind.choices)
    record_uuid = models.CharField("mã tra cứu", max_length=36)
    unit_code = models.CharField("mã trường", max_length=20)
    school_name = models.CharField("tên trường", max_length=150, blank=True, default="")
    classroom_name = models.CharField("lớp", max_length=50, blank=True, default="")
    pupil_name = models.CharField("họ và tên", max_length=150, blank=True, default="")
    remedied_at = models.DateTimeField("đã xử lý lúc", null=True)
    remedied_by_name = models.CharField("người xử lý", max_length=150, blank=True, default="")

    class Meta:
        verbose_name = "chỗ khác nhau"
        ordering: ClassVar = ["kind", "unit_code", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reconciliation", "record_uuid", "kind"], name="difference_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.record_uuid}"
