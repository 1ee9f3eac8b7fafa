"""The page of accounts: the head orders, the administrator carries out."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hocba_server.school.pages import attempt, school_page
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.staffing import account_services, assignment_services, forms
from hocba_server.school.staffing.account_selectors import account_lines, orders_of
from hocba_server.school.staffing.letter_services import waiting_letters
from hocba_server.school.staffing.rights import deny_account_reader, deny_orderer
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.signin.selectors import users_with_keys


@school_page
def accounts(request: HttpRequest, by: Actor) -> HttpResponse:
    require(deny_account_reader(by))
    school = own_school(by)
    lines = account_lines(school, timezone.localdate())
    waiting, closed = orders_of(by, school, lines)
    context = {
        "school": school,
        "lines": lines,
        "without": sum(1 for line in lines if line.state == "none" and not line.left),
        "wrong": [line for line in lines if line.out_of_line],
        "waiting": waiting,
        "closed": closed,
        "is_head": deny_orderer(by) is None,
        "with_keys": users_with_keys(line.username for line in lines if line.username),
        "letters": waiting_letters(school, timezone.now()),
    }
    return render(request, "school_staffing/accounts.html", context)


@require_POST
@school_page
def order(request: HttpRequest, by: Actor, staff_id: int) -> HttpResponse:
    done = attempt(
        request,
        lambda: account_services.order_account(
            by=by,
            at=timezone.now(),
            staff_id=staff_id,
            kind=request.POST.get("kind", ""),
            reason=request.POST.get("reason", ""),
        ),
    )
    if done is not None:
        messages.success(request, gettext("Đã ghi yêu cầu."))
    return redirect("school_staffing:accounts")


@require_POST
@school_page
def order_all(request: HttpRequest, by: Actor) -> HttpResponse:
    done = attempt(
        request,
        lambda: account_services.order_for_everybody(by=by, at=timezone.now()),
    )
    if done is not None:
        words = gettext("Đã yêu cầu mở %(count)s tài khoản.")
        messages.success(request, words % {"count": done})
    return redirect("school_staffing:accounts")


@require_POST
@school_page
def carry_out(request: HttpRequest, by: Actor, order_id: int) -> HttpResponse:
    done = attempt(
        request,
        lambda: account_services.carry_out(
            by=by,
            at=timezone.now(),
            order_id=order_id,
            username=forms.text(request.POST.get("username"), 40),
        ),
    )
    if done is not None:
        messages.success(request, gettext("Đã làm xong."))
    return redirect("school_staffing:accounts")


@require_POST
@school_page
def withdraw(request: HttpRequest, by: Actor, order_id: int) -> HttpResponse:
    attempt(
        request,
        lambda: account_services.withdraw_order(by=by, at=timezone.now(), order_id=order_id),
    )
    return redirect("school_staffing:accounts")


@require_POST
@school_page
def synchronise(request: HttpRequest, by: Actor) -> HttpResponse:
    done = attempt(
        request, lambda: assignment_services.synchronise_school(by=by, at=timezone.now())
    )
    if done is not None:
        words = gettext("Đã đồng bộ: %(count)s tài khoản thay đổi vai trò.")
        messages.success(request, words % {"count": done})
    return redirect("school_staffing:accounts")
