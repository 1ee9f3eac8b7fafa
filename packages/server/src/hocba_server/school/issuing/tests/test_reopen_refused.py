"""Action: a record that the department refused gets a successor; the refused file stays."""

from __future__ import annotations

import pytest

from hocba.assessment.periods import Period
from hocba.errors import Refused
from hocba.record.codec import read_record
from hocba_server.school.assessments.entering import CellChange, CellState, save_cells
from hocba_server.school.assessments.models import ReopenedSheet
from hocba_server.school.assessments.returns import finish_reopened
from hocba_server.school.assessments.sheets import Sheet
from hocba_server.school.conftest import Sign
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.returning import recreate_record
from hocba_server.school.issuing.selectors import records_of
from hocba_server.school.issuing.successors import reopen_record
from hocba_server.school.signing.downloads import record_pdf
from hocba_server.school.submission.services import poll_results, send_package, submit_batch
from hocba_server.school.submission.tests.fake_gateway import FakeGateway
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, Cast, FixedClock, TestKeys
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

MUSIC = "mon-89"


def send(cast: Cast, batch_id: int, keys: TestKeys, *refuse: str) -> None:
    package_id = submit_batch(by=cast.clerk, at=AT, batch_id=batch_id, keystore=keys)
    gateway = FakeGateway(refuse=refuse)
    send_package(package_id, gateway=gateway, clock=FixedClock())
    poll_results(package_id, gateway=gateway, clock=FixedClock())


@pytest.fixture
def refused(results: Cast, issued: int, keys: TestKeys) -> AnnualRecordDraft:
    """The first pupil's record, which the department refused; the others are in force."""
    row = AnnualRecordDraft.objects.order_by("pk")[0]
    send(results, issued, keys, row.record_uuid)
    row.refresh_from_db()
    assert row.state == "rejected"
    return row


def reopen(by: Actor, row: AnnualRecordDraft, *sheets: str, reason: str = "sai mức") -> str:
    return reopen_record(
        by=by, at=AT, record_uuid=row.record_uuid, sheets=list(sheets), reason=reason
    )


def test_from_the_refusal_to_a_record_in_force(
    results: Cast, refused: AnnualRecordDraft, sign: Sign, keys: TestKeys
) -> None:
    sent = bytes(refused.document)
    uuid = reopen(results.registrar, refused, MUSIC)
    assert uuid != refused.record_uuid
    batch = IssueBatch.objects.get()
    assert sorted(row.state for row in records_of(batch)) == ["accepted", "accepted", "draft"]
    with pytest.raises(Refused) as refusal:
        recreate_record(by=results.registrar, at=AT, record_uuid=uuid)
    assert refusal.value.code == "being_corrected"
    [outcome] = save_cells(
        by=results.music,
        at=AT,
        classroom_id=results.classroom_id,
        sheet=Sheet(MUSIC),
        period=Period.YEAR_END,
        changes=[CellChange(refused.enrolment_id, "level", "H")],
    ).outcomes
    assert outcome.state is CellState.SAVED
    finish_reopened(by=results.music, at=AT, reopened_id=ReopenedSheet.objects.get().pk)
    recreate_record(by=results.registrar, at=AT, record_uuid=uuid)
    sign(results.music, "GVBM")
    sign(results.homeroom, "GVCN")
    sign(results.principal, "CBQL")
    sign(results.clerk, "KY_PHAT_HANH")
    send(results, batch.pk, keys)
    successor = AnnualRecordDraft.objects.get(record_uuid=uuid)
    assert successor.state == "accepted"
    levels = {
        str(subject.code): subject.level
        for subject in read_record(bytes(successor.document)).record.subjects
    }
    assert levels["89"] is not None
    assert levels["89"].value == "H"
    refused.refresh_from_db()
    assert (refused.state, bytes(refused.document)) == ("rejected", sent)
    assert AuditEntry.objects.using("school").filter(action="reopen_record").count() == 1


def test_without_a_sheet_it_waits_for_signatures_at_once(
    results: Cast, refused: AnnualRecordDraft
) -> None:
    uuid = reopen(results.registrar, refused, reason="Chứng thư số của trường đã được duyệt")
    assert AnnualRecordDraft.objects.get(record_uuid=uuid).state == "checked"
    assert not ReopenedSheet.objects.exists()


def test_who_may_and_only_once(results: Cast, refused: AnnualRecordDraft) -> None:
    other = AnnualRecordDraft.objects.order_by("pk")[1]
    for by, row, reason, code in (
        (results.homeroom, refused, "x", "role"),
        (results.administrator, refused, "x", "role"),
        (results.stranger, refused, "x", "not_found"),
        (results.registrar, refused, " ", "reason_missing"),
    ):
        with pytest.raises(Refused) as refusal:
            reopen(by, row, reason=reason)
        assert refusal.value.code == code
    with pytest.raises(Refused):
        reopen(results.registrar, other)
    assert AnnualRecordDraft.objects.count() == 3
    reopen(results.registrar, refused)
    with pytest.raises(Refused) as refusal:
        reopen(results.registrar, refused)
    assert refusal.value.code == "reopened_already"
    assert AnnualRecordDraft.objects.count() == 4


def test_a_refused_record_has_no_pdf(
    results: Cast, refused: AnnualRecordDraft, keys: TestKeys
) -> None:
    with pytest.raises(Refused) as refusal:
        record_pdf(by=results.clerk, at=AT, record_uuid=refused.record_uuid, keystore=keys)
    assert refusal.value.code == "not_issued"


def test_the_page_leads_from_one_to_the_other(
    results: Cast, refused: AnnualRecordDraft, browse: Browse
) -> None:
    client = browse(results.registrar)
    address = f"/truong/hoc-ba/{refused.record_uuid}/"
    page = client.get(address).content.decode()
    assert "Làm lại học bạ bị từ chối" in page
    assert "Tải PDF" not in page
    page = client.post(f"{address}lam-lai/", {"reason": "x"}, follow=True).content.decode()
    assert "Bản trước, bị Sở từ chối" in page
    assert "Mở học bạ làm lại" in client.get(address).content.decode()
