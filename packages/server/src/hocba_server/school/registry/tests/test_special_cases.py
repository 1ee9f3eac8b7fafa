from __future__ import annotations

from typing import Any

import pytest

from hocba_server.school.registry.attachments import Upload
from hocba_server.school.registry.models import Classroom, Enrolment
from hocba_server.school.registry.special_services import (
    exempt_subject,
    set_assessment_mode,
    withdraw_exemption,
)
from hocba_server.school.registry.taught import exempt_subjects
from hocba_server.school.registry.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import AT, Cast


@pytest.fixture
def mode(cast: Cast, pdf: Upload) -> dict[str, Any]:
    return {
        "by": cast.principal,
        "at": AT,
        "enrolment_id": cast.enrolments[0],
        "mode": "adjusted",
        "reason": "Kế hoạch giáo dục cá nhân",
        "plan": pdf,
    }


@pytest.fixture
def exemption(cast: Cast) -> dict[str, Any]:
    return {
        "by": cast.principal,
        "at": AT,
        "enrolment_id": cast.enrolments[0],
        "subject_code": "88",
        "reason": "Giấy của bệnh viện",
    }


def test_the_principal_decides_and_the_trail_names_no_content(
    cast: Cast, mode: dict[str, Any]
) -> None:
    assert set_assessment_mode(**mode) is True
    row = Enrolment.objects.get(pk=cast.enrolments[0])
    assert row.assessment_mode == "adjusted"
    [entry] = entries("decide_assessment_mode")
    assert set(entry.detail) == {"decision"}
    assert set_assessment_mode(**{**mode, "plan": None}) is False
    assert set_assessment_mode(**{**mode, "mode": "as_others", "plan": None}) is True


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"plan": None}, "plan_missing"),
        ({"reason": " "}, "reason_missing"),
        ({"mode": "other"}, "mode"),
        ({"plan": Upload("a.pdf", b"no")}, "file_type"),
    ],
)
def test_refused_decisions(mode: dict[str, Any], change: dict[str, Any], code: str) -> None:
    assert refusal_of(set_assessment_mode, **{**mode, **change}) == code


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
    results: Cast, exemption: dict[str, Any], mode: dict[str, Any], created: int
) -> None:
    assert refusal_of(exempt_subject, **exemption) == "locked"
    assert refusal_of(set_assessment_mode, **mode) == "locked"


def test_who_may(cast: Cast, exemption: dict[str, Any], mode: dict[str, Any]) -> None:
    made = exempt_subject(**exemption)
    stranger = cast.stranger
    for by, code in ((cast.registrar, "role"), (cast.homeroom, "role"), (stranger, "not_found")):
        assert refusal_of(exempt_subject, **{**exemption, "by": by}) == code
        assert refusal_of(set_assessment_mode, **{**mode, "by": by}) == code
        withdrawal: dict[str, Any] = {"by": by, "at": AT, "exemption_id": made}
        assert refusal_of(withdraw_exemption, **withdrawal) == code
