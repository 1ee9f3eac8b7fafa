"""Pages of people: the staff list, one person, leaving, the import of a file."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.registry.staff_services import staff_by_id
from hocba_server.school.staffing import forms, import_services, services
from hocba_server.school.staffing.facts_services import Facts, confirm_facts, facts_of
from hocba_server.school.staffing.import_sheet import HEADERS, NEEDED
from hocba_server.school.staffing.models import StaffDeparture, StaffProfile
from hocba_server.school.staffing.rights import deny_staff_editor, deny_staff_reader
from hocba_server.school.staffing.role_sync import has_account
from hocba_server.school.staffing.selectors import (
    assignments_of,
    campuses_of,
    duties_of,
    people_of,
    working_staff,
)
from hocba_server.school.staffing.years import years_known
from hocba_server.web.accounts.actor import Actor


@school_page
def people(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_staff_reader(by))
    school = own_school(by)
    years = years_known(school, timezone.localdate())
    year = request.GET.get("nam", "")
    year = year if year in years else years[0]
    campus = forms.number(request.GET.get("diem"))
    with_left = request.GET.get("ca-nguoi-da-roi") == "1"
    context = {
        "school": school,
        "years": years,
        "year": year,
        "people": people_of(school, year, campus_id=campus, with_left=with_left),
        "campuses": campuses_of(school),
        "campus": campus,
        "with_left": with_left,
        "may_edit": deny_staff_editor(by) is None,
        "is_head": deny_role(by, SchoolRole.PRINCIPAL) is None,
        "may_accounts": deny_staff_editor(by) is None,
    }
    return render(request, "school_staffing/people.html", context)


@school_page
def person(request: HttpRequest, by: Actor, staff_id: int) -> HttpResponse:
    staff = staff_by_id(by, staff_id)
    require(deny_staff_reader(by))
    if request.method == "POST":
        done = attempt(
            request,
            lambda: services.save_person(
                by=by,
                at=timezone.now(),
                school_id=staff.school_id,
                staff_id=staff_id,
                data=forms.person(request.POST),
            ),
        )
        if done is not None:
            messages.success(request, gettext("Đã lưu."))
            return redirect("school_staffing:person", staff_id)
    years = years_known(staff.school, timezone.localdate())
    profile = StaffProfile.objects.filter(staff=staff).first() or StaffProfile(staff=staff)
    context = {
        "staff": staff,
        "profile": profile,
        "values": request.POST if request.method == "POST" else _values(staff, profile),
        "campuses": campuses_of(staff.school),
        "duties": [(year, duties_of(staff.school, year).get(staff.pk, [])) for year in years[:3]],
        "departures": StaffDeparture.objects.filter(staff=staff).select_related("successor"),
        "left": StaffDeparture.objects.filter(staff=staff, returned_on=None).first(),
        "account": has_account(staff.school, staff),
        "may_edit": deny_staff_editor(by) is None,
        "is_head": deny_role(by, SchoolRole.PRINCIPAL) is None,
    }
    return render(request, "school_staffing/person.html", context)


@school_page
def add(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_staff_editor(by))
    school = own_school(by)
    if request.method == "POST":
        done = attempt(
            request,
            lambda: services.save_person(
                by=by,
                at=timezone.now(),
                school_id=school.pk,
                data=forms.person(request.POST),
            ),
        )
        if done is not None:
            messages.success(request, gettext("Đã thêm vào danh sách nhân sự."))
            return redirect("school_staffing:person", done)
    values = request.POST if request.method == "POST" else {"title": "Giáo viên"}
    context = {"values": values, "campuses": campuses_of(school), "school": school}
    return render(request, "school_staffing/add.html", context)


@school_page
def leave(request: HttpRequest, by: Actor, staff_id: int) -> HttpResponse:
    staff = staff_by_id(by, staff_id)
    require(deny_role(by, SchoolRole.PRINCIPAL))
    if request.method == "POST":
        done = attempt(
            request,
            lambda: services.record_departure(
                by=by,
                at=timezone.now(),
                staff_id=staff_id,
                terms=services.Departure(
                    left_on=forms.day(request.POST.get("left_on")),
                    reason=request.POST.get("reason", ""),
                    handover_note=request.POST.get("handover_note", ""),
                    successor_id=forms.number(request.POST.get("successor")),
                ),
            ),
        )
        if done is not None:
            messages.success(
                request, gettext("Đã ghi. Tài khoản đã khoá; người nhận bàn giao có quyền ngay.")
            )
            return redirect("school_staffing:person", staff_id)
    years = years_known(staff.school, timezone.localdate())
    context = {
        "staff": staff,
        "others": [each for each in working_staff(staff.school) if each.pk != staff.pk],
        "duties": duties_of(staff.school, years[0]).get(staff.pk, []),
        "open_work": [r for r in assignments_of(staff.school, years[0]) if r.staff_id == staff.pk],
        "today": timezone.localdate(),
        "values": request.POST,
    }
    return render(request, "school_staffing/leave.html", context)


@require_POST
@school_page
def come_back(request: HttpRequest, by: Actor, staff_id: int) -> HttpResponse:
    attempt(
        request,
        lambda: services.record_return(
            by=by,
            at=timezone.now(),
            staff_id=staff_id,
            returned_on=forms.day(request.POST.get("returned_on")),
        ),
    )
    return redirect("school_staffing:person", staff_id)


@school_page
def upload(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_staff_editor(by))
    school = own_school(by)
    file = request.FILES.get("file")
    if request.method == "POST" and file is not None:
        done = attempt(
            request,
            lambda: import_services.preview_staff(
                by=by,
                at=timezone.now(),
                school_id=school.pk,
                content=file.read(),
                filename=file.name or "",
            ),
        )
        if done is not None:
            return redirect("school_staffing:preview", done)
    columns = [(names[0], names[1:], field in NEEDED) for field, names in HEADERS.items()]
    return render(request, "school_staffing/upload.html", {"columns": columns})


@school_page
def preview(request: HttpRequest, by: Actor, preview_id: uuid.UUID) -> HttpResponse:
    found = import_services.staff_preview(by, preview_id)
    require(deny_staff_editor(by))
    return render(request, "school_staffing/preview.html", {"preview": found})


@require_POST
@school_page
def save(request: HttpRequest, by: Actor, preview_id: uuid.UUID) -> HttpResponse:
    done = attempt(
        request,
        lambda: import_services.save_staff(by=by, at=timezone.now(), preview_id=preview_id),
    )
    if done is None:
        return redirect("school_staffing:preview", preview_id)
    words = gettext("Đã lưu: %(new)s người mới, %(changed)s người thay đổi.")
    messages.success(request, words % {"new": done["new"], "changed": done["changed"]})
    return redirect("school_staffing:people")


@school_page
def facts(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_staff_reader(by))
    school = own_school(by)
    if request.method == "POST":
        done = attempt(
            request,
            lambda: confirm_facts(
                by=by,
                at=timezone.now(),
                school_id=school.pk,
                facts=Facts(
                    upper_body=request.POST.get("upper_body", ""),
                    address=request.POST.get("address", ""),
                    phone=request.POST.get("phone", ""),
                    email=request.POST.get("email", ""),
                ),
            ),
        )
        if done is not None:
            messages.success(request, gettext("Đã xác nhận thông tin của trường."))
            return redirect("school_staffing:facts")
    known = facts_of(school)
    context = {
        "school": school,
        "known": known,
        "values": request.POST if request.method == "POST" else known,
        "denial": deny_staff_editor(by),
    }
    return render(request, "school_staffing/facts.html", context)


def _values(staff: object, profile: StaffProfile) -> dict[str, str]:
    return {
        **{name: getattr(staff, name) for name in ("full_name", "personal_id", "title")},
        **{name: getattr(profile, name) for name in ("birth_date", "gender", "subjects", "email")},
        "campus": str(profile.campus_id or ""),
    }
