from __future__ import annotations

from hocba_server.adapters.clock import SystemClock
from hocba_server.city.gateway.services import RECALL_JOB
from hocba_server.city.recalls.services import check_request
from hocba_server.config.jobs import city_jobs


@city_jobs.task(name=RECALL_JOB)
def check(package_id: int) -> None:
    """Check every record of one request to recall."""
    check_request(package_id, clock=SystemClock())
