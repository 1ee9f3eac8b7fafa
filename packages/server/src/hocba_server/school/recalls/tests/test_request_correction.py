"""Action: the school learns of the closing, asks for a correction, and begins the record anew."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hocba.errors import Refused, Unavailable
from hocba.packet.answers import RecallResult, RecordResult, ResultAnswer
from hocba.packet.codes import ResponseCode
from hocba.packet.package import read_package
from hocba.packet.recall import CorrectionKind, read_recall_item
from hocba_server.school.issuing.models import AnnualRecordDraft
from hocba_server.school.issuing.successors import reopen_record
from hocba_server.school.notices.models import Notice
from hocba_server.school.recalls.closings import learn_closings
from hocba_server.school.recalls.corrections import (
    drop_correction,
    prepare_correction,
    request_correction,
)
from hocba_server.school.recalls.models import CorrectionDraft, RecallRequest
from hocba_server.school.recalls.services import poll_request, send_request
from hocba_server.school.recalls.tests.conftest import Ask
from hocba_server.school.recalls.tests.fake_department import SENTENCE, FakeDepartment
from hocba_server.school.registry.attachments import Upload
from hocba_server.school.submission.services import new_message_id
from hocba_server.school.tests.browsing import Browse
from hocba_server.school.tests.cast import AT, CODE, Cast, FixedClock, TestKeys
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.models import AuditEntry

WHY = "Nơi sinh đúng là Bệnh viện Từ Dũ."
Correct = Callable[..., int]


def scan() -> bytes:
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(target)
    return target.getvalue()


class Closer:
    """A department that says which records it has closed (transaction 2)."""

    def __init__(self, *closed: str) -> None:
        self.closed = closed

    def send(self, _request: Mapping[str, Any]) -> Any:
        rows = AnnualRecordDraft.objects.values_list("record_uuid", flat=True)
        results = [
            RecordResult(
                "1", "A", "0", uuid, 1, closed_at="2026-06-30T00:00:00" * (uuid in self.closed)
            )
            for uuid in rows
        ]
        return ResultAnswer(tuple(results)).to_json()


def states() -> list[str]:
    return list(AnnualRecordDraft.objects.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def closed(results: Cast, in_force: list[AnnualRecordDraft]) -> list[AnnualRecordDraft]:
    """The department has closed the first two records."""
    numbers = [row.record_uuid for row in in_force[:2]]
    batch = in_force[0].batch_id
    found = learn_closings(by=results.clerk, at=AT, batch_id=batch, gateway=Closer(*numbers))
    assert found == (2, 0)
    assert states() == ["closed", "closed", "accepted"]
    return in_force


@pytest.fixture
def correct(keys: TestKeys) -> Correct:
    """Prepare and sign a correction."""

    def run(by: Actor, row: AnnualRecordDraft, **changes: Any) -> int:
        draft = prepare(by, row, **changes)
        return request_correction(
            by=by,
            at=AT,
            draft_id=draft,
            key=keys.organisation_key(CODE),
            message_id=new_message_id(),
        )

    return run


def prepare(by: Actor, row: AnnualRecordDraft, **changes: Any) -> int:
    values = {"kind": "NOI_DUNG", "reason": WHY, "uploads": [Upload("khai-sinh.pdf", scan())]}
    return prepare_correction(by=by, at=AT, record_uuid=row.record_uuid, **{**values, **changes})


def answer(request_id: int, result: RecallResult, code: str = "2510") -> None:
    """The department takes the request and decides."""
    department = FakeDepartment(refusal=code)
    send_request(request_id, gateway=department, clock=FixedClock())
    with pytest.raises(Unavailable):
        poll_request(request_id, gateway=department, clock=FixedClock())
    department.decide(result)
    poll_request(request_id, gateway=department, clock=FixedClock())


def test_the_department_reopens_and_the_school_learns_that_too(
    results: Cast, closed: list[AnnualRecordDraft]
) -> None:
    batch = closed[0].batch_id
    for by, code in ((results.registrar, "role"), (results.stranger, "not_found")):
        with pytest.raises(Refused) as refusal:
            learn_closings(by=by, at=AT, batch_id=batch, gateway=Closer())
        assert refusal.value.code in {code, "role"}
    gateway = Closer(closed[0].record_uuid)
    found = learn_closings(by=results.principal, at=AT, batch_id=batch, gateway=gateway)
    assert found == (0, 1)
    assert states() == ["closed", "accepted", "accepted"]
    actions = AuditEntry.objects.using("school").filter(action="learn_closings")
    assert [entry.detail for entry in actions] == [
        {"closed": 2, "reopened": 0},
        {"closed": 0, "reopened": 1},
    ]


def test_a_recall_of_a_closed_record_tells_of_the_closing(
    results: Cast, in_force: list[AnnualRecordDraft], ask: Ask
) -> None:
    answer(ask(results.clerk, in_force[0]), RecallResult.REFUSED, ResponseCode.YEAR_CLOSED.value)
    assert states() == ["closed", "accepted", "accepted"]


def test_what_goes_out_carries_reason_kind_and_files(
    results: Cast, closed: list[AnnualRecordDraft], correct: Correct
) -> None:
    content = scan()
    correct(
        results.principal, closed[0], kind="HO_TICH", uploads=[Upload("../Quyết định.PDF", content)]
    )
    assert states() == ["correction_requested", "closed", "accepted"]
    request = RecallRequest.objects.get()
    assert request.kind == "correction"
    package = read_package(request.request["content"])
    assert package.fault is None
    [item] = [read_recall_item(element) for element in package.records]
    assert (item.record_uuid, item.reason) == (closed[0].record_uuid, WHY)
    assert item.correction is CorrectionKind.CIVIL_STATUS
    [file] = item.files
    assert (file.name, file.media_type, file.content) == (
        "Quyết định.pdf",
        "application/pdf",
        content,
    )
    entry = AuditEntry.objects.using("school").get(action="request_correction")
    assert entry.detail["files"] == [file.sha256]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "KHAC"}, "kind"),
        ({"reason": "  "}, "reason_missing"),
        ({"kind": "HO_TICH", "uploads": []}, "file_missing"),
        ({"uploads": [Upload("a.png", b"\x89PNG\r\n\x1a\n")]}, "file_type"),
        ({"uploads": [Upload("a.pdf", b"%PDF-1.7 broken")]}, "file_type"),
        ({"uploads": [Upload("a.pdf", b"")]}, "file_empty"),
        ({"uploads": [Upload("a.pdf", scan())] * 6}, "file_many"),
        (
            {"uploads": [Upload("a.jpg", b"\xff\xd8\xff" + b"x" * 3_000_000 + b"\xff\xd9")] * 2},
            "file_too_large",
        ),
    ],
)
def test_what_is_not_whole_is_not_prepared(
    results: Cast, closed: list[AnnualRecordDraft], changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        prepare(results.clerk, closed[0], **changes)
    assert refusal.value.code == code
    assert not CorrectionDraft.objects.exists()


def test_who_may_and_once(
    results: Cast, closed: list[AnnualRecordDraft], correct: Correct, keys: TestKeys
) -> None:
    for by in (results.registrar, results.homeroom, results.administrator):
        with pytest.raises(Refused) as refusal:
            prepare(by, closed[0])
        assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        prepare(results.stranger, closed[0])
    assert refusal.value.code == "not_found"
    with pytest.raises(Refused) as refusal:
        prepare(results.clerk, closed[2])
    assert refusal.value.code == "wrong_state", "not closed: a recall"
    first = prepare(results.clerk, closed[0])
    second = prepare(results.clerk, closed[0])
    key = keys.organisation_key(CODE)
    with pytest.raises(Refused) as refusal:
        request_correction(by=results.clerk, at=AT, draft_id=first, key=key, message_id="x")
    assert refusal.value.code == "draft_done", "prepared again: the earlier one is put away"
    request_correction(
        by=results.clerk, at=AT, draft_id=second, key=key, message_id=new_message_id()
    )
    for draft in (first, second):
        with pytest.raises(Refused) as refusal:
            drop_correction(by=results.clerk, at=AT, draft_id=draft)
        assert refusal.value.code == "draft_done"
    with pytest.raises(Refused) as refusal:
        correct(results.clerk, closed[0])
    assert refusal.value.code == "wrong_state"
    assert RecallRequest.objects.count() == 1


def test_granted_the_registrar_goes_on(
    results: Cast, closed: list[AnnualRecordDraft], correct: Correct
) -> None:
    answer(correct(results.clerk, closed[0]), RecallResult.AGREED)
    assert states() == ["recalled", "closed", "accepted"]
    assert any("chỉnh lý" in notice.title_vi for notice in Notice.objects.all())
    uuid = reopen_record(
        by=results.registrar, at=AT, record_uuid=closed[0].record_uuid, sheets=[], reason=WHY
    )
    assert uuid != closed[0].record_uuid


@pytest.mark.parametrize(("code", "state"), [("2510", "closed"), ("2506", "accepted")])
def test_refused_it_stays_what_it_was(
    results: Cast, closed: list[AnnualRecordDraft], correct: Correct, code: str, state: str
) -> None:
    answer(correct(results.clerk, closed[0]), RecallResult.REFUSED, code)
    assert states()[0] == state


def test_the_pages(
    results: Cast, closed: list[AnnualRecordDraft], browse: Browse, correct: Correct
) -> None:
    clerk, registrar = browse(results.clerk), browse(results.registrar)
    record = f"/truong/hoc-ba/{closed[0].record_uuid}/"
    address = f"{record}chinh-ly/"
    assert address in clerk.get(record).content.decode()
    assert address not in registrar.get(record).content.decode()
    assert registrar.get(address).status_code == 403
    page = clerk.get(f"/truong/dot/{closed[0].batch_id}/thu-hoi/").content.decode()
    assert address in page
    answered = clerk.post(address, {"kind": "HO_TICH", "reason": WHY})
    assert answered.status_code == 200
    page = answered.content.decode()
    assert "phải kèm quyết định" in page
    assert WHY in page, "what was typed stays"
    fields = {"kind": "HO_TICH", "reason": WHY}
    file = SimpleUploadedFile("qd.pdf", scan())
    page = clerk.post(address, {**fields, "file": file}, follow=True).content.decode()
    assert "Ký và gửi yêu cầu" in page
    draft = CorrectionDraft.objects.get()
    base = f"/truong/chinh-ly/{draft.pk}/"
    assert clerk.get(f"{base}tep/0/")["Content-Disposition"].startswith("attachment")
    assert clerk.get(f"{base}tep/3/").status_code == 404
    for path in (base, f"{base}tep/0/"):
        assert registrar.get(path).status_code == 403
        assert browse(results.stranger).get(path).status_code == 404
    page = clerk.post(f"{base}bo/", follow=True).content.decode()
    assert "chưa có gì gửi đến Sở" in page
    assert "đã bỏ" in clerk.get(base).content.decode()
    request_id = correct(results.clerk, closed[0])
    page = clerk.get(f"/truong/thu-hoi/{request_id}/").content.decode()
    assert "Yêu cầu chỉnh lý" in page
    answer(request_id, RecallResult.REFUSED)
    assert SENTENCE in clerk.get(record).content.decode()
    assert "chỉnh lý" in clerk.get("/truong/thu-hoi/").content.decode()


def test_asking_whether_the_class_is_closed(
    results: Cast,
    in_force: list[AnnualRecordDraft],
    browse: Browse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clerk = browse(results.clerk)
    address = f"/truong/dot/{in_force[0].batch_id}/chot/"
    gateway = "hocba_server.school.training.sources.InstalledSources.gateway"
    monkeypatch.setattr(gateway, lambda _: Closer(in_force[0].record_uuid))
    assert "Sở đã chốt 1 học bạ" in clerk.post(address, follow=True).content.decode()
    assert "Sở chưa chốt thêm" in clerk.post(address, follow=True).content.decode()
    monkeypatch.setattr(gateway, lambda _: Closer())
    assert "Sở đã mở lại 1 học bạ" in clerk.post(address, follow=True).content.decode()
