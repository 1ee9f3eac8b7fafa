from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from hocba.errors import HocBaError, Malformed, Refused
from hocba_server.city.certificates.offices import units_of
from hocba_server.city.oversight import situations, uploads
from hocba_server.city.oversight.boards import SchoolLine, one_school
from hocba_server.city.oversight.choosing import year_of
from hocba_server.city.oversight.grades import grades_of_unit
from hocba_server.city.oversight.sheets import empty_sheet
from hocba_server.city.oversight.typed import STEP_FIELDS, read_form
from hocba_server.city.oversight.workbook import MEDIA_TYPE
from hocba_server.city.pages import city_page
from hocba_server.city.permissions import deny_role, require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.downloads import download
from hocba_server.web.design.language import in_page_language

_SHOWN_FAULTS = 100


@city_page
def situation(request: HttpRequest, by: Actor, school_year: str, unit_code: str) -> HttpResponse:
    """What a school says of its year, entered by the office above it."""
    require(situations.deny_writing(by, unit_code))
    now, year = timezone.now(), year_of(school_year)
    board = one_school(by=by, at=now, school_year=year, unit_code=unit_code)
    if board is None:
        raise Http404
    [line] = board.lines
    known = {row.grade: row for row in line.situation.grades.all()} if line.situation else {}
    grades = tuple(sorted({*grades_of_unit(line.unit), *known}))
    problem: Refused | None = None
    if request.method == "POST":
        try:
            said = read_form(request.POST.dict(), school_year=year, grades=grades, at=now)
            situations.save_situation(by=by, at=now, unit_code=unit_code, situation=said)
        except Refused as refusal:
            if refusal.code in {"role", "not_found"}:
                raise
            problem = refusal
        else:
            messages.success(request, _("Đã lưu tình hình của trường."))
            return redirect("city_oversight:school", year, unit_code)
    typed = request.POST.dict() if request.method == "POST" else _typed(line, known)
    context = {
        "school_year": year,
        "line": line,
        "typed": typed,
        "rows": [
            (grade, [(name, typed.get(name, "")) for name in _names(grade)]) for grade in grades
        ],
        "problem": problem,
    }
    return render(request, "city_oversight/situation.html", context)


def _names(grade: int) -> list[str]:
    return [f"{name}-{grade}" for name in ("classes", "pupils", *STEP_FIELDS)]


def _typed(line: SchoolLine, known: dict[int, Any]) -> dict[str, str]:
    """What is known, as it would be typed."""
    typed: dict[str, str] = {}
    for grade, row in known.items():
        for name in ("classes", "pupils", *STEP_FIELDS):
            typed[f"{name}-{grade}"] = str(getattr(row, name))
    word = line.situation
    if word is not None:
        typed |= {
            "staff_total": str(word.staff_total),
            "staff_trained": str(word.staff_trained),
            "on_paper": "1" if word.on_paper else "",
            "paper_reason": word.paper_reason,
            "paper_plan": word.paper_plan,
            "join_on": f"{word.join_on:%d/%m/%Y}" if word.join_on else "",
        }
    return typed


@require_safe
@city_page
def empty(_request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    """The spreadsheet to fill in, with the person's schools and what is known of them."""
    require(deny_role(by, *situations.WRITERS))
    year = year_of(school_year)
    content = empty_sheet(units_of(by).order_by("ward_name", "name"), year)
    return download(content, f"tinh-hinh-{year}.xlsx", MEDIA_TYPE)


@city_page
def upload(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    """Upload a filled-in spreadsheet; its faults are shown, by row and column."""
    require(deny_role(by, *situations.WRITERS))
    year = year_of(school_year)
    context: dict[str, Any] = {"school_year": year, "schools": units_of(by).count()}
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Malformed("no_file", "Chọn một tệp bảng tính.", "Choose a spreadsheet.")
            read, upload_id = uploads.read_upload(
                by=by,
                at=timezone.now(),
                school_year=year,
                filename=file.name or "",
                content=file.read(),
            )
        except Malformed as fault:
            context["problem"] = fault
        else:
            if upload_id is not None:
                return redirect("city_oversight:preview", year, upload_id)
            context |= {
                "faults": read.faults[:_SHOWN_FAULTS],
                "fault_count": len(read.faults),
                "filename": file.name,
            }
    return render(request, "city_oversight/upload.html", context)


@city_page
def preview(request: HttpRequest, by: Actor, school_year: str, upload_id: int) -> HttpResponse:
    """What a file says of each school; one click keeps all of it."""
    year = year_of(school_year)
    row = uploads.upload_of(by=by, upload_id=upload_id)
    if row.school_year != year:
        raise Http404
    if request.method == "POST":
        try:
            count = uploads.confirm_upload(by=by, at=timezone.now(), upload_id=upload_id)
        except HocBaError as fault:
            if getattr(fault, "code", "") in {"role", "not_found"}:
                raise
            messages.error(request, in_page_language(fault.sentence))
        else:
            text = ngettext(
                "Đã lưu tình hình của %(count)d trường.",
                "Đã lưu tình hình của %(count)d trường.",
                count,
            )
            messages.success(request, text % {"count": count})
            return redirect("city_oversight:schools", year)
    context = {"school_year": year, "upload": row, "lines": uploads.preview_lines(row)}
    return render(request, "city_oversight/preview.html", context)
