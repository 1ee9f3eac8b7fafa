from __future__ import annotations

import datetime as dt

from hocba_server.adapters.clock import SystemClock
from hocba_server.city.vendors.models import AccessToken, RequestCount, SeenNonce
from hocba_server.config.jobs import city_jobs

_KEPT = dt.timedelta(days=1)
"""Expired tokens and counts stay a day, for whoever asks why a request was refused."""


@city_jobs.periodic(cron="*/10 * * * *")
@city_jobs.task(name="city.vendors.sweep", queueing_lock="city.vendors.sweep")
def sweep(timestamp: int) -> None:
    """Forget nonces that expired, and old tokens and counts."""
    del timestamp  # Procrastinate's; the clock decides
    sweep_before(SystemClock().now())


def sweep_before(now: dt.datetime) -> None:
    """What the job does."""
    SeenNonce.objects.filter(expires_at__lt=now).delete()
    AccessToken.objects.filter(expires_at__lt=now - _KEPT).delete()
    RequestCount.objects.filter(minute__lt=now - _KEPT).delete()
