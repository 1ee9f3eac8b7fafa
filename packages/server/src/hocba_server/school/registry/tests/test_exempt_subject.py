"""The principal frees a pupil from a subject, and takes it back."""

from __future__ import annotations

from typing import Any

import pytest

from hocba_server.school.registry.models import Classroom
from hocba_server.school.registry.special_services import (
    exempt_subject,
    withdraw_exemption,
)
from hocba_server.school.registry.taught import exempt_subjects
from hocba_server.school.registry.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, Cast


@pytest.fixture
def exemption(cast: Cast) -> dict[str, Any]:
    return {
        "by": cast.principal,
        "at": AT,
        "enrolment_id": cast.enrolments[0],
        "subject_code": "88",
        "reason": "Giấy của bệnh viện",
    }


def test_exempt_and_withdraw(cast: Cast, exemption: dict[str, Any]) -> None:
    room = Classroom.objects.get()
    made = exempt_subject(**exemption)
    assert exempt_subject(**exemption) == made
    assert exempt_subjects(room) == {cast.enrolments[0]: {"88"}}
    withdrawal: dict[str, Any] = {"by": cast.principal, "at": AT, "exemption_id": made}
    assert withdraw_exemption(**withdrawal) is True
    assert withdraw_exemption(**withdrawal) is False
    assert exempt_subjects(room) == {}
    assert exempt_subject(**exemption) != made
    assert len(entries("exempt_subject")) == 2
    [taken_back] = entries("withdraw_exemption")
    assert taken_back.detail == {"exemption": made, "subject": "88"}


def test_only_a_subject_that_the_class_learns(exemption: dict[str, Any]) -> None:
    code = refusal_of(exempt_subject, **{**exemption, "subject_code": "13"})
    assert code == "not_taught"


def test_nothing_while_a_record_exists(
    results: Cast, exemption: dict[str, Any], created: int
) -> None:
    assert refusal_of(exempt_subject, **exemption) == "locked"


def test_only_the_principal_of_the_school_exempts(cast: Cast, exemption: dict[str, Any]) -> None:
    made = exempt_subject(**exemption)
    for by, code in (
        (cast.registrar, "role"),
        (cast.homeroom, "role"),
        (cast.administrator, "role"),
        (cast.stranger, "not_found"),
    ):
        assert refusal_of(exempt_subject, **{**exemption, "by": by}) == code
        withdrawal: dict[str, Any] = {"by": by, "at": AT, "exemption_id": made}
        assert refusal_of(withdraw_exemption, **withdrawal) == code
