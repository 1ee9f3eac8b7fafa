"""The principal decides how a pupil with a disability is assessed (TT 27/2020 Điều 8)."""

from __future__ import annotations

from typing import Any

import pytest

from hocba_server.school.registry.attachments import Upload
from hocba_server.school.registry.models import Enrolment
from hocba_server.school.registry.special_services import (
    set_assessment_mode,
)
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


def test_no_decision_while_a_record_exists(
    results: Cast, mode: dict[str, Any], created: int
) -> None:
    assert refusal_of(set_assessment_mode, **mode) == "locked"


def test_only_the_principal_of_the_school_decides(cast: Cast, mode: dict[str, Any]) -> None:
    for by, code in (
        (cast.registrar, "role"),
        (cast.homeroom, "role"),
        (cast.administrator, "role"),
        (cast.stranger, "not_found"),
    ):
        assert refusal_of(set_assessment_mode, **{**mode, "by": by}) == code
    assert entries("decide_assessment_mode") == []
