"""What several tests of the staffing room share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hocba.errors import HocBaError
from hocba_server.web.audit.models import AuditEntry


def refusal_of(work: Callable[..., object], /, *args: object, **named: object) -> str:
    """The code with which the work is refused."""
    with pytest.raises(HocBaError) as refusal:
        work(*args, **named)
    return refusal.value.code


def entries(action: str) -> list[AuditEntry]:
    """The audit rows of an action, oldest first."""
    return list(AuditEntry.objects.using("school").filter(action=action).order_by("pk"))
