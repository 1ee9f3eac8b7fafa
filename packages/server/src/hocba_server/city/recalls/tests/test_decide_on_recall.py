"""Action: an officer approves or refuses a recall; status, log and audit go together."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from hocba.errors import Refused
from hocba.record.codec import read_record
from hocba.tlog.entry import EntryKind, LogEntry, commit
from hocba.tlog.proof import verify_log_proof
from hocba.verify.policy import RecordStatus
from hocba_certworld.cast import Cast
from hocba_server.city.conftest import Submit
from hocba_server.city.gateway.models import IncomingPackage
from hocba_server.city.log_key import log_key
from hocba_server.city.recalls.models import RecallCase
from hocba_server.city.recalls.tests.asking import REASON, ask, decide, item_of, results
from hocba_server.city.repository.models import RecordInForce, StatusChange, StoredRecord
from hocba_server.city.repository.selectors import evidence_for, original, status_of
from hocba_server.city.tests.cast import ADMINISTRATOR, OFFICER, SENT, STRANGER, say_purpose
from hocba_server.city.transparency.models import LogEntryRow
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.models import AuditEntry


@pytest.fixture
def asked(submit: Submit, documents: list[bytes], cast: Cast) -> IncomingPackage:
    """Three records in force; the recall of the first two is asked for."""
    submit(*documents)
    return ask([item_of(document) for document in documents[:2]], cast.seal)


def entries() -> list[LogEntry]:
    rows = LogEntryRow.objects.order_by("index").values_list("entry", flat=True)
    return [LogEntry.parse(bytes(entry)) for entry in rows]


def test_approved_means_recalled_logged_and_never_valid_again(
    asked: IncomingPackage, documents: list[bytes]
) -> None:
    assert decide(asked) == 2
    assert [result["trang_thai"] for result in results(asked)] == [2, 2]
    uuid = read_record(documents[0]).record.record_uuid
    status = status_of(uuid, at=SENT)
    assert (status.status, status.since) == (RecordStatus.RECALLED, SENT)
    assert original(uuid) == documents[0], "the original stays"
    assert [entry.kind for entry in entries()] == [EntryKind.ISSUE] * 3 + [EntryKind.RECALL] * 2
    change = StatusChange.objects.get(record__record_uuid=uuid)
    assert (change.reason, change.changed_by_name) == (REASON, OFFICER.name)
    assert entries()[3].commitment == commit(bytes(change.salt), documents[0])
    assert bytes(change.salt) != bytes(StoredRecord.objects.get(record_uuid=uuid).salt)
    evidence = evidence_for(uuid)
    assert evidence.log_entry is not None
    assert evidence.log_proof is not None
    key = log_key().public_key()
    fact = verify_log_proof(documents[0], evidence.log_entry, evidence.log_proof, [key])
    assert fact.entry.kind is EntryKind.RECALL
    assert AuditEntry.objects.using("city").filter(action="approve_recall").count() == 2


def test_refused_with_a_sentence_the_record_stays_in_force(
    asked: IncomingPackage, documents: list[bytes]
) -> None:
    with pytest.raises(Refused) as refusal:
        decide(asked, approve=False)
    assert refusal.value.code == "reason"
    decide(asked, approve=False, sentence="Nơi sinh trên học bạ đúng với giấy khai sinh.")
    for result in results(asked):
        assert (result["trang_thai"], result["error"]) == (3, "2505")
        assert "giấy khai sinh" in result["error_description"]
    assert RecordInForce.objects.count() == 3
    assert len(entries()) == 3
    assert AuditEntry.objects.using("city").filter(action="refuse_recall").count() == 2


def test_only_an_officer_decides_and_only_once(asked: IncomingPackage) -> None:
    for by in (ADMINISTRATOR, STRANGER):
        with pytest.raises(Refused) as refusal:
            decide(asked, by=by)
        assert refusal.value.code == "role"
    decide(asked)
    for approve in (True, False):
        with pytest.raises(Refused) as refusal:
            decide(asked, approve=approve, sentence="x")
        assert refusal.value.code == "decided"
        assert OFFICER.name in refusal.value.sentence.vi
    assert StatusChange.objects.count() == 2


def test_a_kill_before_the_commit_leaves_status_and_log_as_they_were(
    asked: IncomingPackage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_arguments: Any, **_named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr("hocba_server.city.recalls.services.append_entries", die)
        decide(asked)
    assert RecordInForce.objects.count() == 3
    assert not StatusChange.objects.exists()
    assert set(RecallCase.objects.values_list("state", flat=True)) == {"waiting"}
    assert decide(asked) == 2


def test_a_setting_approves_by_itself(
    submit: Submit, documents: list[bytes], cast: Cast, settings: Any
) -> None:
    settings.RECALL_DECISION = "automatic"
    submit(*documents)
    package = ask([item_of(documents[0])], cast.seal)
    assert [result["trang_thai"] for result in results(package)] == [2]
    assert StatusChange.objects.get().changed_by_name == "Hệ thống"


@pytest.fixture
def pages(client: Client) -> Client:
    officer = User.objects.create(
        username="so-duyet",
        full_name=OFFICER.name,
        personal_id=OFFICER.personal_id,
        unit_code=OFFICER.unit_code,
        roles=list(OFFICER.roles),
        house="city",
    )
    client.force_login(officer)
    return client


def test_the_officers_pages(asked: IncomingPackage, pages: Client, documents: list[bytes]) -> None:
    assert "1 yêu cầu thu hồi chờ quyết định" in pages.get("/so/").content.decode()
    assert f"/so/thu-hoi/{asked.pk}/" in pages.get("/so/thu-hoi/").content.decode()
    page = pages.get(f"/so/thu-hoi/{asked.pk}/").content.decode()
    assert REASON in page
    first, second = RecallCase.objects.all()
    page = pages.get(f"/so/thu-hoi/{asked.pk}/{first.pk}/").content.decode()
    assert "Nội dung học bạ" in page
    reading = AuditEntry.objects.using("city").filter(subject=f"record:{first.record_uuid}")
    assert reading.filter(detail__purpose="xem xét yêu cầu thu hồi").count() == 1
    address = f"/so/thu-hoi/{asked.pk}/quyet-dinh/"
    sent = {"decision": "approve", "case": first.pk}
    assert "Đã thu hồi 1 học bạ" in pages.post(address, sent, follow=True).content.decode()
    sent = {"decision": "refuse", "case": second.pk, "sentence": "Không sai."}
    assert "Không sai." in pages.post(address, sent, follow=True).content.decode()
    assert "đã quyết định" in pages.post(address, sent, follow=True).content.decode()
    assert pages.get("/so/thu-hoi/987654/").status_code == 404
    say_purpose(pages)
    record = pages.get(f"/so/hoc-ba/{first.record_uuid}/").content.decode()
    assert "Đã thu hồi lúc" in record


def test_nobody_else_sees_the_requests(asked: IncomingPackage, client: Client) -> None:
    inspector = User.objects.create(
        username="kiem-tra",
        personal_id="000080000092",
        unit_code="79",
        roles=["KIEM_TRA", "SO_QT"],
        house="city",
    )
    client.force_login(inspector)
    case = RecallCase.objects.all()[0]
    base = f"/so/thu-hoi/{asked.pk}/"
    for address in ("/so/thu-hoi/", base, f"{base}{case.pk}/"):
        assert client.get(address).status_code == 403
    assert client.post(f"{base}quyet-dinh/", {"decision": "approve"}).status_code == 403
    assert "thu hồi chờ quyết định" not in client.get("/so/").content.decode()
