"""Background work: two queues in PostgreSQL, one per house.

A job deferred inside a transaction on a house's database becomes visible with its commit and is
gone with its rollback, because it is written through Django's own connection. A job whose worker
died is taken up again by another worker, and one whose database went away is tried again; so every
job must be safe to run twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from django.db import InterfaceError, OperationalError, close_old_connections
from procrastinate import App, BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.jobs import Job
from procrastinate.psycopg_connector import PsycopgConnector

from hocba_server.config.acting import PLATFORM, act_from_here
from hocba_server.config.houses import CITY, HOUSE_APPS, SCHOOL, is_there

HEARTBEAT_SECONDS: Final = 5
DEAD_AFTER_SECONDS: Final = 20
"""A worker that gave no sign of life for so long is dead, and its jobs are free again."""


def _app(house: str) -> App:
    modules = [f"{app}.tasks" for app in HOUSE_APPS[house] if is_there(f"{app}.tasks")]
    app: App = DjangoApp(connector=DjangoConnector(alias=house), import_paths=modules)
    return app


school_jobs: Final = _app(SCHOOL)
city_jobs: Final = _app(CITY)
LONGEST_PAUSE_SECONDS: Final = 60
JOBS: Final = {SCHOOL: school_jobs, CITY: city_jobs}


def run_worker(house: str, *, wait: bool = True, concurrency: int = 1) -> None:
    """Work on the jobs of one house: until stopped, or until none is left when `wait` is false."""
    asyncio.run(_work(house, wait=wait, concurrency=concurrency))


def _working_app(house: str) -> App:
    """The same tasks on a pool of the worker's own; jobs that a task defers still use Django."""
    source = JOBS[house]
    source.perform_import_paths()  # type: ignore[no-untyped-call] # the library has no types here
    connector = PsycopgConnector(kwargs=connector_params(house), min_size=1, max_size=4)
    app = App(connector=connector, worker_defaults=source.worker_defaults)
    app.tasks = source.tasks
    app.periodic_registry = source.periodic_registry
    for task in app.tasks.values():
        if not isinstance(task.retry_strategy, DatabaseAway):
            task.retry_strategy = DatabaseAway(task.retry_strategy)
    return app


class DatabaseAway(BaseRetryStrategy):
    """Try again when the database was away or broke a tie; else as the task itself says.

    A server that is started again, a cut line or a deadlock says nothing about the job. Without
    this, a package that was acknowledged could wait for ever (invariant 4).
    """

    def __init__(self, inner: BaseRetryStrategy | None) -> None:
        self.inner = inner

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again, or None."""
        if isinstance(exception, OperationalError | InterfaceError):
            pause = min(2 ** min(job.attempts, 10), LONGEST_PAUSE_SECONDS)
            return RetryDecision(retry_in={"seconds": pause})
        if self.inner is None:
            return None
        return self.inner.get_retry_decision(exception=exception, job=job)


def with_living_connections(work: Callable[[], Any], _context: object, _worker: object) -> Any:
    """Run a job on connections that were not broken before it, as Django does for a request."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()


async def _work(house: str, *, wait: bool, concurrency: int) -> None:
    # Here every job starts: tasks run in threads that inherit this scope (decision 0027).
    act_from_here(PLATFORM)
    app = _working_app(house)
    async with app.open_async():
        await _free_dead_jobs(app)
        watch = asyncio.create_task(_watch(app))
        try:
            await app.run_worker_async(
                name=f"hocba-{house}",
                wait=wait,
                concurrency=concurrency,
                listen_notify=wait,
                install_signal_handlers=wait,
                fetch_job_polling_interval=1.0,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                task_middleware=[with_living_connections],
            )
        finally:
            watch.cancel()


async def _watch(app: App) -> None:
    while True:
        await asyncio.sleep(DEAD_AFTER_SECONDS)
        await _free_dead_jobs(app)


async def _free_dead_jobs(app: App) -> None:
    dead = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS)
    for job in dead:
        await app.job_manager.retry_job(job)
