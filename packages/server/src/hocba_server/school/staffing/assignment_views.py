"""Pages of assignments: the grid of a year, one class, roles for the school, substitutes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.models import School
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import classroom_by_id, not_found, own_school
from hocba_server.school.staffing import assignment_services, campus_services, forms
from hocba_server.school.staffing.decision_lines import coverage_of
from hocba_server.school.staffing.rights import (
    WHOLE_SCHOOL,
    deny_assigner,
    deny_staff_editor,
    deny_staff_reader,
)
from hocba_server.school.staffing.selectors import (
    campus_of_class,
    campuses_of,
    grid_of,
    loads_of,
    rooms_at,
    school_roles,
    substitutions_of,
    working_staff,
)
from hocba_server.school.staffing.workload import NORM
from hocba_server.school.staffing.years import years_known
from hocba_server.web.accounts.actor import Actor


@school_page
def current(_request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_staff_reader(by))
    years = years_known(own_school(by), timezone.localdate())
    return redirect("school_staffing:assignments", years[0])


@school_page
def assignments(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    require(deny_staff_reader(by))
    school = own_school(by)
    years = _known(school, school_year)
    today = timezone.localdate()
    campus = forms.number(request.GET.get("diem"))
    coverage = coverage_of(school, school_year)
    signed = set(coverage.signed)
    grid = grid_of(school, school_year, day=today, signed=signed, campus_id=campus)
    loads = loads_of(school, school_year)
    context = {
        "school": school,
        "year": school_year,
        "years": years,
        "earlier": [each for each in years if each != school_year],
        "grid": grid,
        "missing": sum(row.missing for row in grid),
        "loads": loads,
        "idle": [each for each in loads if not each.classes and not each.homeroom],
        "too_much": [each for each in loads if each.too_much],
        "norm": NORM,
        "roles": school_roles(school, school_year),
        "signed": signed,
        "coverage": coverage,
        "choices": [(role.value, role.label) for role in WHOLE_SCHOOL],
        "staff": working_staff(school),
        "substitutions": substitutions_of(school, school_year),
        "today": today,
        "campuses": campuses_of(school),
        "campus": campus,
        "campus_of": campus_of_class(school),
        "denial": deny_assigner(by),
    }
    return render(request, "school_staffing/assignments.html", context)


@school_page
def classroom(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    require(deny_staff_reader(by))
    if request.method == "POST":
        chosen = {
            name.removeprefix("mon-"): forms.number(value)
            for name, value in request.POST.items()
            if name.startswith("mon-")
        }
        if "con-trong" in request.POST:
            # In primary schools the homeroom teacher teaches what no specialist does.
            chosen = {code: staff or chosen.get("") for code, staff in chosen.items()}
        done = attempt(
            request,
            lambda: assignment_services.assign_class(
                by=by, at=timezone.now(), classroom_id=classroom_id, chosen=chosen
            ),
        )
        if done is not None:
            messages.success(
                request, gettext("Đã lưu phân công lớp %(room)s.") % {"room": room.name}
            )
            return redirect("school_staffing:assignments", room.school_year)
    coverage = coverage_of(room.school, room.school_year)
    rows = grid_of(
        room.school, room.school_year, day=timezone.localdate(), signed=set(coverage.signed)
    )
    context = {
        "room": room,
        "row": next(row for row in rows if row.room.pk == room.pk),
        "staff": working_staff(room.school),
        "denial": deny_assigner(by),
        "today": timezone.localdate(),
    }
    return render(request, "school_staffing/class.html", context)


@require_POST
@school_page
def give_role(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    _known(own_school(by), school_year)
    done = attempt(
        request,
        lambda: assignment_services.assign_role(
            by=by,
            at=timezone.now(),
            staff_id=forms.number(request.POST.get("staff")) or 0,
            role=request.POST.get("role", ""),
            school_year=school_year,
        ),
    )
    if done is not None:
        messages.success(request, gettext("Đã phân công."))
    return redirect("school_staffing:assignments", school_year)


@require_POST
@school_page
def take_role(request: HttpRequest, by: Actor, assignment_id: int) -> HttpResponse:
    attempt(
        request,
        lambda: assignment_services.take_role(
            by=by, at=timezone.now(), assignment_id=assignment_id
        ),
    )
    return redirect("school_staffing:current")


@require_POST
@school_page
def copy_year(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    school = own_school(by)
    done = attempt(
        request,
        lambda: assignment_services.copy_year(
            by=by,
            at=timezone.now(),
            school_id=school.pk,
            from_year=request.POST.get("from_year", ""),
            to_year=school_year,
        ),
    )
    if done is not None:
        words = gettext("Đã chép %(count)s phân công. Ô đã có người thì giữ nguyên.")
        messages.success(request, words % {"count": done})
    return redirect("school_staffing:assignments", school_year)


@require_POST
@school_page
def add_substitute(request: HttpRequest, by: Actor, assignment_id: int) -> HttpResponse:
    until = request.POST.get("last_day")
    done = attempt(
        request,
        lambda: assignment_services.add_substitute(
            by=by,
            at=timezone.now(),
            assignment_id=assignment_id,
            staff_id=forms.number(request.POST.get("staff")) or 0,
            first_day=forms.day(request.POST.get("first_day")),
            last_day=forms.day(until) if until else None,
            reason=request.POST.get("reason", "")[:500],
        ),
    )
    if done is not None:
        messages.success(request, gettext("Đã ghi dạy thay. Học bạ ghi tên người thực tế ký."))
    return redirect("school_staffing:current")


@require_POST
@school_page
def end_substitute(request: HttpRequest, by: Actor, substitution_id: int) -> HttpResponse:
    attempt(
        request,
        lambda: assignment_services.end_substitute(
            by=by, at=timezone.now(), substitution_id=substitution_id
        ),
    )
    return redirect("school_staffing:current")


@school_page
def campuses(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_staff_reader(by))
    school = own_school(by)
    if request.method == "POST":
        attempt(
            request,
            lambda: campus_services.save_campus(
                by=by,
                at=timezone.now(),
                school_id=school.pk,
                campus_id=forms.number(request.POST.get("campus")),
                name=request.POST.get("name", ""),
                address=request.POST.get("address", ""),
            ),
        )
        return redirect("school_staffing:campuses")
    year = years_known(school, timezone.localdate())[0]
    context = {
        "school": school,
        "year": year,
        "campuses": campuses_of(school),
        "rooms": rooms_at(school, year, None),
        "campus_of": campus_of_class(school),
        "denial": deny_staff_editor(by),
    }
    return render(request, "school_staffing/campuses.html", context)


@require_POST
@school_page
def place_classes(request: HttpRequest, by: Actor) -> HttpResponse:
    places = {
        room: forms.number(value)
        for name, value in request.POST.items()
        if name.startswith("lop-") and (room := forms.number(name.removeprefix("lop-")))
    }
    done = attempt(
        request,
        lambda: campus_services.place_classes(by=by, at=timezone.now(), places=places),
    )
    if done is not None:
        messages.success(request, gettext("Đã lưu."))
    return redirect("school_staffing:campuses")


def _known(school: School, school_year: str) -> list[str]:
    years = years_known(school, timezone.localdate())
    if school_year not in years:
        raise not_found()
    return years
