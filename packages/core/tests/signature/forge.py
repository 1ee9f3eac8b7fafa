"""An attacker who holds a valid key: change a signed record, then make digests and value fit again.

So a test shows that a document is refused for its one fault and not because a digest broke.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from lxml import etree
from signature_world import DS, P256, Signer, b64, person

from hocba.errors import HocBaError
from hocba.signature.facts import SignatureRules
from hocba.signature.names import EXCLUSIVE_C14N, ID_ATTRIBUTES, INCLUSIVE_C14N
from hocba.signature.value import to_xml
from hocba.signature.xml_verify import verify_signatures

Mutation = Callable[[etree._Element, etree._Element, etree._Element], None]
"""Is given HOC_BA, the slot and its Signature."""
CBQL_NUMBER = 8
"""`person(8)` signs as leader in `signed(V2)`."""


def canonical(element: etree._Element, method: str = EXCLUSIVE_C14N) -> bytes:
    """Canonical form by libxml2, of the element in its place."""
    alone = etree.fromstring(etree.tostring(element, with_tail=False))
    return etree.tostring(alone, method="c14n", exclusive=method == EXCLUSIVE_C14N)


def forge(
    document: bytes,
    mutate: Mutation,
    *,
    role: str = "CBQL",
    signer: Signer | None = None,
    resign: bool = True,
) -> bytes:
    """Change the slot of `role` (or anything else) and sign it again."""
    root = etree.fromstring(document)
    slot = next(root.iter(role))
    signature = slot.find(f"{DS}Signature")
    assert signature is not None
    mutate(root, slot, signature)
    if resign:
        seal_again(root, signature, signer or person(CBQL_NUMBER))
    return etree.tostring(root)


def seal_again(root: etree._Element, signature: etree._Element, signer: Signer) -> None:
    """Compute every digest of a signature and its value anew."""
    info = next(signature.iter(f"{DS}SignedInfo"))
    for reference in info.findall(f"{DS}Reference"):
        target = _target(root, reference.get("URI") or "")
        value = reference.find(f"{DS}DigestValue")
        if target is not None and value is not None:
            methods = [node.get("Algorithm") for node in reference.iter(f"{DS}Transform")]
            method = INCLUSIVE_C14N if INCLUSIVE_C14N in methods else EXCLUSIVE_C14N
            value.text = b64(hashlib.sha256(canonical(target, method)).digest())
    method = next(info.iter(f"{DS}CanonicalizationMethod")).get("Algorithm") or ""
    digest = hashlib.sha256(canonical(info, method)).digest()
    raw = signer.sign_digests([digest])[0]
    if signer.signature_algorithm is P256:
        raw = to_xml(raw, P256)
    next(signature.iter(f"{DS}SignatureValue")).text = b64(raw)


def _target(root: etree._Element, uri: str) -> etree._Element | None:
    for element in root.iter(etree.Element):
        if any(element.get(name) == uri[1:] for name in ID_ATTRIBUTES):
            return element
    return None


def codes(document: bytes, rules: SignatureRules = SignatureRules.EITHER) -> list[str]:
    """Why the document is refused: the one code raised, or the codes of the facts' faults."""
    try:
        facts = verify_signatures(document, rules=rules)
    except HocBaError as error:
        assert error.sentence.vi
        assert error.sentence.en
        return [error.code]
    return [fact.fault.code for fact in facts if fact.fault is not None]


def at(signature: etree._Element, path: str) -> etree._Element:
    """Find a part; `ds:` and `xa:` are the usual namespaces."""
    found = signature.find(
        path,
        {"ds": "http://www.w3.org/2000/09/xmldsig#", "xa": "http://uri.etsi.org/01903/v1.3.2#"},
    )
    assert found is not None, path
    return found


def xml(text: str) -> etree._Element:
    """Parse a fragment in which `ds` and `xa` are declared."""
    spaces = 'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
    spaces += ' xmlns:xa="http://uri.etsi.org/01903/v1.3.2#"'
    return etree.fromstring(f"<x {spaces}>{text}</x>")[0]


def one(root: etree._Element, path: str) -> etree._Element:
    """Find an element by its path."""
    found = root.find(path)
    assert found is not None, path
    return found
