"""Carrying subject teachers' signatures over when a record is corrected before its issue.

A teacher signs only the element of the own subject. When a record is returned and another part of
it changes, those signatures still say the truth: they are spliced into the new bytes as they were.
Everything that covers changed data is left behind (QĐ 1789/QĐ-SGDĐT Đ14, Đ20.5).
"""

from __future__ import annotations

from lxml import etree

from hocba.errors import HocBaError
from hocba.ids import SubjectCode
from hocba.record.codec import parse_xml
from hocba.record.model import FormatProfile, SignerRole, SlotId
from hocba.signature.slots import identifier, read_tree, slot_identifier
from hocba.signature.splice import check_spliceable, child_starts, element_at, element_span
from hocba.signature.xml_prepare import MAX_BYTES, slot_place
from hocba.signature.xml_verify import verify_signatures


def carry_over(
    signed: bytes, unsigned: bytes, profile: FormatProfile
) -> tuple[bytes, tuple[SubjectCode, ...]]:
    """Put the subject signatures of `signed` that still hold into `unsigned`.

    Answers the document and the subjects whose signatures it carries. `unsigned` must be the same
    record (same UUID) without signatures. A signature is carried only when the new document with
    it verifies strictly; otherwise it is left behind. Raises `Malformed` when `unsigned` is no
    record.
    """
    document, carried = unsigned, []
    for code, slot in _subject_slots(signed, profile):
        longer = _spliced(document, code, slot)
        if longer is not None and _holds(longer, profile):
            document = longer
            carried.append(code)
    return document, tuple(carried)


def _subject_slots(signed: bytes, profile: FormatProfile) -> list[tuple[SubjectCode, bytes]]:
    """The bytes of every valid subject slot, in the order in which they stand."""
    if profile is not FormatProfile.V2_2025:
        return []
    try:
        facts = verify_signatures(signed, profile)
    except HocBaError:
        return []
    valid = {fact.slot.subject for fact in facts if fact.slot.subject and fact.fault is None}
    tree = read_tree(parse_xml(signed, max_bytes=MAX_BYTES))
    uuid = tree.record_uuid()
    role = SignerRole.SUBJECT_TEACHER
    names = {f"ky-{slot_identifier(SlotId(role, code), uuid)}": code for code in tree.subjects()}
    elements = [element for each, element in tree.slots if each is role]
    if not elements:
        return []
    container = element_span(signed, "DANH_SACH_GVBM")
    starts = child_starts(signed, role.value, container)
    if len(starts) != len(elements):
        return []
    found = []
    for start, element in zip(starts, elements, strict=True):
        code = names.get(identifier(element) or "")
        if code in valid and code is not None:
            span = element_at(signed, role.value, start)
            found.append((code, signed[span.start : span.end]))
    return found


def _spliced(document: bytes, code: SubjectCode, slot: bytes) -> bytes | None:
    try:
        root = parse_xml(document, max_bytes=MAX_BYTES)
        check_spliceable(document, root)
        tree = read_tree(root)
        if code not in tree.subjects():
            return None
        (start, end), opening, closing = slot_place(
            document, tree, SlotId(SignerRole.SUBJECT_TEACHER, code), tree.record_uuid()
        )
    except (HocBaError, etree.LxmlError):
        return None
    middle = opening.encode() + slot + closing.encode()
    return document[:start] + middle + document[end:]


def _holds(document: bytes, profile: FormatProfile) -> bool:
    try:
        return all(fact.fault is None for fact in verify_signatures(document, profile))
    except HocBaError:
        return False
