"""A teacher of the same school who teaches another class sees and changes nothing of this one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from hocba_server.school.tests.addresses import Behind, behind, every_address, existing
from hocba_server.school.tests.cast import NAMES, Cast, actor
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.models import AuditEntry

COLLEAGUE = actor("GVCN", "GVBM", personal_id="000190000077")
RESULTS_OF_CLASS = (*NAMES, "Tốt lắm.", "Em học tốt.", "Tự giác.", "00031900000")


def _writes() -> int:
    return AuditEntry.objects.using("school").filter(kind=AuditEntry.Kind.WRITE).count()


def _readable(answer: Any) -> bool:
    """Text, in which names would be found; a file would hide them."""
    kind: str = answer.headers.get("Content-Type", "")
    return answer.status_code >= 400 or kind.startswith(("text/html", "application/json"))


def test_a_colleague_of_another_class_sees_no_results(
    cast: Cast, issued: int, subtests: pytest.Subtests
) -> None:
    user = User.objects.create(
        username="dong-nghiep",
        full_name=COLLEAGUE.name,
        personal_id=COLLEAGUE.personal_id,
        house=COLLEAGUE.house,
        unit_code=COLLEAGUE.unit_code,
        roles=list(COLLEAGUE.roles),
    )
    client = Client(raise_request_exception=False)
    client.force_login(user)
    for address in every_address():
        for method in ("get", "post"):
            with transaction.atomic(using="default"), transaction.atomic(using="school"):
                url = reverse(address.name, kwargs=existing(address))
                before = _writes()
                answer = getattr(client, method)(url, follow=True)
                shown = answer.getvalue().decode("utf-8", "replace")
                written = _writes() - before
                transaction.set_rollback(True, using="default")
                transaction.set_rollback(True, using="school")
            with subtests.test(f"{method} {address.name}"):
                assert answer.status_code < 500
                assert [text for text in RESULTS_OF_CLASS if text in shown] == []
                if behind(address.name) is Behind.RESULTS:
                    assert written == 0
                    assert _readable(answer) or address.namespace == "school_phrases"
