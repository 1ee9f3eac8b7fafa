from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from hocba_server.school.registry.models import (
    SCHOOL_YEAR_PATTERN,
    Classroom,
    School,
    StaffMember,
)


class Campus(models.Model):
    """Điểm trường: one of the places where a school teaches."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="campuses")
    name = models.CharField("tên điểm trường", max_length=100)
    address = models.CharField("địa chỉ", max_length=250, blank=True, default="")

    class Meta:
        verbose_name = "điểm trường"
        ordering: ClassVar = ["school_id", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["school", "name"], name="campus_once_per_school"),
            models.CheckConstraint(name="campus_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class CampusClass(models.Model):
    """Where a class learns; a class without a row learns at the main place."""

    classroom = models.OneToOneField(Classroom, on_delete=models.CASCADE, related_name="place")
    campus = models.ForeignKey(Campus, on_delete=models.CASCADE, related_name="classes")

    class Meta:
        verbose_name = "lớp ở điểm trường"

    def __str__(self) -> str:
        return f"{self.classroom_id} {self.campus_id}"


class StaffProfile(models.Model):
    """What the sector database says about a person beside name, number and position."""

    staff = models.OneToOneField(StaffMember, on_delete=models.CASCADE, related_name="profile")
    birth_date = models.CharField("ngày sinh", max_length=10, blank=True, default="")
    gender = models.CharField("giới tính", max_length=3, blank=True, default="")
    subjects = models.CharField("môn dạy", max_length=250, blank=True, default="")
    email = models.EmailField("thư điện tử", max_length=200, blank=True, default="")
    campus = models.ForeignKey(Campus, on_delete=models.SET_NULL, null=True, related_name="people")

    class Meta:
        verbose_name = "thông tin nhân sự"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="profile_gender_known", condition=Q(gender__in=["", "Nam", "Nữ"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id}"


class StaffDeparture(models.Model):
    """A person left the school on a day (QĐ 1789 Đ23): why, what was handed over, to whom.

    A later return closes the row; nothing of it is rewritten.
    """

    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="departures")
    left_on = models.DateField("ngày rời trường")
    reason = models.CharField("lý do", max_length=300)
    handover_note = models.TextField("biên bản bàn giao", max_length=3000)
    successor = models.ForeignKey(
        StaffMember, on_delete=models.PROTECT, null=True, related_name="taken_over"
    )
    handed_over = models.JSONField("phân công đã bàn giao", default=list)
    recorded_by = models.BigIntegerField("người ghi")
    recorded_by_name = models.CharField("tên người ghi", max_length=150)
    recorded_at = models.DateTimeField("ghi lúc")
    returned_on = models.DateField("trở lại ngày", null=True)

    class Meta:
        verbose_name = "rời trường"
        ordering: ClassVar = ["-left_on", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["staff"], condition=Q(returned_on__isnull=True), name="left_once"
            ),
            models.CheckConstraint(
                name="departure_has_reason", condition=~Q(reason="") & ~Q(handover_note="")
            ),
            models.CheckConstraint(
                name="departure_return_after",
                condition=Q(returned_on__isnull=True) | Q(returned_on__gte=models.F("left_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.left_on}"


class StaffImport(models.Model):
    """A staff file as it was read, until somebody saves it or leaves it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField("tên tệp", max_length=255)
    content_sha256 = models.CharField("mã băm của tệp", max_length=64)
    rows = models.JSONField("các dòng")
    faults = models.JSONField("lỗi từng ô")
    missing = models.JSONField("cột không tìm thấy", default=list)
    created_by = models.BigIntegerField("người tải lên")
    created_at = models.DateTimeField("tải lên lúc")
    saved_by = models.BigIntegerField("người lưu", null=True)
    saved_at = models.DateTimeField("lưu lúc", null=True)

    class Meta:
        verbose_name = "bản xem trước danh sách nhân sự"
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="staff_import_saved_pair",
                condition=Q(saved_by__isnull=True, saved_at__isnull=True)
                | Q(saved_by__isnull=False, saved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="staff_import_with_faults_never_saved",
                condition=Q(saved_at__isnull=True) | Q(faults=[]),
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class DecisionKind(models.TextChoices):
    """Persisted values: the whole assignment of a year, or changes to it."""

    FULL = "full", "Quyết định phân công"
    SUPPLEMENT = "supplement", "Quyết định điều chỉnh, bổ sung"


class AssignmentDecision(models.Model):
    """Quyết định phân công signed by the head (QĐ 1789 Đ20.2). The database refuses any change."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="decisions")
    school_year = models.CharField("năm học", max_length=9)
    kind = models.CharField("loại", max_length=10, choices=DecisionKind.choices)
    number = models.PositiveIntegerField("số")
    year = models.PositiveSmallIntegerField("năm ban hành")
    sign = models.CharField("số và ký hiệu", max_length=60)
    signed_on = models.DateField("ngày ký")
    added = models.JSONField("phân công")
    """Assignments that hold from this decision on, as `decision_lines.Line` writes them."""
    removed = models.JSONField("thôi phân công", default=list)
    signer_name = models.CharField("người ký", max_length=150)
    signer_title = models.CharField("chức vụ", max_length=150)
    certificate_serial = models.CharField("số sê-ri chứng thư số", max_length=60)
    data = models.BinaryField("dữ liệu JSON")
    content = models.BinaryField("tệp PDF đã ký")
    sha256 = models.CharField("mã băm SHA-256 của tệp", max_length=64)
    size = models.PositiveIntegerField("cỡ tệp (byte)")
    signed_by = models.BigIntegerField("tài khoản ký")
    signed_at = models.DateTimeField("ký lúc")

    class Meta:
        verbose_name = "quyết định phân công"
        ordering: ClassVar = ["-signed_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["school", "year", "number"], name="decision_number_once"
            ),
            models.UniqueConstraint(
                fields=["school", "school_year"],
                condition=Q(kind="full"),
                name="one_full_decision_per_year",
            ),
            models.CheckConstraint(
                name="decision_kind_known", condition=Q(kind__in=DecisionKind.values)
            ),
            models.CheckConstraint(
                name="decision_year_form", condition=Q(school_year__regex=SCHOOL_YEAR_PATTERN)
            ),
            models.CheckConstraint(name="decision_number_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return self.sign


class OrderKind(models.TextChoices):
    """Persisted values: what the head orders for an account."""

    OPEN = "open", "Mở tài khoản"
    LOCK = "lock", "Khoá tài khoản"
    UNLOCK = "unlock", "Mở khoá tài khoản"


class OrderState(models.TextChoices):
    """Persisted values: how far an order is."""

    ORDERED = "ordered", "Chờ quản trị viên làm"
    DONE = "done", "Đã làm"
    WITHDRAWN = "withdrawn", "Đã rút"


class AccountOrder(models.Model):
    """The head orders, the administrator carries out; one row tells both (Đ30.2, Đ33)."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="account_orders")
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="account_orders")
    kind = models.CharField("việc", max_length=6, choices=OrderKind.choices)
    reason = models.CharField("lý do", max_length=300, blank=True, default="")
    state = models.CharField(
        "tình trạng", max_length=9, choices=OrderState.choices, default=OrderState.ORDERED
    )
    ordered_by = models.BigIntegerField("người yêu cầu")
    ordered_by_name = models.CharField("tên người yêu cầu", max_length=150)
    ordered_at = models.DateTimeField("yêu cầu lúc")
    done_by = models.BigIntegerField("người làm", null=True)
    done_by_name = models.CharField("tên người làm", max_length=150, blank=True, default="")
    done_at = models.DateTimeField("làm lúc", null=True)

    class Meta:
        verbose_name = "yêu cầu về tài khoản"
        ordering: ClassVar = ["-ordered_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="order_kind_known", condition=Q(kind__in=OrderKind.values)),
            models.CheckConstraint(
                name="order_state_known", condition=Q(state__in=OrderState.values)
            ),
            models.CheckConstraint(
                name="order_done_says_who",
                condition=Q(state="ordered", done_at__isnull=True, done_by__isnull=True)
                | ~Q(state="ordered") & Q(done_at__isnull=False, done_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["staff"], condition=Q(state="ordered"), name="one_open_order_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.staff_id}"


class SchoolFacts(models.Model):
    """What papers of the school say beside its name: the body above it, where it is."""

    school = models.OneToOneField(School, on_delete=models.PROTECT, related_name="facts")
    upper_body = models.CharField("cơ quan chủ quản", max_length=200)
    address = models.CharField("địa chỉ", max_length=250, blank=True, default="")
    phone = models.CharField("điện thoại", max_length=30, blank=True, default="")
    email = models.EmailField("thư điện tử", max_length=200, blank=True, default="")
    confirmed_by = models.BigIntegerField("người xác nhận")
    confirmed_by_name = models.CharField("tên người xác nhận", max_length=150)
    confirmed_at = models.DateTimeField("xác nhận lúc")

    class Meta:
        verbose_name = "thông tin trên văn bản của trường"
        constraints: ClassVar = [
            models.CheckConstraint(name="facts_have_upper_body", condition=~Q(upper_body="")),
        ]

    def __str__(self) -> str:
        return self.upper_body
