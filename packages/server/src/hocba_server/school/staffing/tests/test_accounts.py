from __future__ import annotations

from typing import Any

import pytest

from hocba_server.school.notices.models import Notice
from hocba_server.school.staffing.account_services import (
    carry_out,
    order_account,
    order_for_everybody,
    withdraw_order,
)
from hocba_server.school.staffing.assignment_services import assign_role, synchronise_school
from hocba_server.school.staffing.models import AccountOrder
from hocba_server.school.staffing.tests.conftest import (
    ADMINISTRATOR_ID,
    CLERK_ID,
    NEW_ID,
)
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, HEAD_ID, MUSIC_ID, YEAR, Cast, actor
from hocba_server.web.accounts.models import Membership, User


def _order(cast: Cast, staff_id: int, kind: str, reason: str = "") -> int:
    return order_account(by=cast.principal, at=AT, staff_id=staff_id, kind=kind, reason=reason)


def test_the_head_orders_and_the_administrator_carries_out(
    cast: Cast, staff: dict[str, int]
) -> None:
    assign_role(
        by=cast.principal, at=AT, staff_id=staff[CLERK_ID], role="VAN_THU", school_year=YEAR
    )
    order = _order(cast, staff[CLERK_ID], "open")
    carry_out(by=cast.administrator, at=AT, order_id=order)
    user = User.objects.get(personal_id=CLERK_ID)
    assert user.roles == ["VAN_THU"]
    assert CLERK_ID[-6:] not in user.username
    row = AccountOrder.objects.get(pk=order)
    assert (row.state, row.done_by_name) == ("done", "Người Thử")
    assert entries("order_account")[0].roles == ["HIEU_TRUONG"]
    assert entries("carry_out_order")[0].roles == ["QTV"]
    assert refusal_of(carry_out, by=cast.administrator, at=AT, order_id=order) == "order_closed"


def test_roles_cannot_be_typed_in(cast: Cast, staff: dict[str, int]) -> None:
    order = _order(cast, staff[NEW_ID], "open")
    carry_out(by=cast.administrator, at=AT, order_id=order, username="co-moi")
    assert User.objects.get(username="co-moi").roles == []


def test_lock_and_unlock(cast: Cast, staff: dict[str, int], accounts: dict[str, User]) -> None:
    music = staff[MUSIC_ID]
    carry_out(by=cast.administrator, at=AT, order_id=_order(cast, music, "lock", "Mất máy"))
    assert not User.objects.get(pk=accounts[MUSIC_ID].pk).is_active
    assert refusal_of(_order, cast, music, "lock", "Mất máy") == "order_pointless"
    carry_out(by=cast.administrator, at=AT, order_id=_order(cast, music, "unlock"))
    assert User.objects.get(pk=accounts[MUSIC_ID].pk).is_active
    assert Membership.objects.get(user=accounts[MUSIC_ID]).roles == ["GVBM"]


@pytest.mark.parametrize(
    ("number", "kind", "reason", "code"),
    [
        (MUSIC_ID, "open", "", "order_pointless"),
        (MUSIC_ID, "lock", "", "order_reason"),
        (HEAD_ID, "lock", "Thử", "order_own"),
        (NEW_ID, "unlock", "", "order_pointless"),
        (NEW_ID, "xoa", "", "order_kind"),
    ],
)
def test_orders_that_make_no_sense(
    cast: Cast,
    staff: dict[str, int],
    accounts: dict[str, User],
    number: str,
    kind: str,
    reason: str,
    code: str,
) -> None:
    assert refusal_of(_order, cast, staff[number], kind, reason) == code


def test_who_may_order_and_carry_out(
    cast: Cast, staff: dict[str, int], accounts: dict[str, User]
) -> None:
    named: dict[str, Any] = {"at": AT, "staff_id": staff[NEW_ID], "kind": "open"}
    assert refusal_of(order_account, by=cast.administrator, **named) == "role"
    assert refusal_of(order_account, by=cast.stranger, **named) == "not_found"
    order = _order(cast, staff[NEW_ID], "open")
    assert refusal_of(_order, cast, staff[NEW_ID], "open") == "order_open"
    assert refusal_of(carry_out, by=cast.principal, at=AT, order_id=order) == "role"
    assert refusal_of(carry_out, by=cast.clerk, at=AT, order_id=order) == "role"
    outside = actor("QTV", unit="79267400098")
    assert refusal_of(carry_out, by=outside, at=AT, order_id=order) == "not_found"


def test_an_administrator_does_nothing_for_the_own_account(
    cast: Cast, staff: dict[str, int], accounts: dict[str, User]
) -> None:
    order = _order(cast, staff[ADMINISTRATOR_ID], "lock", "Nghỉ phép dài")
    own = actor("QTV", personal_id=ADMINISTRATOR_ID)
    assert refusal_of(carry_out, by=own, at=AT, order_id=order) == "role"
    carry_out(by=cast.principal, at=AT, order_id=order)
    assert not User.objects.get(pk=accounts[ADMINISTRATOR_ID].pk).is_active
    assert (
        refusal_of(
            carry_out, by=own, at=AT, order_id=_order(cast, staff[ADMINISTRATOR_ID], "unlock")
        )
        == "role"
    )


def test_a_taken_or_odd_user_name_is_refused(
    cast: Cast, staff: dict[str, int], accounts: dict[str, User]
) -> None:
    order = _order(cast, staff[NEW_ID], "open")
    named: dict[str, Any] = {"by": cast.administrator, "at": AT, "order_id": order}
    taken = accounts[MUSIC_ID].username
    assert refusal_of(carry_out, **named, username=taken) == "username_taken"
    for odd in ("ab", "Cô Mới", "a" * 41):
        assert refusal_of(carry_out, **named, username=odd) == "username"
    for by, code in ((cast.administrator, "role"), (cast.stranger, "not_found")):
        assert refusal_of(withdraw_order, by=by, at=AT, order_id=order) == code
    withdraw_order(by=cast.principal, at=AT, order_id=order)
    assert refusal_of(withdraw_order, by=cast.principal, at=AT, order_id=order) == "order_closed"
    assert refusal_of(carry_out, **named) == "order_closed"
    assert len(entries("withdraw_order")) == 1


def test_everybody_at_once(cast: Cast, staff: dict[str, int], accounts: dict[str, User]) -> None:
    assert order_for_everybody(by=cast.principal, at=AT) == len(staff) - len(accounts)
    assert order_for_everybody(by=cast.principal, at=AT) == 0
    assert refusal_of(order_for_everybody, by=cast.administrator, at=AT) == "role"


def test_roles_that_drifted_are_put_right_once(
    cast: Cast, staff: dict[str, int], accounts: dict[str, User]
) -> None:
    Membership.objects.filter(user=accounts[MUSIC_ID]).update(roles=["HIEU_TRUONG"])
    assign_role(
        by=cast.principal, at=AT, staff_id=staff[ADMINISTRATOR_ID], role="QTV", school_year=YEAR
    )
    assert synchronise_school(by=cast.principal, at=AT) == 1
    assert Membership.objects.get(user=accounts[MUSIC_ID]).roles == ["GVBM"]
    assert synchronise_school(by=cast.principal, at=AT) == 0
    assert refusal_of(synchronise_school, by=cast.administrator, at=AT) == "role"


def test_orders_reach_the_administrator_once(
    cast: Cast, staff: dict[str, int], accounts: dict[str, User]
) -> None:
    assign_role(
        by=cast.principal, at=AT, staff_id=staff[ADMINISTRATOR_ID], role="QTV", school_year=YEAR
    )
    _order(cast, staff[MUSIC_ID], "lock", "Mất máy")
    order_for_everybody(by=cast.principal, at=AT)
    rows = list(Notice.objects.order_by("pk"))
    assert [row.recipient for row in rows] == [ADMINISTRATOR_ID] * 2
    assert {row.url for row in rows} == {"/truong/tai-khoan/"}
    order_for_everybody(by=cast.principal, at=AT)
    assert Notice.objects.count() == 2
