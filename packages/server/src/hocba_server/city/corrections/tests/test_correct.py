"""Action: a school asks to correct a closed record; an officer decides; one successor comes in."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connections, transaction
from django.test import Client

from hocba.errors import Malformed, Refused
from hocba.ids import PersonalId, UnitCode
from hocba.packet.attached import MAX_ATTACHED, AttachedFile
from hocba.packet.recall import CorrectionKind, RecallItem, read_recall_item
from hocba.record.codec import read_record
from hocba.verify.policy import RecordStatus
from hocba_certworld.cast import Cast
from hocba_server.city.certificates.models import CertificateRegistration
from hocba_server.city.certificates.services import approve, register_unit
from hocba_server.city.closing.comparison import compare
from hocba_server.city.closing.gate import Gate
from hocba_server.city.closing.models import ClassClosing, ClosedRecord
from hocba_server.city.closing.reopenings import reopen_class
from hocba_server.city.closing.services import close_class
from hocba_server.city.closing.tests.year_end import (
    BETWEEN,
    CLASS,
    MAIN,
    NEW,
    OTHER,
    SECOND,
    decision,
    kinds,
    photo,
    replacing,
    scan,
)
from hocba_server.city.conftest import Submit
from hocba_server.city.corrections.models import Correction, CorrectionFile
from hocba_server.city.corrections.services import decide_correction, open_file, open_request
from hocba_server.city.gateway.models import IncomingPackage, RecordOutcome
from hocba_server.city.gateway.services import answer_request, open_account
from hocba_server.city.recalls.models import RecallCase
from hocba_server.city.recalls.services import decide_cases
from hocba_server.city.recalls.tests.asking import ask, item_of, results
from hocba_server.city.repository.models import RecordInForce, StatusChange, StoredRecord
from hocba_server.city.repository.selectors import history_of, record_by_uuid, status_of
from hocba_server.city.tests.cast import (
    ADMINISTRATOR,
    OFFICER,
    SENT,
    registration,
    say_purpose,
)
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.models import AuditEntry

WHY = "Giấy khai sinh ghi đúng như trường nêu."
DECISION_FILE = AttachedFile("quyet-dinh.pdf", "application/pdf", scan())


def wish(document: bytes, **changes: Any) -> RecallItem:
    """A correction of a record, with changes."""
    values = {"correction": CorrectionKind.CONTENT, "files": (DECISION_FILE,)}
    return item_of(document, **{**values, **changes})


def case_of(document: bytes) -> RecallCase:
    uuid = read_record(document).record.record_uuid
    return RecallCase.objects.filter(record_uuid=uuid).latest("pk")


def grant(document: bytes, **named: Any) -> None:
    values = {"by": OFFICER, "at": SECOND, "approve": True, "sentence": WHY}
    decide_correction(case_id=case_of(document).pk, **{**values, **named})


def last_code() -> str:
    return str(RecordOutcome.objects.latest("pk").code)


@pytest.fixture
def closed(submit: Submit, documents: list[bytes]) -> list[bytes]:
    """Three records of a class that is closed for good."""
    submit(*documents)
    close_class(by=OFFICER, at=SECOND, key=CLASS)
    return documents


@pytest.fixture
def asked(closed: list[bytes], cast: Cast) -> IncomingPackage:
    """The correction of the first record is asked for."""
    return ask([wish(closed[0])], cast.seal, at=SECOND)


def test_what_was_signed_and_attached_is_kept_byte_for_byte(
    closed: list[bytes], cast: Cast
) -> None:
    picture = AttachedFile("Ảnh chụp.jpg", "image/jpeg", photo())
    package = ask([wish(closed[0], files=(DECISION_FILE, picture))], cast.seal, at=SECOND)
    assert results(package)[0]["trang_thai"] == 1
    row = Correction.objects.get()
    assert (row.kind, row.case.reason) == ("NOI_DUNG", "Ghi sai nơi sinh")
    kept = [(each.filename, bytes(each.content), each.sha256) for each in row.files.all()]
    assert kept == [
        ("quyet-dinh.pdf", DECISION_FILE.content, DECISION_FILE.sha256),
        ("Ảnh chụp.jpg", picture.content, picture.sha256),
    ]
    assert RecordInForce.objects.count() == 3, "nothing ends before somebody decides"
    case = case_of(closed[0])
    found = open_file(by=OFFICER, at=SECOND, case_id=case.pk, position=1)
    assert (found.media_type, found.content) == ("image/jpeg", picture.content)
    request = open_request(by=OFFICER, at=SECOND, case_id=case.pk)
    assert DECISION_FILE.sha256.encode() in request.content
    assert b"SignatureValue" in request.content
    reads = AuditEntry.objects.using("city").filter(subject=f"record:{case.record_uuid}")
    assert reads.filter(kind="read").count() == 2


@pytest.mark.parametrize(
    ("changes", "code", "tag"),
    [
        ({"reason": None}, "2509", "LY_DO"),
        (
            {"correction": CorrectionKind.CIVIL_STATUS, "files": ()},
            "2507",
            "DANH_SACH_TEP_DINH_KEM",
        ),
        (
            {"files": (AttachedFile("a.pdf", "application/pdf", b"%PDF-1.7 x"),)},
            "2508",
            "TEP_DINH_KEM",
        ),
        (
            {"files": (AttachedFile("a.pdf", "application/pdf", b"GIF89a"),)},
            "2508",
            "TEP_DINH_KEM",
        ),
        ({"full_name": "Người Khác"}, "2504", "HO_VA_TEN"),
        ({"school_code": UnitCode("00000402")}, "2402", "MA_TRUONG"),
    ],
)
def test_what_is_wrong_is_refused_with_its_tag(
    closed: list[bytes], cast: Cast, changes: dict[str, Any], code: str, tag: str
) -> None:
    package = ask([wish(closed[0], **changes), wish(closed[1], files=())], cast.seal, at=SECOND)
    wrong, right = results(package)
    assert (wrong["trang_thai"], wrong["error"], wrong["error_field_title"]) == (3, code, tag)
    assert wrong["error_description"]
    assert right["trang_thai"] == 1, "a wrong content needs no file"


def test_before_the_closing_it_is_a_recall(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(*documents)
    package = ask([wish(documents[0])], cast.seal)
    assert (results(package)[0]["error"], results(package)[0]["error_field_title"]) == (
        "2506",
        "YEU_CAU_CHINH_LY",
    )


def test_files_travel_whole_or_not_at_all(closed: list[bytes]) -> None:
    whole = wish(closed[0]).to_xml()
    assert read_recall_item(whole) == wish(closed[0])
    broken: Sequence[bytes] = (
        whole.replace(DECISION_FILE.sha256.encode(), b"0" * 64),
        whole.replace(b"<NOI_DUNG>JVBE", b"<NOI_DUNG>JVB!"),
        whole.replace(b"application/pdf", b"text/html"),
        whole.replace(b"<YEU_CAU_CHINH_LY>NOI_DUNG</YEU_CAU_CHINH_LY>", b""),
        whole.replace(b">NOI_DUNG<", b">KHAC<"),
        whole.replace(b"quyet-dinh.pdf", b"../quyet-dinh.pdf"),
    )
    for document in broken:
        assert document != whole
        with pytest.raises(Malformed):
            read_recall_item(document)
    big = AttachedFile("a.pdf", "application/pdf", b"x" * (MAX_ATTACHED + 1))
    for files in ((big,), (DECISION_FILE,) * 6):
        with pytest.raises(Malformed):
            wish(closed[0], files=files).to_xml()


@pytest.mark.usefixtures("asked")
def test_granted_means_one_successor_and_a_chain(
    closed: list[bytes], submit: Submit, cast: Cast
) -> None:
    new = cast.sign(replacing(0, birth_place="Nơi sinh đúng"))
    submit(new, at=SECOND)
    assert last_code() == "2401", "not before it is granted"
    grant(closed[0])
    old = read_record(closed[0]).record.record_uuid
    status = status_of(old, at=SECOND)
    assert (status.status, status.reason) == (RecordStatus.RECALLED, "corrected")
    submit(cast.sign(replacing(1, OTHER)), at=SECOND)
    assert last_code() == "2401", "of no other pupil"
    submit(new, at=SECOND)
    assert last_code() == "0"
    assert status_of(old, at=SECOND).replaced_by == NEW
    assert history_of(record_by_uuid(NEW)).replaces == (old,)
    assert kinds() == ["issue"] * 3 + ["close", "recall", "replace"]
    submit(cast.sign(replacing(0, OTHER)), at=SECOND)
    assert last_code() == "2401", "exactly one"
    closing = ClassClosing.objects.get()
    added = ClosedRecord.objects.get(corrected=True)
    assert (added.closing, added.record.record_uuid) == (closing, NEW)
    assert compare(by=OFFICER, closing=closing, at=SECOND).corrected == 1
    assert compare(by=OFFICER, closing=closing, at=SECOND).whole
    [answer] = results(ask([item_of(new)], cast.seal, at=SECOND))
    assert answer["error"] == "2401", "the successor is closed as well"
    ask([wish(new)], cast.seal, at=SECOND)
    grant(new)
    submit(cast.sign(replacing(0, OTHER)), at=SECOND)
    assert last_code() == "0", "and may be corrected again"
    audit = AuditEntry.objects.using("city").filter(action="approve_correction")
    assert audit.count() == 2
    assert audit[0].detail["sentence"] == WHY


@pytest.mark.usefixtures("asked")
def test_two_successors_in_one_package_are_one_too_many(
    closed: list[bytes], submit: Submit, cast: Cast
) -> None:
    grant(closed[0])
    other = PersonalId("000316999998")
    submit(cast.sign(replacing(0)), cast.sign(replacing(0, OTHER, personal_id=other)), at=SECOND)
    codes = list(RecordOutcome.objects.order_by("-pk").values_list("code", flat=True)[:2])
    assert sorted(codes) == ["0", "2401"]
    assert RecordInForce.objects.count() == 3


@pytest.mark.usefixtures("asked")
def test_a_changed_number_and_class_are_corrected_too(
    closed: list[bytes], submit: Submit, cast: Cast
) -> None:
    grant(closed[0])
    moved = dataclasses.replace(
        replacing(0, personal_id=PersonalId("000316999998"), full_name="Trần Thị Mẫu"),
        classroom_name="4A2",
    )
    document = cast.sign(moved)
    submit(document, at=SECOND)
    assert last_code() == "0"
    [answer] = results(ask([item_of(document)], cast.seal, at=SECOND))
    assert answer["error"] == "2401", "closed with the class that it came from"


@pytest.mark.usefixtures("asked")
def test_another_school_does_not_take_the_place(
    closed: list[bytes], submit: Submit, cast: Cast
) -> None:
    grant(closed[0])
    other = UnitCode("00000402")
    key = cast.world.issue_organisation("Trường Tiểu học Khác", other)
    register_unit(
        by=ADMINISTRATOR,
        at=SENT,
        code=other,
        name="Khác",
        ownership="public",
        levels=["upper_secondary"],
    )
    open_account(by=ADMINISTRATOR, at=SENT, unit_code=other)
    answer_request(registration(key, unit_code=other), at=SENT)
    row = CertificateRegistration.objects.get(unit__code=other)
    approve(by=OFFICER, at=SENT, registration_id=row.pk)
    record = replacing(0)
    denial = Gate(other, [record], SECOND).deny(record)
    assert denial is not None
    assert denial[0] == "2402"
    assert Gate(CLASS[0], [record], SECOND).deny(record) is None


def test_refused_with_a_reason_the_record_stays(asked: IncomingPackage) -> None:
    [case] = RecallCase.objects.all()
    for approve_it in (True, False):
        with pytest.raises(Refused) as refusal:
            decide_correction(
                by=OFFICER, at=SECOND, case_id=case.pk, approve=approve_it, sentence=" "
            )
        assert refusal.value.code == "reason"
    decide_correction(by=OFFICER, at=SECOND, case_id=case.pk, approve=False, sentence=WHY)
    [answer] = results(asked)
    assert (answer["trang_thai"], answer["error"]) == (3, "2510")
    assert answer["error_description"] == WHY
    assert RecordInForce.objects.count() == 3
    assert not StatusChange.objects.exists()
    assert AuditEntry.objects.using("city").filter(action="refuse_correction").count() == 1


def test_only_an_officer_once_and_on_its_own_page(
    asked: IncomingPackage, closed: list[bytes]
) -> None:
    case = case_of(closed[0])
    with pytest.raises(Refused) as refusal:
        grant(closed[0], by=ADMINISTRATOR)
    assert refusal.value.code == "role"
    with pytest.raises(Refused) as refusal:
        decide_cases(
            by=OFFICER,
            at=SECOND,
            package_id=asked.pk,
            case_ids=[case.pk],
            approve=True,
            sentence="",
        )
    assert refusal.value.code == "not_found", "the page of recalls does not decide corrections"
    grant(closed[0])
    with pytest.raises(Refused) as refusal:
        grant(closed[0], approve=False)
    assert refusal.value.code == "decided"


def test_the_automatic_setting_never_grants_a_correction(
    closed: list[bytes], cast: Cast, settings: Any
) -> None:
    settings.RECALL_DECISION = "automatic"
    ask([wish(closed[0])], cast.seal, at=SECOND)
    assert case_of(closed[0]).state == "waiting"


@pytest.mark.usefixtures("asked")
def test_a_kill_before_the_commit_changes_nothing(
    closed: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_arguments: Any, **_named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr("hocba_server.city.recalls.services.append_entries", die)
        grant(closed[0])
    assert RecordInForce.objects.count() == 3
    assert case_of(closed[0]).state == "waiting"
    grant(closed[0])


def test_a_class_reopened_meanwhile_lists_the_successor_itself(
    submit: Submit, documents: list[bytes], cast: Cast
) -> None:
    submit(*documents)
    close_class(by=OFFICER, at=MAIN, key=CLASS)
    ask([wish(documents[0])], cast.seal, at=BETWEEN)
    reopen_class(by=OFFICER, at=BETWEEN, key=CLASS, decision=decision())
    grant(documents[0], at=BETWEEN)
    submit(cast.sign(replacing(0)), at=BETWEEN)
    assert last_code() == "0"
    assert not ClosedRecord.objects.filter(corrected=True).exists()
    close_class(by=OFFICER, at=BETWEEN, key=CLASS)
    second = ClassClosing.objects.get(number=2)
    assert second.record_count == 3
    assert compare(by=OFFICER, closing=second, at=BETWEEN).whole


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("table", ["correction", "correctionfile"])
@pytest.mark.parametrize(
    "trick", ["UPDATE {} SET id = id + 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_what_a_school_attached_never_changes(table: str, trick: str) -> None:
    assert CorrectionFile.objects.exists()
    with connections["city"].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(using="city"):
            cursor.execute("SET LOCAL ROLE NONE")  # the owner; the roles have no right to it
            cursor.execute(trick.format(f"city_corrections_{table}"))


def test_force_ends_only_once(closed: list[bytes]) -> None:
    row = StoredRecord.objects.all()[0]
    values = {"record": row, "changed_by": 1, "changed_by_name": "x", "changed_at": SENT}
    StatusChange.objects.create(kind="recall", **values)
    with pytest.raises(DatabaseError), transaction.atomic(using="city"):
        StatusChange.objects.create(kind="correct", **values)


def sign_in(client: Client, role: str) -> Client:
    user = User.objects.create(
        username=role,
        full_name=OFFICER.name,
        personal_id=OFFICER.personal_id,
        unit_code="79",
        roles=[role],
        house="city",
    )
    client.force_login(user)
    return client


@pytest.mark.usefixtures("asked")
def test_the_officers_pages(
    closed: list[bytes], client: Client, submit: Submit, cast: Cast
) -> None:
    case = case_of(closed[0])
    base = f"/so/chinh-ly/{case.pk}/"
    officer = sign_in(client, "SO_DUYET")
    assert "1 yêu cầu chỉnh lý chờ quyết định" in officer.get("/so/").content.decode()
    assert base in officer.get("/so/chinh-ly/").content.decode()
    assert case.pupil_name not in officer.get("/so/thu-hoi/").content.decode()
    page = officer.get(base).content.decode()
    for words in ("Nội dung học bạ", "quyet-dinh.pdf", "Ghi sai nơi sinh", "Lớp đã chốt"):
        assert words in page
    answer = officer.get(f"{base}tep/0/")
    assert answer.content == DECISION_FILE.content
    assert answer["Content-Disposition"].startswith("attachment")
    assert officer.get(f"{base}tep/7/").status_code == 404
    assert officer.get(f"{base}yeu-cau/").status_code == 200
    answer = officer.post(f"{base}quyet-dinh/", {"decision": "approve", "sentence": ""})
    assert answer.status_code == 200
    assert "Cần ghi lý do quyết định" in answer.content.decode()
    sent = {"decision": "approve", "sentence": WHY}
    page = officer.post(f"{base}quyet-dinh/", sent, follow=True).content.decode()
    assert "Đã đồng ý chỉnh lý" in page
    assert "Trường chưa nộp" in page
    page = officer.post(f"{base}quyet-dinh/", sent, follow=True).content.decode()
    assert "đã quyết định" in page
    submit(cast.sign(replacing(0)), at=SECOND)
    assert "Mở học bạ thay thế" in officer.get(base).content.decode()
    say_purpose(officer)
    page = officer.get(f"/so/hoc-ba/{case.record_uuid}/").content.decode()
    assert "Hết hiệu lực vì chỉnh lý" in page
    page = officer.get(f"/so/hoc-ba/{NEW}/").content.decode()
    assert "Mở bản trước mà học bạ này thay thế" in page
    assert "cần Sở duyệt yêu cầu chỉnh lý" in page


@pytest.mark.usefixtures("asked")
def test_nobody_else_reads_them(closed: list[bytes], client: Client) -> None:
    base = f"/so/chinh-ly/{case_of(closed[0]).pk}/"
    inspector = sign_in(client, "KIEM_TRA")
    for address in ("/so/chinh-ly/", base, f"{base}tep/0/", f"{base}yeu-cau/"):
        assert inspector.get(address).status_code == 403
    assert inspector.post(f"{base}quyet-dinh/", {"sentence": "x"}).status_code == 403
    assert "chỉnh lý chờ quyết định" not in inspector.get("/so/").content.decode()


@pytest.mark.usefixtures("asked")
def test_whoever_verifies_is_told(
    closed: list[bytes], client: Client, submit: Submit, cast: Cast
) -> None:
    grant(closed[0])
    submit(cast.sign(replacing(0)), at=SECOND)
    sent = {"file": SimpleUploadedFile("hoc-ba.xml", closed[0])}
    page = client.post("/xac-thuc", sent).content.decode()
    assert "Học bạ không có giá trị" in page
    assert "Học bạ đã được Sở cho chỉnh lý ngày 15/08/2026" in page
    assert f"được thay bằng học bạ mang mã {NEW}" in page
    assert "Ghi sai nơi sinh" not in page, "the reason is for the office"
