from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

SCHOOL_YEAR = r"^\d{4}-\d{4}$"


class CountedSchool(models.Model):
    """A school and year whose numbers were counted, and when; its row is the lock of counting."""

    unit_code = models.CharField("mã trường", max_length=20)
    school_year = models.CharField("năm học", max_length=9)
    counted_at = models.DateTimeField("đếm lúc")

    class Meta:
        verbose_name = "trường đã đếm"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unit_code", "school_year"], name="counted_school_once")
        ]

    def __str__(self) -> str:
        return f"{self.unit_code} {self.school_year}"


class ClassTally(models.Model):
    """What the repository holds of one class: numbers only, derived, counted anew at any time."""

    unit_code = models.CharField("mã trường", max_length=20)
    school_year = models.CharField("năm học", max_length=9)
    classroom_name = models.CharField("lớp", max_length=50)
    grade = models.PositiveSmallIntegerField("khối", default=0)
    """The lowest grade of a combined class; 0 while nothing says which."""
    in_force = models.PositiveIntegerField("đang lưu hành", default=0)
    unfinished = models.PositiveIntegerField("chưa hoàn thành", default=0)
    unlisted = models.PositiveIntegerField("chưa vào bản kê", default=0)
    missing = models.PositiveIntegerField("chưa có bản thay thế", default=0)
    waiting = models.PositiveIntegerField("yêu cầu chờ quyết định", default=0)
    refused = models.PositiveIntegerField("học sinh bị từ chối chưa nộp lại", default=0)
    last_accepted_at = models.DateTimeField("tiếp nhận gần nhất", null=True)
    closed_at = models.DateTimeField("chốt lúc", null=True)
    closed_round = models.CharField("đợt chốt", max_length=10, blank=True, default="")
    reopened_until = models.DateField("mở lại đến hết ngày", null=True)
    fingerprint = models.CharField("dấu của tập học bạ", max_length=80, blank=True, default="")
    """Changes whenever another set of records is in force; results are read again only then."""
    counted_at = models.DateTimeField("đếm lúc")

    class Meta:
        verbose_name = "số liệu của lớp"
        ordering: ClassVar = ["unit_code", "school_year", "grade", "classroom_name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school_year", "unit_code", "classroom_name"], name="class_tally_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.classroom_name} {self.school_year}"


class ResultTally(models.Model):
    """How many pupils of a class, grade and sex have which year result (TT 27/2020 Điều 9)."""

    tally = models.ForeignKey(ClassTally, on_delete=models.CASCADE, related_name="results")
    grade = models.PositiveSmallIntegerField("khối")
    sex = models.CharField("giới tính", max_length=5, blank=True, default="")
    result = models.CharField("kết quả cuối năm", max_length=40, blank=True, default="")
    """In the words of the record; empty where the record says none that is understood."""
    pupils = models.PositiveIntegerField("số học sinh")

    class Meta:
        verbose_name = "số liệu kết quả"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tally", "grade", "sex", "result"], name="result_tally_once"
            )
        ]

    def __str__(self) -> str:
        return self.result


class RefusalTally(models.Model):
    """Refused records of a school and year by reason."""

    unit_code = models.CharField("mã trường", max_length=20)
    school_year = models.CharField("năm học", max_length=9)
    code = models.CharField("mã lỗi", max_length=10)
    records = models.PositiveIntegerField("lượt bị từ chối")
    open = models.PositiveIntegerField("học sinh chưa có học bạ thay")
    newest_at = models.DateTimeField("gần nhất")

    class Meta:
        verbose_name = "số liệu từ chối"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school_year", "unit_code", "code"], name="refusal_tally_once"
            )
        ]

    def __str__(self) -> str:
        return self.code


class Counting(models.Model):
    """Up to which moment changes have been counted: one row."""

    until = models.DateTimeField("đã đếm đến")
    finished_at = models.DateTimeField("xong lúc")

    class Meta:
        verbose_name = "lần đếm"

    def __str__(self) -> str:
        return str(self.pk)


class DaySnapshot(models.Model):
    """How a school's year stood at the end of a day on which something of it changed."""

    day = models.DateField("ngày")
    school_year = models.CharField("năm học", max_length=9)
    unit_code = models.CharField("mã trường", max_length=20)
    expected = models.PositiveIntegerField("số học sinh")
    in_force = models.PositiveIntegerField("đang lưu hành")
    refused = models.PositiveIntegerField("bị từ chối chưa nộp lại")
    classes = models.PositiveIntegerField("số lớp")
    closed = models.PositiveIntegerField("lớp đã chốt")

    class Meta:
        verbose_name = "số liệu một ngày"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school_year", "unit_code", "day"], name="day_snapshot_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class Source(models.TextChoices):
    """Persisted values: how a school's word came to the department."""

    MESSAGE = "message", "Phần mềm của trường gửi"
    FORM = "form", "Cán bộ nhập"
    SPREADSHEET = "spreadsheet", "Từ bảng tính"


class SituationReport(models.Model):
    """What a school said of its year, as it was said. Append-only."""

    unit_code = models.CharField("mã trường", max_length=20)
    school_year = models.CharField("năm học", max_length=9)
    source = models.CharField("nguồn", max_length=12, choices=Source.choices)
    body = models.JSONField("nội dung")
    message_id = models.CharField("mã gói tin", max_length=100, blank=True, default="")
    """Of the signed message that is kept with the store of received messages."""
    said_by = models.BigIntegerField("người nhập", null=True)
    said_by_name = models.CharField("tên người nhập", max_length=150)
    said_at = models.DateTimeField("số liệu lúc")
    received_at = models.DateTimeField("nhận lúc")

    class Meta:
        verbose_name = "báo cáo tình hình"
        ordering: ClassVar = ["-said_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["unit_code", "school_year"], name="situation_of_school")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="situation_source_known", condition=Q(source__in=Source.values)
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_code} {self.school_year}"


class SchoolSituation(models.Model):
    """The newest word of a school about a year: what the boards count with."""

    report = models.ForeignKey(SituationReport, on_delete=models.PROTECT, related_name="+")
    unit_code = models.CharField("mã trường", max_length=20)
    school_year = models.CharField("năm học", max_length=9)
    on_paper = models.BooleanField("còn dùng học bạ giấy", default=False)
    paper_reason = models.CharField("lý do", max_length=500, blank=True, default="")
    paper_plan = models.CharField("kế hoạch", max_length=1000, blank=True, default="")
    join_on = models.DateField("ngày dự kiến tham gia", null=True)
    staff_total = models.PositiveIntegerField("số cán bộ, giáo viên", default=0)
    staff_trained = models.PositiveIntegerField("đã tập huấn", default=0)
    said_at = models.DateTimeField("số liệu lúc")

    class Meta:
        verbose_name = "tình hình của trường"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school_year", "unit_code"], name="school_situation_once"
            ),
            models.CheckConstraint(
                name="situation_trained_among_staff",
                condition=Q(staff_trained__lte=models.F("staff_total")),
            ),
            models.CheckConstraint(
                name="situation_paper_says_why",
                condition=Q(on_paper=False, paper_reason="", paper_plan="", join_on__isnull=True)
                | Q(on_paper=True) & ~Q(paper_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_code} {self.school_year}"


class GradeSituation(models.Model):
    """Of one grade: classes, pupils who are to have a record, and classes at each step."""

    situation = models.ForeignKey(SchoolSituation, on_delete=models.CASCADE, related_name="grades")
    grade = models.PositiveSmallIntegerField("khối")
    classes = models.PositiveIntegerField("số lớp")
    pupils = models.PositiveIntegerField("số học sinh")
    entering = models.PositiveIntegerField("lớp đã bắt đầu nhập", default=0)
    complete = models.PositiveIntegerField("lớp đã đủ kết quả", default=0)
    signing = models.PositiveIntegerField("lớp đã bắt đầu ký", default=0)
    issued = models.PositiveIntegerField("lớp đã phát hành", default=0)
    sent = models.PositiveIntegerField("lớp đã nộp", default=0)

    class Meta:
        verbose_name = "tình hình của khối"
        ordering: ClassVar = ["situation_id", "grade"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["situation", "grade"], name="grade_situation_once"),
            models.CheckConstraint(
                name="grade_steps_among_classes",
                condition=Q(
                    entering__lte=models.F("classes"),
                    complete__lte=models.F("entering"),
                    signing__lte=models.F("complete"),
                    issued__lte=models.F("signing"),
                    sent__lte=models.F("issued"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.grade)


class Step(models.TextChoices):
    """Persisted values: the steps of a year that have a date."""

    CERTIFICATE = "certificate", "Chứng thư số được phê duyệt"
    COMPLETE = "complete", "Đủ kết quả cuối năm"
    ISSUED = "issued", "Ký và phát hành"
    RECEIVED = "received", "Sở tiếp nhận"
    CLOSED = "closed", "Chốt"


class StepDate(models.Model):
    """The department's date for one step of one year. Append-only: the newest row holds."""

    school_year = models.CharField("năm học", max_length=9)
    step = models.CharField("bước", max_length=12, choices=Step.choices)
    due_on = models.DateField("hạn")
    final_on = models.DateField("hạn của khối cuối cấp", null=True)
    """Of grades 5, 9 and 12; none: the same day."""
    set_by = models.BigIntegerField("người đặt")
    set_by_name = models.CharField("tên người đặt", max_length=150)
    set_at = models.DateTimeField("đặt lúc")

    class Meta:
        verbose_name = "hạn của bước"
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["school_year", "step"], name="step_date_year")]
        constraints: ClassVar = [
            # The closing has its dates in the closing calendar.
            models.CheckConstraint(
                name="step_date_of_known_step",
                condition=Q(step__in=["certificate", "complete", "issued", "received"]),
            ),
            models.CheckConstraint(
                name="step_date_final_first",
                condition=Q(final_on__isnull=True) | Q(final_on__lte=models.F("due_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school_year} {self.step}"


class ReportKind(models.TextChoices):
    """Persisted values: the reports that an office makes."""

    DAILY = "daily", "Báo cáo tiến độ ngày"
    CLOSING = "closing", "Báo cáo chốt học bạ"
    RESULTS = "results", "Thống kê kết quả cuối năm"


class MadeReport(models.Model):
    """A report as it was made and signed off; its files are made from these values. Append-only."""

    kind = models.CharField("loại", max_length=10, choices=ReportKind.choices)
    school_year = models.CharField("năm học", max_length=9)
    office_code = models.CharField("mã cơ quan", max_length=20)
    office_name = models.CharField("cơ quan", max_length=200)
    tables = models.JSONField("các bảng")
    sha256 = models.CharField("mã băm nội dung", max_length=64)
    note = models.CharField("nhận xét", max_length=2000, blank=True, default="")
    made_by = models.BigIntegerField("người lập")
    made_by_name = models.CharField("tên người lập", max_length=150)
    made_at = models.DateTimeField("lập lúc")

    class Meta:
        verbose_name = "báo cáo đã lập"
        ordering: ClassVar = ["-made_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="made_report_kind_known", condition=Q(kind__in=ReportKind.values)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at}"


class DailyReader(models.Model):
    """An officer who wants the day's progress by e-mail."""

    user_id = models.BigIntegerField("tài khoản", unique=True)
    name = models.CharField("họ và tên", max_length=150)
    unit_code = models.CharField("mã cơ quan", max_length=20)
    email = models.EmailField("thư điện tử")
    sent_on = models.DateField("đã gửi ngày", null=True)
    set_at = models.DateTimeField("đặt lúc")

    class Meta:
        verbose_name = "người nhận báo cáo ngày"
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.email


class UploadedSituations(models.Model):
    """A spreadsheet of situations that was read and waits for its officer to confirm."""

    school_year = models.CharField("năm học", max_length=9)
    filename = models.CharField("tên tệp", max_length=150)
    unit_codes = ArrayField(models.CharField(max_length=20), verbose_name="các trường")
    bodies = models.JSONField("nội dung theo trường")
    read_by = models.BigIntegerField("người tải lên")
    read_by_name = models.CharField("tên người tải lên", max_length=150)
    read_at = models.DateTimeField("tải lên lúc")
    saved_at = models.DateTimeField("lưu lúc", null=True)

    class Meta:
        verbose_name = "bảng tính tình hình"
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.filename
