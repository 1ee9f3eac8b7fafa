"""Recalls, certificates, the status of records: by REST, about one's own unit."""

from __future__ import annotations

import uuid

import pytest

from hocba.packet.registration import complete_registration, prepare_registration
from hocba.record.sample import sample_record
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_certworld.cast import Cast
from hocba_client import ApiProblem
from hocba_server.city.api.tests.calling import client, registered_key
from hocba_server.city.api.tests.test_submit import signed_list
from hocba_server.city.certificates.models import CertificateRegistration, Unit
from hocba_server.city.certificates.services import approve, refuse
from hocba_server.city.conftest import Submit
from hocba_server.city.gateway.models import GatewayAccount, IncomingPackage
from hocba_server.city.recalls.services import check_request, decide_cases
from hocba_server.city.recalls.tests.asking import item_of
from hocba_server.city.tests.cast import OFFICER, SENT, WARD_OFFICER, FixedClock


def registration_xml(unit: str, cast: Cast) -> bytes:
    algorithm = SignatureAlgorithm[cast.seal.algorithm]
    prepared = prepare_registration(unit, cast.seal.certificate, algorithm, SENT)  # type: ignore[arg-type]
    return complete_registration(prepared, cast.seal.sign_digests([prepared.digest])[0])


def test_a_certificate_is_registered_and_its_decision_read(school: str, cast: Cast) -> None:
    ours = client(registered_key(school))
    number = str(uuid.uuid4())
    taken = ours.register_certificate(school, registration_xml(school, cast), message_id=number)
    assert (taken["state"], taken["message_id"]) == ("waiting", number)
    again = ours.register_certificate(school, registration_xml(school, cast), message_id=number)
    assert again == taken
    assert CertificateRegistration.objects.count() == 1
    approve(by=WARD_OFFICER, at=SENT, registration_id=CertificateRegistration.objects.get().pk)
    [listed] = ours.certificates(school)
    assert listed["state"] == "approved"


def test_a_refused_certificate_says_why(school: str, cast: Cast) -> None:
    ours = client(registered_key(school))
    ours.register_certificate(school, registration_xml(school, cast))
    row = CertificateRegistration.objects.get()
    refuse(by=WARD_OFFICER, at=SENT, registration_id=row.pk, reason="Sai tên trường")
    [listed] = ours.certificates(school)
    assert (listed["state"], listed["reason"]) == ("refused", "Sai tên trường")


def test_what_is_no_registration_is_refused(school: str) -> None:
    with pytest.raises(ApiProblem) as refused:
        client(registered_key(school)).register_certificate(school, b"<A/>")
    assert refused.value.status == 422


def test_the_life_of_a_record_is_told(
    submit: Submit, approved: str, cast: Cast, documents: list[bytes]
) -> None:
    submit(*documents)
    ours = client(registered_key(approved))
    number = sample_record(4).record_uuid
    status = ours.record_status(approved, number)
    assert (status["status"], status["replaced_by"]) == ("in_force", None)
    assert "pupil_name" not in status
    body = signed_list([item_of(documents[0]).to_xml()], cast.seal)
    asked = ours.recall(approved, 2025, body)
    check_request(IncomingPackage.objects.latest("pk").pk, clock=FixedClock())
    state = ours.package(approved, asked.message_id, kind="recalls")
    assert (state.waiting, state.accepted) == (1, 0)
    case = IncomingPackage.objects.latest("pk").cases.get()
    decide_cases(
        by=OFFICER,
        at=SENT,
        package_id=case.package_id,
        case_ids=[case.pk],
        approve=True,
        sentence="",
    )
    [result] = list(ours.results(approved, asked.message_id, kind="recalls"))
    assert result.outcome == "accepted"
    status = ours.record_status(approved, number)
    assert (status["status"], status["ended_by"]) == ("recalled", "recall")


def test_a_record_of_another_school_is_as_if_it_were_not_there(
    submit: Submit, approved: str, documents: list[bytes]
) -> None:
    submit(documents[0])
    Unit.objects.create(
        code="00000999", name="Khác", ownership="public", ward_code="", created_at=SENT
    )
    GatewayAccount.objects.create(unit_code="00000999", user_name="00000999", opened_at=SENT)
    stranger = client(registered_key("00000999", "khoa-khac"))
    for number in (sample_record(4).record_uuid, sample_record(4, seed=9).record_uuid):
        with pytest.raises(ApiProblem) as refused:
            stranger.record_status("00000999", number)
        assert refused.value.status == 404
    with pytest.raises(ApiProblem) as denied:
        stranger.record_status(approved, sample_record(4).record_uuid)
    assert denied.value.code == "1003"
