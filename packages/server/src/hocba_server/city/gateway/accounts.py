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
from hocba_server.city.vendors.tokens import account_of_token, is_ours, token_required
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


def deny_sender(
    request: PackageRequest, at: dt.datetime, known: GatewayAccount | None = None
) -> ResponseCode | None:
    """Why this sender may not submit for this unit at `at`, or None.

    `known` is the account that was proved already, by a signed request or as bearer of a token.
    """
    account = (
        known or GatewayAccount.objects.filter(user_name=request.user_name, active=True).first()
    )
    if account is None:
        return ResponseCode.WRONG_ACCOUNT
    denial = None if known is not None else _deny_proof(request, account, at)
    if denial is not None:
        return denial
    if account.unit_code != request.unit_code or unit_by_code(request.unit_code) is None:
        return ResponseCode.WRONG_UNIT
    return None


def _deny_proof(
    request: PackageRequest, account: GatewayAccount, at: dt.datetime
) -> ResponseCode | None:
    if is_ours(request.token):
        # A token proves its account by itself; what other software writes there is passed over.
        holder = account_of_token(request.token, at)
        if holder is None:
            return ResponseCode.SESSION_EXPIRED
        return None if holder.pk == account.pk else ResponseCode.WRONG_ACCOUNT
    if token_required(account):
        return ResponseCode.SESSION_EXPIRED
    # An account with a password needs it; one without is proved by the package's own signature.
    if account.password and not check_password(request.password, account.password):
        return ResponseCode.WRONG_ACCOUNT
    return None


def account_of_password(user_name: str, password_sha256: str) -> GatewayAccount | None:
    """The account of a user name and the SHA-256 of its password, for the token service.

    An account without password has nothing to show here: it signs its request instead.
    """
    account = GatewayAccount.objects.filter(user_name=user_name, active=True).first()
    if account is None or not account.password:
        make_password(password_sha256)  # takes as long as a check: names are not told by the clock
        return None
    return account if check_password(password_sha256, account.password) else None
