"""Fixtures of the notices: people of the cast at their pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from hocba_server.school.notices.services import MAIL_JOB

Jobs = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def jobs() -> Jobs:
    """What was deferred to the job that sends mails, oldest first."""

    def deferred() -> list[dict[str, Any]]:
        with connections["school"].cursor() as cursor:
            cursor.execute(
                "SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [MAIL_JOB]
            )
            found = [row[0] for row in cursor.fetchall()]
        return [json.loads(each) if isinstance(each, str) else each for each in found]

    return deferred
