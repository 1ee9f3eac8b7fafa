from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hocba.errors import Refused
from hocba_server.city.closing.calendar import vietnam_day
from hocba_server.city.oversight import progress, services, sides, trends
from hocba_server.city.oversight.boards import (
    Board,
    counted_until,
    grade_totals,
    has_numbers,
    one_school,
    read_board,
    years_of,
)
from hocba_server.city.oversight.choosing import (
    choice_of,
    chosen_words,
    filters_context,
    heads_of,
    with_query,
    year_of,
)
from hocba_server.city.oversight.dates import due_dates, set_step_dates
from hocba_server.city.oversight.models import Step, StepDate
from hocba_server.city.oversight.reporting import office_of_person
from hocba_server.city.oversight.situations import deny_writing, reports_of
from hocba_server.city.oversight.statistics import result_tables
from hocba_server.city.oversight.stuck import causes, find_stuck, stuck_table
from hocba_server.city.oversight.tables import Table, share
from hocba_server.city.oversight.tallying import current_year
from hocba_server.city.oversight.workbook import MEDIA_TYPE, Heading, write_workbook
from hocba_server.city.pages import city_page
from hocba_server.city.permissions import READERS, CityRole, deny_role, require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.downloads import download

_PAGE = 100
_Days = tuple[dt.date, dt.date | None]


_SIDES: dict[str, Callable[[Board], list[Table]]] = {
    "chung-thu": lambda board: [sides.expiring_table(board)],
    "tu-choi": lambda board: [sides.refusals_table(board)],
    "giay": lambda board: [sides.paper_table(board)],
    "tap-huan": lambda board: [sides.staff_table(board)],
    "ket-qua": result_tables,
}
"""Boards beside the progress, by their name in addresses."""


def _tables(name: str, board: Board) -> list[Table]:
    """The tables of any board. Raises `Http404`."""
    year = board.choice.school_year
    if name == "toan-canh":
        lines = progress.step_lines(board, due_dates(year))
        grades = grade_totals(board)
        return [
            progress.steps_table(lines),
            progress.wards_table(board),
            progress.grades_table(grades),
            trends.days_drawing(board, due_dates(year)[Step.RECEIVED].on).table,
        ]
    if name == "truong":
        return [progress.schools_table(board)]
    if name == "vuong":
        return [stuck_table(find_stuck(board, due_dates(year)))]
    if name not in _SIDES:
        raise Http404
    return _SIDES[name](board)


@require_safe
@city_page
def newest(_request: HttpRequest, by: Actor) -> HttpResponse:
    """The year that runs, or the former one while nothing was counted of this one."""
    require(deny_role(by, *READERS))
    this = current_year(vietnam_day(timezone.now()))
    years = [year for year in years_of(by=by, this_year=this) if year <= this]
    boards = [year for year in years if has_numbers(by=by, school_year=year)]
    return redirect("city_oversight:overview", boards[0] if boards else years[0])


def _common(request: HttpRequest, by: Actor, board: Board) -> dict[str, Any]:
    today = vietnam_day(board.at)
    return {
        "board": board,
        "school_year": board.choice.school_year,
        "years": years_of(by=by, this_year=current_year(today)),
        "counted_until": counted_until(),
        "may_write": deny_role(by, CityRole.OFFICER, CityRole.WARD_OFFICER) is None,
        "office": office_of_person(by),
        **filters_context(request, by, board.choice),
    }


@require_safe
@city_page
def overview(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    """All that the person sees: steps against dates, charts, wards, grades, what is stuck."""
    board = read_board(by=by, at=timezone.now(), choice=choice_of(request, school_year))
    dates = due_dates(board.choice.school_year)
    grades = grade_totals(board)
    stuck_ = find_stuck(board, dates)
    order = request.GET.get("xep", "")
    wards = progress.wards_table(board)
    headline = sides.headline(board)
    context = {
        **_common(request, by, board),
        "headline": headline,
        "share": share(headline["in_force"], headline["expected"]),
        "steps": progress.step_lines(board, dates),
        "wards_table": wards.sorted_by(order),
        "ward_heads": heads_of(request, wards, order),
        "grades_table": progress.grades_table(grades),
        "days": trends.days_drawing(board, dates[Step.RECEIVED].on),
        "wards_drawing": trends.wards_drawing(
            board, link=reverse("city_oversight:schools", args=[board.choice.school_year])
        ),
        "grades_drawing": trends.grades_drawing(grades),
        "reasons": trends.reasons_drawing(board),
        "causes": causes(stuck_),
        "expiring": len(sides.expiring_table(board).rows),
    }
    return render(request, "city_oversight/overview.html", context)


def _listing(request: HttpRequest, table: Table, *, order: str = "") -> dict[str, Any]:
    order = request.GET.get("xep", "") or order
    table = table.sorted_by(order)
    page = Paginator(table.rows, _PAGE).get_page(request.GET.get("trang"))
    return {
        "table": table,
        "heads": heads_of(request, table, order),
        "rows": page.object_list,
        "page": page,
        "before": with_query(request, trang=page.number - 1) if page.has_previous() else "",
        "after": with_query(request, trang=page.number + 1) if page.has_next() else "",
    }


@require_safe
@city_page
def schools(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    """Every school of the choice."""
    board = read_board(by=by, at=timezone.now(), choice=choice_of(request, school_year))
    context = {
        **_common(request, by, board),
        **_listing(request, progress.schools_table(board)),
        "file": "truong",
        "title": _("Tiến độ theo trường"),
    }
    return render(request, "city_oversight/listing.html", context)


@require_safe
@city_page
def school(request: HttpRequest, by: Actor, school_year: str, unit_code: str) -> HttpResponse:
    """One school with its classes; a class leads to its records, which ask for a purpose."""
    now, year = timezone.now(), year_of(school_year)
    board = one_school(by=by, at=now, school_year=year, unit_code=unit_code)
    if board is None:
        raise Http404
    [line] = board.lines
    words, mark = progress.state_of(line, now)
    context = {
        **_common(request, by, board),
        "line": line,
        "state": words,
        "mark": mark,
        "share": share(line.in_force, line.due_pupils),
        "classes": progress.classes_table(board),
        "grades_table": progress.grades_table(grade_totals(board)),
        "refusals": sides.refusals_table(board),
        "stuck": stuck_table(find_stuck(board, due_dates(year))),
        "reports": reports_of(by=by, unit_code=unit_code, school_year=year),
        "may_write": deny_writing(by, unit_code) is None,
        "narrowed": False,
        "narrow": "",
    }
    return render(request, "city_oversight/school.html", context)


@require_safe
@city_page
def stuck(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    """What is stuck, of one cause or of all."""
    board = read_board(by=by, at=timezone.now(), choice=choice_of(request, school_year))
    found = find_stuck(board, due_dates(board.choice.school_year))
    cause = request.GET.get("ly-do", "")
    context = {
        **_common(request, by, board),
        **_listing(request, stuck_table(found, cause)),
        "causes": causes(found),
        "cause": cause,
        "all_count": len(found),
        "file": "vuong",
        "title": _("Việc đang vướng"),
        "stuck_days": settings.OVERSIGHT_STUCK_DAYS,
    }
    return render(request, "city_oversight/stuck.html", context)


@require_safe
@city_page
def side(request: HttpRequest, by: Actor, school_year: str, name: str) -> HttpResponse:
    """One of the boards beside the progress."""
    if name not in _SIDES:
        raise Http404
    board = read_board(by=by, at=timezone.now(), choice=choice_of(request, school_year))
    tables = _SIDES[name](board)
    context = {**_common(request, by, board), "file": name, "title": tables[0].title}
    if len(tables) > 1:
        context |= {"tables": tables, "title": _("Kết quả cuối năm")}
        return render(request, "city_oversight/tables.html", context)
    if name == "tu-choi":
        context["drawing"] = trends.reasons_drawing(board)
    context |= _listing(request, tables[0])
    return render(request, "city_oversight/listing.html", context)


@require_safe
@city_page
def excel(request: HttpRequest, by: Actor, school_year: str, name: str) -> HttpResponse:
    """A board as Excel, narrowed as the page is."""
    now = timezone.now()
    board = read_board(by=by, at=now, choice=choice_of(request, school_year))
    tables = [table.sorted_by(request.GET.get("xep", "")) for table in _tables(name, board)]
    heading = Heading(
        office=office_of_person(by),
        title=tables[0].title if len(tables) == 1 else _("Toàn cảnh học bạ số"),
        school_year=board.choice.school_year,
        at=now,
        made_by=by.name,
        filters=chosen_words(board),
    )
    content = write_workbook(heading, tables)
    return download(content, f"{name}-{board.choice.school_year}-{now:%Y%m%d}.xlsx", MEDIA_TYPE)


@require_POST
@city_page
def count(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    """Have everything counted anew."""
    services.order_counting(by=by, at=timezone.now(), school_year=year_of(school_year))
    messages.success(request, _("Đang đếm lại mọi trường của năm học; tải lại trang sau ít phút."))
    return redirect("city_oversight:overview", school_year)


@city_page
def dates(request: HttpRequest, by: Actor, school_year: str) -> HttpResponse:
    """The dates of a year's steps; the officer sets them."""
    require(deny_role(by, *READERS))
    year, problem = year_of(school_year), None
    if request.method == "POST":
        try:
            days: dict[Step, _Days] = {
                step: _typed_days(request, step) for step in Step if step is not Step.CLOSED
            }
            set_step_dates(by=by, at=timezone.now(), school_year=year, days=days)
        except Refused as refusal:
            if refusal.code == "role":
                raise
            problem = refusal
        else:
            messages.success(request, _("Đã lưu hạn của các bước."))
            return redirect("city_oversight:dates", year)
    context = {
        "school_year": year,
        "dates": [
            {
                "due": due,
                "title": _(step.label),
                "on": request.POST.get(step.value, f"{due.on:%d/%m/%Y}"),
                "final_on": request.POST.get(
                    f"{step.value}-final", f"{due.final_on:%d/%m/%Y}" if due.final_on else ""
                ),
                "fixed": step is Step.CLOSED,
            }
            for step, due in due_dates(year).items()
        ],
        "history": [(row, _(row.get_step_display())) for row in _history(year)],
        "may_set": deny_role(by, CityRole.OFFICER) is None,
        "problem": problem,
    }
    return render(request, "city_oversight/dates.html", context)


def _history(school_year: str) -> list[StepDate]:
    return list(StepDate.objects.filter(school_year=school_year)[:50])


def _typed_days(request: HttpRequest, step: Step) -> _Days:
    final = request.POST.get(f"{step.value}-final", "").strip()
    return (
        _day(request.POST.get(step.value, ""), step.value),
        _day(final, f"{step.value}-final") if final else None,
    )


def _day(text: str, where: str) -> dt.date:
    try:
        return dt.datetime.strptime(text.strip(), "%d/%m/%Y").date()  # noqa: DTZ007 - a day
    except ValueError:
        raise Refused(
            "day",
            f"“{text.strip()[:20]}” không phải ngày dạng 30/05/2026.",
            "Not a day such as 30/05/2026.",
            where=where,
        ) from None
