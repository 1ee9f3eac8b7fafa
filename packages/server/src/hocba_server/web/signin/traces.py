"""Who signed in, and whose keys changed, in the audit of the person's house."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from hocba_server.config.acting import Kind, Scope, acting
from hocba_server.web.accounts.actor import Actor, actor_of_user
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.services import record_event


def note(
    user: User,
    action: str,
    *,
    at: dt.datetime,
    by: Actor | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write an audit entry about an account; `by` is the person herself unless told otherwise.

    Nothing of a key or a code goes into it.
    """
    if user.house not in settings.HOUSES:
        return
    with acting(Scope(Kind.UNITS, unit=user.unit_code)):
        record_event(
            using=user.house,
            by=by or actor_of_user(user),
            at=at,
            action=action,
            subject=f"account:{user.username}",
            detail=detail,
        )
