from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from hocba_server.school.pages import school_page
from hocba_server.school.registry import pupil_selectors as pupils
from hocba_server.school.registry import pupil_services as services
from hocba_server.school.registry.forms import (
    Tried,
    number,
    posted,
    pupil_entries,
    read_day,
    try_form,
)
from hocba_server.school.registry.models import (
    AssessmentMode,
    PupilMovement,
    PupilStatus,
    SchoolRole,
)
from hocba_server.school.registry.movement_services import LEAVINGS
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.pupil_rights import (
    OFFICE,
    deny_locked_pupil,
    deny_pupil_editor,
    deny_special_reader,
)
from hocba_server.school.registry.pupil_values import EDITABLE, LABELS, values_of
from hocba_server.school.registry.selectors import classrooms_of_school, own_school, study_history
from hocba_server.web.accounts.actor import Actor

ARRIVAL_CHOICES = (
    (PupilStatus.STUDYING.value, "Học sinh mới"),
    (PupilStatus.TRANSFERRED_IN.value, "Chuyển đến từ trường khác"),
)


@school_page
def pupil_list(request: HttpRequest, by: Actor) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    search = pupils.Search(
        # A name is personal: it comes in the body of the request, never in its address.
        name=request.POST.get("name", "").strip()[:150],
        classroom_id=number(asked.get("lop")) or None,
        status=asked.get("trang-thai", "")[:20],
        missing=bool(asked.get("thieu")),
        page=number(asked.get("trang")) or 1,
    )
    found = pupils.pupil_list(by, search)
    context = {
        "found": found,
        "search": search,
        "previous_page": found.page - 1,
        "next_page": found.page + 1,
        "statuses": [("on_list", "Đang trong danh sách lớp"), *PupilStatus.choices],
        "may_edit": deny_pupil_editor(by) is None,
        "is_principal": deny_role(by, SchoolRole.PRINCIPAL) is None,
        "waiting": pupils.waiting_civil_changes(by) if deny_role(by, *OFFICE) is None else (),
    }
    return render(request, "school_registry/pupil_list.html", context)


@school_page
def pupil(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    now = timezone.now()
    row = pupils.readable_enrolment(by, enrolment_id, now.date())
    services.note_pupil_read(by=by, at=now, pupil=row.pupil, what="hồ sơ")
    newest = pupils.latest_enrolment(row.pupil)
    years = study_history(row.pupil)
    may_see_cases = deny_special_reader(by, row.classroom, now.date()) is None
    context = {
        "row": row,
        "newest": newest,
        "facts": [(LABELS[name], value) for name, value in values_of(row.pupil).items()],
        "missing": pupils.missing_words(row.pupil),
        "years": years,
        "moves": PupilMovement.objects.filter(enrolment__in=years)
        .select_related("from_classroom", "to_classroom")
        .order_by("-pk"),
        "statuses": dict(PupilStatus.choices),
        "links": pupils.links_of(row),
        "old_records": pupils.records_with_other_data(row.pupil),
        "may_edit": deny_pupil_editor(by) is None,
        "locked": deny_locked_pupil(newest or row),
        "gone": (newest or row).status in LEAVINGS,
        "may_see_cases": may_see_cases,
        "on_paper": may_see_cases and row.assessment_mode == AssessmentMode.NOT_ASSESSED,
        "events": pupils.events_of(row.pupil)[:20],
        "action_names": ACTION_NAMES,
        "labels": LABELS,
    }
    return render(request, "school_registry/pupil.html", context)


ACTION_NAMES = {
    "add_pupil": "Thêm học sinh",
    "change_pupil": "Sửa thông tin",
    "fill_personal_id": "Bổ sung số định danh",
    "change_class": "Chuyển lớp",
    "change_status": "Đổi trạng thái",
    "place_in_class": "Xếp lớp",
    "propose_civil_change": "Đề nghị thay đổi hộ tịch",
    "approve_civil_change": "Duyệt thay đổi hộ tịch",
    "refuse_civil_change": "Không duyệt thay đổi hộ tịch",
    "reopen_data_sheet": "Mở lại phiếu thông tin",
    "confirm_pupil_data": "Đối chiếu giấy khai sinh",
    "initialise_pupil_data": "Khởi tạo phiếu thông tin",
    "issue_pupil_data": "Ban hành phiếu thông tin",
}
"""Events that the file shows; decisions on special cases stand on their own page only."""


@school_page
def add(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_pupil_editor(by))
    school = own_school(by)
    rooms = classrooms_of_school(school)
    tried: Tried | None = None
    made: list[int] = []

    def work() -> None:
        made.append(
            services.add_pupil(
                by=by,
                at=timezone.now(),
                classroom_id=number(request.POST.get("classroom")),
                pupil_code=request.POST.get("pupil_code", ""),
                personal_id=request.POST.get("personal_id", ""),
                values=posted(request, EDITABLE),
                arrived_on=read_day(request.POST.get("day", "")),
                status=request.POST.get("status", ""),
                other_school=request.POST.get("other_school", ""),
                number_checked=request.POST.get("number_checked") == "1",
            )
        )

    if request.method == "POST":
        tried = try_form(request, work)
        if tried.done:
            messages.success(request, _("Đã thêm học sinh."))
            return redirect("school_registry:pupil", made[0])
    values = {"nationality": "Việt Nam", "ethnic_group": "Kinh", **request.POST.dict()}
    names = ("pupil_code", "personal_id", *EDITABLE)
    context = {
        "rooms": rooms,
        "room_id": number(request.POST.get("classroom") or request.GET.get("lop")),
        "entries": pupil_entries(values, names=names, tried=tried),
        "typed": values,
        "day": values.get("day") or f"{timezone.localdate():%d/%m/%Y}",
        "arrivals": ARRIVAL_CHOICES,
        "tried": tried,
        "ask_number": tried is not None and tried.code == "check_number",
    }
    return render(request, "school_registry/pupil_add.html", context)


@school_page
def edit(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    row = pupils.readable_enrolment(by, enrolment_id, timezone.localdate())
    require(deny_pupil_editor(by))
    tried: Tried | None = None
    counted: list[int] = []

    def work() -> None:
        counted.append(
            services.edit_pupil(
                by=by,
                at=timezone.now(),
                pupil_id=row.pupil_id,
                values=posted(request, EDITABLE),
                seen={
                    name: request.POST.get(f"seen-{name}", "")
                    for name in EDITABLE
                    if f"seen-{name}" in request.POST
                },
                reason=request.POST.get("reason", ""),
            )
        )

    if request.method == "POST":
        tried = try_form(request, work)
        if tried.done:
            words = _("Đã lưu %(n)d mục.") if counted[0] else _("Không có gì thay đổi.")
            messages.success(request, words % {"n": counted[0]} if counted[0] else words)
            return redirect("school_registry:pupil", row.pk)
    now = values_of(row.pupil)
    seen = now if tried is None or tried.code == "changed_meanwhile" else None
    context = {
        "row": row,
        "entries": pupil_entries(
            {**now, **posted(request, EDITABLE)},
            seen=seen or {name: request.POST.get(f"seen-{name}", now[name]) for name in EDITABLE},
            tried=tried,
        ),
        "reason": request.POST.get("reason", ""),
        "locked": deny_locked_pupil(pupils.latest_enrolment(row.pupil) or row),
        "tried": tried,
    }
    return render(request, "school_registry/pupil_edit.html", context)


@school_page
def without_number(request: HttpRequest, by: Actor) -> HttpResponse:
    tried: Tried | None = None
    asked = number(request.POST.get("pupil"))
    if request.method == "POST":
        tried = try_form(
            request,
            lambda: services.fill_personal_id(
                by=by,
                at=timezone.now(),
                pupil_id=asked,
                number=request.POST.get("number", ""),
                number_checked=request.POST.get("number_checked") == "1",
            ),
        )
        if tried.done:
            messages.success(request, _("Đã ghi số định danh."))
            return redirect("school_registry:without_number")
    context = {
        "rows": pupils.pupils_without_number(by),
        "may_edit": deny_pupil_editor(by) is None,
        "asked": asked if tried is not None else 0,
        "typed": request.POST.get("number", ""),
        "error": tried.sentence if tried else "",
        "ask_number": tried is not None and tried.code == "check_number",
    }
    return render(request, "school_registry/without_number.html", context)
