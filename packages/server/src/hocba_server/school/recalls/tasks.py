from __future__ import annotations

from hocba_server.adapters.clock import SystemClock
from hocba_server.config.jobs import school_jobs
from hocba_server.school.recalls.services import POLL_JOB, SEND_JOB, poll_request, send_request
from hocba_server.school.submission.tasks import PATIENCE


@school_jobs.task(name=SEND_JOB, retry=PATIENCE)
def send(request_id: int) -> None:
    """Send one request of the outbox."""
    send_request(request_id, clock=SystemClock())


@school_jobs.task(name=POLL_JOB, retry=PATIENCE)
def poll(request_id: int) -> None:
    """Ask for the decisions until every record of the request has one."""
    poll_request(request_id, clock=SystemClock())
