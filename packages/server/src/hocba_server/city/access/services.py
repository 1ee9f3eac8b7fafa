"""The administrator gives roles and ends them, by decision (QĐ 1789 Đ5.3, Đ28).

A role lives in two places: the grant in the city's database, which says by which decision, and the
account, which repeats the roles that hold. The grant is written first and the account inside the
same transaction: when the account fails nothing is granted; should the last commit fail after the
account was changed, giving or ending any role of that person sets the account right again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from hocba.errors import Refused, Sentence
from hocba.ids import parse_personal_id
from hocba.workflow.transitions import Denial
from hocba_server.city.access.models import RoleGrant
from hocba_server.city.access.selectors import running_grants, wards
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import READERS, CityRole, deny_role, require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.memberships import (
    Unit,
    join,
    lock_member,
    places_of,
    set_member_roles,
    unlock_member,
)
from hocba_server.web.accounts.roles import role as account_role
from hocba_server.web.audit.services import record_event


@dataclass(frozen=True, slots=True)
class Appointment:
    """What the administrator types."""

    full_name: str
    personal_id: str
    username: str
    role: str
    decision_number: str
    decision_date: dt.date | None
    ward_code: str = ""


def deny_giving(by: Actor, personal_id: str, role: CityRole) -> Denial | None:
    """Nobody gives a role to oneself, and who manages rights never reads results (Đ5.3c)."""
    if by.personal_id == personal_id and by.user_id:
        return Denial(
            "own_role",
            Sentence(
                "Không ai tự giao vai trò cho mình; nhờ quản trị viên khác.",
                "Nobody gives a role to oneself; ask another administrator.",
            ),
        )
    held = {row.role for row in running_grants().filter(personal_id=personal_id)}
    readers = {reader.value for reader in READERS}
    administrator = CityRole.ADMINISTRATOR.value
    if (role is CityRole.ADMINISTRATOR and held & readers) or (
        role in READERS and administrator in held
    ):
        return Denial(
            "administrator_reads_nothing",
            Sentence(
                "Quản trị hệ thống không được xem kết quả học tập, nên không kiêm vai trò này.",
                "The administrator never sees results, so the two roles exclude each other.",
            ),
        )
    return None


def give_role(*, by: Actor, at: dt.datetime, appointment: Appointment) -> int:
    """Give a role by decision; a person without account gets one. Answers the grant.

    Raises `Refused`: `role`, what `deny_giving` says, `field` (with `where`), `given_already`,
    `username_taken`; `Malformed` for the personal number.
    """
    require(deny_role(by, CityRole.ADMINISTRATOR))
    role = _role(appointment.role)
    decided = _check(appointment, at)
    personal_id = parse_personal_id(appointment.personal_id)
    require(deny_giving(by, personal_id, role))
    unit = _unit(by, role, appointment.ward_code)
    with city_transaction():
        held = running_grants().select_for_update().filter(personal_id=personal_id)
        if held.filter(role=role.value, unit_code=unit.code).exists():
            raise Refused(
                "given_already",
                f"{appointment.full_name} đang có vai trò này.",
                f"{appointment.full_name} has this role already.",
                where="role",
            )
        row = RoleGrant.objects.create(
            personal_id=personal_id,
            full_name=appointment.full_name,
            username=appointment.username,
            role=role.value,
            unit_code=unit.code,
            unit_name=unit.name,
            decision_number=appointment.decision_number,
            decision_date=decided,
            granted_by=by.user_id,
            granted_by_name=by.name,
            granted_at=at,
        )
        detail = {
            "role": role.value,
            "unit": unit.code,
            "decision": appointment.decision_number,
            "date": decided.isoformat(),
        }
        _audit(by, at, "give_role", row, detail)
        _settle(unit, row)
    return row.pk


def end_role(*, by: Actor, at: dt.datetime, grant_id: int, reason: str) -> None:
    """End a role; without any left the account is locked for that office. Raises `Refused`."""
    require(deny_role(by, CityRole.ADMINISTRATOR))
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise _wrong(
            "reason", "Cần ghi lý do hoặc số quyết định thu hồi.", "Say why, or by which decision."
        )
    with city_transaction():
        row = RoleGrant.objects.select_for_update().filter(pk=grant_id).first()
        if row is None or row.ended_at is not None:
            raise Refused("ended", "Vai trò này đã được thu hồi.", "This role has ended already.")
        if row.personal_id == by.personal_id:
            raise Refused(
                "own_role",
                "Không ai tự thu hồi vai trò của mình; nhờ quản trị viên khác.",
                "Nobody ends the own role; ask another administrator.",
            )
        row.ended_at, row.ended_by, row.ended_by_name = at, by.user_id, by.name
        row.end_reason = reason
        row.save(update_fields=["ended_at", "ended_by", "ended_by_name", "end_reason"])
        detail = {"role": row.role, "unit": row.unit_code, "reason": reason}
        _audit(by, at, "end_role", row, detail)
        _settle(Unit("city", row.unit_code, row.unit_name), row)


def _settle(unit: Unit, row: RoleGrant) -> None:
    """Let the account repeat the roles that hold in this office."""
    held = running_grants().filter(personal_id=row.personal_id, unit_code=unit.code)
    roles = sorted(held.values_list("role", flat=True))
    places = places_of(unit, row.personal_id)
    if not roles:
        lock_member(unit=unit, personal_id=row.personal_id)
    elif places:
        set_member_roles(unit=unit, personal_id=row.personal_id, roles=roles)
        unlock_member(unit=unit, personal_id=row.personal_id)
    else:
        join(
            unit=unit,
            username=row.username,
            full_name=row.full_name,
            personal_id=row.personal_id,
            title=_title(row.role),
            roles=roles,
        )


def _title(code: str) -> str:
    found = account_role(code)
    return str(found.name) if found else ""


def _unit(by: Actor, role: CityRole, ward_code: str) -> Unit:
    if role is not CityRole.WARD_OFFICER:
        return Unit("city", str(by.unit_code), "Sở Giáo dục và Đào tạo")
    name = dict(wards()).get(ward_code)
    if name is None:
        raise _wrong("ward", "Chọn phường, xã của cán bộ.", "Choose the officer's ward.")
    return Unit("city", ward_code, f"Uỷ ban nhân dân {name}")


def _role(code: str) -> CityRole:
    if code not in set(CityRole):
        raise _wrong("role", "Chọn một vai trò.", "Choose a role.")
    return CityRole(code)


def _check(appointment: Appointment, at: dt.datetime) -> dt.date:
    """The decision's date, when everything else is right, too."""
    if not 2 <= len(appointment.full_name) <= 120:
        raise _wrong("full_name", "Ghi họ và tên.", "Write the full name.")
    if not 3 <= len(appointment.username) <= 80 or " " in appointment.username:
        raise _wrong(
            "username",
            "Tên đăng nhập từ 3 ký tự, không có khoảng trắng.",
            "The user name has three characters or more and no space.",
        )
    if not 1 <= len(appointment.decision_number) <= 50:
        raise _wrong("decision_number", "Ghi số quyết định.", "Write the decision's number.")
    if appointment.decision_date is None or appointment.decision_date > timezone.localdate(at):
        raise _wrong(
            "decision_date",
            "Ngày quyết định viết như 01/06/2026 và không sau hôm nay.",
            "The decision's date is written like 01/06/2026 and not after today.",
        )
    return appointment.decision_date


def _wrong(where: str, vi: str, en: str) -> Refused:
    return Refused("field", vi, en, where=where)


def _audit(by: Actor, at: dt.datetime, action: str, row: RoleGrant, detail: dict[str, str]) -> None:
    record_event(
        using=CITY_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"person:{row.personal_id}",
        detail=detail,
    )
