"""Attacks on the signed XML, made from a genuine record by somebody without any of its keys."""

from __future__ import annotations

import base64
import copy
import re
from collections.abc import Callable, Iterator

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from family import GENUINE_XML, Attack, replaced
from lxml import etree

DS = "{http://www.w3.org/2000/09/xmldsig#}"
ROLES = ("GVBM", "GVCN", "CBQL", "KY_PHAT_HANH")
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_E = etree._Element


def tree() -> _E:
    return etree.fromstring(GENUINE_XML)


def written(root: _E) -> bytes:
    return etree.tostring(root, encoding="utf-8")


def signatures(root: _E) -> list[_E]:
    return list(root.iter(f"{DS}Signature"))


def covered(root: _E, signature: _E) -> _E:
    """The data that a signature covers: what its first reference names."""
    uri = next(signature.iter(f"{DS}Reference")).get("URI") or ""
    return next(each for each in root.iter(etree.Element) if each.get("Id") == uri[1:])


def spoil(element: _E) -> None:
    """Change what the copy says."""
    for leaf in element.iter(etree.Element):
        if len(leaf) == 0 and leaf.text and leaf.text.strip().isdigit():
            leaf.text = "9" if leaf.text != "9" else "8"
            return
    for leaf in element.iter(etree.Element):
        if len(leaf) == 0 and leaf.text:
            leaf.text = f"{leaf.text} giả"
            return


def _in_signature(root: _E, signature: _E, original: _E, evil: _E) -> None:
    etree.SubElement(signature, f"{DS}Object").append(original)


def _in_key_info(root: _E, signature: _E, original: _E, evil: _E) -> None:
    signature.find(f"{DS}KeyInfo").append(original)  # type: ignore[union-attr]


def _in_slot(root: _E, signature: _E, original: _E, evil: _E) -> None:
    signature.getparent().append(original)  # type: ignore[union-attr]


def _before(root: _E, signature: _E, original: _E, evil: _E) -> None:
    evil.addprevious(original)


def _after(root: _E, signature: _E, original: _E, evil: _E) -> None:
    evil.addnext(original)


def _inside_evil(root: _E, signature: _E, original: _E, evil: _E) -> None:
    evil.append(original)


def _first_in_evil(root: _E, signature: _E, original: _E, evil: _E) -> None:
    evil.insert(0, original)


def _at_the_end(root: _E, signature: _E, original: _E, evil: _E) -> None:
    etree.SubElement(root, "BOC").append(original)


def _at_the_root(root: _E, signature: _E, original: _E, evil: _E) -> None:
    root.append(original)


def _in_properties(root: _E, signature: _E, original: _E, evil: _E) -> None:
    next(signature.iter(f"{DS}SignatureProperty")).append(original)


PLACES: dict[str, Callable[[_E, _E, _E, _E], None]] = {
    "Object of the signature": _in_signature,
    "KeyInfo": _in_key_info,
    "slot": _in_slot,
    "before the forgery": _before,
    "after the forgery": _after,
    "inside the forgery": _inside_evil,
    "first inside the forgery": _first_in_evil,
    "wrapper at the end": _at_the_end,
    "root": _at_the_root,
    "signature property": _in_properties,
}


def one_of_each_role() -> dict[str, int]:
    """Number of the first signature of each role."""
    found: dict[str, int] = {}
    for index, each in enumerate(signatures(tree())):
        slot = each.getparent()
        assert slot is not None
        found.setdefault(str(slot.tag), index)
    return found


def wrapping() -> Iterator[tuple[str, bytes]]:
    """The forgery stands where the data stood, the signed original somewhere else."""
    for role, index in one_of_each_role().items():
        for place, move in PLACES.items():
            for identity in ("same", "renamed", "without"):
                forged = _wrapped(index, move, identity)
                if forged is not None:
                    yield f"{role}, original in: {place}, id {identity}", forged


def _wrapped(index: int, move: Callable[[_E, _E, _E, _E], None], identity: str) -> bytes | None:
    """None where the original cannot be put inside itself."""
    root = tree()
    signature = signatures(root)[index]
    original = covered(root, signature)
    parent = original.getparent()
    if parent is None or original in list(signature.iterancestors()):
        return None
    evil = copy.deepcopy(original)
    parent.replace(original, evil)
    spoil(evil)
    if identity == "renamed":
        evil.set("Id", "gia-mao")
    if identity == "without":
        del evil.attrib["Id"]
    move(root, signature, original, evil)
    return written(root)


def whole_record_wrapping() -> Iterator[tuple[str, bytes]]:
    """A whole genuine record inside or beside a forged one."""
    forged = replaced(GENUINE_XML, b"<CAN_NANG>28.5<", b"<CAN_NANG>38.5<")
    inner = GENUINE_XML
    end = forged.rindex(b"</HOC_BA>")
    yield "genuine record inside the forged one", forged[:end] + inner + forged[end:]
    yield "two records in one frame", b"<HOC_BA>" + forged + inner + b"</HOC_BA>"
    yield "genuine record behind the end", forged + inner
    renamed = inner.replace(b"<HOC_BA>", b"<GOC>").replace(b"</HOC_BA>", b"</GOC>")
    yield "genuine record under another name", forged[:end] + renamed + forged[end:]
    unsigned = re.sub(rb"<KY_PHAT_HANH>.*</KY_PHAT_HANH>", b"", forged, flags=re.S)
    yield "seal moved to another record", unsigned


def duplicate_ids() -> Iterator[tuple[str, bytes]]:
    """The id of signed data on another element, under every name that a parser may take for one."""
    names = ("Id", "ID", "id", "{http://www.w3.org/XML/1998/namespace}id", "AssertionID")
    for role in ROLES:
        for name in names:
            root = tree()
            signature = next(
                each
                for each in signatures(root)
                if each.getparent().tag == role  # type: ignore[union-attr]
            )
            value = covered(root, signature).get("Id") or ""
            for place in ("THONG_TIN_CHUNG", "KY_PHAT_HANH"):
                again = tree()
                next(again.iter(place)).set(name, value)
                yield f"{role}, {name.rpartition('}')[2]} on {place}", written(again)


TRANSFORMS = {
    "XSLT": "http://www.w3.org/TR/1999/REC-xslt-19991116",
    "XPath": "http://www.w3.org/TR/1999/REC-xpath-19991116",
    "XPath filter 2": "http://www.w3.org/2002/06/xmldsig-filter2",
    "Base64": "http://www.w3.org/2000/09/xmldsig#base64",
    "enveloped": "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
    "decryption": "http://www.w3.org/2002/07/decrypt#XML",
    "C14N with comments": "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    "unknown": "urn:x",
}


def transforms() -> Iterator[tuple[str, bytes]]:
    """A transform more, or in place of the one that is allowed."""
    for role in ROLES:
        for name, uri in TRANSFORMS.items():
            for way in ("added", "instead", "first"):
                root = tree()
                signature = next(
                    each
                    for each in signatures(root)
                    if each.getparent().tag == role  # type: ignore[union-attr]
                )
                holder = next(signature.iter(f"{DS}Transforms"))
                if way == "instead":
                    holder[0].set("Algorithm", uri)
                else:
                    extra = etree.Element(f"{DS}Transform", Algorithm=uri)
                    holder.insert(0 if way == "first" else len(holder), extra)
                yield f"{role}, {name} {way}", written(root)
        root = tree()
        signature = next(each for each in signatures(root) if each.getparent().tag == role)  # type: ignore[union-attr]
        next(signature.iter(f"{DS}Transforms")).clear()
        yield f"{role}, none at all", written(root)


URIS = (
    "",
    "#",
    "#xpointer(/)",
    "#xpointer(id('data'))",
    "#element(/1)",
    "hoc-ba.xml",
    "file:///etc/passwd",
    "http://127.0.0.1/x.xml",
    "http://127.0.0.1/x.xml#data",
    "data:text/xml,<a/>",
    "#khong-co",
    "##data",
    "# data",
)


def references() -> Iterator[tuple[str, bytes]]:
    """What is named is not what is shown."""
    for role in ROLES:
        for uri in (*URIS, None):
            root = tree()
            signature = next(each for each in signatures(root) if each.getparent().tag == role)  # type: ignore[union-attr]
            reference = next(signature.iter(f"{DS}Reference"))
            if uri is None:
                del reference.attrib["URI"]
            else:
                reference.set("URI", uri)
            yield f"{role}, URI {uri!r}", written(root)
        for change in ("dropped", "doubled", "swapped", "own id"):
            root = tree()
            signature = next(each for each in signatures(root) if each.getparent().tag == role)  # type: ignore[union-attr]
            info = signature.find(f"{DS}SignedInfo")
            assert info is not None
            found = info.findall(f"{DS}Reference")
            if change == "dropped":
                info.remove(found[0])
            elif change == "doubled":
                info.append(copy.deepcopy(found[0]))
            elif change == "swapped":
                found[0].set("URI", found[1].get("URI") or "")
            else:
                found[0].set("URI", f"#{signature.get('Id')}")
            yield f"{role}, reference {change}", written(root)


METHODS = {
    "empty": "",
    "none": "http://www.w3.org/2000/09/xmldsig#none",
    "HMAC-SHA256": "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    "HMAC-SHA1": "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
    "RSA-SHA1": "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    "RSA-MD5": "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
    "DSA-SHA1": "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
    "ECDSA-SHA1": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
    "ECDSA-SHA512": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
    "RSA-SHA512": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
}


def own_certificate() -> tuple[ec.EllipticCurvePrivateKey, str]:
    """A key of the attacker and a certificate that she made of it, with the school's very name."""
    pem = re.findall(rb"<X509Certificate>([^<]+)<", GENUINE_XML)[-1]
    genuine = x509.load_der_x509_certificate(base64.b64decode(pem))
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(genuine.subject)
        .issuer_name(genuine.issuer)
        .public_key(key.public_key())
        .serial_number(genuine.serial_number)
        .not_valid_before(genuine.not_valid_before_utc)
        .not_valid_after(genuine.not_valid_after_utc)
        .sign(key, hashes.SHA256())
    )
    return key, base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


def key_confusion() -> Iterator[tuple[str, bytes]]:
    """Another key, another algorithm, or a value that careless libraries take for a signature."""
    _, forged = own_certificate()
    for role in ROLES:

        def fresh(role: str = role) -> tuple[_E, _E]:
            root = tree()
            return root, next(
                each
                for each in signatures(root)
                if each.getparent().tag == role  # type: ignore[union-attr]
            )

        for name, uri in METHODS.items():
            for place in ("SignatureMethod", "DigestMethod"):
                root, signature = fresh()
                next(signature.iter(f"{DS}{place}")).set("Algorithm", uri)
                yield f"{role}, {place} {name}", written(root)
        values = {
            "empty": b"",
            "zero (r = s = 0)": bytes(64),
            "order": P256_ORDER.to_bytes(32, "big") * 2,
            "one byte": b"\0",
            "DER of one and one": encode_dss_signature(1, 1),
            "long": b"\1" * 4096,
        }
        for name, value in values.items():
            root, signature = fresh()
            next(signature.iter(f"{DS}SignatureValue")).text = base64.b64encode(value).decode()
            yield f"{role}, value {name}", written(root)
        root, signature = fresh()
        next(signature.iter(f"{DS}X509Certificate")).text = forged
        yield f"{role}, certificate of the attacker", written(root)
        for where in (0, 1):
            root, signature = fresh()
            data = next(signature.iter(f"{DS}X509Data"))
            extra = etree.Element(f"{DS}X509Certificate")
            extra.text = forged
            data.insert(where, extra)
            yield f"{role}, two certificates, the attacker's at {where}", written(root)
        for tag in ("KeyValue", "KeyName", "RetrievalMethod", "DEREncodedKeyValue"):
            root, signature = fresh()
            info = signature.find(f"{DS}KeyInfo")
            assert info is not None
            info.insert(0, etree.Element(f"{DS}{tag}"))
            yield f"{role}, {tag}", written(root)
        root, signature = fresh()
        method = next(signature.iter(f"{DS}SignatureMethod"))
        etree.SubElement(method, f"{DS}HMACOutputLength").text = "1"
        yield f"{role}, HMACOutputLength 1", written(root)


def malleable() -> list[Attack]:
    """(r, n - s) verifies as well as (r, s): the same statement in other bytes."""
    found = []
    root = tree()
    for index, each in enumerate(signatures(root)):
        text = next(each.iter(f"{DS}SignatureValue")).text or ""
        raw = base64.b64decode(text)
        if len(raw) != 64:
            continue
        again = tree()
        s = P256_ORDER - int.from_bytes(raw[32:], "big")
        other = base64.b64encode(raw[:32] + s.to_bytes(32, "big")).decode()
        next(signatures(again)[index].iter(f"{DS}SignatureValue")).text = other
        found.append(Attack("key confusion", f"negated s, {index}", written(again), neutral=True))
    return found
