from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from hocba_server.city.pages import city_page
from hocba_server.city.permissions import deny_role
from hocba_server.city.upstream import export, registration, remedies, selectors, services
from hocba_server.city.upstream.models import Kind, State
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.design.downloads import download

_ON_PAGE = 100


@require_safe
@city_page
def overview(request: HttpRequest, by: Actor) -> HttpResponse:
    """How reporting to the Ministry stands."""
    year = request.GET.get("nam_hoc", "")
    found = selectors.overview(by=by, at=timezone.now(), school_year=year)
    return render(request, "city_upstream/overview.html", {"report": found})


@require_POST
@city_page
def register(request: HttpRequest, by: Actor) -> HttpResponse:
    registration.register(by=by, at=timezone.now())
    messages.success(request, gettext("Đã gửi đăng ký chứng thư số. Kết quả của Bộ sẽ hiện ở đây."))
    return redirect("city_upstream:overview")


@require_POST
@city_page
def send_now(request: HttpRequest, by: Actor) -> HttpResponse:
    services.order_work(by=by, at=timezone.now())
    messages.success(request, gettext("Đang gửi những gì chờ gửi. Tải lại trang để xem kết quả."))
    return redirect("city_upstream:overview")


@require_safe
@city_page
def items(request: HttpRequest, by: Actor) -> HttpResponse:
    """Things to report, chosen by year, school, kind and state."""
    chosen = {
        name: request.GET.get(name, "") for name in ("nam_hoc", "loai", "trang_thai", "truong")
    }
    years = selectors.school_years()
    if chosen["nam_hoc"] not in years:
        chosen["nam_hoc"] = years[0] if years else ""
    rows = selectors.handovers(
        by=by,
        school_year=chosen["nam_hoc"],
        kind=chosen["loai"],
        state=chosen["trang_thai"],
        unit_code=chosen["truong"],
    )
    page = Paginator(rows, _ON_PAGE).get_page(request.GET.get("trang"))
    context = {
        "page": page,
        "chosen": chosen,
        "query": urlencode({name: text for name, text in chosen.items() if text}),
        "years": years,
        "schools": selectors.schools(),
        "kinds": Kind.choices,
        "states": State.choices,
        "may_send": deny_role(by, *registration.SENDERS) is None,
        "again": chosen["trang_thai"] in {State.REFUSED, State.BLOCKED},
    }
    return render(request, "city_upstream/items.html", context)


@require_POST
@city_page
def resend(request: HttpRequest, by: Actor) -> HttpResponse:
    if request.POST.get("tat_ca"):
        count = services.resend_refused(
            by=by,
            at=timezone.now(),
            school_year=request.POST.get("nam_hoc", ""),
            kind=request.POST.get("loai", ""),
            unit_code=request.POST.get("truong", ""),
        )
    else:
        numbers = _numbers(request, "muc")
        count = services.resend(by=by, at=timezone.now(), handover_ids=numbers)
    text = ngettext("Đã xếp %(n)d mục để gửi lại.", "Đã xếp %(n)d mục để gửi lại.", count)
    messages.success(request, text % {"n": count})
    return redirect(f"{reverse('city_upstream:items')}?{request.POST.get('query', '')}")


@require_safe
@city_page
def message(request: HttpRequest, by: Actor, message_id: int) -> HttpResponse:
    """One message and what the store answered about each part of it."""
    row = selectors.message_by_id(by=by, message_id=message_id)
    parts = list(selectors.parts_of(by=by, message=row))
    return render(request, "city_upstream/message.html", {"message": row, "parts": parts})


@require_safe
@city_page
def tables(request: HttpRequest, by: Actor) -> HttpResponse:
    """The national dictionary's rows: choose a school and take them as files."""
    years = selectors.school_years()
    year = request.GET.get("nam_hoc", "")
    year = year if year in years else (years[0] if years else "")
    blocked = selectors.handovers(by=by, school_year=year, kind=Kind.ROWS, state=State.BLOCKED)
    context = {
        "years": years,
        "school_year": year,
        "schools": selectors.schools_with_records(year),
        "blocked": list(blocked[:_ON_PAGE]),
        "may_send": deny_role(by, *registration.SENDERS) is None,
    }
    return render(request, "city_upstream/tables.html", context)


@require_POST
@city_page
def table_file(request: HttpRequest, by: Actor) -> HttpResponse:
    made = export.export_rows(
        by=by,
        at=timezone.now(),
        school_year=request.POST.get("nam_hoc", ""),
        unit_code=request.POST.get("truong", ""),
        form=request.POST.get("dang", ""),
        purpose=request.POST.get("ly_do", ""),
    )
    return download(made.content, made.name, made.media_type)


@require_safe
@city_page
def comparisons(request: HttpRequest, by: Actor) -> HttpResponse:
    """Comparisons so far, and the button for another one."""
    context = {
        "rows": list(selectors.reconciliations(by=by)[:_ON_PAGE]),
        "years": selectors.school_years(),
        "may_send": deny_role(by, *registration.SENDERS) is None,
    }
    return render(request, "city_upstream/comparisons.html", context)


@require_POST
@city_page
def compare(request: HttpRequest, by: Actor) -> HttpResponse:
    number = services.start_reconciliation(
        by=by, at=timezone.now(), school_year=request.POST.get("nam_hoc", "")
    )
    return redirect("city_upstream:comparison", number)


@require_safe
@city_page
def comparison(request: HttpRequest, by: Actor, reconciliation_id: int) -> HttpResponse:
    """The differences of one comparison, with a remedy for each."""
    row = selectors.reconciliation_by_id(by=by, reconciliation_id=reconciliation_id)
    context = {
        "row": row,
        "groups": selectors.difference_groups(by=by, reconciliation=row),
        "may_send": deny_role(by, *registration.SENDERS) is None,
    }
    return render(request, "city_upstream/comparison.html", context)


@require_POST
@city_page
def remedy(request: HttpRequest, by: Actor, reconciliation_id: int) -> HttpResponse:
    count = remedies.remedy(
        by=by,
        at=timezone.now(),
        reconciliation_id=reconciliation_id,
        difference_ids=_numbers(request, "muc"),
    )
    text = ngettext("Đã xếp %(n)d mục để gửi.", "Đã xếp %(n)d mục để gửi.", count)
    messages.success(request, text % {"n": count})
    return redirect("city_upstream:comparison", reconciliation_id)


@require_safe
@city_page
def comparison_file(_request: HttpRequest, by: Actor, reconciliation_id: int) -> HttpResponse:
    row = selectors.reconciliation_by_id(by=by, reconciliation_id=reconciliation_id)
    made = export.export_differences(by=by, reconciliation=row)
    return download(made.content, made.name, made.media_type)


def _numbers(request: HttpRequest, name: str) -> list[int]:
    texts = request.POST.getlist(name)
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]
