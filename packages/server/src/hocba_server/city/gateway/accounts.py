"""Who may speak to the gateway for which unit."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.hashers import check_password, make_password

from hocba.packet.codes import ResponseCode
from hocba.packet.transactions import PackageRequest
from hocba_server.city.certificates.selectors import unit_by_code
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event


def open_account(
    *,
    by: Actor,
    at: dt.datetime,
    unit_code: str,
    user_name: str = "",
    password_sha256: str = "",
) -> int:
    """Open the account of a unit, or give it another password.

    `password_sha256` is what the unit's software sends (lower-case hex); only a slow hash of it is
    kept. Without one the signature of each package, made with the approved certificate, is the
    proof of the sender. `user_name` is the unit code when empty.
    """
    require(deny_role(by, CityRole.ADMINISTRATOR, CityRole.OFFICER))
    user_name = user_name or unit_code
    password = make_password(password_sha256) if password_sha256 else ""
    with city_transaction():
        row, created = GatewayAccount.objects.select_for_update().get_or_create(
            user_name=user_name,
            defaults={
                "unit_code": unit_code,
                "password": password,
                "opened_by": by.user_id,
                "opened_at": at,
            },
        )
        if not created:
            row.password = password
            row.save(update_fields=["password"])
        detail = {"unit": unit_code, "password": bool(password_sha256)}
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="open_gateway_account",
            subject=f"account:{user_name}",
            detail=detail,
        )
    return row.pk


def deny_sender(request: PackageRequest) -> ResponseCode | None:
    """Why this sender may not submit for this unit, or None."""
    account = GatewayAccount.objects.filter(user_name=request.user_name, active=True).first()
    if account is None:
        return ResponseCode.WRONG_ACCOUNT
    # An account with a password needs it; one without is proved by the package's own signature.
    if account.password and not check_password(request.password, account.password):
        return ResponseCode.WRONG_ACCOUNT
    if account.unit_code != request.unit_code or unit_by_code(request.unit_code) is None:
        return ResponseCode.WRONG_UNIT
    return None
