"""Action: a new record takes the place of a recalled one; the chain is kept and shown."""

from __future__ import annotations

import dataclasses

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hocba.cli.online import read_answer
from hocba.ids import PersonalId, RecordUuid
from hocba.record.sample import sample_record
from hocba.tlog.entry import EntryKind, LogEntry
from hocba.verify.policy import RecordStatus
from hocba_certworld.cast import Cast
from hocba_server.city.conftest import Submit
from hocba_server.city.gateway.models import RecordOutcome
from hocba_server.city.recalls.tests.asking import ask, decide, item_of
from hocba_server.city.repository.models import RecordInForce
from hocba_server.city.repository.selectors import history_of, record_by_uuid, status_of
from hocba_server.city.tests.cast import SENT
from hocba_server.city.transparency.models import LogEntryRow

OLD = sample_record(4).record_uuid
NEW = RecordUuid("33333333-3333-4333-8333-333333333333")
NEWEST = RecordUuid("44444444-4444-4444-8444-444444444444")


def successor(cast: Cast, uuid: RecordUuid, personal_id: str = "") -> bytes:
    record = sample_record(4)
    pupil = record.pupil
    if personal_id:
        pupil = dataclasses.replace(pupil, personal_id=PersonalId(personal_id))
    return cast.sign(dataclasses.replace(record, record_uuid=uuid, pupil=pupil))


def recall(document: bytes, cast: Cast) -> None:
    decide(ask([item_of(document)], cast.seal))


def test_the_new_record_is_accepted_and_the_old_one_names_it(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(documents[0])
    new = successor(cast, NEW)
    submit(new)
    assert RecordOutcome.objects.latest("pk").code == "2303", "not while the old one is in force"
    recall(documents[0], cast)
    submit(documents[0])
    assert RecordOutcome.objects.latest("pk").code == "2302", "nor the recalled number again"
    submit(new)
    assert RecordOutcome.objects.latest("pk").code == "0"
    status = status_of(OLD, at=SENT)
    assert (status.status, status.replaced_by) == (RecordStatus.REPLACED, NEW)
    assert status_of(NEW, at=SENT).status is RecordStatus.IN_FORCE
    kinds = [LogEntry.parse(bytes(row.entry)).kind for row in LogEntryRow.objects.all()]
    assert kinds == [EntryKind.ISSUE, EntryKind.RECALL, EntryKind.REPLACE]
    recall(new, cast)
    submit(successor(cast, NEWEST))
    chain = [history_of(record_by_uuid(uuid)) for uuid in (OLD, NEW, NEWEST)]
    assert [link.replaced_by for link in chain] == [NEW, NEWEST, ""]
    assert [link.replaces for link in chain] == [(), (OLD,), (NEW,)]
    assert RecordInForce.objects.count() == 1


def test_a_wrong_personal_number_is_corrected_by_the_same_school(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(documents[0])
    recall(documents[0], cast)
    submit(successor(cast, NEW, personal_id="000316999998"))
    assert status_of(OLD, at=SENT).replaced_by == NEW


@pytest.mark.parametrize("replaced", [False, True])
def test_whoever_verifies_is_told(
    submit: Submit, documents: list[bytes], cast: Cast, client: Client, replaced: bool
) -> None:
    submit(documents[0])
    recall(documents[0], cast)
    if replaced:
        submit(successor(cast, NEW))
    sent = {"file": SimpleUploadedFile("hoc-ba.xml", documents[0])}
    page = client.post("/xac-thuc", sent).content.decode()
    assert "Học bạ không có giá trị" in page
    assert "Học bạ đã bị thu hồi ngày 28/05/2026" in page
    assert (f"được thay bằng học bạ mang mã {NEW}" in page) is replaced
    row = record_by_uuid(OLD)
    answer = client.get(f"/api/v1/hoc-ba/{OLD}/trang-thai?sha256={row.sha256}")
    status = read_answer(answer.content).status
    expected = RecordStatus.REPLACED if replaced else RecordStatus.RECALLED
    assert (status.status, status.since) == (expected, SENT)
    assert status.replaced_by == (NEW if replaced else None)
