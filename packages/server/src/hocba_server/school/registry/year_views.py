from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hocba.record.pupil_sheet import write_sheet
from hocba.rendition.pupil_sheet import render_pupil_sheet
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry import new_year_services, sheet_services
from hocba_server.school.registry.class_services import set_class_subjects
from hocba_server.school.registry.data_sheets import FIRST_GRADES, sheet_lines, sheet_of
from hocba_server.school.registry.forms import number, try_form
from hocba_server.school.registry.models import ReviewState, SchoolRole
from hocba_server.school.registry.new_year import Outcome
from hocba_server.school.registry.new_year_services import Choices
from hocba_server.school.registry.permissions import (
    deny_homeroom_teacher,
    deny_locked_class,
    deny_role,
    require,
)
from hocba_server.school.registry.pupil_rights import deny_pupil_reader
from hocba_server.school.registry.pupil_selectors import readable_enrolment
from hocba_server.school.registry.pupil_services import note_pupil_read
from hocba_server.school.registry.selectors import (
    classroom_by_id,
    not_found,
    own_school,
    school_years,
)
from hocba_server.school.registry.taught import electives_of_grade
from hocba_server.web.accounts.actor import Actor

SHOWN_ALONE = 300
"""Pupils without a conclusion who get a choice of their own; more are decided by class."""


@school_page
def sheets(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    today = timezone.localdate()
    require(deny_pupil_reader(by, room, today))
    lines = sheet_lines(room)
    counts = {state: sum(1 for line in lines if line.state is state) for state in ReviewState}
    context = {
        "room": room,
        "lines": lines,
        "counts": [(state.label, count) for state, count in counts.items() if count],
        "first_grade": room.grade in FIRST_GRADES,
        "all_whole": bool(lines) and all(line.whole for line in lines),
        "waiting": counts[ReviewState.OPEN],
        "ready": sum(1 for line in lines if line.may_confirm),
        "confirmed": counts[ReviewState.CONFIRMED],
        "initialised": counts[ReviewState.INITIALISED],
        "may_confirm": deny_homeroom_teacher(by, room, today) is None,
        "may_initialise": deny_role(by, SchoolRole.REGISTRAR) is None,
    }
    return render(request, "school_registry/sheets.html", context)


@require_POST
@school_page
def confirm(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    done = attempt(
        request,
        lambda: sheet_services.confirm_data(
            by=by,
            at=timezone.now(),
            classroom_id=classroom_id,
            enrolment_ids=[number(each) for each in request.POST.getlist("pupil")],
            compared=request.POST.get("compared") == "1",
        ),
    )
    if done is not None:
        messages.success(request, _("Đã xác nhận thông tin của %(n)d em.") % {"n": done})
    return redirect("school_registry:sheets", classroom_id)


@require_POST
@school_page
def initialise(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    done = attempt(
        request,
        lambda: sheet_services.initialise_data(by=by, at=timezone.now(), classroom_id=classroom_id),
    )
    if done is not None:
        messages.success(request, _("Đã khởi tạo phiếu thông tin của %(n)d em.") % {"n": done})
    return redirect("school_registry:sheets", classroom_id)


@school_page
def sheet_file(_request: HttpRequest, by: Actor, enrolment_id: int, kind: str) -> HttpResponse:
    if kind not in {"pdf", "xml"}:
        raise not_found()
    now = timezone.now()
    row = readable_enrolment(by, enrolment_id, now.date())
    sheet = sheet_of(row)
    note_pupil_read(by=by, at=now, pupil=row.pupil, what=f"phiếu thông tin {kind}")
    document = write_sheet(sheet)
    content = document
    if kind == "pdf":
        content = render_pupil_sheet(
            sheet, document, fonts=settings.FONTS_DIR, timestamp=sheet.initialised_on
        )
    response = HttpResponse(content, content_type=f"application/{kind}")
    name = f"phieu-thong-tin-{sheet.sheet_id}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@school_page
def class_subjects(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    denial = deny_role(by, SchoolRole.REGISTRAR, SchoolRole.PRINCIPAL)
    require(denial)
    chosen = set(room.elective_subjects)
    foreign, ethnic = room.foreign_language, room.ethnic_language
    if request.method == "POST":
        chosen = set(request.POST.getlist("elective"))
        foreign = request.POST.get("foreign_language", "")
        ethnic = request.POST.get("ethnic_language", "")
        tried = try_form(
            request,
            lambda: set_class_subjects(
                by=by,
                at=timezone.now(),
                classroom_id=room.pk,
                electives=sorted(chosen),
                foreign_language=foreign,
                ethnic_language=ethnic,
            ),
        )
        if tried.done:
            messages.success(request, _("Đã lưu môn học của lớp."))
            return redirect("school_registry:classroom", room.pk)
    context = {
        "room": room,
        "electives": [
            {"subject": each, "on": str(each.code) in chosen}
            for each in electives_of_grade(room.grade)
        ],
        "foreign": foreign,
        "ethnic": ethnic,
        "locked": deny_locked_class(room),
    }
    return render(request, "school_registry/class_subjects.html", context)


@school_page
def new_year(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_role(by, SchoolRole.REGISTRAR, SchoolRole.PRINCIPAL))
    years = school_years(own_school(by))
    from_year = request.POST.get("from_year") or request.GET.get("tu") or _default_year(years)
    choices = _choices(request)
    if request.method == "POST" and request.POST.get("do") == "open":
        done = attempt(
            request,
            lambda: new_year_services.open_new_year(
                by=by,
                at=timezone.now(),
                from_year=from_year,
                choices=choices,
                fingerprint=request.POST.get("fingerprint", ""),
            ),
        )
        if done is not None:
            messages.success(request, _("Đã mở năm học mới."))
            return redirect("school_registry:new_year")
    if not from_year:
        return render(request, "school_registry/new_year.html", {"years": []})
    plan = new_year_services.preview_new_year(by, from_year, choices)
    left = [each for each in plan.placements if not each.pupil.concluded]
    return render(
        request,
        "school_registry/new_year.html",
        {
            "years": years,
            "from_year": from_year,
            "to_year": f"{int(from_year[:4]) + 1}-{int(from_year[:4]) + 2}",
            "plan": plan,
            "rooms": new_year_services.room_lines(by, from_year, plan, choices),
            "repeats": [
                (each, plan.targets_of_grade(each.target[1]) if each.target else ())
                for each in plan.of(Outcome.REPEATS)
            ],
            "completes": plan.of(Outcome.COMPLETES),
            "open": len(left),
            "left_out": len(plan.of(Outcome.UNDECIDED)),
            "left": left if len(left) <= SHOWN_ALONE else (),
            "chosen": dict(choices.outcomes),
            "openings": new_year_services.openings_of(by),
        },
    )


def _default_year(years: list[str]) -> str:
    """The year that is ending: from May on this calendar year's, else the newest with classes."""
    today = timezone.localdate()
    last = today.year if today.month >= 5 else today.year - 1
    ending = f"{last - 1}-{last}"
    if ending in years:
        return ending
    return years[0] if years else ""


def _choices(request: HttpRequest) -> Choices:
    def by_id(prefix: str) -> dict[int, str]:
        found = {}
        for name, value in request.POST.items():
            if name.startswith(prefix) and (key := number(name.removeprefix(prefix))):
                found[key] = str(value).strip()[:10]
        return {key: value for key, value in found.items() if value}

    return Choices(
        names=by_id("name-"),
        outcomes=by_id("pupil-"),
        room_outcomes=by_id("room-"),
        targets=by_id("target-"),
    )


@require_POST
@school_page
def undo_new_year(request: HttpRequest, by: Actor, opening_id: int) -> HttpResponse:
    done = attempt(
        request,
        lambda: new_year_services.undo_new_year(by=by, at=timezone.now(), opening_id=opening_id),
    )
    if done is not None:
        messages.success(request, _("Đã hoàn tác việc mở năm học."))
    return redirect("school_registry:new_year")
