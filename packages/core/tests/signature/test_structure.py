"""Attacks on the structure of a signed record, without any key."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
from forge import codes, one
from lxml import etree
from signature_world import DS, GVCN, UUID, sign_one, signed, unsigned

from hocba.errors import HocBaError
from hocba.signature.xml_verify import verify_signatures

Element = etree._Element
Attack = Callable[[Element], None]
ATTACKS: list[tuple[str, str, Attack]] = []


def attack(code: str) -> Callable[[Attack], Attack]:
    """Register an attack on a record with nine signatures, and the code it must meet."""

    def register(function: Attack) -> Attack:
        ATTACKS.append((function.__name__, code, function))
        return function

    return register


def forged_copy(root: Element) -> Element:
    """A copy of the data in which the pupil has another name."""
    data = copy.deepcopy(one(root, "DU_LIEU_HOC_BA"))
    one(data, ".//HO_VA_TEN").text = "Kẻ Mạo Danh"
    return data


@attack("duplicate_id")
def wrapping_original_into_object(root: Element) -> None:
    original = one(root, "DU_LIEU_HOC_BA")
    forged = forged_copy(root)
    root.replace(original, forged)
    etree.SubElement(one(root, f"PHAT_HANH_HOC_BA/CBQL/{DS}Signature"), f"{DS}Object").append(
        original
    )


@attack("misplaced_signature")
def wrapping_with_fresh_ids(root: Element) -> None:
    original = one(root, "DU_LIEU_HOC_BA")
    forged = forged_copy(root)
    for element in forged.iter(etree.Element):
        if element.get("Id"):
            element.set("Id", "x" + str(element.get("Id")))
    root.replace(original, forged)
    etree.SubElement(one(root, f"PHAT_HANH_HOC_BA/CBQL/{DS}Signature"), f"{DS}Object").append(
        original
    )


@attack("record_structure")
def original_beside_the_forgery(root: Element) -> None:
    root.insert(0, forged_copy(root))


@attack("record_structure")
def original_in_a_new_place(root: Element) -> None:
    root.append(etree.Element("LUU_TRU"))
    root[-1].append(copy.deepcopy(root[0]))


@attack("record_structure")
def record_inside_a_record(root: Element) -> None:
    inner = copy.deepcopy(root)
    for child in list(root):
        root.remove(child)
    root.append(inner)


@attack("wrong_reference")
def ids_of_the_data_exchanged(root: Element) -> None:
    data, information = one(root, "DU_LIEU_HOC_BA"), one(root, "*/THONG_TIN_HOC_BA")
    first, second = str(data.get("Id")), str(information.get("Id"))
    data.set("Id", second)
    information.set("Id", first)


@attack("foreign_reference")
def id_of_the_data_renamed(root: Element) -> None:
    one(root, "DU_LIEU_HOC_BA").set("Id", "data-other")


@attack("foreign_reference")
def id_of_the_data_removed(root: Element) -> None:
    del one(root, "DU_LIEU_HOC_BA").attrib["Id"]


@attack("wrong_reference")
def slots_of_two_teachers_exchanged(root: Element) -> None:
    slots = one(root, ".//DANH_SACH_GVBM")
    first, second = slots[0].get("Id"), slots[1].get("Id")
    slots[0].set("Id", str(second))
    slots[1].set("Id", str(first))


@attack("duplicate_id")
def teacher_doubled(root: Element) -> None:
    slots = one(root, ".//DANH_SACH_GVBM")
    slots.append(copy.deepcopy(slots[0]))


@attack("unexpected_signature")
def leader_doubled(root: Element) -> None:
    one(root, "PHAT_HANH_HOC_BA").append(copy.deepcopy(one(root, "PHAT_HANH_HOC_BA/CBQL")))


@attack("duplicate_id")
def signature_copied_over_another(root: Element) -> None:
    leader, homeroom = one(root, "PHAT_HANH_HOC_BA/CBQL"), one(root, ".//GVCN")
    leader.replace(leader[-1], copy.deepcopy(homeroom[-1]))


@attack("unexpected_signature")
def two_signatures_in_a_slot(root: Element) -> None:
    seal, leader = one(root, "PHAT_HANH_HOC_BA/KY_PHAT_HANH"), one(root, "PHAT_HANH_HOC_BA/CBQL")
    seal.append(leader[-1])
    one(root, "PHAT_HANH_HOC_BA").remove(leader)


@attack("misplaced_signature")
def signature_inside_a_signature(root: Element) -> None:
    leader, seal = one(root, "PHAT_HANH_HOC_BA/CBQL"), one(root, "PHAT_HANH_HOC_BA/KY_PHAT_HANH")
    etree.SubElement(seal[-1], f"{DS}Object").append(leader[-1])
    one(root, "PHAT_HANH_HOC_BA").remove(leader)


@attack("misplaced_signature")
def signature_in_the_data(root: Element) -> None:
    leader = one(root, "PHAT_HANH_HOC_BA/CBQL")
    one(root, ".//TONG_KET").append(leader[-1])
    one(root, "PHAT_HANH_HOC_BA").remove(leader)


@attack("wrong_reference")
def homeroom_signature_in_the_leaders_slot(root: Element) -> None:
    leader, homeroom = one(root, "PHAT_HANH_HOC_BA/CBQL"), one(root, ".//GVCN")
    leader.replace(leader[-1], homeroom[-1])
    parent = homeroom.getparent()
    assert parent is not None
    parent.remove(homeroom)


@attack("slot_form")
def slot_in_the_container_of_others(root: Element) -> None:
    one(root, ".//DANH_SACH_GVBM").append(one(root, "PHAT_HANH_HOC_BA/CBQL"))


@attack("missing_signature")
def signature_removed(root: Element) -> None:
    slot = one(root, "PHAT_HANH_HOC_BA/CBQL")
    slot.remove(slot[-1])


@attack("slot_form")
def slot_without_personal_number(root: Element) -> None:
    slot = one(root, "PHAT_HANH_HOC_BA/CBQL")
    slot.remove(one(slot, "SO_CCCD"))


@attack("slot_form")
def slot_with_another_tag(root: Element) -> None:
    etree.SubElement(one(root, "PHAT_HANH_HOC_BA/CBQL"), "GHI_CHU").text = "x"


@attack("slot_form")
def slot_with_text(root: Element) -> None:
    one(root, "PHAT_HANH_HOC_BA/CBQL").text = "đã duyệt"


@attack("slot_form")
def school_with_a_personal_number(root: Element) -> None:
    seal = one(root, "PHAT_HANH_HOC_BA/KY_PHAT_HANH")
    seal.append(copy.deepcopy(one(root, "PHAT_HANH_HOC_BA/CBQL/SO_CCCD")))


@attack("record_structure")
def text_between_the_parts(root: Element) -> None:
    one(root, "PHAT_HANH_HOC_BA").text = "đã duyệt"


@attack("record_structure")
def subject_doubled(root: Element) -> None:
    subjects = one(root, ".//DANH_SACH_DIEM_TONG_KET")
    second = copy.deepcopy(subjects[0])
    for element in second.iter(etree.Element):
        element.attrib.pop("Id", None)
    subjects.append(second)


@attack("comment_in_data")
def comment_inside_a_text(root: Element) -> None:
    name = one(root, ".//HO_VA_TEN")
    name.insert(0, etree.Comment("x"))


@attack("comment_in_data")
def instruction_inside_a_text(root: Element) -> None:
    one(root, ".//HO_VA_TEN").insert(0, etree.ProcessingInstruction("x", "y"))


@attack("comment_in_data")
def comment_inside_a_signature(root: Element) -> None:
    one(root, f"PHAT_HANH_HOC_BA/CBQL/{DS}Signature").append(etree.Comment("x"))


NAMES = [case[0] for case in ATTACKS]


@pytest.mark.parametrize(("code", "function"), [case[1:] for case in ATTACKS], ids=NAMES)
def test_attack(code: str, function: Attack) -> None:
    root = etree.fromstring(signed())
    function(root)
    assert codes(etree.tostring(root)) == [code]


@pytest.mark.parametrize("name", ["Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id"])
@pytest.mark.parametrize("path", [".//TONG_KET", f".//{DS}SignatureValue"])
def test_an_identifier_twice_under_any_name(name: str, path: str) -> None:
    root = etree.fromstring(signed())
    one(root, path).set(name, f"data-{UUID}")
    assert codes(etree.tostring(root)) == ["duplicate_id"]


def test_an_identifier_twice_that_nobody_references() -> None:
    root = etree.fromstring(unsigned())
    one(root, ".//TONG_KET").set("Id", "a")
    one(root, ".//HO_VA_TEN").set("{http://www.w3.org/XML/1998/namespace}id", "a")
    with pytest.raises(HocBaError) as caught:
        verify_signatures(sign_one(etree.tostring(root), GVCN))
    assert caught.value.code == "duplicate_id"
