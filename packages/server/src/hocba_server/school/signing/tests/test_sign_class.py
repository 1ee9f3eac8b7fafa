from __future__ import annotations

import datetime as dt

import pytest

from hocba.errors import Refused, Unavailable
from hocba.record.model import FormatProfile
from hocba.signature.xml_verify import verify_signatures
from hocba_certworld.local import LocalTimestamp
from hocba_server.school.conftest import Sign
from hocba_server.school.issuing.models import AnnualRecordDraft, SignatureStamp
from hocba_server.school.signing.models import SigningSession
from hocba_server.school.signing.running import run_session
from hocba_server.school.signing.selectors import session_progress
from hocba_server.school.signing.services import start_session
from hocba_server.school.tests.cast import AT, Cast, FixedClock, TestKeys, WorldTrust, actor
from hocba_server.web.audit.models import AuditEntry


def _states() -> set[str]:
    return set(AnnualRecordDraft.objects.values_list("state", flat=True))


def test_everybody_signs_in_order_until_the_class_is_issued(results: Cast, sign: Sign) -> None:
    for by, role, state in (
        (results.music, "GVBM", "subject_signed"),
        (results.homeroom, "GVCN", "homeroom_signed"),
        (results.principal, "CBQL", "leader_signed"),
        (results.clerk, "KY_PHAT_HANH", "issued"),
    ):
        progress = session_progress(sign(by, role))
        assert (progress.state, progress.done, progress.failed, progress.total) == ("done", 3, 0, 3)
        assert _states() == {state}
    row = AnnualRecordDraft.objects.first()
    assert row is not None
    facts = verify_signatures(bytes(row.document), FormatProfile.V2_2025)
    assert [fact.slot.role.value for fact in facts] == ["GVBM", "GVCN", "CBQL", "KY_PHAT_HANH"]
    assert all(fact.integrity is None or fact.integrity == "ok" for fact in facts)
    assert facts[-1].timestamp is not None
    assert row.issued_at == AT
    assert SignatureStamp.objects.count() == 12


def test_nobody_signs_out_of_order(results: Cast, created: int) -> None:
    for by, role in (
        (results.homeroom, "GVCN"),
        (results.principal, "CBQL"),
        (results.clerk, "KY_PHAT_HANH"),
    ):
        with pytest.raises(Refused) as refusal:
            start_session(by=by, at=AT, batch_id=created, role=role)
        assert refusal.value.code == "too_early"


def test_nobody_signs_for_another_person(results: Cast, created: int) -> None:
    for by, role in (
        (results.clerk, "GVBM"),
        (results.music, "GVCN"),
        (results.homeroom, "CBQL"),
        (results.principal, "KY_PHAT_HANH"),
        (actor("CBQL", personal_id="000080000077"), "CBQL"),
        (results.administrator, "GVCN"),
    ):
        with pytest.raises(Refused) as refusal:
            start_session(by=by, at=AT, batch_id=created, role=role)
        assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        start_session(by=results.stranger, at=AT, batch_id=created, role="GVBM")
    assert refusal.value.code == "not_found"


def test_signing_twice_is_refused_and_audited_once(results: Cast, created: int, sign: Sign) -> None:
    sign(results.music, "GVBM")
    with pytest.raises(Refused) as refusal:
        sign(results.music, "GVBM")
    assert refusal.value.code == "nothing_waits"
    entries = AuditEntry.objects.using("school")
    assert entries.filter(action="start_signing").count() == 1
    assert entries.filter(action="finish_signing").count() == 1


def test_one_session_at_a_time(results: Cast, created: int) -> None:
    start_session(by=results.music, at=AT, batch_id=created, role="GVBM")
    with pytest.raises(Refused) as refusal:
        start_session(by=results.music, at=AT, batch_id=created, role="GVBM")
    assert refusal.value.code == "session_open"


def test_running_a_finished_session_again_does_nothing(
    results: Cast, sign: Sign, keys: TestKeys, timestamps: LocalTimestamp, trust: WorldTrust
) -> None:
    session_id = sign(results.music, "GVBM")
    before = [bytes(row.document) for row in AnnualRecordDraft.objects.order_by("pk")]
    run_session(session_id, keys, timestamps, FixedClock(), trust)
    assert [bytes(row.document) for row in AnnualRecordDraft.objects.order_by("pk")] == before


class _LateClock:
    def now(self) -> dt.datetime:
        return dt.datetime(2099, 1, 1, tzinfo=dt.UTC)


def test_an_expired_certificate_signs_nothing(
    results: Cast, created: int, keys: TestKeys, timestamps: LocalTimestamp, trust: WorldTrust
) -> None:
    session_id = start_session(by=results.music, at=AT, batch_id=created, role="GVBM")
    run_session(session_id, keys, timestamps, _LateClock(), trust)
    progress = session_progress(session_id)
    assert (progress.state, progress.done) == ("failed", 0)
    assert progress.problem is not None
    assert "không còn hiệu lực" in progress.problem.vi
    assert "valid" in progress.problem.en
    assert _states() == {"checked"}


class _BorrowedKeys:
    def __init__(self, keys: TestKeys, owner: str) -> None:
        self._keys, self._owner = keys, owner

    def key_for(self, _personal_id: str) -> object:
        return self._keys.key_for(self._owner)

    def organisation_key(self, unit_code: str) -> object:
        return self._keys.organisation_key(unit_code)


def test_a_borrowed_certificate_signs_nothing(
    results: Cast, created: int, keys: TestKeys, timestamps: LocalTimestamp, trust: WorldTrust
) -> None:
    session_id = start_session(by=results.music, at=AT, batch_id=created, role="GVBM")
    borrowed = _BorrowedKeys(keys, results.homeroom.personal_id or "")
    run_session(session_id, borrowed, timestamps, FixedClock(), trust)  # type: ignore[arg-type]
    assert "không phải của người ký" in str(session_progress(session_id).problem)


class _DeadTimestamp:
    def timestamp(self, _digest: bytes) -> bytes:
        raise Unavailable("tsa", "Không gọi được dịch vụ dấu thời gian.", "No time-stamp service.")


def test_without_a_timestamp_nothing_is_issued_and_a_retry_goes_on(
    results: Cast, created: int, sign: Sign, keys: TestKeys, trust: WorldTrust
) -> None:
    sign(results.music, "GVBM")
    sign(results.homeroom, "GVCN")
    sign(results.principal, "CBQL")
    session_id = start_session(by=results.clerk, at=AT, batch_id=created, role="KY_PHAT_HANH")
    run_session(session_id, keys, _DeadTimestamp(), FixedClock(), trust)
    progress = session_progress(session_id)
    assert (progress.state, progress.done) == ("failed", 0)
    assert _states() == {"leader_signed"}
    assert session_progress(sign(results.clerk, "KY_PHAT_HANH")).done == 3


def test_a_broken_record_does_not_hold_up_the_others(
    results: Cast, created: int, sign: Sign
) -> None:
    broken = AnnualRecordDraft.objects.order_by("pk")[1]
    AnnualRecordDraft.objects.filter(pk=broken.pk).update(document=b"<broken")
    progress = session_progress(sign(results.music, "GVBM"))
    assert (progress.done, progress.failed) == (2, 1)
    assert [fault.record_uuid for fault in progress.faults] == [broken.record_uuid]
    assert SigningSession.objects.get().state == "failed"
