"""Accounts: the head orders, the administrator carries out (QĐ 1789/QĐ-SGDĐT Đ5.3c, Đ30.2, Đ33).

Roles are never part of an order: they follow from the assignments (`role_sync.py`).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping

from django.urls import reverse
from django.utils.timezone import localdate

from hocba.errors import Refused, Sentence
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.notices import matters
from hocba_server.school.notices.models import NoticeKind
from hocba_server.school.notices.services import notify, settle
from hocba_server.school.registry.models import School, SchoolRole, StaffMember
from hocba_server.school.registry.permissions import deny_other_school, require
from hocba_server.school.registry.selectors import not_found, own_school, people_holding
from hocba_server.school.registry.staff_services import staff_by_id
from hocba_server.school.staffing.models import (
    AccountOrder,
    OrderKind,
    OrderState,
    StaffDeparture,
)
from hocba_server.school.staffing.rights import deny_carrying_out, deny_orderer
from hocba_server.school.staffing.role_sync import due_roles, unit_of
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.memberships import (
    accounts_transaction,
    join,
    lock_member,
    places_of,
    set_member_roles,
    unlock_member,
)
from hocba_server.web.audit.services import record_event

_NAME = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
MIN_USERNAME, MAX_USERNAME = 4, 40


def order_account(*, by: Actor, at: dt.datetime, staff_id: int, kind: str, reason: str = "") -> int:
    """The head orders an account to be opened, locked or unlocked.

    Raises `Refused`: `order_kind`, `order_open` (one order waits), `order_pointless` (nothing to
    do), `order_reason` (a lock says why), `order_left` (an account for somebody who left).
    """
    require(deny_orderer(by))
    with school_transaction():
        row = _order(by, at, staff_id, kind, reason)
        _tell_administrators(by, at, row.school, 1)
    return row.pk


def _order(by: Actor, at: dt.datetime, staff_id: int, kind: str, reason: str) -> AccountOrder:
    staff = staff_by_id(by, staff_id, lock=True)
    _check_order(by, staff, kind, reason)
    row = AccountOrder.objects.create(
        school=staff.school,
        staff=staff,
        kind=kind,
        reason=reason.strip()[:300],
        ordered_by=by.user_id,
        ordered_by_name=by.name[:150],
        ordered_at=at,
    )
    detail = {"order": row.pk, "kind": kind, "reason": row.reason}
    _audit(by, at, "order_account", f"staff:{staff.pk}", detail)
    return row


def _tell_administrators(by: Actor, at: dt.datetime, school: School, count: int) -> None:
    """The administrator carries out next (Đ33.2); one notice however many orders came at once."""
    notify(
        by=by,
        at=at,
        school=school,
        recipients=people_holding(school, SchoolRole.ADMINISTRATOR),
        kind=NoticeKind.TURN,
        title=Sentence(
            f"{count} yêu cầu về tài khoản chờ Thầy/Cô làm",
            f"{count} order about an account waits for you"
            if count == 1
            else f"{count} orders about accounts wait for you",
        ),
        url=reverse("school_staffing:accounts"),
        matter=matters.ACCOUNT_ORDERS,
    )


def order_for_everybody(*, by: Actor, at: dt.datetime) -> int:
    """The head orders an account for everybody who works here and has none. Answers how many."""
    require(deny_orderer(by))
    count = 0
    with school_transaction():
        school = own_school(by)
        gone = StaffDeparture.objects.filter(staff__school=school, returned_on=None)
        waiting = AccountOrder.objects.filter(school=school, state=OrderState.ORDERED)
        rows = StaffMember.objects.filter(school=school).exclude(
            pk__in=[
                *gone.values_list("staff_id", flat=True),
                *waiting.values_list("staff_id", flat=True),
            ]
        )
        for staff in rows:
            if not places_of(unit_of(school), staff.personal_id):
                _order(by, at, staff.pk, OrderKind.OPEN.value, "")
                count += 1
        if count:
            _tell_administrators(by, at, school, count)
    return count


def withdraw_order(*, by: Actor, at: dt.datetime, order_id: int) -> None:
    """The head takes an order back before it was carried out."""
    require(deny_orderer(by))
    with school_transaction():
        row = _open_order(by, order_id)
        _close(row, OrderState.WITHDRAWN, by, at)
        _audit(by, at, "withdraw_order", f"staff:{row.staff_id}", {"order": row.pk})


def carry_out(*, by: Actor, at: dt.datetime, order_id: int, username: str = "") -> str:
    """Carry an order out; for a new account with the user name, proposed when empty.

    The roles come from the assignments of the year at this moment. Raises `Refused`: `role` for
    the own account, `order_closed`, `username`, `username_taken`. Answers the kind of the order.
    """
    with accounts_transaction(), school_transaction():
        row = _open_order(by, order_id)
        staff = row.staff
        roles = due_roles(staff.school, [staff], localdate(at))[staff.pk]
        administrator = SchoolRole.ADMINISTRATOR.value in roles or _is_administrator(staff)
        require(deny_carrying_out(by, staff.personal_id, administrator=administrator))
        unit = unit_of(staff.school)
        detail: dict[str, object] = {"order": row.pk, "kind": row.kind}
        match OrderKind(row.kind):
            case OrderKind.OPEN:
                name = _checked(username or proposed_username(staff))
                join(
                    unit=unit,
                    username=name,
                    full_name=staff.full_name,
                    personal_id=staff.personal_id,
                    title=staff.title[:120],
                    roles=roles,
                )
                detail["roles"] = roles
            case OrderKind.LOCK:
                lock_member(unit=unit, personal_id=staff.personal_id)
            case OrderKind.UNLOCK:
                unlock_member(unit=unit, personal_id=staff.personal_id)
                set_member_roles(unit=unit, personal_id=staff.personal_id, roles=roles)
                detail["roles"] = roles
        _close(row, OrderState.DONE, by, at)
        _audit(by, at, "carry_out_order", f"staff:{staff.pk}", detail)
    return row.kind


def proposed_username(staff: StaffMember) -> str:
    """A user name without signs: given name and initials, the school's code, a number of its own.

    Nothing of the personal number: user names are seen by others.
    """
    plain = unicodedata.normalize("NFD", staff.full_name.lower().replace("đ", "d"))
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    name = words[-1] + "".join(word[0] for word in words[:-1]) if words else "nguoi"
    return f"{name}-{staff.school.code[-4:].lower()}-{staff.pk}"[:MAX_USERNAME]


def _check_order(by: Actor, staff: StaffMember, kind: str, reason: str) -> None:
    if kind not in OrderKind.values:
        raise Refused("order_kind", "Không có việc này.", "There is no such order.")
    if AccountOrder.objects.filter(staff=staff, state=OrderState.ORDERED).exists():
        raise Refused(
            "order_open",
            f"{staff.full_name} đã có một yêu cầu đang chờ quản trị viên.",
            "An order for this person waits already.",
        )
    places = places_of(unit_of(staff.school), staff.personal_id)
    active = any(place.is_active for place in places)
    wanted = {
        OrderKind.OPEN.value: not places,
        OrderKind.LOCK.value: active,
        OrderKind.UNLOCK.value: bool(places) and not active,
    }
    if not wanted[kind]:
        raise Refused(
            "order_pointless",
            "Tài khoản của người này đã ở tình trạng đó, không cần làm gì thêm.",
            "The account is in that state already.",
        )
    if kind != OrderKind.LOCK:
        if StaffDeparture.objects.filter(staff=staff, returned_on=None).exists():
            raise Refused(
                "order_left",
                f"{staff.full_name} đã rời trường nên không mở tài khoản được.",
                "This person has left the school.",
            )
        return
    if not reason.strip():
        raise Refused("order_reason", "Khoá tài khoản thì ghi lý do.", "A lock needs a reason.")
    if staff.personal_id == by.personal_id:
        raise Refused(
            "order_own",
            "Thầy/Cô không tự khoá tài khoản của mình.",
            "Nobody locks the own account.",
        )


def _is_administrator(staff: StaffMember) -> bool:
    """A locked administrator's account is still one, whatever the assignments say today."""
    places = places_of(unit_of(staff.school), staff.personal_id)
    return any(SchoolRole.ADMINISTRATOR.value in place.roles for place in places)


def _open_order(by: Actor, order_id: int) -> AccountOrder:
    row = (
        AccountOrder.objects.select_for_update(of=("self",))
        .select_related("staff", "staff__school")
        .filter(pk=order_id)
        .first()
    )
    if row is None:
        raise not_found()
    require(deny_other_school(by, row.staff.school.code))
    if row.state != OrderState.ORDERED:
        raise Refused(
            "order_closed",
            "Yêu cầu này đã làm xong hoặc đã rút.",
            "This order is done or withdrawn already.",
        )
    return row


def _close(row: AccountOrder, state: OrderState, by: Actor, at: dt.datetime) -> None:
    row.state = state
    row.done_by, row.done_by_name, row.done_at = by.user_id, by.name[:150], at
    row.save(update_fields=["state", "done_by", "done_by_name", "done_at"])
    if not AccountOrder.objects.filter(school=row.school, state=OrderState.ORDERED).exists():
        settle(at=at, school=row.school, matter=matters.ACCOUNT_ORDERS)


def _checked(username: str) -> str:
    name = username.strip().lower()
    if not MIN_USERNAME <= len(name) <= MAX_USERNAME or not _NAME.fullmatch(name):
        raise Refused(
            "username",
            f"Tên đăng nhập dài {MIN_USERNAME} đến {MAX_USERNAME} ký tự, chỉ gồm chữ không dấu, "
            "chữ số, dấu chấm và gạch nối.",
            "A user name has unaccented letters, digits, dots and hyphens only.",
        )
    return name


def _audit(
    by: Actor, at: dt.datetime, action: str, subject: str, detail: Mapping[str, object]
) -> None:
    record_event(
        using=SCHOOL_DATABASE, by=by, at=at, action=action, subject=subject, detail=dict(detail)
    )
