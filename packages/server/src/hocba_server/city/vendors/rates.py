"""How often an account may ask. Counted in the database, so that every web process counts alike."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import connections

from hocba_server.city.database import CITY_DATABASE
from hocba_server.city.gateway.models import GatewayAccount
from hocba_server.city.vendors.models import AccountTerms

_COUNT = """
    INSERT INTO city_vendors_requestcount (account_id, minute, requests) VALUES (%s, %s, 1)
    ON CONFLICT (account_id, minute) DO UPDATE SET requests = city_vendors_requestcount.requests + 1
    RETURNING requests
"""


def limit_of(account: GatewayAccount) -> int:
    """Requests per minute: the account's own number, else the department's setting."""
    own = (
        AccountTerms.objects.filter(account=account)
        .values_list("requests_per_minute", flat=True)
        .first()
    )
    return settings.API_RATE if own is None else own


def seconds_to_wait(account: GatewayAccount, at: dt.datetime) -> int | None:
    """Count one request. None: it may pass; else the seconds until the next one may.

    A request that is refused is counted too, so that hammering does not help.
    """
    minute = at.replace(second=0, microsecond=0)
    with connections[CITY_DATABASE].cursor() as cursor:
        cursor.execute(_COUNT, [account.pk, minute])
        [count] = cursor.fetchone()
    if count <= limit_of(account):
        return None
    return max(1, 60 - int((at - minute).total_seconds()))
