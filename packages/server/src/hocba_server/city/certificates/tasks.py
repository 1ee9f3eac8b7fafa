from __future__ import annotations

from hocba_server.adapters.clock import SystemClock
from hocba_server.city.certificates.reminders import send_reminders
from hocba_server.config.jobs import city_jobs

REMIND_JOB = "city.certificates.remind"


@city_jobs.periodic(cron="5 0 * * *")  # 07:05 in Viet Nam
@city_jobs.task(name=REMIND_JOB, queueing_lock=REMIND_JOB)
def remind(timestamp: int) -> None:
    """Remind units of certificates that end soon."""
    del timestamp  # whenever the job comes to run, what is due is due
    send_reminders(at=SystemClock().now())
