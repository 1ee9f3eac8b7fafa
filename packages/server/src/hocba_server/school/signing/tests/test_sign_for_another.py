"""Actions: a substitute signs in her days; a leader signs for a teacher who has left (Đ14.7)."""

from __future__ import annotations

import datetime as dt

import pytest

from hocba.errors import Refused
from hocba.record.codec import read_record
from hocba.record.model import FormatProfile
from hocba.signature.xml_verify import verify_signatures
from hocba_certworld.local import LocalTimestamp
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.issuing.services import create_records
from hocba_server.school.registry.models import StaffAssignment, StaffMember, Substitution
from hocba_server.school.signing.running import run_session
from hocba_server.school.signing.services import start_session
from hocba_server.school.staffing.models import StaffDeparture
from hocba_server.school.tests.cast import (
    AT,
    HEAD_ID,
    HOMEROOM_ID,
    MUSIC_ID,
    Cast,
    FixedClock,
    TestKeys,
    WorldTrust,
    actor,
)
from hocba_server.web.accounts.actor import Actor


def music() -> StaffMember:
    return StaffMember.objects.get(personal_id=MUSIC_ID)


def leave(staff: StaffMember, day: dt.date) -> None:
    StaffDeparture.objects.create(
        staff=staff,
        left_on=day,
        reason="chuyển công tác",
        handover_note="đã bàn giao sổ",
        recorded_by=1,
        recorded_by_name="Người Thử",
        recorded_at=AT,
    )


def test_a_leader_signs_for_a_teacher_who_has_left_and_the_record_says_so(
    results: Cast, batch_id: int, keys: TestKeys, timestamps: LocalTimestamp, trust: WorldTrust
) -> None:
    leave(music(), AT.date())
    create_records(by=results.registrar, at=AT, batch_id=batch_id)
    head = actor("HIEU_TRUONG", personal_id=HEAD_ID)
    with pytest.raises(Refused) as refusal:
        start_session(by=results.music, at=AT, batch_id=batch_id, role="GVBM")
    assert refusal.value.code == "role"
    session = start_session(by=head, at=AT, batch_id=batch_id, role="GVBM")
    run_session(session, keys, timestamps, FixedClock(), trust)
    row = AnnualRecordDraft.objects.first()
    assert row is not None
    assert row.state == "subject_signed"
    record = read_record(bytes(row.document)).record
    [teacher] = [each.teacher for each in record.subjects if each.code == "89"]
    assert teacher is not None
    assert teacher.personal_id == HEAD_ID
    assert teacher.full_name == "Lê Văn Hiệu Trưởng (ký thay Võ Văn Nhạc đã nghỉ, Đ14.7)"
    [fact] = verify_signatures(bytes(row.document), FormatProfile.V2_2025)
    assert (fact.fault, fact.personal_id_tag) == (None, HEAD_ID)


def test_a_teacher_who_leaves_later_still_signs_herself(results: Cast, batch_id: int) -> None:
    leave(music(), AT.date() + dt.timedelta(days=1))
    create_records(by=results.registrar, at=AT, batch_id=batch_id)
    assert start_session(by=results.music, at=AT, batch_id=batch_id, role="GVBM")


@pytest.mark.parametrize(("first", "last", "signer"), [(-3, 3, HOMEROOM_ID), (1, 3, MUSIC_ID)])
def test_a_substitute_is_named_in_her_days_only(
    results: Cast, batch_id: int, first: int, last: int, signer: str
) -> None:
    day = AT.date()
    Substitution.objects.create(
        assignment=StaffAssignment.objects.get(staff=music(), subject_code="89"),
        staff=StaffMember.objects.get(personal_id=HOMEROOM_ID),
        first_day=day + dt.timedelta(days=first),
        last_day=day + dt.timedelta(days=last),
        reason="nghỉ ốm",
        assigned_by=1,
        assigned_at=AT,
    )
    create_records(by=results.registrar, at=AT, batch_id=batch_id)
    signers = AnnualRecordDraft.objects.values_list("subject_signers", flat=True)
    assert {row["89"] for row in signers} == {signer}


def test_a_leader_signs_for_nobody_who_is_still_there(results: Cast, created: int) -> None:
    head: Actor = actor("HIEU_TRUONG", "CBQL", personal_id=HEAD_ID)
    for role in ("GVBM", "GVCN"):
        with pytest.raises(Refused) as refusal:
            start_session(by=head, at=AT, batch_id=created, role=role)
        assert refusal.value.code == "role"
