from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from hocba.assessment.catalogue import subject as subject_of
from hocba.ids import SubjectCode
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import (
    deny_homeroom_teacher,
    deny_role,
    deny_subject_teacher,
    require,
)
from hocba_server.school.registry.selectors import classroom_by_id, own_school, school_years
from hocba_server.school.spreadsheets import services
from hocba_server.school.spreadsheets.models import ImportKind, ImportPreview
from hocba_server.school.spreadsheets.previews import Preview
from hocba_server.school.spreadsheets.selectors import preview_of, stored_preview
from hocba_server.web.accounts.actor import Actor

THIS_YEAR = "2025-2026"


@school_page
def class_list(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_role(by, SchoolRole.REGISTRAR))
    school = own_school(by)
    years = school_years(school) or [THIS_YEAR]
    if request.method == "POST":
        return _upload(
            request,
            lambda content, filename: services.preview_class_list(
                by=by,
                at=timezone.now(),
                school_id=school.pk,
                school_year=request.POST.get("school_year", ""),
                content=content,
                filename=filename,
            ),
        )
    context = {"title": "Nhập danh sách lớp", "years": years, "back": "/truong/"}
    return render(request, "school_spreadsheets/upload.html", context)


@school_page
def subject(request: HttpRequest, by: Actor, classroom_id: int, subject_code: str) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    require(deny_subject_teacher(by, room, subject_code))
    if request.method == "POST":
        return _upload(
            request,
            lambda content, filename: services.preview_subject_results(
                by=by,
                at=timezone.now(),
                classroom_id=classroom_id,
                subject_code=subject_code,
                content=content,
                filename=filename,
            ),
        )
    name = subject_of(SubjectCode(subject_code)).name
    context = {"title": f"Nhập kết quả {name}, lớp {room.name}", "room": room}
    return render(request, "school_spreadsheets/upload.html", context)


@school_page
def traits(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    require(deny_homeroom_teacher(by, room))
    if request.method == "POST":
        return _upload(
            request,
            lambda content, filename: services.preview_trait_results(
                by=by,
                at=timezone.now(),
                classroom_id=classroom_id,
                content=content,
                filename=filename,
            ),
        )
    context = {"title": f"Nhập phẩm chất, năng lực lớp {room.name}", "room": room}
    return render(request, "school_spreadsheets/upload.html", context)


def _upload(request: HttpRequest, read: Callable[[bytes, str], Preview]) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, "Chưa chọn tệp. Chọn một tệp .xlsx rồi bấm Xem trước.")
        return redirect(request.path)
    preview = attempt(request, lambda: read(file.read(), file.name or "tệp.xlsx"))
    if preview is None:
        return redirect(request.path)
    return redirect("school_spreadsheets:preview", preview_id=preview.preview_id)


@school_page
def preview(request: HttpRequest, by: Actor, preview_id: uuid.UUID) -> HttpResponse:
    stored = stored_preview(by, preview_id)
    _require_right(by, stored)
    context = {"stored": stored, "preview": preview_of(stored)}
    return render(request, "school_spreadsheets/preview.html", context)


def _require_right(by: Actor, stored: ImportPreview) -> None:
    if stored.kind == ImportKind.CLASS_LIST or stored.classroom is None:
        require(deny_role(by, SchoolRole.REGISTRAR))
    elif stored.kind == ImportKind.SUBJECT:
        require(deny_subject_teacher(by, stored.classroom, stored.subject_code))
    else:
        require(deny_homeroom_teacher(by, stored.classroom))


@require_POST
@school_page
def save(request: HttpRequest, by: Actor, preview_id: uuid.UUID) -> HttpResponse:
    stored = stored_preview(by, preview_id)
    work: dict[str, Callable[..., object]] = {
        ImportKind.CLASS_LIST.value: services.save_class_list,
        ImportKind.SUBJECT.value: services.save_subject_results,
        ImportKind.TRAITS.value: services.save_trait_results,
    }
    done = attempt(
        request,
        lambda: (work[stored.kind](by=by, at=timezone.now(), preview_id=preview_id), True),
    )
    if done is None:
        return redirect("school_spreadsheets:preview", preview_id=preview_id)
    messages.success(request, f"Đã lưu {stored.filename}.")
    if stored.classroom_id is None:
        return redirect("school_home")
    if stored.kind == ImportKind.SUBJECT:
        return redirect("school_assessments:subject", stored.classroom_id, stored.subject_code)
    return redirect("school_assessments:traits", stored.classroom_id)
