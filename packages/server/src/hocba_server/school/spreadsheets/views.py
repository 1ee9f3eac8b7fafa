from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hocba.assessment.periods import Period
from hocba.ids import SubjectCode
from hocba_server.school.assessments.entering import deny_sheet
from hocba_server.school.assessments.grid import current_period, periods_of_sheet
from hocba_server.school.assessments.sheets import HOMEROOM_SHEET, TRAITS_SHEET, Sheet
from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.models import Classroom, SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import classroom_by_id, own_school, school_years
from hocba_server.school.spreadsheets import bundle_services, services
from hocba_server.school.spreadsheets.bundle_services import UploadedFile
from hocba_server.school.spreadsheets.models import ImportKind, ImportPreview
from hocba_server.school.spreadsheets.previews import Preview
from hocba_server.school.spreadsheets.recognition import SeveralSheets
from hocba_server.school.spreadsheets.saving import sheet_of
from hocba_server.school.spreadsheets.selectors import preview_of, stored_preview
from hocba_server.school.spreadsheets.uploads import ACCEPT, sent_files, sent_period
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.language import in_page_language

THIS_YEAR = "2025-2026"
Read = Callable[[UploadedFile, Period | None, str], Preview]


@school_page
def class_list(request: HttpRequest, by: Actor) -> HttpResponse:
    """Class lists: one opens its preview, several their common page."""
    require(deny_role(by, SchoolRole.REGISTRAR))
    school = own_school(by)
    years = school_years(school) or [THIS_YEAR]
    context = {"title": _("Nhập danh sách lớp"), "years": years, "several": True, "accept": ACCEPT}
    if request.method != "POST":
        return render(request, "school_spreadsheets/upload.html", context)
    files = sent_files(request)
    year = request.POST.get("school_year", "")
    if not files:
        return _no_file(request)

    def read_one() -> Preview | None:
        if len(files) > 1:
            return None
        [file] = files
        try:
            return services.preview_class_list(
                by=by,
                at=timezone.now(),
                school_id=school.pk,
                school_year=year,
                content=file.content,
                filename=file.filename,
            )
        except SeveralSheets:
            return None

    done = attempt(request, lambda: (read_one(),))
    if done is None:
        return redirect(request.path)
    if done[0] is not None:
        return redirect("school_spreadsheets:preview", done[0].preview_id)
    bundle_id = attempt(
        request,
        lambda: bundle_services.preview_class_lists(
            by=by, at=timezone.now(), school_id=school.pk, school_year=year, files=files
        ),
    )
    if bundle_id is None:
        return redirect(request.path)
    return redirect("school_spreadsheets:bundle", bundle_id)


@school_page
def subject(request: HttpRequest, by: Actor, classroom_id: int, subject_code: str) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)
    sheet = Sheet.parse(f"mon-{subject_code}")

    def read(file: UploadedFile, period: Period | None, sheet_name: str) -> Preview:
        return services.preview_subject_results(
            by=by,
            at=timezone.now(),
            classroom_id=classroom_id,
            subject_code=SubjectCode(subject_code),
            content=file.content,
            filename=file.filename,
            period=period,
            sheet_name=sheet_name,
        )

    return _sheet_page(request, by, room, sheet, read)


@school_page
def traits(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)

    def read(file: UploadedFile, period: Period | None, sheet_name: str) -> Preview:
        return services.preview_trait_results(
            by=by,
            at=timezone.now(),
            classroom_id=classroom_id,
            content=file.content,
            filename=file.filename,
            period=period,
            sheet_name=sheet_name,
        )

    return _sheet_page(request, by, room, TRAITS_SHEET, read)


@school_page
def homeroom(request: HttpRequest, by: Actor, classroom_id: int) -> HttpResponse:
    room = classroom_by_id(by, classroom_id)

    def read(file: UploadedFile, period: Period | None, sheet_name: str) -> Preview:
        return services.preview_homeroom_data(
            by=by,
            at=timezone.now(),
            classroom_id=classroom_id,
            content=file.content,
            filename=file.filename,
            period=period,
            sheet_name=sheet_name,
        )

    return _sheet_page(request, by, room, HOMEROOM_SHEET, read)


def _sheet_page(
    request: HttpRequest, by: Actor, room: Classroom, sheet: Sheet, read: Read
) -> HttpResponse:
    """The upload page of one sheet of a class."""
    require(deny_sheet(by, room, sheet, timezone.now()))
    what = in_page_language(sheet.title)
    context: dict[str, Any] = {
        "title": _("Nhập %(what)s, lớp %(room)s") % {"what": what, "room": room.name},
        "room": room,
        "sheet": sheet,
        "periods": periods_of_sheet(room, sheet),
        "template_period": _template_period(room, sheet),
        "accept": ACCEPT,
    }
    if request.method != "POST":
        return render(request, "school_spreadsheets/upload.html", context)
    files = sent_files(request)
    if not files:
        return _no_file(request)

    def work() -> Preview | SeveralSheets:
        try:
            return read(files[0], sent_period(request), request.POST.get("sheet", ""))
        except SeveralSheets as several:
            return several

    done = attempt(request, work)
    if isinstance(done, Preview):
        return redirect("school_spreadsheets:preview", preview_id=done.preview_id)
    if isinstance(done, SeveralSheets):
        context |= {"sheets": done.sheets, "problem": done.sentence}
        return render(request, "school_spreadsheets/upload.html", context)
    return redirect(request.path)


def _template_period(room: Classroom, sheet: Sheet) -> Period:
    """The period whose filled template the page offers: the open one, if the sheet has it."""
    period = current_period(room, timezone.now())
    return period if period in periods_of_sheet(room, sheet) else Period.YEAR_END


def _no_file(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("Chưa chọn tệp. Chọn tệp bảng tính rồi bấm Xem trước."))
    return redirect(request.path)


@require_GET
@school_page
def preview(request: HttpRequest, by: Actor, preview_id: uuid.UUID) -> HttpResponse:
    stored = stored_preview(by, preview_id)
    _require_right(by, stored)
    context = {"stored": stored, "preview": preview_of(stored)}
    return render(request, "school_spreadsheets/preview.html", context)


def _require_right(by: Actor, stored: ImportPreview) -> None:
    if stored.kind == ImportKind.CLASS_LIST or stored.classroom is None:
        require(deny_role(by, SchoolRole.REGISTRAR))
    else:
        require(deny_sheet(by, stored.classroom, sheet_of(stored), timezone.now()))


@require_POST
@school_page
def save(request: HttpRequest, by: Actor, preview_id: uuid.UUID) -> HttpResponse:
    stored = stored_preview(by, preview_id)
    if stored.bundle_id is not None:
        return redirect("school_spreadsheets:bundle", stored.bundle_id)
    work: dict[str, Callable[..., object]] = {
        ImportKind.CLASS_LIST.value: services.save_class_list,
        ImportKind.SUBJECT.value: services.save_subject_results,
        ImportKind.TRAITS.value: services.save_trait_results,
        ImportKind.HOMEROOM.value: services.save_homeroom_data,
    }
    done = attempt(
        request,
        lambda: (work[stored.kind](by=by, at=timezone.now(), preview_id=preview_id), True),
    )
    if done is None:
        return redirect("school_spreadsheets:preview", preview_id=preview_id)
    messages.success(request, _("Đã lưu %(file)s.") % {"file": stored.filename})
    if stored.classroom_id is None:
        return redirect("school_home")
    period = stored.period or Period.YEAR_END.value
    return redirect("school_assessments:grid", stored.classroom_id, sheet_of(stored).slug, period)
