"""Jobs of reporting: find and sign every minute, send, ask, register, compare."""

from __future__ import annotations

from typing import Any

from procrastinate import RetryStrategy

from hocba_server.adapters.clock import SystemClock
from hocba_server.city.upstream.dispatch import SEND_JOB
from hocba_server.city.upstream.reconciliation import reconcile
from hocba_server.city.upstream.registration import (
    AWAIT_JOB,
    REGISTER_JOB,
    await_approval,
    send_registration,
)
from hocba_server.city.upstream.sending import ASK_JOB, WORK_JOB, ask_message, send_message
from hocba_server.city.upstream.services import RECONCILE_JOB, work
from hocba_server.config.jobs import city_jobs
from hocba_server.web.accounts.actor import Actor

PATIENCE = RetryStrategy(max_attempts=2000, linear_wait=2)
"""A store that is away or has not decided is asked again after 2, 4, 6 … seconds: soon at first,
hourly at the end, for six weeks in all. The number of the message stays the same."""
MINUTE_JOB = "city.upstream.each_minute"


@city_jobs.periodic(cron="* * * * *")
@city_jobs.task(name=MINUTE_JOB, queueing_lock=MINUTE_JOB, lock=WORK_JOB)
def each_minute(timestamp: int) -> None:
    """Report what is new."""
    del timestamp  # what is new now is reported, whenever the job comes to run
    _work(None)


@city_jobs.task(name=WORK_JOB, lock=WORK_JOB)
def start_work(actor: dict[str, Any] | None) -> None:
    """Report what waits, in the name of whoever asked."""
    _work(Actor.from_json(actor) if actor else None)


def _work(by: Actor | None) -> None:
    if work(clock=SystemClock(), by=by):
        city_jobs.configure_task(WORK_JOB).defer(actor=by.to_json() if by else None)


@city_jobs.task(name=SEND_JOB, retry=PATIENCE)
def send(message_id: int) -> None:
    """Send one message of the outbox."""
    send_message(message_id, clock=SystemClock())


@city_jobs.task(name=ASK_JOB, retry=PATIENCE)
def ask(message_id: int) -> None:
    """Ask for the decisions on one message until all are there."""
    ask_message(message_id, clock=SystemClock())


@city_jobs.task(name=REGISTER_JOB, retry=PATIENCE)
def register(registration_id: int) -> None:
    """Declare the department's certificate."""
    send_registration(registration_id, clock=SystemClock())


@city_jobs.task(name=AWAIT_JOB, retry=PATIENCE)
def await_decision(registration_id: int) -> None:
    """Ask until the Ministry has decided on the certificate."""
    await_approval(registration_id, clock=SystemClock())


@city_jobs.task(name=RECONCILE_JOB)
def compare(reconciliation_id: int) -> None:
    """Compare store and repository for one year."""
    reconcile(reconciliation_id, clock=SystemClock())
