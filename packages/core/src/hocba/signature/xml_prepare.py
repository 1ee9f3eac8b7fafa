"""Prepare a signature: work out the digest that a key signs and the text that goes into the slot.

1. the frame of the record is checked and the slot found free;
2. the data of the role are made canonical and hashed, where they stand;
3. the Ministry's SigningTime property, the XAdES properties and SignedInfo are written and hashed;
4. the place in the bytes is found where the slot will be spliced in.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from cryptography import x509
from lxml import etree

from hocba.ids import PersonalId, RecordUuid, parse_personal_id
from hocba.record.codec import parse_xml
from hocba.record.model import SignerRole, SlotId
from hocba.signature.canonical import Digester
from hocba.signature.certificates import KnownCertificate, known_certificate
from hocba.signature.faults import fault
from hocba.signature.names import DS
from hocba.signature.slots import (
    RecordTree,
    identified,
    identifier,
    read_tree,
    slot_identifier,
    slot_name,
)
from hocba.signature.splice import Span, check_spliceable, child_starts, element_span
from hocba.signature.xml_text import SignatureText, canonical_ds, canonical_xades
from hocba.trust.algorithms import SignatureAlgorithm

MAX_BYTES = 10_000_000
VIETNAM = timezone(timedelta(hours=7))
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,199}")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PreparedSignature:
    """A record waiting for a signature value over `digest` (SHA-256)."""

    slot: SlotId
    digest: bytes
    algorithm: SignatureAlgorithm
    certificate: KnownCertificate
    document_sha256: bytes
    place: tuple[int, int]
    """Bytes of the document that the slot replaces; usually none."""
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)


def prepare_signature(
    document: bytes,
    slot: SlotId,
    certificate: x509.Certificate,
    algorithm: SignatureAlgorithm,
    signing_time: datetime,
    signer_personal_id: PersonalId | None,
) -> PreparedSignature:
    """Prepare the signature of `slot`. The signing time is written in Vietnam's time, in seconds.

    A person's slot needs `signer_personal_id`, the organisation's has none. Raises `Refused`
    (`no_such_slot`, `slot_filled`, `would_break`), `Malformed` or `NotTrusted` for the document,
    `ValueError` for a time without zone or a wrong use of the personal number.
    """
    if signing_time.tzinfo is None:
        raise ValueError("a signing time without time zone")
    if (signer_personal_id is None) is not (slot.role is SignerRole.ORGANISATION):
        raise ValueError("the personal number belongs to persons' slots, and only to them")
    known = known_certificate(certificate)
    if not known.fits(algorithm) or _UNWRITABLE.search(known.subject):
        raise fault("algorithm_not_allowed" if not known.fits(algorithm) else "certificate")
    root = parse_xml(document, max_bytes=MAX_BYTES)
    tree = read_tree(root)
    check_spliceable(document, root)
    record_uuid = tree.record_uuid()
    payload = _check_free(tree, slot, record_uuid)
    name = slot_identifier(slot, record_uuid)
    moment = signing_time.astimezone(VIETNAM).isoformat(timespec="seconds")
    data_id = identifier(payload) or ""
    if not _NAME.fullmatch(data_id) or len(identified(root)[data_id]) != 1:
        raise fault("identifier", slot_name(slot))
    text = SignatureText(name, data_id, Digester().digest(payload), moment, known, algorithm)
    signed_info = text.signed_info(
        hashlib.sha256(canonical_ds(text.time_property())).digest(),
        hashlib.sha256(canonical_xades(text.signed_properties())).digest(),
    )
    place, opening, closing = slot_place(document, tree, slot, record_uuid)
    head = _slot_head(slot, name, moment, signer_personal_id)
    return PreparedSignature(
        slot=slot,
        digest=hashlib.sha256(canonical_ds(signed_info)).digest(),
        algorithm=algorithm,
        certificate=known,
        document_sha256=hashlib.sha256(document).digest(),
        place=place,
        before=(opening + head + text.before_value(signed_info)).encode(),
        after=(text.after_value() + f"</{slot.role.value}>" + closing).encode(),
    )


def _slot_head(slot: SlotId, name: str, moment: str, signer_personal_id: PersonalId | None) -> str:
    key = f' Id="ky-{name}"' if slot.role is SignerRole.SUBJECT_TEACHER else ""
    head = f"<{slot.role.value}{key}><NGAY_KY>{moment}</NGAY_KY>"
    if signer_personal_id is not None:
        head += f"<SO_CCCD>{parse_personal_id(signer_personal_id)}</SO_CCCD>"
    return head


def _check_free(tree: RecordTree, slot: SlotId, record_uuid: RecordUuid) -> etree._Element:
    """Return the element that the slot signs, if the slot exists, is free and breaks nothing."""
    where = slot_name(slot)
    container = tree.layout.container_of(slot.role)
    if container is None or (slot.subject is None) is (slot.role is SignerRole.SUBJECT_TEACHER):
        raise fault("no_such_slot", where)
    payload = tree.payload(slot.role)
    if slot.subject is not None:
        subjects = tree.subjects()
        if slot.subject not in subjects:
            raise fault("no_such_slot", where)
        payload = subjects[slot.subject]
    own_id = f"ky-{slot_identifier(slot, record_uuid)}"
    for role, element in tree.slots:
        if role is slot.role and (
            slot.subject is None or identifier(element) == own_id or _signs(element, payload)
        ):
            raise fault("slot_filled", where)
        covered = tree.layout.payload[role]
        if container == covered or container.startswith(f"{covered}/"):
            raise fault("would_break", where)
    return payload


def _signs(slot: etree._Element, payload: etree._Element) -> bool:
    """Tell whether a slot, perhaps of other software, holds a signature over `payload`."""
    uri = f"#{identifier(payload)}"
    return any(reference.get("URI") == uri for reference in slot.iter(f"{DS}Reference"))


def slot_place(
    document: bytes, tree: RecordTree, slot: SlotId, record_uuid: RecordUuid
) -> tuple[tuple[int, int], str, str]:
    """Return the bytes that a new slot replaces and what to write around it.

    Raises `Malformed` (`slot_container`) when the place cannot be found safely.
    """
    path = tree.layout.container_of(slot.role) or ""
    tag = path.split("/")[-1]
    span = element_span(document, tag)
    if span.self_closed:
        return (span.end - 2, span.end), ">", f"</{tag}>"
    if slot.subject is not None:
        starts = _later_subjects(document, span, tree, slot, record_uuid)
    else:
        order = tree.layout.containers[path]
        later = order[order.index(slot.role.value) + 1 :]
        starts = [start for name in later for start in child_starts(document, name, span)]
    at = min(starts, default=span.inside_end)
    return (at, at), "", ""


def _later_subjects(
    document: bytes, span: Span, tree: RecordTree, slot: SlotId, record_uuid: RecordUuid
) -> list[int]:
    """Return where the slots of subjects stand that follow in the order of the form."""
    subjects = list(tree.subjects())
    later = {
        f"ky-{slot_identifier(SlotId(slot.role, code), record_uuid)}"
        for code in subjects[subjects.index(slot.subject or subjects[0]) + 1 :]
    }
    starts = child_starts(document, slot.role.value, span)
    filled = [element for role, element in tree.slots if role is slot.role]
    if len(starts) != len(filled):
        raise fault("slot_container", slot_name(slot))
    return [
        start for start, element in zip(starts, filled, strict=True) if identifier(element) in later
    ]
