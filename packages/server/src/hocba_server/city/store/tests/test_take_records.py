"""The store takes records from departments, for whose schools they vouch, and from nobody else."""

from __future__ import annotations

import dataclasses

import pytest
from django.test import Client

from hocba.record.model import FormatProfile, SignerRole
from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba.verify.policy import RecordStatus
from hocba_certworld.cast import Cast
from hocba_certworld.softkey import SoftKey
from hocba_server.city.closing.tests.test_closing_pages import sign_in, text
from hocba_server.city.gateway.models import RecordOutcome
from hocba_server.city.gateway.services import answer_request
from hocba_server.city.portal.services import verify_file
from hocba_server.city.recalls.tests.asking import ask, decide, item_of, results
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.repository.selectors import original, status_of
from hocba_server.city.store.tests.conftest import Report
from hocba_server.city.tests.cast import SENT, submission

OLD = str(sample_record(4).record_uuid)


def codes() -> list[str]:
    return list(RecordOutcome.objects.order_by("pk").values_list("code", flat=True))


def test_records_of_both_profiles_are_kept_under_their_school(
    report: Report, documents: list[bytes], cast: Cast
) -> None:
    report(*documents, cast.sign(sample_record(4, FormatProfile.V1_2024, seed=9)))
    assert codes() == ["0"] * 4
    assert original(OLD) == documents[0]
    assert set(StoredRecord.objects.values_list("unit_code", flat=True)) == {SCHOOL_CODE}
    assert status_of(OLD, at=SENT).status is RecordStatus.IN_FORCE


def test_whoever_verifies_at_the_store_gets_the_departments_word_for_the_seal(
    report: Report, documents: list[bytes]
) -> None:
    report(documents[0])
    found = verify_file(documents[0], name="hoc-ba.xml", at=SENT)
    assert {check.code: check.outcome.value for check in found.checks}["approved_seal"] == "passed"


def test_a_department_cannot_bring_another_ones_records(
    report: Report, documents: list[bytes], other_key: SoftKey
) -> None:
    report(documents[0], key=other_key, unit="75")
    outcome = RecordOutcome.objects.get()
    assert (outcome.code, outcome.field_title) == ("2402", "MA_SO_GIAO_DUC")


def test_a_school_cannot_report_past_its_department(
    in_store: None, documents: list[bytes], cast: Cast
) -> None:
    answer = answer_request(submission([documents[0]], cast.seal, unit_code="79"), at=SENT)
    assert answer["Error"] == "1403"
    answer = answer_request(submission([documents[0]], cast.seal), at=SENT)
    assert answer["Error"] == "1001"


def test_a_seal_that_names_another_school_is_refused(report: Report, cast: Cast) -> None:
    foreign = cast.world.issue_organisation("Trường Khác", "00000999")
    report(cast.sign(sample_record(4), keys={SignerRole.ORGANISATION: foreign}))
    assert codes() == ["2207"] or codes() == ["2204"]


def test_a_touched_record_is_refused(report: Report, documents: list[bytes]) -> None:
    touched = documents[0].replace("Nguyễn Thị Mẫu".encode(), "Nguyễn Thị Mầu".encode())
    report(touched, documents[1])
    assert codes()[0] != "0"
    assert codes()[1] == "0"


def test_the_department_recalls_and_replaces(
    report: Report, documents: list[bytes], cast: Cast, department_key: SoftKey
) -> None:
    report(*documents)
    package = ask([item_of(documents[0])], department_key, unit_code="79")
    decide(package)
    assert results(package)[0]["trang_thai"] == 2
    assert status_of(OLD, at=SENT).status is RecordStatus.RECALLED
    new = "33333333-3333-4333-8333-333333333333"
    report(cast.sign(dataclasses.replace(sample_record(4), record_uuid=new)))  # type: ignore[arg-type]
    assert status_of(OLD, at=SENT).replaced_by == new


def test_another_department_recalls_nothing(
    report: Report, documents: list[bytes], other_key: SoftKey
) -> None:
    report(documents[0])
    [result] = results(ask([item_of(documents[0])], other_key, unit_code="75"))
    assert (result["trang_thai"], result["error"]) == (3, "2402")


def test_the_page_shows_what_came(report: Report, documents: list[bytes], client: Client) -> None:
    officer = sign_in(client, "SO_DUYET")
    assert "Kho chưa có học bạ nào" in text(officer, "/so/kho/")
    report(*documents)
    assert officer.get("/so/")["Location"] == "/so/kho/"
    page = text(officer, "/so/kho/")
    assert "Tiểu học Mẫu" in page
    assert "Nguyễn Thị Mẫu" not in page
    assert officer.get("/so/bo/").status_code == 404, "the store reports to nobody"


@pytest.mark.parametrize("role", ["SO_QT"])
def test_the_administrator_sees_no_record(
    report: Report, documents: list[bytes], client: Client, role: str
) -> None:
    report(*documents)
    administrator = sign_in(client, role)
    assert administrator.get("/so/kho/").status_code == 403
    assert administrator.get("/so/kho/goi/1/").status_code == 403
