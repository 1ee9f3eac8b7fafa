from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from hocba_server.school.pages import school_page
from hocba_server.school.registry import movement_services as services
from hocba_server.school.registry.forms import Tried, number, read_day, try_form
from hocba_server.school.registry.models import (
    ON_CLASS_LIST,
    Classroom,
    Enrolment,
    PupilStatus,
)
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.pupil_rights import (
    deny_locked_place,
    deny_pending_record,
    deny_pupil_editor,
)
from hocba_server.school.registry.pupil_selectors import latest_enrolment, readable_enrolment
from hocba_server.school.registry.selectors import classrooms_of_school
from hocba_server.web.accounts.actor import Actor

LEAVE_CHOICES = (
    (PupilStatus.TRANSFERRED_OUT.value, "Chuyển đi trường khác"),
    (PupilStatus.WITHDRAWN.value, "Thôi học"),
    (PupilStatus.ON_LEAVE.value, "Bảo lưu"),
)
PLACE_CHOICES = (
    (PupilStatus.STUDYING.value, "Đang học"),
    (PupilStatus.REPEATING.value, "Học lại lớp"),
    (PupilStatus.RETURNED.value, "Nghỉ học xin học lại"),
    (PupilStatus.TRANSFERRED_IN.value, "Chuyển đến từ trường khác"),
)


def _page(
    request: HttpRequest,
    row: Enrolment,
    template: str,
    work: Callable[[], object],
    done: str,
    context: dict[str, object],
) -> HttpResponse:
    tried: Tried | None = None
    if request.method == "POST":
        tried = try_form(request, work)
        if tried.done:
            messages.success(request, done)
            newest = latest_enrolment(row.pupil) or row
            return redirect("school_registry:pupil", newest.pk)
    typed = request.POST.dict()
    page = {
        "row": row,
        "typed": typed,
        "day": typed.get("day") or f"{timezone.localdate():%d/%m/%Y}",
        "tried": tried,
        **context,
    }
    return render(request, template, page)


def _row(by: Actor, enrolment_id: int) -> Enrolment:
    row = readable_enrolment(by, enrolment_id, timezone.localdate())
    require(deny_pupil_editor(by))
    return row


@school_page
def change_class(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    row = _row(by, enrolment_id)
    rooms = Classroom.objects.filter(
        school=row.classroom.school, school_year=row.school_year, grade=row.classroom.grade
    )
    return _page(
        request,
        row,
        "school_registry/change_class.html",
        lambda: services.change_class(
            by=by,
            at=timezone.now(),
            enrolment_id=row.pk,
            classroom_id=number(request.POST.get("classroom")),
            day=read_day(request.POST.get("day", "")),
            reason=request.POST.get("reason", ""),
        ),
        _("Đã chuyển lớp. Kết quả đã nhập đi theo em sang lớp mới."),
        {
            "rooms": rooms.exclude(pk=row.classroom_id),
            "locked": deny_locked_place(row),
        },
    )


@school_page
def leave(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    row = _row(by, enrolment_id)
    return _page(
        request,
        row,
        "school_registry/leave.html",
        lambda: services.leave(
            by=by,
            at=timezone.now(),
            enrolment_id=row.pk,
            status=request.POST.get("status", ""),
            day=read_day(request.POST.get("day", "")),
            reason=request.POST.get("reason", ""),
            other_school=request.POST.get("other_school", ""),
        ),
        _("Đã ghi. Hồ sơ của em được giữ nguyên."),
        {"choices": LEAVE_CHOICES, "locked": deny_pending_record(row)},
    )


@school_page
def passed_away(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    row = _row(by, enrolment_id)
    return _page(
        request,
        row,
        "school_registry/passed_away.html",
        lambda: services.leave(
            by=by,
            at=timezone.now(),
            enrolment_id=row.pk,
            status=PupilStatus.DECEASED,
            day=read_day(request.POST.get("day", "")),
            reason=request.POST.get("reason", ""),
        ),
        _("Đã ghi nhận. Hồ sơ của em được giữ lại."),
        {"locked": deny_pending_record(row)},
    )


@school_page
def come_back(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    row = _row(by, enrolment_id)
    return _page(
        request,
        row,
        "school_registry/come_back.html",
        lambda: services.come_back(
            by=by,
            at=timezone.now(),
            enrolment_id=row.pk,
            day=read_day(request.POST.get("day", "")),
            reason=request.POST.get("reason", ""),
        ),
        _("Đã ghi. Em có lại trong danh sách lớp."),
        {"on_list": row.status in ON_CLASS_LIST},
    )


@school_page
def place(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    row = _row(by, enrolment_id)
    newest = latest_enrolment(row.pupil) or row
    rooms = [
        room
        for room in classrooms_of_school(row.classroom.school)
        if room.school_year > newest.school_year
    ]
    return _page(
        request,
        row,
        "school_registry/place.html",
        lambda: services.place_in_class(
            by=by,
            at=timezone.now(),
            pupil_id=row.pupil_id,
            classroom_id=number(request.POST.get("classroom")),
            status=request.POST.get("status", ""),
            day=read_day(request.POST.get("day", "")),
            reason=request.POST.get("reason", ""),
            other_school=request.POST.get("other_school", ""),
        ),
        _("Đã xếp lớp."),
        {"rooms": rooms, "choices": PLACE_CHOICES, "newest": newest},
    )
