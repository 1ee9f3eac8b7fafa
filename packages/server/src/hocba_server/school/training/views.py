from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.permissions import require
from hocba_server.school.training import services
from hocba_server.school.training.people_sheet import people_sheet
from hocba_server.school.training.selectors import (
    deny_opener,
    deny_watcher,
    inside,
    open_training,
    person_lines,
    real_school_of,
    task_lines,
)
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.workplace import choose_workplace

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@school_page
def training(request: HttpRequest, by: Actor) -> HttpResponse:
    services.mark_done_tasks(by=by, at=timezone.now())
    school = real_school_of(by)
    lines = task_lines(by)
    context = {
        "school": school,
        "training": open_training(school),
        "inside": inside(by),
        "lines": lines,
        "done": sum(1 for line in lines if line.done),
        "opener_denial": deny_opener(by),
        "watcher_denial": deny_watcher(by),
    }
    return render(request, "school_training/training.html", context)


@require_POST
@school_page
def open_school(request: HttpRequest, by: Actor) -> HttpResponse:
    attempt(request, lambda: services.open_training_school(by=by, at=timezone.now()))
    return redirect("school_training:training")


@require_safe
@school_page
def progress(request: HttpRequest, by: Actor) -> HttpResponse:
    context = {"training": open_training(real_school_of(by))}
    return render(request, "school_training/progress.html", context)


@require_POST
@school_page
def enter(request: HttpRequest, by: Actor) -> HttpResponse:
    place = attempt(request, lambda: services.enter_training_school(by=by, at=timezone.now()))
    if place is not None:
        choose_workplace(request, place)
    return redirect("school_training:training")


@require_POST
@school_page
def leave(request: HttpRequest, by: Actor) -> HttpResponse:
    place = attempt(request, lambda: services.leave_training_school(by=by, at=timezone.now()))
    if place is not None:
        choose_workplace(request, place)
    return redirect("school_home")


@school_page
def reset(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_opener(by))
    school = real_school_of(by)
    if request.method == "POST":
        confirmed = request.POST.get("confirm") == "yes"
        made = attempt(
            request,
            lambda: services.reset_training_school(by=by, at=timezone.now(), confirmed=confirmed),
        )
        if made is not None:
            messages.success(request, gettext("Đang làm lại trường tập huấn từ đầu."))
            return redirect("school_training:training")
    context = {"school": school, "training": open_training(school)}
    return render(request, "school_training/reset.html", context)


@require_safe
@school_page
def people(request: HttpRequest, by: Actor) -> HttpResponse:
    services.mark_everybodys_tasks(by=by, at=timezone.now())
    school = real_school_of(by)
    context = {"school": school, "people": person_lines(school)}
    return render(request, "school_training/people.html", context)


@require_safe
@school_page
def sheet(_request: HttpRequest, by: Actor) -> HttpResponse:
    services.mark_everybodys_tasks(by=by, at=timezone.now())
    school = real_school_of(by)
    content = people_sheet(person_lines(school), school.name)
    response = HttpResponse(content, content_type=XLSX)
    day = timezone.localdate().strftime("%Y%m%d")
    response["Content-Disposition"] = f'attachment; filename="tap-huan-{day}.xlsx"'
    return response
