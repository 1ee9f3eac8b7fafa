"""Transaction 1 and 2: a package comes in, each record gets its answer."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from hocba.assessment.levels import YearResult
from hocba.errors import Unavailable
from hocba.ids import MessageId, RecordUuid
from hocba.packet.transactions import ResultQuery
from hocba.record.model import SignerRole, SlotId
from hocba.record.sample import HOMEROOM, SCHOOL_CODE, SPECIALISTS, sample_record
from hocba_certworld.cast import SIGNED, Cast
from hocba_server.city.conftest import Submit, process
from hocba_server.city.gateway.models import IncomingPackage, RecordOutcome
from hocba_server.city.gateway.services import answer_request, process_package
from hocba_server.city.repository.models import RecordInForce, StoredRecord
from hocba_server.city.repository.selectors import original
from hocba_server.city.tests.cast import SENT, FixedClock, submission
from hocba_server.city.transparency.models import LogEntryRow


def codes() -> list[str]:
    return list(RecordOutcome.objects.values_list("code", flat=True))


def test_every_good_record_is_kept_logged_and_in_force(
    submit: Submit, documents: list[bytes]
) -> None:
    package = submit(*documents)
    assert package.state == "processed"
    assert codes() == ["0", "0", "0"]
    assert RecordInForce.objects.count() == LogEntryRow.objects.count() == 3
    number = sample_record(4, seed=1).record_uuid
    assert original(number) == documents[1], "the exact signed bytes are what is kept"


def test_answers_come_by_transaction_2(submit: Submit, documents: list[bytes]) -> None:
    package = submit(documents[0])
    query = ResultQuery(MessageId(package.message_id), SCHOOL_CODE).to_json()
    [result] = answer_request(query, at=SENT)["danh_sach"]
    assert sample_record(4).record_uuid in result.values()


def test_the_same_message_again_gets_the_same_answer(
    approved: str, cast: Cast, documents: list[bytes]
) -> None:
    request = submission(documents[:1], cast.seal)
    first = answer_request(request, at=SENT)
    assert answer_request(request, at=SENT) == first
    assert IncomingPackage.objects.count() == 1
    package = IncomingPackage.objects.get()
    process(package.pk, cast)
    process(package.pk, cast)  # a job that was cut off after its commit comes again
    assert StoredRecord.objects.count() == 1


def test_a_message_id_with_other_content_is_refused(
    approved: str, cast: Cast, documents: list[bytes]
) -> None:
    number = "11111111-1111-4111-8111-111111111111"
    answer_request(submission(documents[:1], cast.seal, message_id=number), at=SENT)
    other = answer_request(submission(documents[1:2], cast.seal, message_id=number), at=SENT)
    assert other["Error"] == "1501"


def test_nothing_is_half_done_when_the_work_is_cut_off(
    approved: str, cast: Cast, documents: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_request(submission(documents, cast.seal), at=SENT)
    package = IncomingPackage.objects.get()

    def die(*_arguments: Any, **_named: Any) -> None:
        raise KeyboardInterrupt

    where = "hocba_server.city.gateway.processing.append_entries"
    with monkeypatch.context() as cut, pytest.raises(KeyboardInterrupt):
        cut.setattr(where, die)
        process(package.pk, cast)
    assert StoredRecord.objects.count() == LogEntryRow.objects.count() == 0
    process(package.pk, cast)
    assert StoredRecord.objects.count() == LogEntryRow.objects.count() == 3


def test_an_unapproved_certificate_may_not_send(
    approved: str, cast: Cast, documents: list[bytes]
) -> None:
    other = cast.world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)
    assert answer_request(submission(documents, other), at=SENT)["Error"] == "1403"


def test_a_changed_package_is_refused(approved: str, cast: Cast, documents: list[bytes]) -> None:
    request = submission(documents[:1], cast.seal)
    other = submission(documents[1:2], cast.seal)
    request["content"] = other["content"][:-20] + request["content"][-20:]
    assert answer_request(request, at=SENT)["Error"] != "0"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((b"<CAN_NANG>28.5<", b"<CAN_NANG>38.5<"), "2201"),
        ((b"<GIOI_TINH>N\xe1\xbb\xaf<", b"<GIOI_TINH>Be<"), "2003"),
        ((b"<MA_TRUONG>00000401<", b"<MA_TRUONG>00000402<"), "2402"),
        ((b"<DAN_TOC>Kinh</DAN_TOC>", b""), "2001"),
    ],
    ids=["edited", "wrong-code", "another-school", "missing-field"],
)
def test_a_changed_record_is_refused_and_the_others_are_kept(
    submit: Submit, documents: list[bytes], change: tuple[bytes, bytes], code: str
) -> None:
    broken = documents[0].replace(*change, 1)
    assert broken != documents[0]
    submit(broken, documents[1])
    outcomes = list(RecordOutcome.objects.all())
    assert not outcomes[0].accepted
    if change[0].startswith(b"<CAN_NANG"):
        assert outcomes[0].code in {"2202", "2203", "2204"}
    else:
        assert outcomes[0].code == code
    assert outcomes[0].sentence
    assert outcomes[1].accepted
    assert StoredRecord.objects.count() == 1


def test_results_against_the_rules_are_refused(submit: Submit, cast: Cast) -> None:
    record = sample_record(4)
    summary = dataclasses.replace(record.summary, year_result=YearResult.COMPLETED)
    submit(cast.sign(dataclasses.replace(record, summary=summary)))
    assert codes() == ["2101"]


def test_a_missing_signature_is_refused(submit: Submit, cast: Cast) -> None:
    submit(cast.sign(skip=[SlotId(SignerRole.SUBJECT_TEACHER, sample_record(4).subjects[2].code)]))
    assert codes() == ["2201"]


def test_somebody_elses_signature_is_refused(submit: Submit, cast: Cast) -> None:
    number = SPECIALISTS["89"].personal_id
    keys = {SignerRole.HOMEROOM_TEACHER: cast.people[number]}
    submit(cast.sign(keys=keys, numbers={SignerRole.HOMEROOM_TEACHER: number}))
    assert codes() == ["2202"]


def test_an_expired_and_a_revoked_certificate_are_refused(submit: Submit, cast: Cast) -> None:
    ended = (SIGNED - dt.timedelta(days=20), SIGNED - dt.timedelta(days=1))
    expired = cast.world.issue_person(HOMEROOM.full_name, HOMEROOM.personal_id, validity=ended)
    revoked = cast.world.issue_person(HOMEROOM.full_name, HOMEROOM.personal_id)
    cast.world.revoke(revoked.certificate, SIGNED - dt.timedelta(days=1))
    submit(
        *(
            cast.sign(sample_record(4, seed=seed), keys={SignerRole.HOMEROOM_TEACHER: key})
            for seed, key in enumerate((expired, revoked))
        )
    )
    assert codes() == ["2205", "2205"]


def test_another_seal_is_refused(submit: Submit, cast: Cast) -> None:
    other = cast.world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)
    submit(cast.sign(keys={SignerRole.ORGANISATION: other}))
    assert codes() == ["2207"]


def test_a_known_number_and_a_second_record_of_the_year_are_refused(
    submit: Submit, cast: Cast, documents: list[bytes]
) -> None:
    submit(documents[0])
    again = dataclasses.replace(
        sample_record(4), record_uuid=RecordUuid("22222222-2222-4222-8222-222222222222")
    )
    submit(documents[0], cast.sign(again))
    newest = RecordOutcome.objects.order_by("-pk")[:2]
    assert sorted(row.code for row in newest) == ["2301", "2303"]
    assert StoredRecord.objects.count() == 1


class _Away:
    """Status services that nobody can reach."""

    def ocsp(self, *_arguments: object) -> bytes | None:
        raise Unavailable("network", "x", "x")

    def crl(self, *_arguments: object) -> bytes | None:
        raise Unavailable("network", "x", "x")


def test_unreachable_status_services_are_asked_again_and_then_refused(
    approved: str, cast: Cast, documents: list[bytes]
) -> None:
    answer_request(submission(documents[:1], cast.seal), at=SENT)
    package = IncomingPackage.objects.get()
    with pytest.raises(Unavailable):
        process_package(package.pk, clock=FixedClock(), revocation=_Away())
    assert not RecordOutcome.objects.exists()
    process_package(package.pk, clock=FixedClock(), revocation=_Away(), patient=False)
    assert codes() == ["2206"]
    assert not StoredRecord.objects.exists()


def test_the_api_answers_any_body(approved: str, client: Client) -> None:
    for body in (b"", b"[]", b"{}", b"\xff", b'{"authenticationRequest": 3}', b"[" * 100_000):
        answer = client.post("/api/v1/giao-dich", data=body, content_type="application/json")
        assert answer.status_code == 200
        assert re.fullmatch(r"[1-9]\d{3}", answer.json()["Error"])
    assert client.get("/api/v1/giao-dich").status_code == 405


def test_the_api_takes_a_package(
    approved: str, cast: Cast, client: Client, documents: list[bytes]
) -> None:
    request = submission(documents, cast.seal)
    answer = client.post("/api/v1/giao-dich", data=request, content_type="application/json")
    assert answer.json()["Error"] == "0"
    assert IncomingPackage.objects.get().record_count == 3
