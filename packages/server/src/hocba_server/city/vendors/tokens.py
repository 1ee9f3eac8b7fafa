"""Tokens: short-lived, of one account, kept as hashes (CV 2088 annex 3, service 3.1)."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, field

from django.conf import settings

from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.vendors.models import AccessToken, AccountTerms, TokenOrigin
from hocba_server.web.accounts.actor import Actor, platform_actor
from hocba_server.web.audit.services import record_event

PREFIX = "hbs_"
"""Tells our tokens from what other software writes into the field, and lets scanners find leaks."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """What the account gets, once."""

    token: str = field(repr=False)
    user_name: str
    unit_code: str
    expires_at: dt.datetime


def issue_token(*, account: GatewayAccount, origin: TokenOrigin, at: dt.datetime) -> IssuedToken:
    """Give an account a new token; earlier ones hold until they expire."""
    token = PREFIX + secrets.token_urlsafe(32)
    expires_at = at + dt.timedelta(minutes=settings.API_TOKEN_MINUTES)
    with city_transaction():
        AccessToken.objects.create(
            sha256=_digest(token),
            account=account,
            origin=origin,
            issued_at=at,
            expires_at=expires_at,
        )
        record_event(
            using=CITY_DATABASE,
            by=platform_actor("city"),
            at=at,
            action="issue_token",
            subject=f"account:{account.user_name}"[:120],
            detail={"unit": account.unit_code, "origin": origin.value},
        )
    return IssuedToken(token, account.user_name, account.unit_code, expires_at)


def account_of_token(token: str, at: dt.datetime) -> GatewayAccount | None:
    """The account of a token that holds at `at`; None when it is unknown, expired or revoked."""
    if not token.startswith(PREFIX):
        return None
    row = (
        AccessToken.objects.select_related("account")
        .filter(sha256=_digest(token), revoked_at__isnull=True, expires_at__gt=at)
        .first()
    )
    return row.account if row is not None and row.account.active else None


def is_ours(token: str) -> bool:
    """Does this look like a token that we gave out?"""
    return token.startswith(PREFIX)


def revoke_token(*, token: str, at: dt.datetime) -> bool:
    """End one token; answers whether it held until now. Its bearer may always do that."""
    with city_transaction():
        row = (
            AccessToken.objects.select_for_update(of=("self",))
            .select_related("account")
            .filter(sha256=_digest(token), revoked_at__isnull=True, expires_at__gt=at)
            .first()
        )
        if row is None:
            return False
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        record_event(
            using=CITY_DATABASE,
            by=platform_actor("city"),
            at=at,
            action="revoke_token",
            subject=f"account:{row.account.user_name}"[:120],
            detail={"unit": row.account.unit_code},
        )
    return True


def revoke_all_tokens(*, by: Actor, at: dt.datetime, account: GatewayAccount) -> int:
    """End every token of an account, e.g. when one leaked; answers how many held."""
    require(deny_role(by, CityRole.ADMINISTRATOR))
    with city_transaction():
        ended = AccessToken.objects.filter(
            account=account, revoked_at__isnull=True, expires_at__gt=at
        ).update(revoked_at=at)
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="revoke_all_tokens",
            subject=f"account:{account.user_name}"[:120],
            detail={"tokens": ended},
        )
    return ended


def token_required(account: GatewayAccount) -> bool:
    """Must this account send a token: its own terms, else the department's setting."""
    asked = (
        AccountTerms.objects.filter(account=account)
        .values_list("token_required", flat=True)
        .first()
    )
    return settings.API_TOKEN_REQUIRED if asked is None else asked


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
