from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from hocba.rendition.attachments import extract_attachments
from hocba.rendition.seal import read_seal
from hocba.trust.identity import signer_personal_id
from hocba_certworld.local import LocalTimestamp
from hocba_server.school.registry.models import School
from hocba_server.school.staffing.assignment_services import assign_class
from hocba_server.school.staffing.decision_lines import coverage_of
from hocba_server.school.staffing.decision_services import (
    DecisionWish,
    decision_by_id,
    shown_digest,
    sign_decision,
)
from hocba_server.school.staffing.models import AssignmentDecision
from hocba_server.school.staffing.tests.conftest import NEW_ID
from hocba_server.school.staffing.tests.refusals import entries, refusal_of
from hocba_server.school.tests.cast import (
    AT,
    HEAD_ID,
    HOMEROOM_ID,
    YEAR,
    Cast,
    TestKeys,
    WorldTrust,
)


@pytest.fixture
def named(
    cast: Cast, keys: TestKeys, timestamps: LocalTimestamp, trust: WorldTrust
) -> dict[str, Any]:
    """The arguments of a good signature."""
    return {
        "by": cast.principal,
        "at": AT,
        "school_id": cast.school_id,
        "wish": _wish(cast, 5),
        "key": keys.key_for(HEAD_ID),
        "timestamp": timestamps,
        "trust": trust,
    }


def _wish(cast: Cast, number: int) -> DecisionWish:
    school = School.objects.get(pk=cast.school_id)
    return DecisionWish(YEAR, number, shown_digest(coverage_of(school, YEAR)))


def test_the_head_signs_the_year(cast: Cast, named: dict[str, Any]) -> None:
    row = AssignmentDecision.objects.get(pk=sign_decision(**named))
    pdf = bytes(row.content)
    fact = read_seal(pdf)
    assert fact.fault is None
    assert fact.covers_whole_file
    assert signer_personal_id(fact.certificate) == HEAD_ID
    data = json.loads(extract_attachments(pdf)["phan-cong.json"])
    assert extract_attachments(pdf)["phan-cong.json"] == bytes(row.data)
    assert data["number"] == row.sign == "05/QĐ-THT"
    assert {line["role"] for line in data["added"]} == {"GVCN", "GVBM", "HIEU_TRUONG"}
    assert coverage_of(row.school, YEAR).complete
    assert entries("sign_assignment_decision")[0].detail["sha256"] == row.sha256


def test_later_changes_need_a_supplement(
    cast: Cast, staff: dict[str, int], named: dict[str, Any]
) -> None:
    named["wish"] = _wish(cast, 5)
    sign_decision(**named)
    assign_class(
        by=cast.principal,
        at=AT,
        classroom_id=cast.classroom_id,
        chosen={"89": staff[NEW_ID]},
    )
    waiting = coverage_of(School.objects.get(pk=cast.school_id), YEAR)
    assert [line.duty for line in waiting.added] == ["Dạy Nghệ thuật (Âm nhạc) lớp 1A1"]
    assert len(waiting.removed) == 1
    second = AssignmentDecision.objects.get(pk=sign_decision(**{**named, "wish": _wish(cast, 6)}))
    assert second.kind == "supplement"
    assert len(second.added) == len(second.removed) == 1
    assert json.loads(bytes(second.data))["amends"] == "05/QĐ-THT"
    assert coverage_of(second.school, YEAR).complete


def test_twice_and_a_used_number_are_refused(
    cast: Cast, staff: dict[str, int], named: dict[str, Any]
) -> None:
    sign_decision(**named)
    assert refusal_of(sign_decision, **{**named, "wish": _wish(cast, 6)}) == "decision_empty"
    chosen = {"89": staff[NEW_ID]}
    assign_class(by=cast.principal, at=AT, classroom_id=cast.classroom_id, chosen=chosen)
    assert refusal_of(sign_decision, **{**named, "wish": _wish(cast, 5)}) == "decision_number"
    stale = replace(_wish(cast, 7), seen="")
    assert refusal_of(sign_decision, **{**named, "wish": stale}) == "decision_changed"
    assert AssignmentDecision.objects.count() == 1


def test_only_the_head_with_the_own_key(cast: Cast, keys: TestKeys, named: dict[str, Any]) -> None:
    for other in (cast.administrator, cast.clerk, cast.homeroom):
        assert refusal_of(sign_decision, **{**named, "by": other}) == "role"
    assert refusal_of(sign_decision, **{**named, "by": cast.stranger}) == "not_found"
    foreign = {**named, "key": keys.key_for(HOMEROOM_ID)}
    assert refusal_of(sign_decision, **foreign) == "foreign_certificate"
    assert not AssignmentDecision.objects.exists()


def test_the_database_keeps_what_was_signed(cast: Cast, named: dict[str, Any]) -> None:
    row_id = sign_decision(**named)
    rows = AssignmentDecision.objects.filter(pk=row_id)
    for change in (lambda: rows.update(sign="x"), rows.delete):
        with pytest.raises(IntegrityError), transaction.atomic(using="school"):
            change()
    assert refusal_of(decision_by_id, cast.stranger, row_id) == "not_found"
    assert refusal_of(decision_by_id, cast.music, row_id) == "role"
