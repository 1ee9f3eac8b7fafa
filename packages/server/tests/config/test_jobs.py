"""Jobs whose database goes away are tried again, on connections that live."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connections
from procrastinate import RetryStrategy
from procrastinate.jobs import Job

from hocba_server.config.jobs import DatabaseAway, with_living_connections


def job(attempts: int) -> Job:
    return Job(
        id=1,
        queue="default",
        lock=None,
        queueing_lock=None,
        task_name="a job",
        task_kwargs={},
        attempts=attempts,
    )


@pytest.mark.parametrize("fault", [OperationalError("gone"), InterfaceError("closed")])
@pytest.mark.parametrize(("attempts", "seconds"), [(0, 1), (3, 8), (6, 60), (5000, 60)])
def test_a_job_whose_database_is_away_waits_for_it(
    fault: Exception, attempts: int, seconds: int
) -> None:
    decision = DatabaseAway(None).get_retry_decision(exception=fault, job=job(attempts))
    assert decision is not None
    assert decision.retry_at is not None
    waits = (decision.retry_at - decision.retry_at.now(decision.retry_at.tzinfo)).total_seconds()
    assert seconds - 2 < waits <= seconds


def test_other_faults_are_for_the_task_to_judge() -> None:
    patient = RetryStrategy(max_attempts=2, wait=5, retry_exceptions=[OSError])
    kept = DatabaseAway(patient)
    assert kept.get_retry_decision(exception=OSError(), job=job(0)) is not None
    assert kept.get_retry_decision(exception=OSError(), job=job(2)) is None
    assert kept.get_retry_decision(exception=ValueError(), job=job(0)) is None
    assert DatabaseAway(None).get_retry_decision(exception=ValueError(), job=job(0)) is None


@pytest.mark.django_db(databases=["default", "city"])
def test_a_job_runs_after_its_connection_was_broken(own_connection: None) -> None:
    assert ask() == 1
    break_connection()
    with pytest.raises(OperationalError):
        ask()  # nobody told Django, so that the next one fails too
    assert with_living_connections(ask, None, None) == 1


@pytest.mark.django_db(databases=["default", "city"])
def test_a_connection_that_breaks_in_a_job_does_not_harm_the_next(own_connection: None) -> None:
    def broken() -> int:
        ask()
        break_connection()
        return ask()

    with pytest.raises(OperationalError):
        with_living_connections(broken, None, None)
    assert with_living_connections(ask, None, None) == 1


@pytest.fixture
def own_connection() -> Iterator[None]:
    """A connection outside the transaction of the test, as a worker has one."""
    of_test = connections["city"]
    connections["city"] = of_test.copy()
    yield
    connections["city"].close()
    connections["city"] = of_test


def ask() -> int:
    with connections["city"].cursor() as cursor:
        cursor.execute("SELECT 1")
        found: int = cursor.fetchone()[0]
        return found


def break_connection() -> None:
    """What Django's connection is to the server, another one ends."""
    own = connections["city"].connection
    with psycopg.connect(own.info.dsn, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [own.info.backend_pid])
