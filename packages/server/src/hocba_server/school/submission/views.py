from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from hocba.workflow.transitions import RecordState
from hocba_server.school.issuing.selectors import batch_by_id, records_of
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.submission import services
from hocba_server.school.submission.selectors import (
    package_view,
    packages_of,
    registrations_of,
)
from hocba_server.web.accounts.actor import Actor

OFFICE = (SchoolRole.SCHOOL_CLERK, SchoolRole.PRINCIPAL, SchoolRole.SCHOOL_LEADER)


@school_page
def batch(request: HttpRequest, by: Actor, batch_id: int) -> HttpResponse:
    found = batch_by_id(by, batch_id)
    require(deny_role(by, *OFFICE))
    if request.method == "POST":
        package_id = attempt(
            request,
            lambda: services.submit_batch(by=by, at=timezone.now(), batch_id=batch_id),
        )
        if package_id is not None:
            return redirect("school_submission:package", package_id)
    records = records_of(found)
    context = {
        "batch": found,
        "room": found.classroom,
        "ready": [row for row in records if row.state == RecordState.ISSUED.value],
        "total": len(records),
        "packages": packages_of(found),
        "denial": deny_role(by, SchoolRole.SCHOOL_CLERK),
    }
    return render(request, "school_submission/batch.html", context)


@school_page
def package(request: HttpRequest, by: Actor, package_id: int) -> HttpResponse:
    require(deny_role(by, *OFFICE))
    context = {"package": package_view(package_id, by=by)}
    return render(request, "school_submission/package.html", context)


@school_page
def answers(request: HttpRequest, by: Actor, package_id: int) -> HttpResponse:
    require(deny_role(by, *OFFICE))
    context = {"package": package_view(package_id, by=by)}
    return render(request, "school_submission/answers.html", context)


@school_page
def certificates(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_role(by, *OFFICE))
    school = own_school(by)
    if request.method == "POST":
        done = attempt(
            request,
            lambda: services.register_certificate(by=by, at=timezone.now(), school_id=school.pk),
        )
        if done is not None:
            messages.success(request, gettext("Đã gửi đăng ký chứng thư số. Chờ Sở phê duyệt."))
        return redirect("school_submission:certificates")
    context = {
        "school": school,
        "rows": registrations_of(school),
        "denial": deny_role(by, SchoolRole.SCHOOL_CLERK, SchoolRole.PRINCIPAL),
    }
    return render(request, "school_submission/certificates.html", context)
