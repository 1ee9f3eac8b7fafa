from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.papers import class_prints
from hocba_server.school.papers.models import PaperForm
from hocba_server.school.papers.rights import deny_printing
from hocba_server.school.papers.selectors import job_by_id, job_view, jobs_of
from hocba_server.school.papers.views import pdf_response
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import class_roll, classroom_by_id
from hocba_server.web.accounts.actor import Actor


@school_page
def classroom(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    require(deny_printing(by, room, timezone.localdate()))
    if request.method == "POST":
        job_id = attempt(
            request,
            lambda: class_prints.start_class_print(
                by=by,
                at=timezone.now(),
                classroom_id=classroom_id,
                form=request.POST.get("form", ""),
                double_sided=request.POST.get("sides") == "2",
                all_years=request.POST.get("years") == "all",
            ),
        )
        if job_id is not None:
            return redirect("school_papers:job", job_id)
    context = {
        "room": room,
        "roll": class_roll(room),
        "forms": PaperForm.choices,
        "jobs": jobs_of(room, timezone.now()),
    }
    return render(request, "school_papers/classroom.html", context)


@school_page
def job(request: HttpRequest, by: Actor, job_id: int) -> HttpResponse:
    row = job_by_id(by, job_id, timezone.localdate())
    context = {"room": row.classroom, "job": job_view(row, timezone.now())}
    return render(request, "school_papers/job.html", context)


@school_page
def progress(request: HttpRequest, by: Actor, job_id: int) -> HttpResponse:
    row = job_by_id(by, job_id, timezone.localdate())
    context = {"job": job_view(row, timezone.now())}
    return render(request, "school_papers/progress.html", context)


@require_POST
@school_page
def cancel(request: HttpRequest, by: Actor, job_id: int) -> HttpResponse:
    row = job_by_id(by, job_id, timezone.localdate())

    def work() -> bool:
        class_prints.cancel_class_print(by=by, at=timezone.now(), job_id=job_id)
        return True

    if attempt(request, work):
        messages.success(request, gettext("Đã huỷ việc in."))
    return redirect("school_papers:class", row.classroom_id)


@school_page
def file(request: HttpRequest, by: Actor, job_id: int) -> HttpResponse:
    printed = attempt(
        request,
        lambda: class_prints.fetch_class_print(by=by, at=timezone.now(), job_id=job_id),
    )
    if printed is None:
        return redirect("school_papers:job", job_id)
    return pdf_response(printed)
