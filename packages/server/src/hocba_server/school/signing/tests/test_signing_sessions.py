"""Actions: sign a grade or the school at once; stop, go on, give up."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError

from hocba.errors import Refused
from hocba_certworld.local import LocalTimestamp
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.registry.models import Enrolment
from hocba_server.school.registry.services import import_class_list
from hocba_server.school.signing import running
from hocba_server.school.signing.desk import signing_desk
from hocba_server.school.signing.models import SigningItem, SigningSession
from hocba_server.school.signing.running import run_session
from hocba_server.school.signing.scopes import SigningScope
from hocba_server.school.signing.selectors import session_progress
from hocba_server.school.signing.services import (
    close_session,
    resume_session,
    start_session,
    stop_session,
)
from hocba_server.school.tests.cast import (
    AT,
    YEAR,
    Cast,
    FixedClock,
    TestKeys,
    WorldTrust,
    actor,
    class_list_row,
)
from hocba_server.web.audit.models import AuditEntry


def start(cast: Cast, **scope: object) -> int:
    wanted = SigningScope(school_year=YEAR, **scope)  # type: ignore[arg-type]
    return start_session(by=cast.music, at=AT, role="GVBM", scope=wanted)


def test_one_action_signs_everything_that_waits_in_the_school(
    results: Cast, created: int, keys: TestKeys, timestamps: LocalTimestamp, trust: WorldTrust
) -> None:
    [line] = signing_desk(results.music)
    assert (line.role.value, line.total) == ("GVBM", 3)
    session_id = start(results)
    run_session(session_id, keys, timestamps, FixedClock(), trust)
    progress = session_progress(session_id)
    assert (progress.state, progress.done, progress.scope.vi) == ("done", 3, "Lớp 1A1")
    assert signing_desk(results.music) == []


def test_a_scope_without_anything_says_why(results: Cast, created: int) -> None:
    with pytest.raises(Refused) as refusal:
        start(results, grade=5)
    assert refusal.value.code == "nothing_waits"
    with pytest.raises(Refused) as refusal:
        start_session(by=results.homeroom, at=AT, role="GVCN", scope=SigningScope())
    assert refusal.value.code == "too_early"
    with pytest.raises(Refused):
        start_session(by=results.stranger, at=AT, role="GVBM", scope=SigningScope())
    assert not SigningSession.objects.exists()


def test_stop_and_go_on_loses_and_repeats_nothing(
    results: Cast,
    created: int,
    keys: TestKeys,
    timestamps: LocalTimestamp,
    trust: WorldTrust,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "CHUNK", 1)
    session_id = start(results)

    class StopsAfterTheFirst(FixedClock):
        calls = 0

        def now(self):  # type: ignore[no-untyped-def]
            self.calls += 1
            if self.calls == 2:
                stop_session(by=results.music, at=AT, session_id=session_id)
            return AT

    run_session(session_id, keys, timestamps, StopsAfterTheFirst(), trust)
    progress = session_progress(session_id)
    assert (progress.state, progress.done) == ("stopped", 1)
    run_session(session_id, keys, timestamps, FixedClock(), trust)
    assert session_progress(session_id).done == 1
    resume_session(by=results.music, at=AT, session_id=session_id)
    run_session(session_id, keys, timestamps, FixedClock(), trust)
    progress = session_progress(session_id)
    assert (progress.state, progress.done, progress.failed) == ("done", 3, 0)
    assert set(AnnualRecordDraft.objects.values_list("state", flat=True)) == {"subject_signed"}
    actions = AuditEntry.objects.using("school").values_list("action", flat=True)
    assert {"start_signing", "stop_signing", "resume_signing", "finish_signing"} <= set(actions)


def test_a_session_given_up_frees_its_records(results: Cast, created: int) -> None:
    session_id = start(results)
    with pytest.raises(Refused) as refusal:
        start(results)
    assert refusal.value.code == "session_open"
    stop_session(by=results.music, at=AT, session_id=session_id)
    close_session(by=results.music, at=AT, session_id=session_id)
    assert set(SigningItem.objects.values_list("state", flat=True)) == {"left"}
    assert start(results) != session_id


def test_given_up_between_two_chunks_the_job_writes_no_second_end(
    results: Cast,
    created: int,
    keys: TestKeys,
    timestamps: LocalTimestamp,
    trust: WorldTrust,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session_id = start(results)
    sign_chunk = running._sign_chunk

    def give_up_after(*arguments: object) -> bool:
        more = sign_chunk(*arguments)  # type: ignore[arg-type]
        if more:
            stop_session(by=results.music, at=AT, session_id=session_id)
            close_session(by=results.music, at=AT, session_id=session_id)
        return more

    monkeypatch.setattr(running, "CHUNK", 1)
    monkeypatch.setattr(running, "_sign_chunk", give_up_after)
    run_session(session_id, keys, timestamps, FixedClock(), trust)
    progress = session_progress(session_id)
    assert (progress.state, progress.done, progress.problem) == ("failed", 1, None)
    assert AuditEntry.objects.using("school").filter(action="finish_signing").count() == 1
    assert signing_desk(results.music)[0].total == 2


def test_a_colleague_who_signs_one_class_holds_up_no_other(results: Cast, created: int) -> None:
    other = _second_class(results, created)
    busy = start_session(by=results.music, at=AT, role="GVBM", batch_id=created)
    session_id = start(results)
    assert busy != session_id
    items = SigningItem.objects.filter(session_id=session_id)
    assert list(items.values_list("record__batch_id", flat=True)) == [other]
    with pytest.raises(Refused) as refusal:
        start(results)
    assert refusal.value.code == "session_open"


def _second_class(cast: Cast, batch_id: int) -> int:
    """Another class of the same teacher with one record that waits; answers its batch."""
    room = import_class_list(
        by=cast.registrar,
        at=AT,
        school_id=cast.school_id,
        school_year=YEAR,
        rows=[
            class_list_row(
                0, pupil_code="7900000009", personal_id="000219000009", classroom_name="1A2"
            )
        ],
    ).classroom_ids[0]
    batch = IssueBatch.objects.get(pk=batch_id)
    batch.pk, batch.classroom_id = None, room
    batch.save()
    record = AnnualRecordDraft.objects.order_by("pk")[0]
    record.pk, record.record_uuid, record.batch = None, str(uuid.uuid4()), batch
    record.enrolment = Enrolment.objects.get(classroom_id=room)
    record.save()
    return batch.pk


def test_nobody_steers_another_persons_session(results: Cast, created: int) -> None:
    session_id = start(results)
    colleague = actor("GVBM", "HIEU_TRUONG", personal_id="000090000055")
    for work in (stop_session, resume_session, close_session):
        with pytest.raises(Refused) as refusal:
            work(by=colleague, at=AT, session_id=session_id)
        assert refusal.value.code == "role"
        with pytest.raises(Refused) as refusal:
            work(by=results.stranger, at=AT, session_id=session_id)
        assert refusal.value.code == "not_found"
    with pytest.raises(Refused) as refusal:
        resume_session(by=results.music, at=AT, session_id=session_id)
    assert refusal.value.code == "not_stopped"


def test_the_database_lets_a_record_wait_in_one_session_only(results: Cast, created: int) -> None:
    first = SigningSession.objects.get(pk=start(results))
    item = first.items.first()
    assert item is not None
    first.pk = None
    first.save()
    with pytest.raises(IntegrityError):
        SigningItem.objects.create(session=first, record=item.record)
