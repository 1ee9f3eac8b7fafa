"""Resolve the references of one signature: each must name an element that is expected there."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from hocba.signature.canonical import DIGESTS, Digester
from hocba.signature.facts import SignatureRules
from hocba.signature.faults import fault
from hocba.signature.names import (
    DS,
    ENVELOPED,
    EXCLUSIVE_C14N,
    INCLUSIVE_C14N,
    SHA256,
    SIGNED_PROPERTIES_TYPE,
)
from hocba.signature.xml_read import ReadSignature, algorithm_of, read_base64

_MAX_REFERENCES = 3


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference that was resolved to the very element it has to cover."""

    target: etree._Element
    uri: str
    method: str
    enveloped: bool
    digest_name: str
    digest: bytes

    def holds(self, digester: Digester, signature: etree._Element) -> bool:
        """Tell whether the digest fits the element as it stands now."""
        if self.enveloped and signature in list(self.target.iter(signature.tag)):
            alone = _without(self.target, signature)
            found = Digester().digest(alone, self.method, self.digest_name)
        else:
            found = digester.digest(self.target, self.method, self.digest_name)
        return found == self.digest


def resolve(
    read: ReadSignature,
    *,
    root: etree._Element,
    identified: Mapping[str, Sequence[etree._Element]],
    payloads: Sequence[etree._Element],
) -> tuple[etree._Element, tuple[Reference, ...]]:
    """Return the payload that is covered and all references.

    `payloads` are the elements of which exactly one has to be signed. Raises `NotTrusted` with
    code `foreign_reference`, `wrong_reference`, `missing_reference`, `duplicate_id`,
    `extra_transform` or `algorithm_not_allowed`.
    """
    nodes = read.references
    if len(nodes) > _MAX_REFERENCES:
        raise fault("wrong_reference")
    references = tuple(_resolve_one(node, read, root, identified) for node in nodes)
    data: list[etree._Element] = []
    times = properties = 0
    signed = read.properties.signed if read.properties else None
    for node, reference in zip(nodes, references, strict=True):
        if reference.target in payloads or reference.target is root:
            data.append(reference.target)
        elif reference.target in read.time_holders:
            times += 1
        elif reference.target is signed and node.get("Type") == SIGNED_PROPERTIES_TYPE:
            properties += 1
        else:
            raise fault("wrong_reference")
        if reference.enveloped and reference.target not in data:
            # It would take the whole signature out and leave nothing of what is inside it.
            raise fault("extra_transform", "Transforms")
    if len(data) > 1 or times > 1 or properties > 1:
        raise fault("wrong_reference")
    if not data or not times or (signed is not None and not properties):
        raise fault("missing_reference")
    return data[0], references


def _resolve_one(
    node: etree._Element,
    read: ReadSignature,
    root: etree._Element,
    identified: Mapping[str, Sequence[etree._Element]],
) -> Reference:
    strict = read.rules is SignatureRules.STRICT
    uri = node.get("URI")
    target = _target(uri, root, identified, strict=strict)
    children = list(node)
    has_transforms = bool(children) and children[0].tag == DS + "Transforms"
    parts = children[1:] if has_transforms else children
    if [part.tag for part in parts] != [DS + "DigestMethod", DS + "DigestValue"]:
        raise fault("signature_form", "Reference")
    transforms = list(children[0]) if has_transforms else []
    if any(transform.tag != DS + "Transform" for transform in transforms):
        raise fault("extra_transform", "Reference")
    uris = [algorithm_of(transform, "extra_transform") for transform in transforms]
    enveloped, method = _transforms(uris, strict=strict)
    if target is root and not enveloped:
        raise fault("wrong_reference", "Reference")
    digest_method = algorithm_of(parts[0])
    if digest_method not in DIGESTS or (strict and digest_method != SHA256):
        raise fault("algorithm_not_allowed", "DigestMethod")
    return Reference(
        target=target,
        uri=uri or "",
        method=method,
        enveloped=enveloped,
        digest_name=DIGESTS[digest_method],
        digest=read_base64(parts[1], strict=strict),
    )


def _target(
    uri: str | None,
    root: etree._Element,
    identified: Mapping[str, Sequence[etree._Element]],
    *,
    strict: bool,
) -> etree._Element:
    if uri == "" and not strict and root.getparent() is None:
        return root
    if not uri or uri[0] != "#":
        raise fault("foreign_reference", "Reference")
    found = identified.get(uri[1:], ())
    if not found:
        raise fault("foreign_reference", "Reference")
    if len(found) > 1:
        raise fault("duplicate_id", "Reference")
    if found[0] is root and (strict or root.getparent() is not None):
        raise fault("wrong_reference", "Reference")
    return found[0]


def _transforms(uris: Sequence[str], *, strict: bool) -> tuple[bool, str]:
    """Return whether the signature is taken out, and the canonicalisation."""
    if strict:
        if list(uris) != [EXCLUSIVE_C14N]:
            raise fault("extra_transform", "Transforms")
        return False, EXCLUSIVE_C14N
    enveloped = ENVELOPED in uris[:1]
    rest = list(uris[1:] if enveloped else uris)
    # Without a canonicalisation the standard says inclusive (XML Signature 1.1, 4.4.3.2).
    if rest not in ([], [EXCLUSIVE_C14N], [INCLUSIVE_C14N]):
        raise fault("extra_transform", "Transforms")
    return enveloped, rest[0] if rest else INCLUSIVE_C14N


def _without(target: etree._Element, signature: etree._Element) -> etree._Element:
    """Return a copy of the element without the signature (transform enveloped-signature)."""
    at = list(target.iter()).index(signature)
    alone = copy.deepcopy(target)
    removed = list(alone.iter())[at]
    parent = removed.getparent()
    if parent is None:
        raise fault("wrong_reference", "Reference")
    previous = removed.getprevious()
    tail = removed.tail or ""
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(removed)
    return alone
