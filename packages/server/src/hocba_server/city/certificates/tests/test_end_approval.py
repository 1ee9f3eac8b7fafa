"""Action: an approval ends; what was sealed before stays valid, what comes after is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from hocba.errors import Refused
from hocba.ids import MessageId
from hocba.packet.transactions import CertificateQuery
from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba.verify.verdict import Outcome, Verdict
from hocba_certworld.cast import STAMPED, Cast
from hocba_server.city.certificates.ends import end_approval
from hocba_server.city.certificates.models import CertificateRegistration
from hocba_server.city.certificates.selectors import asked_to_end
from hocba_server.city.conftest import Submit
from hocba_server.city.gateway.models import RecordOutcome
from hocba_server.city.gateway.services import answer_request
from hocba_server.city.portal.services import verify_file
from hocba_server.city.tests.cast import (
    OFFICER,
    OTHER_WARD,
    SENT,
    WARD_OFFICER,
    registration,
    sign_in,
    submission,
)
from hocba_server.web.audit.models import AuditEntry

LATER = SENT + dt.timedelta(days=10)
REASON = "Mất thiết bị ký"


def end(
    *, by: object = WARD_OFFICER, ended_from: dt.datetime = LATER, reason: str = REASON
) -> None:
    row = CertificateRegistration.objects.get(holder="organisation", ended_from=None)
    end_approval(
        by=by,  # type: ignore[arg-type]
        at=LATER,
        registration_id=row.pk,
        ended_from=ended_from,
        reason=reason,
    )


def test_packages_are_refused_from_then_on(
    submit: Submit, cast: Cast, documents: list[bytes]
) -> None:
    submit(documents[0])
    end()
    answer = answer_request(submission(documents[1:], cast.seal), at=LATER)
    assert answer["Error"] == "1403"
    assert "chấm dứt từ" in answer["ResponseDescription"]
    asked = CertificateQuery(MessageId("m-1"), SCHOOL_CODE, 2026).to_json()
    told = answer_request(asked, at=LATER)
    assert told["trang_thai_phe_duyet"] == 0
    assert told["error"] == "1403"
    assert told["error_description"] == REASON
    assert dt.datetime.fromisoformat(str(told["ngay_cham_dut"])) == LATER
    actions = AuditEntry.objects.using("city").values_list("action", flat=True)
    assert "end_certificate_approval" in set(actions)


def test_what_was_sealed_before_stays_valid_and_says_why(
    submit: Submit, documents: list[bytes]
) -> None:
    submit(documents[0])
    end()
    report = verify_file(documents[0], name="hoc-ba.xml", at=LATER)
    assert report.verdict is Verdict.VALID
    [check] = [each for each in report.checks if each.code == "approved_seal"]
    assert check.outcome is Outcome.PASSED
    assert "vẫn có giá trị" in check.sentence.vi


def test_what_was_sealed_after_a_theft_has_no_value(submit: Submit, documents: list[bytes]) -> None:
    submit(documents[0])
    end(ended_from=STAMPED - dt.timedelta(minutes=1))
    report = verify_file(documents[0], name="hoc-ba.xml", at=LATER)
    assert report.verdict is Verdict.INVALID
    [check] = [each for each in report.checks if each.code == "approved_seal"]
    assert check.reason == "seal_ended"


def test_a_record_sealed_with_it_is_refused_in_a_package_of_the_new_one(
    submit: Submit, cast: Cast
) -> None:
    new = cast.world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)
    answer_request(registration(new), at=SENT)
    from hocba_server.city.certificates.services import approve

    row = CertificateRegistration.objects.get(state="waiting")
    approve(by=WARD_OFFICER, at=SENT, registration_id=row.pk)
    old = CertificateRegistration.objects.exclude(pk=row.pk).get()
    end_approval(
        by=WARD_OFFICER,
        at=LATER,
        registration_id=old.pk,
        ended_from=STAMPED - dt.timedelta(hours=1),
        reason=REASON,
    )
    submit(cast.sign(sample_record(4, seed=7)), key=new, at=LATER)
    outcome = RecordOutcome.objects.latest("pk")
    assert (outcome.accepted, outcome.code) == (False, "2207")


@pytest.mark.usefixtures("approved")
def test_who_may_not_and_what_is_wrong() -> None:
    for by in (OFFICER, OTHER_WARD):
        with pytest.raises(Refused) as refusal:
            end(by=by)
        assert refusal.value.code == "role"
    for named, code in (
        ({"reason": "  "}, "reason"),
        ({"ended_from": LATER + dt.timedelta(hours=1)}, "ended_from"),
        ({"ended_from": LATER - dt.timedelta(days=4000)}, "ended_from"),
    ):
        with pytest.raises(Refused) as refusal:
            end(**named)
        assert refusal.value.code == code
    end()
    row = CertificateRegistration.objects.get()
    with pytest.raises(Refused) as refusal:
        end_approval(
            by=WARD_OFFICER, at=LATER, registration_id=row.pk, ended_from=LATER, reason=REASON
        )
    assert refusal.value.code == "not_approved"


@pytest.mark.usefixtures("approved")
def test_a_school_asks_with_the_certificate_itself(cast: Cast) -> None:
    wish = registration(cast.seal, end_reason="Đổi nhà cung cấp")
    assert answer_request(wish, at=LATER)["error"] == "0"
    assert answer_request(wish, at=LATER)["error"] == "0"
    [row] = asked_to_end(by=WARD_OFFICER)
    assert row.end_asked_reason == "Đổi nhà cung cấp"
    assert asked_to_end(by=OFFICER) == []
    other = cast.world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)
    unknown = answer_request(registration(other, end_reason="x"), at=LATER)
    assert unknown["error"] == "1403"
    assert AuditEntry.objects.using("city").filter(action="ask_certificate_end").count() == 1


@pytest.mark.usefixtures("approved")
def test_the_officers_page(client: Client) -> None:
    row = CertificateRegistration.objects.get()
    address = f"/so/chung-thu-so/{row.pk}/"
    pages = sign_in(client, WARD_OFFICER)
    assert "Chấm dứt phê duyệt" in pages.get(address).content.decode()
    wrong = pages.post(f"{address}cham-dut/", {"ended_from": "hôm qua", "reason": REASON})
    assert "Ghi lúc chấm dứt như" in wrong.content.decode()
    done = pages.post(f"{address}cham-dut/", {"ended_from": "", "reason": REASON}, follow=True)
    assert "vẫn có giá trị" in done.content.decode()
    row.refresh_from_db()
    assert row.ended_by_name == WARD_OFFICER.name
    assert pages.get("/so/chung-thu-so/?phan=da-het").status_code == 200
    assert sign_in(client, OTHER_WARD).get(address).status_code == 404
    page = sign_in(client, OFFICER).get(address).content.decode()
    assert "Hết phê duyệt từ" in page
