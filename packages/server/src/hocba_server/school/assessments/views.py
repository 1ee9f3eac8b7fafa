from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hocba.assessment.catalogue import has_year_end_test, subjects_of_grade, traits_of_grade
from hocba.assessment.levels import SubjectLevel, TraitLevel
from hocba_server.school.assessments import services
from hocba_server.school.assessments.entries import COMMENT_FIELDS
from hocba_server.school.assessments.forms import (
    homeroom_entries,
    subject_entries,
    trait_entries,
)
from hocba_server.school.assessments.selectors import (
    class_findings,
    proposed_comments,
    subject_values_by_enrolment,
    trait_values_by_enrolment,
)
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import (
    deny_homeroom_teacher,
    deny_locked_results,
    deny_role,
    deny_subject_teacher,
    require,
)
from hocba_server.school.registry.selectors import (
    class_roll,
    classroom_by_id,
    enrolment_by_id,
    not_found,
)
from hocba_server.web.accounts.actor import Actor

BLANK: dict[str, object] = {"level": "", "test_score": None, "comment": ""}
NO_COMMENTS: dict[str, object] = dict.fromkeys(COMMENT_FIELDS, "")


@school_page
def subject(request: HttpRequest, by: Actor, classroom_id: int, subject_code: str) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    require(deny_subject_teacher(by, room, subject_code))
    taught = {str(item.code): item for item in subjects_of_grade(room.grade)}.get(subject_code)
    if taught is None:
        raise not_found()
    roll = class_roll(room)
    if request.method == "POST":
        changed = attempt(
            request,
            lambda: services.set_subject_results(
                by=by,
                at=timezone.now(),
                classroom_id=room.pk,
                subject_code=subject_code,
                entries=subject_entries(request.POST, room, subject_code, roll),
                reason=request.POST.get("reason", ""),
            ),
        )
        if changed is not None:
            messages.success(request, f"Đã lưu kết quả của {changed} em.")
            return redirect(request.path)
    known = subject_values_by_enrolment(room, subject_code)
    context = {
        "room": room,
        "subject": taught,
        "tested": has_year_end_test(taught.code, room.grade),
        "levels": list(SubjectLevel),
        "rows": [
            {"enrolment": row, "values": _typed(request, row.pk, BLANK | known.get(row.pk, {}))}
            for row in roll
        ],
        "locked": deny_locked_results(room),
    }
    return render(request, "school_assessments/subject.html", context)


def _typed(request: HttpRequest, enrolment_id: int, known: dict[str, object]) -> dict[str, object]:
    """What was typed when the form comes back with an error, else what is kept."""
    if request.method != "POST":
        return known
    typed = {
        name.rsplit("-", 1)[0]: value
        for name, value in request.POST.items()
        if name.endswith(f"-{enrolment_id}")
    }
    return known | typed


@school_page
def traits(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    require(deny_homeroom_teacher(by, room))
    roll = class_roll(room)
    if request.method == "POST":
        changed = attempt(
            request,
            lambda: services.set_trait_results(
                by=by,
                at=timezone.now(),
                classroom_id=room.pk,
                entries=trait_entries(request.POST, room, roll),
            ),
        )
        if changed is not None:
            messages.success(request, f"Đã lưu phẩm chất, năng lực của {changed} em.")
            return redirect(request.path)
    known = trait_values_by_enrolment(room)
    assessed = traits_of_grade(room.grade)
    rows = []
    for row in roll:
        kept = known.get(row.pk, {})
        values = _typed(request, row.pk, NO_COMMENTS | kept | kept.get("levels", {}))
        cells = [(str(trait.code), values.get(str(trait.code), "")) for trait in assessed]
        rows.append({"enrolment": row, "cells": cells, "values": values})
    context = {
        "room": room,
        "traits": assessed,
        "levels": list(TraitLevel),
        "rows": rows,
        "locked": deny_locked_results(room),
    }
    return render(request, "school_assessments/traits.html", context)


@school_page
def homeroom(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    require(deny_homeroom_teacher(by, room))
    checks = class_findings(room)
    if request.method == "POST":
        changed = attempt(
            request,
            lambda: services.set_homeroom_data(
                by=by,
                at=timezone.now(),
                classroom_id=room.pk,
                entries=homeroom_entries(request.POST, [check.enrolment for check in checks]),
            ),
        )
        if changed is not None:
            messages.success(request, f"Đã lưu dữ liệu chủ nhiệm của {changed} em.")
            return redirect("school_assessments:check", room.pk)
    proposed = proposed_comments(room)
    rows = []
    for check in checks:
        kept = {field: getattr(check.conclusion, field, None) for field in services.HOMEROOM_FIELDS}
        values = _typed(request, check.enrolment.pk, kept)
        rows.append(
            {
                "enrolment": check.enrolment,
                "values": values,
                "comment": values.get("homeroom_comment") or proposed[check.enrolment.pk],
                "award": values.get("award_text") or check.year.award or "",
            }
        )
    context = {"room": room, "rows": rows, "locked": deny_locked_results(room)}
    return render(request, "school_assessments/homeroom.html", context)


@school_page
def check(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    staff = (
        SchoolRole.REGISTRAR,
        SchoolRole.SCHOOL_LEADER,
        SchoolRole.PRINCIPAL,
        SchoolRole.SCHOOL_CLERK,
    )
    if deny_role(by, *staff) is not None:
        require(deny_homeroom_teacher(by, room))
    checks = class_findings(room)
    context = {
        "room": room,
        "checks": checks,
        "wrong": sum(1 for item in checks if item.year.errors),
        "warned": sum(1 for item in checks if item.year.warnings),
        "may_decide": deny_role(by, SchoolRole.PRINCIPAL) is None,
        "is_homeroom": deny_homeroom_teacher(by, room) is None,
    }
    return render(request, "school_assessments/check.html", context)


@require_POST
@school_page
def promotion(request: HttpRequest, by: Actor, enrolment_id: int) -> HttpResponse:
    row = enrolment_by_id(by, enrolment_id)

    def work() -> bool:
        services.decide_promotion(
            by=by,
            at=timezone.now(),
            enrolment_id=enrolment_id,
            promoted=request.POST.get("promoted") == "1",
            reason=request.POST.get("reason", ""),
        )
        return True

    if attempt(request, work) is not None:
        messages.success(request, f"Đã ghi quyết định cho em {row.pupil.full_name}.")
    return redirect("school_assessments:check", row.classroom_id)
