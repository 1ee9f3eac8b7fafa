"""Time-stamps, OCSP and CRLs over real loopback HTTP, answered by the demo certificate world."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from pytest_django.fixtures import Settings

from hocba.errors import Unavailable
from hocba.signature.timestamp import read_token
from hocba_certworld.world import CertWorld
from hocba_server.adapters.clock import SystemClock
from hocba_server.adapters.revocation import HttpRevocation, revocation_source
from hocba_server.adapters.timestamp import HttpTimestamp, timestamp_source

DIGEST = hashlib.sha256(b"con dau").digest()


def test_a_token_over_the_digest_comes_back(
    served_world: tuple[CertWorld, str], settings: Settings
) -> None:
    world, url = served_world
    settings.TSA_URL = f"{url}/tsa"
    fact = read_token(timestamp_source().timestamp(DIGEST), DIGEST, [world.keys["tsa"].certificate])
    assert abs(fact.time - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


@pytest.mark.parametrize("body", [b"", b"not asn.1", b"0\x03\x02\x01\x02"])
def test_a_wrong_time_stamp_answer_is_unavailable(service: Any, body: bytes) -> None:
    service.body = body
    with pytest.raises(Unavailable):
        HttpTimestamp(service.url).timestamp(DIGEST)
    assert service.asked[0][2] == "application/timestamp-query"


def test_an_answer_to_another_question_is_unavailable(
    service: Any, served_world: tuple[CertWorld, str]
) -> None:
    world, _ = served_world
    from hocba.signature.timestamp import make_request

    service.body = world.timestamp(make_request(DIGEST, 7), dt.datetime.now(dt.UTC))
    with pytest.raises(Unavailable):
        HttpTimestamp(service.url).timestamp(DIGEST)


def test_without_a_service_it_is_said(settings: Settings) -> None:
    settings.TSA_URL = ""
    with pytest.raises(Unavailable, match="HOCBA_TSA_URL"):
        timestamp_source()


def test_ocsp_tells_good_from_revoked(world: CertWorld) -> None:
    leaf = world.issue_person("Trần Văn Mẫu", "000011112222").certificate
    issuer = world.keys["public"].certificate
    source = revocation_source()

    def status() -> ocsp.OCSPCertStatus:
        answer = source.ocsp(leaf, issuer)
        assert answer is not None
        return ocsp.load_der_ocsp_response(answer).certificate_status

    assert status() == ocsp.OCSPCertStatus.GOOD
    world.revoke(leaf, dt.datetime.now(dt.UTC))
    assert status() == ocsp.OCSPCertStatus.REVOKED


def test_the_crl_named_by_the_certificate_is_fetched(world: CertWorld) -> None:
    leaf = world.issue_person("Lê Thị Mẫu", "000033334444").certificate
    fetched = HttpRevocation().crl(leaf)
    assert fetched is not None
    crl = x509.load_der_x509_crl(fetched)
    assert crl.issuer == leaf.issuer


def test_a_certificate_without_addresses_has_no_answer(world: CertWorld) -> None:
    root = world.keys["root"].certificate
    assert HttpRevocation().ocsp(root, root) is None
    assert HttpRevocation().crl(root) is None


def test_a_dead_responder_is_unavailable(world: CertWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    from hocba_server.adapters import revocation

    leaf = world.issue_person("Ngô Thị Mẫu", "000055556666").certificate
    monkeypatch.setattr(revocation, "_responders", lambda _c: iter(["http://127.0.0.1:1/ocsp"]))
    with pytest.raises(Unavailable):
        HttpRevocation().ocsp(leaf, world.keys["public"].certificate)


def test_a_second_responder_is_asked_when_the_first_is_dead(
    service: Any, world: CertWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hocba_server.adapters import revocation

    leaf = world.issue_person("Vũ Thị Mẫu", "000077778888").certificate
    urls = ["http://127.0.0.1:1/", service.url]
    monkeypatch.setattr(revocation, "_distribution_points", lambda _c: iter(urls))
    service.body = b"crl"
    assert HttpRevocation().crl(leaf) == b"crl"


def test_the_clock_knows_its_zone() -> None:
    assert SystemClock().now().utcoffset() == dt.timedelta(0)
