from __future__ import annotations

import datetime as dt

from hocba_server.adapters.clock import SystemClock
from hocba_server.city.sandbox.models import SandboxPackage
from hocba_server.config.jobs import city_jobs

KEPT = dt.timedelta(days=30)
"""How long the answers of the sandbox stay."""


@city_jobs.periodic(cron="40 1 * * *")
@city_jobs.task(name="city.sandbox.sweep", queueing_lock="city.sandbox.sweep")
def sweep(timestamp: int) -> None:
    """Forget old packages of the sandbox."""
    del timestamp  # Procrastinate's; the clock decides
    SandboxPackage.objects.filter(received_at__lt=SystemClock().now() - KEPT).delete()
