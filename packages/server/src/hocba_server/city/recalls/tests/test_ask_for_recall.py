"""Action: a school asks for a recall (transaction 5) and hears of each record (transaction 6)."""

from __future__ import annotations

from typing import Any

import pytest

from hocba.ids import MessageId, PersonalId, RecordUuid, UnitCode
from hocba.packet.answers import PackageAnswer
from hocba.packet.recall import RecallItem
from hocba.packet.transactions import ResultQuery, TransactionType
from hocba_certworld.cast import Cast
from hocba_server.city.certificates.models import CertificateRegistration
from hocba_server.city.certificates.services import approve, register_unit
from hocba_server.city.conftest import Submit
from hocba_server.city.gateway.models import IncomingPackage
from hocba_server.city.gateway.services import answer_request, open_account
from hocba_server.city.recalls.models import RecallCase
from hocba_server.city.recalls.services import check_request
from hocba_server.city.recalls.tests.asking import ask, decide, item_of, recall_message, results
from hocba_server.city.repository.models import RecordInForce
from hocba_server.city.tests.cast import (
    ADMINISTRATOR,
    OFFICER,
    SENT,
    FixedClock,
    registration,
    submission,
)
from hocba_server.web.audit.models import AuditEntry


@pytest.fixture
def kept(submit: Submit, documents: list[bytes]) -> list[bytes]:
    """Three records in force."""
    submit(*documents)
    return documents


def states() -> list[tuple[str, str]]:
    return list(RecallCase.objects.values_list("state", "code"))


def test_what_agrees_with_the_stored_record_waits_for_an_officer(
    kept: list[bytes], cast: Cast
) -> None:
    package = ask([item_of(document) for document in kept[:2]], cast.seal)
    assert states() == [("waiting", "0")] * 2
    assert [result["trang_thai"] for result in results(package)] == [1, 1]
    assert RecordInForce.objects.count() == 3, "nothing is recalled before somebody decides"
    actions = set(AuditEntry.objects.using("city").values_list("action", flat=True))
    assert {"receive_recall_request", "check_recall_request"} <= actions


@pytest.mark.parametrize(
    ("change", "code", "tag"),
    [
        ({"full_name": "Người Khác"}, "2504", "HO_VA_TEN"),
        ({"gender": "Khác"}, "2504", "GIOI_TINH"),
        ({"birth_date": "31/12/2001"}, "2504", "NGAY_SINH"),
        ({"personal_id": PersonalId("000316999999")}, "2504", "SO_CCCD"),
        ({"school_name": "Tiểu học Khác"}, "2504", "TEN_TRUONG"),
        ({"school_code": UnitCode("00000402")}, "2402", "MA_TRUONG"),
        (
            {"record_uuid": RecordUuid("11111111-1111-4111-8111-111111111111")},
            "2501",
            "MA_TRA_CUU_UUID",
        ),
    ],
)
def test_what_differs_is_refused_alone_with_its_tag(
    kept: list[bytes], cast: Cast, change: dict[str, Any], code: str, tag: str
) -> None:
    package = ask([item_of(kept[0], **change), item_of(kept[1])], cast.seal)
    assert states() == [("refused", code), ("waiting", "0")]
    wrong, _ = results(package)
    assert (wrong["trang_thai"], wrong["error"], wrong["error_field_title"]) == (3, code, tag)
    assert wrong["error_description"]


def test_other_spellings_of_the_same_are_accepted(kept: list[bytes], cast: Cast) -> None:
    item = item_of(kept[0])
    day, month, year = item.birth_date.split("/")
    ask([item_of(kept[0], birth_date=f"{year}-{month}-{day}T00:00:00+07:00")], cast.seal)
    assert states() == [("waiting", "0")]


def test_an_element_that_cannot_be_read_is_refused_alone(kept: list[bytes], cast: Cast) -> None:
    broken = item_of(kept[0]).to_xml().replace(b"SO_CCCD", b"SO_CMND")
    ask([broken, item_of(kept[1])], cast.seal)
    assert [state for state, _ in states()] == ["refused", "waiting"]


def test_a_record_waits_once_and_is_recalled_once(kept: list[bytes], cast: Cast) -> None:
    item = item_of(kept[0])
    first = ask([item, item], cast.seal)
    assert states() == [("waiting", "0"), ("refused", "2503")]
    again = ask([item], cast.seal)
    assert results(again)[0]["error"] == "2503"
    RecallCase.objects.filter(package=first, state="refused").delete()
    decide(first)
    late = ask([item], cast.seal)
    assert results(late)[0]["error"] == "2502"


def test_the_same_message_again_gets_the_same_answer(kept: list[bytes], cast: Cast) -> None:
    number = "22222222-2222-4222-8222-222222222222"
    request = recall_message([item_of(kept[0])], cast.seal, message_id=number)
    first = answer_request(request, at=SENT)
    assert answer_request(request, at=SENT) == first
    package = IncomingPackage.objects.get(kind="5")
    check_request(package.pk, clock=FixedClock())
    check_request(package.pk, clock=FixedClock())  # a job that was cut off after its commit
    assert states() == [("waiting", "0")]
    other = recall_message([item_of(kept[1])], cast.seal, message_id=number)
    assert answer_request(other, at=SENT)["Error"] == "1501"
    as_package = submission(kept[:1], cast.seal, message_id=number)
    assert answer_request(as_package, at=SENT)["Error"] == "1501"


def test_a_kill_between_commit_and_answer_loses_and_doubles_nothing(
    kept: list[bytes], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = recall_message([item_of(kept[0])], cast.seal)
    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):

        def die(self: object) -> None:
            raise KeyboardInterrupt

        cut.setattr("hocba_server.city.gateway.services.PackageAnswer.to_json", _once(die))
        answer_request(request, at=SENT)
    assert answer_request(request, at=SENT)["Error"] == "0"
    assert IncomingPackage.objects.filter(kind="5").count() == 1


def _once(die: Any) -> Any:
    """The bytes are committed with their answer; the answer to the sender is what is cut off."""
    plain, calls = PackageAnswer.to_json, []

    def to_json(self: PackageAnswer) -> dict[str, object]:
        calls.append(1)
        if len(calls) > 1:
            die(self)
        return plain(self)

    return to_json


def test_a_kill_in_the_middle_of_the_checks_leaves_nothing(
    kept: list[bytes], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_request(recall_message([item_of(kept[0])], cast.seal), at=SENT)
    package = IncomingPackage.objects.get(kind="5")

    def die(**_named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr("hocba_server.city.recalls.services.record_event", die)
        check_request(package.pk, clock=FixedClock())
    assert not RecallCase.objects.exists()
    check_request(package.pk, clock=FixedClock())
    assert states() == [("waiting", "0")]


def test_only_the_approved_certificate_of_a_known_sender_asks(
    kept: list[bytes], cast: Cast
) -> None:
    other = cast.world.issue_organisation("Trường Tiểu học Mẫu", "00000401")
    items: list[RecallItem | bytes] = [item_of(kept[0])]
    assert answer_request(recall_message(items, other), at=SENT)["Error"] == "1403"
    stranger = recall_message(items, cast.seal, unit_code="00000499")
    assert answer_request(stranger, at=SENT)["Error"] in {"1001", "1003"}
    forged = recall_message(items, cast.seal)
    content = recall_message([item_of(kept[1])], cast.seal)["content"]
    forged["content"] = content[:-20] + forged["content"][-20:]
    assert answer_request(forged, at=SENT)["Error"] != "0"
    assert not IncomingPackage.objects.filter(kind="5").exists()


def test_each_query_answers_for_its_own_kind(kept: list[bytes], cast: Cast) -> None:
    package = ask([item_of(kept[0])], cast.seal)
    submitted = IncomingPackage.objects.get(kind="1")
    number, unit = MessageId(package.message_id), UnitCode(package.unit_code)
    assert answer_request(ResultQuery(number, unit).to_json(), at=SENT)["danh_sach"] == []
    wrong = ResultQuery(MessageId(submitted.message_id), unit, TransactionType.QUERY_RECALL)
    assert answer_request(wrong.to_json(), at=SENT)["danh_sach"] == []


def test_another_school_recalls_nothing_of_this_one(kept: list[bytes], cast: Cast) -> None:
    other = UnitCode("00000402")
    key = cast.world.issue_organisation("Trường Tiểu học Khác", other)
    register_unit(
        by=ADMINISTRATOR,
        at=SENT,
        code=other,
        name="Tiểu học Khác",
        ownership="public",
        levels=["upper_secondary"],
    )
    open_account(by=ADMINISTRATOR, at=SENT, unit_code=other)
    answer_request(registration(key, unit_code=other), at=SENT)
    row = CertificateRegistration.objects.get(unit__code=other)
    approve(by=OFFICER, at=SENT, registration_id=row.pk)
    ask([item_of(kept[0], school_code=other)], key, unit_code=other)
    assert states() == [("refused", "2402")]
    assert RecordInForce.objects.count() == 3
