"""Two people ask for the recall of the same record at the same moment; asking and polling meet."""

from __future__ import annotations

import pytest

from hocba.packet.answers import RecallResult
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.recalls.closings import learn_closings
from hocba_server.school.recalls.corrections import request_correction
from hocba_server.school.recalls.models import RecallLine, RecallRequest
from hocba_server.school.recalls.services import poll_request, send_request
from hocba_server.school.recalls.tests.conftest import Ask
from hocba_server.school.recalls.tests.fake_department import FakeDepartment
from hocba_server.school.recalls.tests.test_request_correction import Closer, prepare
from hocba_server.school.submission.services import new_message_id
from hocba_server.school.tests.at_once import together
from hocba_server.school.tests.cast import AT, CODE, Cast, FixedClock, TestKeys
from hocba_server.school.tests.legal_states import unknown_transitions, watched_transitions
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "school"])


def test_one_asks_and_the_other_is_told(
    results: Cast, in_force: list[AnnualRecordDraft], ask: Ask
) -> None:
    with watched_transitions() as seen:
        race = together(
            lambda: ask(results.clerk, *in_force[:2]),
            lambda: ask(results.principal, *in_force[1:]),
        )
    assert race.codes == ["wrong_state"]
    assert RecallRequest.objects.count() == 1
    assert RecallLine.objects.count() == 2
    assert unknown_transitions(seen) == set()


def test_two_workers_write_one_answer(
    results: Cast, in_force: list[AnnualRecordDraft], ask: Ask
) -> None:
    department = FakeDepartment()
    request_id = ask(results.clerk, *in_force)

    def send() -> None:
        send_request(request_id, gateway=department, clock=FixedClock())

    def poll() -> None:
        poll_request(request_id, gateway=department, clock=FixedClock())

    together(send, send)
    department.decide(RecallResult.AGREED)
    together(poll, poll)
    states = set(AnnualRecordDraft.objects.values_list("state", flat=True))
    assert states == {"recalled"}
    answered = AuditEntry.objects.using("school").filter(action="recall_answered")
    assert answered.count() == 1


def test_a_correction_is_signed_once(
    results: Cast, in_force: list[AnnualRecordDraft], keys: TestKeys
) -> None:
    row = in_force[0]
    gateway = Closer(row.record_uuid)
    learn_closings(by=results.clerk, at=AT, batch_id=row.batch_id, gateway=gateway)
    draft = prepare(results.clerk, row)

    def sign(by: Actor) -> None:
        request_correction(
            by=by,
            at=AT,
            draft_id=draft,
            key=keys.organisation_key(CODE),
            message_id=new_message_id(),
        )

    with watched_transitions() as seen:
        race = together(lambda: sign(results.clerk), lambda: sign(results.principal))
    assert race.codes == ["draft_done"]
    assert RecallRequest.objects.count() == 1
    row.refresh_from_db()
    assert row.state == "correction_requested"
    assert unknown_transitions(seen) == set()
