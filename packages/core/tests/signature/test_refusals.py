"""Every reason of refusal, each with a record that has that one fault.

Unless a test says otherwise the forger holds the leader's own key and signs again after the change.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from forge import Mutation, at, codes, forge
from forged_cases import FORGED
from lxml import etree
from signature_world import (
    DS,
    RSA,
    V1,
    V2,
    Signer,
    b64,
    person,
    signed,
)
from signature_world import (
    root as root_ca,
)

from hocba.signature import faults
from hocba.signature.facts import SignatureRules

Element = etree._Element


def test_the_forger_makes_valid_signatures() -> None:
    def nothing(_root: Element, _slot: Element, _signature: Element) -> None:
        pass

    assert codes(forge(signed(), nothing)) == []


@pytest.mark.parametrize(
    ("code", "mutate"), [case[1:] for case in FORGED], ids=[c[0] for c in FORGED]
)
def test_one_fault(code: str, mutate: Mutation) -> None:
    assert codes(forge(signed(), mutate)) == [code]


def test_strict_rules_demand_xades_of_everybody() -> None:
    def mutate(_root: Element, _slot: Element, signature: Element) -> None:
        signature.remove(signature.findall(f"{DS}Object")[1])
        info = at(signature, "ds:SignedInfo")
        info.remove(info.findall(f"{DS}Reference")[2])

    plain = forge(signed(), mutate)
    assert codes(plain) == []
    assert codes(plain, SignatureRules.STRICT) == ["missing_property"]
    assert codes(signed(), SignatureRules.PLAIN) == ["unexpected_property"]


def test_value_by_another_key() -> None:
    stranger = person(77)
    document = forge(signed(), lambda _r, _s, _g: None, signer=stranger)
    assert codes(document) == ["signature_mismatch"]


def test_swapped_certificate_with_its_key() -> None:
    """A stranger signs with a key of their own: only the XAdES digest names the true signer."""
    stranger = person(77)

    def mutate(_root: Element, _slot: Element, signature: Element) -> None:
        der = certificate_der(stranger)
        at(signature, "ds:KeyInfo//ds:X509Certificate").text = b64(der)

    document = forge(signed(), mutate, signer=stranger)
    assert codes(document) == ["certificate_digest_mismatch"]


def test_certificate_of_the_same_key() -> None:
    """Another certificate of the very key (renewed) is another identity, too."""
    again = Signer("Người khác DEMO", person(8).signature_algorithm, "CCCD:000000000099", root_ca())
    again.key = person(8).key
    again.certificate = again._certificate("Người khác DEMO", "CCCD:000000000099", root_ca())

    def mutate(_root: Element, _slot: Element, signature: Element) -> None:
        at(signature, "ds:KeyInfo//ds:X509Certificate").text = b64(certificate_der(again))

    assert codes(forge(signed(), mutate)) == ["certificate_digest_mismatch"]


def test_other_kinds_of_keys() -> None:
    """An Ed25519 certificate cannot even be named."""
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "DEMO")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC))
        .sign(key, None)
    )

    def mutate(_root: Element, _slot: Element, signature: Element) -> None:
        der = certificate.public_bytes(Encoding.DER)
        at(signature, "ds:KeyInfo//ds:X509Certificate").text = b64(der)

    assert codes(forge(signed(), mutate)) == ["algorithm_not_allowed"]


def test_short_rsa_key() -> None:
    weak = Signer("Yếu DEMO", RSA, "CCCD:000000000098", root_ca())
    weak.key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    weak.certificate = weak._certificate("Yếu DEMO", "CCCD:000000000098", root_ca())

    def mutate(_root: Element, _slot: Element, signature: Element) -> None:
        at(signature, "ds:KeyInfo//ds:X509Certificate").text = b64(certificate_der(weak))
        at(signature, "ds:SignedInfo/ds:SignatureMethod").set("Algorithm", RSA.xml_uri)

    assert codes(forge(signed(), mutate, signer=weak)) == ["algorithm_not_allowed"]


def test_ecdsa_value_in_another_form() -> None:
    """DER instead of r||s, and values that are out of range."""
    for value in (b"\x30" * 70, bytes(64), b"\xff" * 64):

        def mutate(_r: Element, _s: Element, signature: Element, value: bytes = value) -> None:
            at(signature, "ds:SignatureValue").text = b64(value)

        assert codes(forge(signed(), mutate, resign=False)) == ["signature_mismatch"]


@pytest.mark.parametrize("profile", [V1, V2])
def test_another_day_on_the_slot(profile: object) -> None:
    def mutate(_root: Element, slot: Element, _signature: Element) -> None:
        at(slot, "NGAY_KY").text = "2026-05-29T14:30:08+07:00"

    document = signed(V1 if profile is V1 else V2)
    assert codes(forge(document, mutate, resign=False)) == ["signing_time_mismatch"]


def test_the_same_moment_in_another_zone_is_the_same() -> None:
    def mutate(_root: Element, slot: Element, _signature: Element) -> None:
        at(slot, "NGAY_KY").text = "2026-05-29T07:30:07Z"

    assert codes(forge(signed(), mutate, resign=False)) == []


def certificate_der(signer: Signer) -> bytes:
    return signer.certificate.public_bytes(Encoding.DER)


def test_every_reason_has_a_test() -> None:
    sources = "".join(file.read_text() for file in Path(__file__).parent.glob("*.py"))
    codes_of = [faults._MALFORMED, faults._NOT_TRUSTED, faults._REFUSED]
    assert [code for table in codes_of for code in table if f'"{code}"' not in sources] == []
