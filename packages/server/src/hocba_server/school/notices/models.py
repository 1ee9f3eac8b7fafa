from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hocba_server.school.registry.models import PERSONAL_ID_PATTERN, Classroom, School, StaffMember


class NoticeKind(models.TextChoices):
    """Persisted values: what a notice is about; people choose by kind what also comes by mail."""

    REMINDER = "reminder", "Được nhắc việc"
    TURN = "turn", "Đến lượt Thầy/Cô"
    RETURNED = "returned", "Học bạ bị trả lại"
    PERMISSION = "permission", "Xin và cho phép sửa kết quả"
    ANSWER = "answer", "Trả lời của Sở"
    PUPIL = "pupil", "Dữ liệu học sinh cần xem lại"
    PHRASE = "phrase", "Mẫu nhận xét"


class ByMail(models.TextChoices):
    """Persisted values: how a notice goes out by e-mail."""

    NO = "no", "Không gửi thư"
    AT_ONCE = "at_once", "Gửi ngay"
    DAILY = "daily", "Gộp một thư mỗi ngày"


class Notice(models.Model):
    """One thing that one person is told. Read notices stay; nothing is told twice by itself."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    recipient = models.CharField("số định danh của người nhận", max_length=12)
    kind = models.CharField("loại", max_length=12, choices=NoticeKind.choices)
    title_vi = models.CharField("tiêu đề", max_length=200)
    title_en = models.CharField("tiêu đề tiếng Anh", max_length=200)
    text_vi = models.CharField("nội dung", max_length=1000, blank=True, default="")
    text_en = models.CharField("nội dung tiếng Anh", max_length=1000, blank=True, default="")
    url = models.CharField("trang", max_length=300)
    class_name = models.CharField("lớp", max_length=30, blank=True, default="")
    matter = models.CharField("việc", max_length=60, blank=True, default="")
    """The piece of work that the notice asks for; when it is done, the notice is settled."""
    by_mail = models.CharField("thư điện tử", max_length=8, choices=ByMail.choices)
    created_by = models.BigIntegerField("người gửi")
    created_at = models.DateTimeField("gửi lúc")
    read_at = models.DateTimeField("đọc lúc", null=True)
    """Read, or settled before anybody read it."""
    settled_at = models.DateTimeField("xong việc lúc", null=True)
    emailed_at = models.DateTimeField("gửi thư lúc", null=True)

    class Meta:
        verbose_name = "thông báo"
        ordering: ClassVar = [models.F("read_at").desc(nulls_first=True), "-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["recipient", "school"],
                condition=Q(read_at__isnull=True),
                name="notices_unread",
            ),
            models.Index(fields=["recipient", "school", "-created_at"], name="notices_of_person"),
            models.Index(
                fields=["school", "matter"],
                condition=Q(settled_at__isnull=True) & ~Q(matter=""),
                name="notices_of_open_work",
            ),
            models.Index(
                fields=["school", "recipient"],
                condition=Q(by_mail="daily", emailed_at__isnull=True),
                name="notices_for_daily_mail",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="notice_recipient_form", condition=Q(recipient__regex=PERSONAL_ID_PATTERN)
            ),
            models.CheckConstraint(
                name="notice_kind_known", condition=Q(kind__in=NoticeKind.values)
            ),
            models.CheckConstraint(
                name="notice_by_mail_known", condition=Q(by_mail__in=ByMail.values)
            ),
            models.CheckConstraint(name="notice_has_title", condition=~Q(title_vi="")),
            models.CheckConstraint(
                name="notice_settled_is_read",
                condition=Q(settled_at__isnull=True) | Q(read_at__isnull=False),
            ),
            models.CheckConstraint(
                name="notice_leads_to_our_pages", condition=Q(url__startswith="/truong/")
            ),
        ]

    def __str__(self) -> str:
        return self.title_vi


class NoticePreference(models.Model):
    """What one person wants by e-mail, and where. Without a row: on the page only."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    person = models.CharField("số định danh", max_length=12)
    email = models.EmailField("địa chỉ thư", max_length=254, blank=True, default="")
    kinds = models.JSONField("loại gửi thư", default=list)
    rhythm = models.CharField("nhịp gửi", max_length=8, choices=ByMail.choices)
    refused_at = models.DateTimeField("thư bị từ chối lúc", null=True)
    """Set when the mail server does not take the address; saving the choice again clears it."""
    changed_by = models.BigIntegerField("người chọn")
    changed_at = models.DateTimeField("chọn lúc")

    class Meta:
        verbose_name = "lựa chọn nhận thông báo"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "person"], name="one_choice_per_person"),
            models.CheckConstraint(
                name="choice_person_form", condition=Q(person__regex=PERSONAL_ID_PATTERN)
            ),
            models.CheckConstraint(
                name="choice_rhythm_known", condition=Q(rhythm__in=["at_once", "daily"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rhythm}"


class RemindStep(models.TextChoices):
    """Persisted values: the step of a class about which a person can be reminded."""

    RESULTS = "results", "nhập kết quả và nhận xét"
    CHECK = "check", "kiểm tra và khởi tạo học bạ"
    SIGN_SUBJECTS = "sign_subjects", "ký với vai trò giáo viên bộ môn"
    SIGN_HOMEROOM = "sign_homeroom", "ký với vai trò chủ nhiệm"
    SIGN_LEADER = "sign_leader", "ký với vai trò lãnh đạo"
    ISSUE = "issue", "ký phát hành"
    SUBMIT = "submit", "nộp học bạ về Sở"


class Reminder(models.Model):
    """That a person was reminded; at most once per person, class, step and day."""

    classroom = models.ForeignKey(Classroom, on_delete=models.PROTECT, related_name="reminders")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="reminders")
    step = models.CharField("bước", max_length=14, choices=RemindStep.choices)
    day = models.DateField("ngày nhắc")
    reminded_by = models.BigIntegerField("người nhắc")
    reminded_at = models.DateTimeField("nhắc lúc")

    class Meta:
        verbose_name = "lời nhắc"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff", "classroom", "step", "day"], name="reminded_once_a_day"
            ),
            models.CheckConstraint(
                name="reminder_step_known", condition=Q(step__in=RemindStep.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.day}"
