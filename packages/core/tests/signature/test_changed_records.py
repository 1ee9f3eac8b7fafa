"""Records that were changed after signing, and files that are no records."""

from __future__ import annotations

import pytest
from forge import codes, one
from lxml import etree
from signature_world import SEAL, UUID, V1, V2, gvbm, sign_one, signed, unsigned

from hocba.errors import HocBaError
from hocba.signature.facts import SignatureRules
from hocba.signature.xml_verify import verify_signatures


def _faults(document: bytes) -> dict[str, str]:
    facts = verify_signatures(document)
    return {
        f"{fact.slot.role.value}{fact.slot.subject or ''}": fact.fault.code
        for fact in facts
        if fact.fault is not None
    }


def test_an_edited_value_breaks_those_who_signed_it_and_nobody_else() -> None:
    document = signed()
    name = document.replace("<HO_VA_TEN>Nguyễn".encode(), b"<HO_VA_TEN>Nguyen", 1)
    broken = dict.fromkeys(("GVCN", "CBQL", "KY_PHAT_HANH"), "digest_mismatch")
    assert _faults(name) == broken
    mark = document.replace(b">T</MUC_DAT_DUOC>", b">C</MUC_DAT_DUOC>", 1)
    assert _faults(mark) == {"GVBM02": "digest_mismatch", **broken}
    in_v1 = signed(V1).replace(b">T</MUC_DAT_DUOC>", b">C</MUC_DAT_DUOC>", 1)
    assert _faults(in_v1) == broken


def test_a_removed_teacher_breaks_the_leader() -> None:
    root = etree.fromstring(signed())
    slots = one(root, ".//DANH_SACH_GVBM")
    slots.remove(slots[0])
    assert _faults(etree.tostring(root)) == dict.fromkeys(
        ("CBQL", "KY_PHAT_HANH"), "digest_mismatch"
    )


def test_a_removed_leader_is_simply_absent() -> None:
    """Who had to sign is judged by `hocba.verify`; here the slot is not among the facts."""
    root = etree.fromstring(signed())
    issue = one(root, "PHAT_HANH_HOC_BA")
    issue.remove(one(issue, "CBQL"))
    facts = verify_signatures(etree.tostring(root))
    assert len(facts) == 8
    assert facts[-1].slot == SEAL
    assert facts[-1].fault is None


def test_a_signature_of_another_record() -> None:
    """The leader's slot of one pupil pasted into the record of another."""
    other_uuid = "00000000-0000-4000-8000-000000000002"
    root = etree.fromstring(unsigned(V2, other_uuid))
    one(root, "PHAT_HANH_HOC_BA").append(one(etree.fromstring(signed()), "PHAT_HANH_HOC_BA/CBQL"))
    assert codes(etree.tostring(root)) == ["foreign_reference"]
    one(root, "DU_LIEU_HOC_BA").set("Id", f"data-{UUID}")
    assert codes(etree.tostring(root)) == ["digest_mismatch"]


@pytest.mark.parametrize(
    ("code", "document"),
    [
        (
            "doctype",
            b'<!DOCTYPE HOC_BA [<!ENTITY x SYSTEM "file:///etc/passwd">]><HOC_BA>&x;</HOC_BA>',
        ),
        ("empty", b""),
        ("xml", b"<HOC_BA>"),
        ("depth", b"<a>" * 40 + b"</a>" * 40),
        ("record_structure", b"<HOC_BA/>"),
        ("record_structure", b"<DANH_SACH_HOC_BA/>"),
        ("too_large", b" " * 10_000_001),
    ],
)
def test_not_a_record(code: str, document: bytes) -> None:
    assert codes(document) == [code]


def test_a_record_inside_a_package_is_read_in_its_place() -> None:
    """Exclusive C14N: the envelope changes nothing."""
    package = etree.fromstring(b'<L xmlns:q="urn:q" id="dataDanhSach">' + signed() + b"</L>")
    facts = verify_signatures(package[0], V2, SignatureRules.STRICT)
    assert len(facts) == 9
    assert all(fact.fault is None for fact in facts)


def test_only_the_named_profile() -> None:
    for document, profile in ((signed(V1), V2), (signed(V2), V1)):
        with pytest.raises(HocBaError) as caught:
            verify_signatures(document, profile)
        assert caught.value.code == "record_structure"


def test_a_subject_code_that_is_none() -> None:
    document = sign_one(unsigned(), gvbm("02")).replace(b">12</MA_MON_HOC>", b">1 2</MA_MON_HOC>")
    assert codes(document) == ["record_structure"]
