"""Signing as people do and verifying what came of it, with programs not written here."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from signature_world import (
    AT,
    CBQL,
    DS,
    GVCN,
    P256,
    PSS,
    RSA,
    SEAL,
    SUBJECTS,
    V1,
    V2,
    gvbm,
    person,
    personal_id,
    school,
    sign_one,
    signature_elements,
    signed,
    slots_of,
    unsigned,
    xmlsec1,
)

from hocba.errors import HocBaError, Malformed, NotTrusted, Refused, Unavailable
from hocba.record.model import FormatProfile, SlotId
from hocba.signature.facts import SignatureRules
from hocba.signature.sign import prepare_signature, sign_many, sign_slot
from hocba.signature.xml_complete import complete_signature
from hocba.signature.xml_verify import verify_signatures
from hocba.trust.algorithms import SignatureAlgorithm


@pytest.mark.parametrize("profile", [V1, V2])
@pytest.mark.parametrize("persons", [P256, RSA, PSS])
@pytest.mark.parametrize("seal", [P256, RSA, PSS])
def test_every_algorithm_in_every_slot(
    profile: FormatProfile, persons: SignatureAlgorithm, seal: SignatureAlgorithm
) -> None:
    facts = verify_signatures(signed(profile, persons, seal), profile)
    assert [fact.slot for fact in facts] == slots_of(profile)
    for number, fact in enumerate(facts, start=1):
        assert fact.fault is None
        assert fact.rules is SignatureRules.STRICT
        assert fact.signing_time == fact.signed_on_tag == AT.replace(microsecond=0)
        is_seal = fact.slot == SEAL
        assert fact.algorithm is (seal if is_seal else persons)
        assert fact.personal_id_tag == (None if is_seal else personal_id(number))


@pytest.mark.parametrize("profile", [V1, V2])
@pytest.mark.parametrize("algorithm", [P256, RSA])
def test_xmlsec1_verifies_each_of_them(
    tmp_path: Path, profile: FormatProfile, algorithm: SignatureAlgorithm
) -> None:
    # xmlsec1 1.2 knows no RSASSA-PSS in XML; that one is verified by its own values above.
    document = signed(profile, algorithm, algorithm)
    for element in signature_elements(document):
        assert xmlsec1(tmp_path, document, str(element.get("Id")))


def test_signing_changes_no_other_byte() -> None:
    document = unsigned(V2)
    for number, slot in enumerate(slots_of(V2), start=1):
        longer = sign_one(document, slot, number)
        added = len(longer) - len(document)
        starts = [
            at
            for at in range(len(document) + 1)
            if longer[:at] == document[:at] and longer[at + added :] == document[at:]
        ]
        if not starts:  # the first signature of a list also opens `<DANH_SACH_GVBM/>`
            assert document.count(b"<DANH_SACH_GVBM/>") == 1
        document = longer
    assert verify_signatures(document)


def test_subjects_may_be_signed_in_any_order() -> None:
    slots = [gvbm(code) for code in SUBJECTS]
    forward = backward = unsigned(V2)
    for number, slot in enumerate(slots, start=1):
        forward = sign_one(forward, slot, number)
    for number, slot in reversed(list(enumerate(slots, start=1))):
        backward = sign_one(backward, slot, number)
    places = [[fact.slot for fact in verify_signatures(one)] for one in (forward, backward)]
    assert places[0] == places[1] == slots


def test_one_call_of_the_key_signs_a_class() -> None:
    key = person(1)
    before = key.calls
    documents = [unsigned(V2, f"00000000-0000-4000-8000-00000000{at:04d}") for at in range(5)]
    done = sign_many(documents, GVCN, key, AT, personal_id(1))
    assert key.calls == before + 1
    assert [len(verify_signatures(one)) for one in done] == [1] * 5
    assert sign_many([], GVCN, key, AT, personal_id(1)) == []


def test_all_or_nothing_before_the_key_is_used() -> None:
    key = person(1)
    filled = sign_one(unsigned(V2), GVCN)
    before = key.calls
    with pytest.raises(Refused) as refused:
        sign_many([unsigned(V2), filled], GVCN, key, AT, personal_id(1))
    assert refused.value.code == "slot_filled"
    assert key.calls == before


@pytest.mark.parametrize(
    ("profile", "first", "then", "code"),
    [
        (V2, [GVCN], GVCN, "slot_filled"),
        (V2, [gvbm("02")], gvbm("02"), "slot_filled"),
        (V2, [GVCN, CBQL], gvbm("02"), "would_break"),
        (V2, [CBQL], GVCN, "would_break"),
        (V2, [SEAL], GVCN, "would_break"),
        (V2, [], gvbm("13"), "no_such_slot"),
        (V1, [], gvbm("02"), "no_such_slot"),
    ],
)
def test_a_slot_that_cannot_be_filled(
    profile: FormatProfile, first: list[SlotId], then: SlotId, code: str
) -> None:
    document = unsigned(profile)
    for slot in first:
        document = sign_one(document, slot)
    with pytest.raises(Refused) as refused:
        sign_one(document, then)
    assert refused.value.code == code


def test_later_signatures_keep_earlier_ones_whole() -> None:
    document = unsigned(V2)
    for number, slot in enumerate(slots_of(V2), start=1):
        document = sign_one(document, slot, number)
        facts = verify_signatures(document)
        assert len(facts) == number
        assert all(fact.fault is None for fact in facts)


def test_a_key_that_does_not_fit_its_certificate() -> None:
    class Liar:
        certificate, chain, algorithm = person(1).certificate, (), person(1).algorithm
        sign_digests = staticmethod(person(2).sign_digests)

    with pytest.raises(NotTrusted) as refused:
        sign_slot(unsigned(V2), GVCN, Liar(), AT, personal_id(1))
    assert refused.value.code == "signature_mismatch"


def test_a_key_that_answers_too_little() -> None:
    class Lazy:
        certificate, chain, algorithm = person(1).certificate, (), person(1).algorithm

        def sign_digests(self, _digests: object) -> list[bytes]:
            return []

    with pytest.raises(Unavailable):
        sign_slot(unsigned(V2), GVCN, Lazy(), AT, personal_id(1))


def test_a_document_that_changed_since_it_was_prepared() -> None:
    document = unsigned(V2)
    key = person(1)
    prepared = prepare_signature(document, GVCN, key.certificate, P256, AT, personal_id(1))
    [value] = key.sign_digests([prepared.digest])
    with pytest.raises(Refused) as refused:
        complete_signature(document.replace(b"Nguy", b"Nguj"), prepared, value)
    assert refused.value.code == "document_changed"
    assert verify_signatures(complete_signature(document, prepared, value))[0].fault is None


def test_wrong_use_is_a_programmers_mistake() -> None:
    key = person(1)
    for moment, number, slot in (
        (datetime(2026, 5, 29), personal_id(1), GVCN),  # noqa: DTZ001 - that is the mistake
        (AT, None, GVCN),
        (AT, personal_id(1), SEAL),
    ):
        with pytest.raises(ValueError, match=r"time zone|personal number"):
            prepare_signature(unsigned(V2), slot, key.certificate, P256, moment, number)


@pytest.mark.parametrize(
    "document",
    [
        b"<?xml version='1.0' encoding='UTF-8'?><!-- x -->" + unsigned(V2),
        unsigned(V2).replace(b"T</MUC_DAT_DUOC>", b"<![CDATA[T]]></MUC_DAT_DUOC>", 1),
        b"<HOC_BA/>",
        b"",
    ],
    ids=["comment-outside", "cdata", "no-frame", "empty"],
)
def test_documents_that_cannot_be_signed(document: bytes) -> None:
    with pytest.raises(HocBaError):
        sign_one(document, GVCN)


def test_a_declaration_in_front_is_fine() -> None:
    document = b'<?xml version="1.0" encoding="UTF-8"?>\n' + unsigned(V2)
    assert verify_signatures(sign_one(document, GVCN))[0].fault is None


def test_only_the_signers_certificate_stands_in_the_record() -> None:
    elements = signature_elements(signed(V2))
    for element in elements:
        assert len(list(element.iter(f"{DS}X509Certificate"))) == 1
    der = school().certificate.public_bytes(Encoding.DER)
    assert len(der) < 1500


@settings(max_examples=150, deadline=None)
@given(at=st.integers(0, len(signed(V2)) - 1), byte=st.integers(0, 255))
def test_no_changed_byte_passes_unnoticed(at: int, byte: int) -> None:
    document = signed(V2)
    if document[at] == byte:
        return
    changed = document[:at] + bytes([byte]) + document[at + 1 :]
    try:
        facts = verify_signatures(changed, V2)
    except (Malformed, NotTrusted):
        return
    whole = [fact for fact in facts if fact.fault is None]
    if len(whole) == len(facts) == len(slots_of(V2)):
        # What no signature covers may only be a name that nobody relies on.
        original = verify_signatures(document, V2)
        assert [(fact.slot, fact.certificate) for fact in facts] == [
            (fact.slot, fact.certificate) for fact in original
        ]
        assert [fact.signed_on_tag for fact in facts] == [fact.signed_on_tag for fact in original]
        assert document[at : at + 1] not in b"<>"


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises((Malformed, NotTrusted)):
        verify_signatures(data)
