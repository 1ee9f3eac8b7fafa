"""A package by REST: the same services as the Ministry's transactions, and the same refusals."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pytest

from hocba.packet.package import complete_transaction, prepare_transaction
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_certworld.cast import Cast
from hocba_certworld.softkey import SoftKey
from hocba_client import ApiProblem
from hocba_server.city.api.tests.calling import client, raw, registered_key
from hocba_server.city.conftest import process
from hocba_server.city.gateway.models import IncomingPackage
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.tests.cast import SENT, submission
from hocba_server.web.audit.models import AuditEntry


def signed_list(documents: Sequence[bytes], key: SoftKey) -> bytes:
    algorithm = SignatureAlgorithm[key.algorithm]
    prepared = prepare_transaction(documents, key.certificate, algorithm, SENT)
    return complete_transaction(prepared, key.sign_digests([prepared.digest])[0])


def test_raw_xml_goes_through_the_whole_line(
    approved: str, cast: Cast, documents: list[bytes]
) -> None:
    ours = client(registered_key(approved))
    package = ours.submit(approved, 2025, signed_list(documents, cast.seal))
    assert (package.state, package.records, package.accepted) == ("received", 3, None)
    process(IncomingPackage.objects.get().pk, cast)
    done = ours.wait(approved, package.message_id)
    assert (done.accepted, done.refused) == (3, 0)
    assert StoredRecord.objects.count() == 3
    assert [one.outcome for one in ours.results(approved, package.message_id)] == ["accepted"] * 3
    assert AuditEntry.objects.using("city").filter(action="receive_package").count() == 1


def test_the_envelope_of_the_ministry_is_taken_too(
    approved: str, cast: Cast, documents: list[bytes]
) -> None:
    number = str(uuid.uuid4())
    sent = submission(documents[:1], cast.seal, message_id=number)
    answer = raw(registered_key(approved)).put(f"units/{approved}/packages/{number}", json=sent)
    assert answer.status_code == 202, answer.text
    assert IncomingPackage.objects.get().message_id == number


def test_an_envelope_for_another_address_is_refused(
    approved: str, cast: Cast, documents: list[bytes]
) -> None:
    sent = submission(documents[:1], cast.seal)
    answer = raw(registered_key(approved)).put(
        f"units/{approved}/packages/{uuid.uuid4()}", json=sent
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "2003")
    assert not IncomingPackage.objects.exists()


def test_the_same_message_again_is_the_same_package(
    approved: str, cast: Cast, documents: list[bytes]
) -> None:
    ours = client(registered_key(approved))
    body = signed_list(documents[:1], cast.seal)
    first = ours.submit(approved, 2025, body)
    again = ours.submit(approved, 2025, body, message_id=first.message_id)
    assert again == first
    assert IncomingPackage.objects.count() == 1
    with pytest.raises(ApiProblem) as refused:
        other = signed_list(documents[1:2], cast.seal)
        ours.submit(approved, 2025, other, message_id=first.message_id)
    assert (refused.value.status, refused.value.code) == (409, "1501")


def test_a_refused_record_says_tag_rule_and_what_to_do(
    approved: str, cast: Cast, documents: list[bytes]
) -> None:
    broken = documents[1].replace(b"<CAN_NANG>28.5<", b"<CAN_NANG>38.5<", 1)
    ours = client(registered_key(approved))
    package = ours.submit(approved, 2025, signed_list([documents[0], broken], cast.seal))
    process(IncomingPackage.objects.get().pk, cast)
    [refused] = list(ours.results(approved, package.message_id, only="refused"))
    assert refused.position == 1
    assert refused.reason is not None
    assert refused.reason.code.startswith("22")
    assert refused.reason.tag
    assert refused.reason.rule
    assert refused.reason.what_to_do
    state = ours.package(approved, package.message_id)
    assert (state.accepted, state.refused) == (1, 1)


def test_results_come_in_pages(approved: str, cast: Cast, documents: list[bytes]) -> None:
    key = registered_key(approved)
    package = client(key).submit(approved, 2025, signed_list(documents, cast.seal))
    process(IncomingPackage.objects.get().pk, cast)
    place = f"units/{approved}/packages/{package.message_id}/results"
    page = raw(key).get(place, params={"page": 2, "size": 2}).json()
    assert (page["page"], page["pages"], page["total"]) == (2, 2, 3)
    assert [one["position"] for one in page["results"]] == [2]
    beyond = raw(key).get(place, params={"page": 9, "size": 2}).json()
    assert beyond["results"] == []


def test_a_package_that_was_not_signed_by_the_approved_seal_is_refused(
    approved: str, cast: Cast, documents: list[bytes]
) -> None:
    stranger = cast.world.issue_organisation("Trường Khác", approved)
    with pytest.raises(ApiProblem) as refused:
        client(registered_key(approved)).submit(
            approved, 2025, signed_list(documents[:1], stranger)
        )
    assert (refused.value.status, refused.value.code) == (403, "1403")
    assert refused.value.what_to_do
    assert not IncomingPackage.objects.exists()


def test_another_unit_is_not_ours(approved: str, cast: Cast, documents: list[bytes]) -> None:
    ours = client(registered_key(approved))
    with pytest.raises(ApiProblem) as refused:
        ours.submit("00000999", 2025, signed_list(documents[:1], cast.seal))
    assert (refused.value.status, refused.value.code) == (403, "1003")
    with pytest.raises(ApiProblem) as unknown:
        ours.package(approved, str(uuid.uuid4()))
    assert unknown.value.status == 404


@pytest.mark.parametrize(
    ("body", "year", "status", "code"),
    [
        (b"<DANH_SACH_HOC_BA/>", None, 422, "2001"),
        (b"", 2025, 422, "1102"),
        (b"\xff\xfe<", 2025, 422, "1203"),
        (b"<A/>", 2025, 422, "1301"),
        (b"<!DOCTYPE a><DANH_SACH_HOC_BA/>", 2025, 422, "1302"),
        (b'<DANH_SACH_HOC_BA id="dataDanhSach"/>', 2025, 422, "1401"),
    ],
)
def test_what_cannot_be_read_is_named(
    approved: str, body: bytes, year: int | None, status: int, code: str
) -> None:
    answer = raw(registered_key(approved)).put(
        f"units/{approved}/packages/{uuid.uuid4()}",
        content=body,
        params={} if year is None else {"year": year},
        headers={"Content-Type": "application/xml"},
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["detail"]
    assert problem["detail_en"]
    assert problem["type"].endswith(f"#ma-{code}")
