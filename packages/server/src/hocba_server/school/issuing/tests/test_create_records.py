from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connections, transaction

from hocba.errors import Refused
from hocba.ids import parse_record_uuid
from hocba.record.codec import read_record
from hocba_server.school.assessments.services import set_subject_result
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.issuing.returning import return_records
from hocba_server.school.issuing.services import create_records, open_batch
from hocba_server.school.registry.models import School, StaffMember
from hocba_server.school.tests.cast import AT, MUSIC_ID, Cast
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry


def _open(cast: Cast, by: Actor, leader: int | None = None) -> int:
    return open_batch(
        by=by,
        at=AT,
        classroom_id=cast.classroom_id,
        signing_leader_id=leader or cast.head_staff_id,
        issued_on=dt.date(2026, 5, 29),
        issue_place="Thành phố Hồ Chí Minh",
    )


def _set_math(cast: Cast, level: str) -> None:
    set_subject_result(
        by=cast.homeroom,
        at=AT,
        enrolment_id=cast.enrolments[0],
        subject_code="01",
        level=level,
        test_score=3,
    )


def test_the_registrar_creates_one_readable_record_per_pupil(results: Cast, batch_id: int) -> None:
    assert create_records(by=results.registrar, at=AT, batch_id=batch_id) == 3
    for row in AnnualRecordDraft.objects.all():
        parse_record_uuid(row.record_uuid)
        record = read_record(bytes(row.document)).record
        assert record.record_uuid == row.record_uuid
        assert record.pupil.full_name == row.enrolment.pupil.full_name
        assert record.terms.signing_leader.full_name == "Lê Văn Hiệu Trưởng"
        assert row.pending_subjects == ["89"]


def test_an_incomplete_class_gets_no_records(results: Cast, batch_id: int) -> None:
    _set_math(results, "C")
    with pytest.raises(Refused) as refusal:
        create_records(by=results.registrar, at=AT, batch_id=batch_id)
    assert refusal.value.code == "findings"
    assert "Trần Văn Tí" in str(refusal.value)
    assert not AnnualRecordDraft.objects.exists()


def test_only_the_registrar_creates_and_only_once(results: Cast, batch_id: int) -> None:
    for by in (results.homeroom, results.principal, results.clerk, results.administrator):
        with pytest.raises(Refused) as refusal:
            create_records(by=by, at=AT, batch_id=batch_id)
        assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        create_records(by=results.stranger, at=AT, batch_id=batch_id)
    assert refusal.value.code == "not_found"
    create_records(by=results.registrar, at=AT, batch_id=batch_id)
    with pytest.raises(Refused) as refusal:
        create_records(by=results.registrar, at=AT, batch_id=batch_id)
    assert refusal.value.code == "records_exist"
    assert AuditEntry.objects.using("school").filter(action="create_records").count() == 1


def test_results_stand_still_once_records_exist(results: Cast, created: int) -> None:
    with pytest.raises(Refused) as refusal:
        _set_math(results, "H")
    assert refusal.value.code == "locked"


def test_whoever_is_next_returns_a_class_with_a_reason(results: Cast, created: int) -> None:
    for by, reason, code in (
        (results.principal, "sai tên", "role"),
        (results.administrator, "sai tên", "role"),
        (results.stranger, "sai tên", "not_found"),
        (results.homeroom, " ", "reason_missing"),
    ):
        with pytest.raises(Refused) as refusal:
            return_records(by=by, at=AT, batch_id=created, reason=reason)
        assert refusal.value.code == code
    assert return_records(by=results.homeroom, at=AT, batch_id=created, reason="sai tên") == 3
    _set_math(results, "H")
    assert not AnnualRecordDraft.objects.exists()


def test_only_the_principal_opens_and_only_with_an_assigned_leader(results: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        _open(results, results.registrar)
    assert refusal.value.code == "role"
    teacher = StaffMember.objects.get(personal_id=MUSIC_ID)
    with pytest.raises(Refused) as refusal:
        _open(results, results.principal, teacher.pk)
    assert refusal.value.code == "not_leader"


def test_a_paper_school_opens_nothing(results: Cast) -> None:
    School.objects.filter(pk=results.school_id).update(mode="paper")
    with pytest.raises(Refused) as refusal:
        _open(results, results.principal)
    assert refusal.value.code == "paper_school"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE school_issuing_annualrecorddraft SET document = 'x'",
        "UPDATE school_issuing_annualrecorddraft SET record_uuid = 'x'",
        "UPDATE school_issuing_annualrecorddraft SET state = 'leader_signed'",
        "UPDATE school_issuing_annualrecorddraft SET state = 'accepted'",
        "UPDATE school_issuing_annualrecorddraft SET issued_at = now()",
        "DELETE FROM school_issuing_annualrecorddraft",
    ],
)
def test_the_database_refuses_to_change_an_issued_record(issued: int, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="đã phát hành"),
        transaction.atomic(using="school"),
        connections["school"].cursor() as cursor,
    ):
        cursor.execute(statement)


def test_an_issued_class_cannot_be_returned(results: Cast, issued: int) -> None:
    with pytest.raises(Refused) as refusal:
        return_records(by=results.principal, at=AT, batch_id=issued, reason="sai")
    assert refusal.value.code == "wrong_state"
