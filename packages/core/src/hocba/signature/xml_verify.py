"""Verify every signature of a record: what it covers, whether that is unchanged, who holds the key.

1. the record has its frame, no comments, no repeated identifiers; every Signature is in a slot;
2. each Signature has exactly the parts and algorithms that the rules allow;
3. each reference resolves to exactly the element that stands where the role's data stand;
4. the signature value fits SignedInfo and the certificate;
5. every digest fits the element as it stands;
6. the certificate is the one that was signed into the properties;
7. SigningTime (both) and NGAY_KY are the same second.

Steps 1 to 3 raise: such a file is no record. A failure in 4 to 7 is the `fault` of that signature.
Deliberately not here: path, validity and revocation of certificates, the time-stamp, whether all
required people signed (`hocba.verify`).

Source: W3C XML Signature Best Practices (2013); ETSI EN 319 102-1 clause 5.2; QĐ 1789 Điều 12.2a.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from lxml import etree

from hocba.errors import HocBaError, NotTrusted
from hocba.ids import PersonalId, SubjectCode, parse_personal_id
from hocba.record.codec import parse_xml
from hocba.record.model import FormatProfile, SignerRole, SlotId
from hocba.signature.canonical import Digester, canonical_bytes
from hocba.signature.facts import SealTimestamp, SignatureFact, SignatureRules
from hocba.signature.faults import distrust, fault
from hocba.signature.names import SHA256, SIGNATURE
from hocba.signature.references import Reference, resolve
from hocba.signature.slots import (
    SUBJECT_SIGNERS,
    RecordTree,
    identified,
    identifier,
    read_tree,
    slot_identifier,
    slot_name,
)
from hocba.signature.value import check_value
from hocba.signature.xml_prepare import MAX_BYTES
from hocba.signature.xml_read import ReadSignature, read_signature, read_time

__all__ = [
    "SealTimestamp",
    "SignatureFact",
    "SignatureRules",
    "survey_signatures",
    "verify_signatures",
]


def verify_signatures(
    document: bytes | etree._Element,
    profile: FormatProfile | None = None,
    rules: SignatureRules = SignatureRules.EITHER,
) -> tuple[SignatureFact, ...]:
    """Return one fact for each filled slot, in the order in which the roles sign.

    `document` is a file or the HOC_BA element of a parsed one. Raises `Malformed` or `NotTrusted`
    when the structure is not that of a signed record (steps 1 to 3 above).
    """
    if isinstance(document, bytes):
        document = parse_xml(document, max_bytes=MAX_BYTES)
    return _Verification(read_tree(document, profile), rules).facts()


def survey_signatures(
    root: etree._Element, profile: FormatProfile | None = None
) -> tuple[tuple[SignatureFact, ...], tuple[HocBaError, ...]]:
    """Return every fact and every fault of a record, where `verify_signatures` stops at the first.

    For makers of records who look for their mistakes; what it returns must never be trusted. Raises
    as `read_tree` does when the frame itself is wrong.
    """
    return _Verification(read_tree(root, profile), SignatureRules.EITHER).survey()


@dataclass(frozen=True, slots=True)
class _Slot:
    role: SignerRole
    element: etree._Element
    signature: etree._Element
    signed_on: datetime
    personal_id: PersonalId | None


class _Verification:
    """One record on its way through the numbered steps."""

    def __init__(self, tree: RecordTree, rules: SignatureRules) -> None:
        self.tree = tree
        self.rules = rules
        self.digester = Digester()
        self.identified = identified(tree.root)
        self.repeated = {
            value: elements for value, elements in self.identified.items() if len(elements) > 1
        }
        has_teachers = SignerRole.SUBJECT_TEACHER in tree.layout.payload
        self.subjects = tree.subjects() if has_teachers else {}

    def facts(self) -> tuple[SignatureFact, ...]:
        """Take the steps for every slot."""
        # Other vendors repeat one identifier on purpose: a teacher's slot and the GVBM in the
        # subject's result carry the same. No reference may name it (`resolve` refuses that).
        _refuse_repeated(value for value, found in self.repeated.items() if not _is_pair(found))
        slots = [_read_slot(role, slot) for role, slot in self.tree.slots]
        if set(self.tree.root.iter(SIGNATURE)) != {slot.signature for slot in slots}:
            raise fault("misplaced_signature")
        found: dict[SlotId, SignatureFact] = {}
        for slot in slots:
            try:
                read = read_signature(slot.signature, self.rules)
                if read.rules is SignatureRules.STRICT:
                    _refuse_repeated(self.repeated)
                fact = self._fact(slot, read)
            except HocBaError as error:
                raise _at(error, slot.role.value) from None
            if fact.slot in found:
                raise fault("unexpected_signature", slot_name(fact.slot))
            found[fact.slot] = fact
        return tuple(found.values())

    def survey(self) -> tuple[tuple[SignatureFact, ...], tuple[HocBaError, ...]]:
        """Take the steps for every slot and go on after a fault."""
        faults: list[HocBaError] = [
            fault("duplicate_id", value[:80])
            for value, found in self.repeated.items()
            if not _is_pair(found)
        ]
        places = {element for _, element in self.tree.slots}
        faults += [
            fault("misplaced_signature", str(getattr(parent, "tag", ""))[:60])
            for signature in self.tree.root.iter(SIGNATURE)
            if (parent := signature.getparent()) not in places
        ]
        facts: dict[SlotId, SignatureFact] = {}
        for role, element in self.tree.slots:
            try:
                slot = _read_slot(role, element)
                read = read_signature(slot.signature, self.rules)
                fact = self._fact(slot, read)
                if fact.slot in facts:
                    raise fault("unexpected_signature", slot_name(fact.slot))
                facts[fact.slot] = fact
            except HocBaError as error:
                faults.append(error if error.where else _at(error, role.value))
        return tuple(facts.values()), tuple(faults)

    def _fact(self, slot: _Slot, read: ReadSignature) -> SignatureFact:
        payload = self.tree.payload(slot.role)
        by_element = {element: code for code, element in self.subjects.items()}
        is_teacher = slot.role is SignerRole.SUBJECT_TEACHER
        covered, references = resolve(
            read,
            root=self.tree.root,
            identified=self.identified,
            payloads=list(by_element) if is_teacher else [payload],
        )
        slot_id = SlotId(slot.role, self._subject(slot, read, covered, by_element))
        found = None
        try:
            self._check(slot, read, references)
        except NotTrusted as error:
            found = _at(error, slot_name(slot_id))
        return SignatureFact(
            slot=slot_id,
            certificate=read.certificate.certificate,
            signing_time=read.signing_time,
            signed_on_tag=slot.signed_on,
            personal_id_tag=slot.personal_id,
            algorithm=read.algorithm,
            covered_ids=tuple(reference.uri[1:] for reference in references),
            rules=read.rules,
            timestamp=_timestamp(read),
            fault=found,
        )

    def _subject(
        self,
        slot: _Slot,
        read: ReadSignature,
        covered: etree._Element,
        by_element: dict[etree._Element, SubjectCode],
    ) -> SubjectCode | None:
        if slot.role is not SignerRole.SUBJECT_TEACHER:
            return None
        if covered not in by_element:
            raise fault("wrong_reference")
        subject = by_element[covered]
        if read.rules is SignatureRules.STRICT:
            own = slot_identifier(SlotId(slot.role, subject), self.tree.record_uuid())
            if identifier(slot.element) != f"ky-{own}":
                raise fault("wrong_reference")
        return subject

    def _check(self, slot: _Slot, read: ReadSignature, references: tuple[Reference, ...]) -> None:
        signed_info = canonical_bytes(read.signed_info, read.canonicalisation)
        digest = hashlib.sha256(signed_info).digest()
        check_value(read.certificate, read.algorithm, digest, read.value)
        for reference in references:
            if not reference.holds(self.digester, slot.signature):
                raise distrust("digest_mismatch")
        times = {read.signing_time, slot.signed_on}
        if read.properties is not None:
            if read.properties.digest_method != SHA256:
                raise distrust("algorithm_not_allowed")
            if read.properties.certificate_digest != read.certificate.sha256:
                raise distrust("certificate_digest_mismatch")
            times.add(read.properties.signing_time)
        if len(times) != 1:
            raise distrust("signing_time_mismatch")


def _read_slot(role: SignerRole, slot: etree._Element) -> _Slot:
    """Read a slot: NGAY_KY, SO_CCCD for a person, Signature; each exactly once, nothing else."""
    children = {str(child.tag): child for child in slot}
    signatures = slot.findall(SIGNATURE)
    if len(signatures) != 1:
        code = "unexpected_signature" if signatures else "missing_signature"
        raise fault(code, role.value)
    expected = {"NGAY_KY", SIGNATURE}
    if role is not SignerRole.ORGANISATION:
        expected.add("SO_CCCD")
    stray = any(text and text.strip() for text in (slot.text, *(child.tail for child in slot)))
    if stray or set(children) != expected or len(slot) != len(expected):
        raise fault("slot_form", role.value)
    personal_id = None
    if "SO_CCCD" in children:
        text = "" if len(children["SO_CCCD"]) else children["SO_CCCD"].text or ""
        personal_id = parse_personal_id(text, where=f"{role.value}/SO_CCCD")
    signed_on = read_time(children["NGAY_KY"], strict=False)
    return _Slot(role, slot, signatures[0], signed_on, personal_id)


def _refuse_repeated(values: Iterable[str]) -> None:
    for value in values:
        raise fault("duplicate_id", value[:80])


def _is_pair(elements: list[etree._Element]) -> bool:
    """Tell whether these are a teacher's slot and the GVBM inside that subject's result."""
    parents = [element.getparent() for element in elements]
    return [element.tag for element in elements] == ["GVBM", "GVBM"] and {
        parent.tag for parent in parents if parent is not None
    } == {"DIEM_TONG_KET", SUBJECT_SIGNERS}


def _timestamp(read: ReadSignature) -> SealTimestamp | None:
    token = read.properties.timestamp_token if read.properties else None
    if token is None:
        return None
    return SealTimestamp(token, hashlib.sha256(canonical_bytes(read.value_element)).digest())


_E = TypeVar("_E", bound=HocBaError)


def _at(error: _E, where: str) -> _E:
    """Name the slot in an error that was raised further inside."""
    error.where = f"{where}/{error.where}" if error.where else where
    return error
