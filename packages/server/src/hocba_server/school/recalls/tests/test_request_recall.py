"""Action: the school asks for a recall, hears the decision, and begins the record anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from hocba.errors import Refused, Unavailable
from hocba.packet.answers import RecallResult
from hocba.packet.codes import ResponseCode
from hocba.packet.package import read_package
from hocba.packet.recall import read_recall_item
from hocba.record.codec import read_record
from hocba_server.school.conftest import Sign
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import records_of
from hocba_server.school.issuing.successors import reopen_record
from hocba_server.school.notices.models import Notice
from hocba_server.school.recalls.models import RecallLine, RecallRequest
from hocba_server.school.recalls.services import (
    ask_now,
    poll_request,
    request_recall,
    send_request,
)
from hocba_server.school.recalls.tests.conftest import REASON, Ask, send_class
from hocba_server.school.recalls.tests.fake_department import SENTENCE, FakeDepartment
from hocba_server.school.registry.models import Enrolment
from hocba_server.school.registry.pupil_rights import deny_locked_pupil
from hocba_server.school.signing.downloads import record_pdf
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, CODE, HEAD_ID, Cast, FixedClock, TestKeys
from hocba_server.school.training.gateway import training_gateway
from hocba_server.school.training.sources import InstalledSources
from hocba_server.web.audit.models import AuditEntry


class DeadGateway:
    def send(self, _request: Mapping[str, Any]) -> Any:
        raise Unavailable("gateway", "Không gọi được cổng tiếp nhận.", "Gateway unreachable.")


def states() -> list[str]:
    return list(AnnualRecordDraft.objects.order_by("pk").values_list("state", flat=True))


def poll(request_id: int, department: FakeDepartment) -> None:
    poll_request(request_id, gateway=department, clock=FixedClock())


def sent(request_id: int, department: FakeDepartment) -> int:
    send_request(request_id, gateway=department, clock=FixedClock())
    return request_id


def test_what_goes_out_names_the_records_as_they_were_signed(
    results: Cast, in_force: list[AnnualRecordDraft], ask: Ask
) -> None:
    ask(results.principal, *in_force[:2])
    assert states() == ["recall_requested", "recall_requested", "accepted"]
    request = RecallRequest.objects.get()
    package = read_package(request.request["content"])
    assert package.fault is None
    items = [read_recall_item(element) for element in package.records]
    for item, row in zip(items, in_force, strict=False):
        record = read_record(bytes(row.document)).record
        assert (item.record_uuid, item.full_name) == (record.record_uuid, record.pupil.full_name)
        assert (item.school_code, item.reason) == (CODE, REASON)
    entry = AuditEntry.objects.using("school").get(action="request_recall")
    assert entry.detail["reason"] == REASON


def test_who_may_and_what_is_refused(
    results: Cast, in_force: list[AnnualRecordDraft], ask: Ask
) -> None:
    for by, reason, code in (
        (results.registrar, REASON, "role"),
        (results.homeroom, REASON, "role"),
        (results.administrator, REASON, "role"),
        (results.stranger, REASON, "not_found"),
        (results.clerk, "  ", "reason_missing"),
    ):
        with pytest.raises(Refused) as refusal:
            ask(by, in_force[0], reason=reason)
        assert refusal.value.code == code
    with pytest.raises(Refused) as refusal:
        ask(results.clerk)
    assert refusal.value.code == "nothing_chosen"
    ask(results.clerk, in_force[0])
    with pytest.raises(Refused) as refusal:
        ask(results.clerk, in_force[1], in_force[0])
    assert refusal.value.code == "wrong_state", "asked already: nothing of it is asked again"
    assert states() == ["recall_requested", "accepted", "accepted"]
    assert RecallRequest.objects.count() == 1


def test_a_record_that_was_not_taken_cannot_be_recalled(
    results: Cast, issued: int, ask: Ask
) -> None:
    with pytest.raises(Refused) as refusal:
        ask(results.clerk, AnnualRecordDraft.objects.all()[0])
    assert refusal.value.code == "wrong_state"


def test_only_the_schools_own_key(
    results: Cast, in_force: list[AnnualRecordDraft], keys: TestKeys
) -> None:
    with pytest.raises(Refused) as refusal:
        request_recall(
            by=results.clerk,
            at=AT,
            record_uuids=[in_force[0].record_uuid],
            reason=REASON,
            key=keys.key_for(HEAD_ID),
            message_id="x",
        )
    assert refusal.value.code in {"foreign_certificate", "certificate_without_number"}
    assert states() == ["accepted"] * 3


def test_a_dead_gateway_leaves_the_request_in_the_outbox_with_its_id(
    results: Cast, in_force: list[AnnualRecordDraft], ask: Ask
) -> None:
    request_id = ask(results.clerk, in_force[0])
    with pytest.raises(Unavailable):
        send_request(request_id, gateway=DeadGateway(), clock=FixedClock())
    row = RecallRequest.objects.get()
    assert (row.state, row.attempts) == ("waiting", 1)
    department = FakeDepartment()
    sent(request_id, department)
    sent(request_id, department)
    [request] = department.requests
    assert request["authenticationRequest"]["messageid"] == row.message_id
    with pytest.raises(Unavailable):
        poll(request_id, department)
    assert states()[0] == "recall_requested"


def test_agreed_and_refused_each_find_their_state_and_are_told(
    results: Cast, in_force: list[AnnualRecordDraft], ask: Ask
) -> None:
    department = FakeDepartment()
    request_id = sent(ask(results.clerk, *in_force[:2]), department)
    first, second = (row.record_uuid for row in in_force[:2])
    department.decided = {first: RecallResult.AGREED}
    with pytest.raises(Unavailable):
        poll(request_id, department)
    assert states() == ["recalled", "recall_requested", "accepted"]
    department.decided[second] = RecallResult.REFUSED
    poll(request_id, department)
    poll(request_id, department)
    assert states() == ["recalled", "accepted", "accepted"]
    assert [line.sentence for line in RecallLine.objects.all()] == ["", SENTENCE]
    assert RecallRequest.objects.get().state == "answered"
    told = set(Notice.objects.values_list("recipient", flat=True))
    assert {HEAD_ID, str(results.clerk.personal_id)} <= told
    actions = AuditEntry.objects.using("school").values_list("action", flat=True)
    assert list(actions).count("recall_answered") == 2
    with pytest.raises(Refused) as refusal:
        ask(results.clerk, in_force[0])
    assert refusal.value.code == "wrong_state"
    ask(results.clerk, in_force[1], reason="Nộp thêm giấy khai sinh")


def test_a_request_that_the_gateway_refuses_leaves_the_records_in_force(
    results: Cast, in_force: list[AnnualRecordDraft], ask: Ask
) -> None:
    department = FakeDepartment(code=ResponseCode.CERTIFICATE_NOT_APPROVED)
    sent(ask(results.clerk, *in_force), department)
    assert states() == ["accepted"] * 3
    row = RecallRequest.objects.get()
    assert row.state == "refused"
    assert row.problem == ResponseCode.CERTIFICATE_NOT_APPROVED.sentence.vi
    ask(results.clerk, *in_force)


def test_asking_at_once(
    results: Cast,
    in_force: list[AnnualRecordDraft],
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    department = FakeDepartment()
    monkeypatch.setattr(InstalledSources, "gateway", lambda _: department)
    request_id = ask(results.clerk, in_force[0])
    with pytest.raises(Unavailable):
        ask_now(by=results.clerk, request_id=request_id)
    department.decide(RecallResult.AGREED)
    for by, code in ((results.registrar, "role"), (results.stranger, "not_found")):
        with pytest.raises(Refused) as refusal:
            ask_now(by=by, request_id=request_id)
        assert refusal.value.code == code
    assert ask_now(by=results.principal, request_id=request_id) == "answered"


def test_in_training_the_pretend_department_agrees(
    results: Cast, in_force: list[AnnualRecordDraft], ask: Ask
) -> None:
    pretend = training_gateway(CODE)
    request_id = ask(results.clerk, *in_force)
    send_request(request_id, gateway=pretend, clock=FixedClock())
    poll_request(request_id, gateway=pretend, clock=FixedClock())
    assert states() == ["recalled"] * 3
    assert all("TẬP HUẤN" in line.sentence for line in RecallLine.objects.all())


@pytest.fixture
def recalled(results: Cast, in_force: list[AnnualRecordDraft], ask: Ask) -> AnnualRecordDraft:
    """The first record, which the department has recalled."""
    department = FakeDepartment()
    request_id = sent(ask(results.clerk, in_force[0]), department)
    department.decide(RecallResult.AGREED)
    poll(request_id, department)
    in_force[0].refresh_from_db()
    assert in_force[0].state == "recalled"
    return in_force[0]


def test_the_registrar_begins_the_successor_and_it_replaces_the_recalled_one(
    results: Cast, recalled: AnnualRecordDraft, sign: Sign, keys: TestKeys
) -> None:
    document = bytes(recalled.document)
    for by in (results.clerk, results.homeroom, results.administrator):
        with pytest.raises(Refused) as refusal:
            reopen_record(by=by, at=AT, record_uuid=recalled.record_uuid, sheets=[], reason=REASON)
        assert refusal.value.code == "role"
    assert deny_locked_pupil(Enrolment.objects.get(pk=recalled.enrolment_id)) is None
    uuid = reopen_record(
        by=results.registrar, at=AT, record_uuid=recalled.record_uuid, sheets=[], reason=REASON
    )
    with pytest.raises(Refused) as refusal:
        reopen_record(
            by=results.registrar,
            at=AT,
            record_uuid=recalled.record_uuid,
            sheets=[],
            reason=REASON,
        )
    assert refusal.value.code == "reopened_already"
    assert deny_locked_pupil(Enrolment.objects.get(pk=recalled.enrolment_id)) is not None
    recalled.refresh_from_db()
    assert (uuid != recalled.record_uuid, recalled.state) == (True, "recalled")
    sign(results.music, "GVBM")
    sign(results.homeroom, "GVCN")
    sign(results.principal, "CBQL")
    sign(results.clerk, "KY_PHAT_HANH")
    batch = IssueBatch.objects.get()
    send_class(results, batch.pk, keys)
    recalled.refresh_from_db()
    assert (recalled.state, bytes(recalled.document)) == ("replaced", document)
    assert [row.state for row in records_of(batch)] == ["accepted"] * 3


def test_a_recalled_record_is_printed_no_more(
    results: Cast, recalled: AnnualRecordDraft, keys: TestKeys
) -> None:
    with pytest.raises(Refused) as refusal:
        record_pdf(by=results.clerk, at=AT, record_uuid=recalled.record_uuid, keystore=keys)
    assert refusal.value.code == "not_issued"


def test_the_pages(
    results: Cast, recalled: AnnualRecordDraft, in_force: list[AnnualRecordDraft], browse: Browse
) -> None:
    clerk, registrar = browse(results.clerk), browse(results.registrar)
    record = f"/truong/hoc-ba/{in_force[1].record_uuid}/"
    ask_page = f"/truong/dot/{recalled.batch_id}/thu-hoi/?ma={in_force[1].record_uuid}"
    assert ask_page.split("/truong")[1] in clerk.get(record).content.decode()
    assert "thu-hoi/?ma" not in registrar.get(record).content.decode()
    page = clerk.get(ask_page).content.decode()
    assert page.count('name="record"') == 2
    assert page.count("checked") == 1
    assert REASON in clerk.get("/truong/thu-hoi/").content.decode()
    request_id = RecallRequest.objects.get().pk
    page = clerk.get(f"/truong/thu-hoi/{request_id}/").content.decode()
    assert "Sở đã quyết định" in page
    page = registrar.get(f"/truong/hoc-ba/{recalled.record_uuid}/").content.decode()
    assert "Làm lại học bạ đã thu hồi" in page
    assert "Sở đã thu hồi học bạ này" in page
    assert "Tải PDF" not in page
    assert registrar.get("/truong/thu-hoi/").status_code == 403
    answer = clerk.post(f"/truong/thu-hoi/{request_id}/hoi/", follow=True)
    assert "Đã có kết quả của Sở" in answer.content.decode()
