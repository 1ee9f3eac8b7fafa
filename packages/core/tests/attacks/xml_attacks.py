"""Attacks on the signed XML, made from a genuine record by somebody without any of its keys."""

from __future__ import annotations

import base64
import copy
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from family import GENUINE_XML, Attack, numbered, replaced
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


def canonicalisation() -> list[Attack]:
    """Other bytes of the same canonical form, and what only looks like it."""
    good = GENUINE_XML
    name = "Nguyễn Thị Mẫu"
    old = f"<HO_VA_TEN>{name}<".encode()
    neutral = {
        "CDATA": replaced(good, old, f"<HO_VA_TEN><![CDATA[{name}]]><".encode()),
        "character reference": replaced(good, old, old.replace(b"M", b"&#77;")),
        "blank in a tag": replaced(good, b"<HO_VA_TEN>", b"<HO_VA_TEN >"),
        "single quotes": re.sub(
            rb'<DU_LIEU_HOC_BA Id="([^"]+)"', rb"<DU_LIEU_HOC_BA Id='\1'", good
        ),
        "XML declaration": b'<?xml version="1.0" encoding="UTF-8"?>' + good,
        "byte order mark": b"\xef\xbb\xbf" + good,
        "blanks behind": good + b"\n \n",
        "comment behind": good + b"<!-- x -->",
        "unused namespace": replaced(good, b"<HOC_BA>", b'<HOC_BA xmlns:x="urn:x">'),
    }
    changing = {
        "default namespace": replaced(good, b"<HOC_BA>", b'<HOC_BA xmlns="urn:x">'),
        "xml:base": replaced(good, b"<HOC_BA>", b'<HOC_BA xml:base="http://x/">'),
        "xml:space": replaced(good, b"<HO_VA_TEN>", b'<HO_VA_TEN xml:space="preserve">'),
        "xsi:nil": replaced(
            good,
            b"<HO_VA_TEN>",
            b'<HO_VA_TEN xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true">',
        ),
        "NFD": replaced(good, old, unicodedata.normalize("NFD", old.decode()).encode()),
        "blank in a value": replaced(good, old, f"<HO_VA_TEN> {name}<".encode()),
        "zero width": replaced(good, old, f"<HO_VA_TEN>{name}\u200b<".encode()),
        "Cyrillic letter": replaced(good, old, f"<HO_VA_TEN>{name.replace('M', 'М')}<".encode()),
        "prefix": good.replace(b"<HO_VA_TEN>", b'<a:HO_VA_TEN xmlns:a="">'),
        "attribute more": replaced(good, b"<HO_VA_TEN>", b'<HO_VA_TEN gia="1">'),
        "canonicalisation with comments": good.replace(
            b'<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"',
            b'<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#WithComments"',
        ),
        "canonicalisation inclusive": good.replace(
            b'<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"',
            b'<CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"',
        ),
    }
    family = "canonicalisation"
    return [
        *(Attack(family, each, content, neutral=True) for each, content in neutral.items()),
        *(Attack(family, each, content) for each, content in changing.items()),
    ]


def entities() -> Iterator[tuple[str, bytes]]:
    """Documents that define what they say."""
    good = GENUINE_XML
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    for name, declared in {
        "internal": '<!ENTITY t "Khác">',
        "external file": '<!ENTITY t SYSTEM "file:///etc/passwd">',
        "external address": '<!ENTITY t SYSTEM "http://127.0.0.1/x">',
        "parameter": '<!ENTITY % t SYSTEM "http://127.0.0.1/x"> %t;',
        "billion laughs": f'<!ENTITY a0 "ha">{laughs}<!ENTITY t "&a8;">',
        "quadratic": f'<!ENTITY t "{"x" * 50_000}">',
        "default attribute": '<!ATTLIST HO_VA_TEN Id CDATA "data">',
        "id attribute": "<!ATTLIST HO_VA_TEN Id ID #IMPLIED>",
        "notation": '<!NOTATION t SYSTEM "x">',
    }.items():
        head = f"<!DOCTYPE HOC_BA [{declared}]>".encode()
        yield f"{name}, declared only", head + good
        yield f"{name}, used", head + replaced(good, b"<HO_VA_TEN>", b"<HO_VA_TEN>&t;")
    yield "external subset", b'<!DOCTYPE HOC_BA SYSTEM "http://127.0.0.1/x.dtd">' + good
    yield "undeclared", replaced(good, b"<HO_VA_TEN>", b"<HO_VA_TEN>&khong;")
    yield (
        "XInclude",
        replaced(
            good,
            b"<HO_VA_TEN>",
            b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
            b"<HO_VA_TEN>",
        ),
    )
    yield "stylesheet", b'<?xml-stylesheet href="http://127.0.0.1/x.xsl"?>' + good


def comments() -> Iterator[tuple[str, bytes]]:
    """Text that canonicalisation puts together and a careless reader cuts in two."""
    for tag in ("HO_VA_TEN", "MA_TRUONG", "KET_QUA_CUOI_NAM", "NGAY_SINH", "SO_CCCD", "NGAY_KY"):
        found = re.search(rf"<{tag}>([^<]+)<".encode(), GENUINE_XML)
        if found is None:
            continue
        text = found[1].decode()
        cut = max(1, len(text) // 2)
        for kind, node in {"comment": "<!-- x -->", "instruction": "<?x y?>"}.items():
            inside = f"<{tag}>{text[:cut]}{node}{text[cut:]}<".encode()
            yield f"{kind} inside {tag}", replaced(GENUINE_XML, found[0], inside)
            before = f"<{tag}>{node}{text}<".encode()
            yield f"{kind} before {tag}", replaced(GENUINE_XML, found[0], before)
    for place in (b"<DigestValue>", b"<SignatureValue>", b"<X509Certificate>", b"SigningTime>"):
        end = GENUINE_XML.index(place) + len(place)
        whole = GENUINE_XML[: end + 3] + b"<!-- x -->" + GENUINE_XML[end + 3 :]
        yield f"comment inside {place.decode()}", whole
    yield "comment before the record", b"<!-- x -->" + GENUINE_XML.replace(b"28.5", b"38.5", 1)


def encodings() -> Iterator[tuple[str, bytes]]:
    """The same letters in other bytes, or bytes that parsers read differently."""
    text = GENUINE_XML.decode("utf-8")
    for name in ("utf-16", "utf-16-le", "utf-32", "utf-7"):
        yield name, text.encode(name)
    latin = text.encode("cp1258", "xmlcharrefreplace")
    yield "windows-1258", b'<?xml version="1.0" encoding="windows-1258"?>' + latin
    yield "XML 1.1", b'<?xml version="1.1" encoding="UTF-8"?>' + GENUINE_XML
    yield "declared otherwise", b'<?xml version="1.0" encoding="ISO-8859-1"?>' + GENUINE_XML
    yield "a zero byte", replaced(GENUINE_XML, b"<HO_VA_TEN>", b"<HO_VA_TEN>\0")
    yield "overlong", replaced(GENUINE_XML, b"<HO_VA_TEN>", b"<HO_VA_TEN>\xc0\xbc")
    yield "half a letter", replaced(GENUINE_XML, b"<HO_VA_TEN>", b"<HO_VA_TEN>\xe1")


def edited() -> Iterator[tuple[str, bytes]]:
    """Every value of the record changed, one at a time; signatures removed, doubled, exchanged."""
    for index, leaf in enumerate(tree().find("DU_LIEU_HOC_BA").iter(etree.Element)):  # type: ignore[union-attr]
        if len(leaf) or not (leaf.text or "").strip() or DS in str(leaf.tag):
            continue
        root = tree()
        data = root.find("DU_LIEU_HOC_BA")
        assert data is not None
        other = list(data.iter(etree.Element))[index]
        text = other.text or ""
        other.text = f"{text}1" if not text[-1:].isdigit() else f"{text[:-1]}{9 - int(text[-1])}"
        yield f"{leaf.tag} number {index}", written(root)
    count = len(signatures(tree()))
    for index in range(count):
        root = tree()
        slot = signatures(root)[index].getparent()
        assert slot is not None
        slot.getparent().remove(slot)  # type: ignore[union-attr]
        yield f"signature {index} removed", written(root)
        root = tree()
        slot = signatures(root)[index].getparent()
        assert slot is not None
        slot.addnext(copy.deepcopy(slot))
        yield f"signature {index} doubled", written(root)
        root = tree()
        found = signatures(root)
        first, second = found[index], found[(index + 1) % count]
        swapped = copy.deepcopy(second)
        first.getparent().replace(first, swapped)  # type: ignore[union-attr]
        yield f"signature {index} of the next person", written(root)


NEUTRAL = re.compile(r"stylesheet|XML 1\.1|.*, AssertionID on KY_PHAT_HANH")
"""Say nothing else: an instruction or version before the record, a foreign attribute on a slot."""


def all_xml_attacks() -> list[Attack]:
    """Every variant."""
    found = [
        *numbered("wrapping", wrapping()),
        *numbered("wrapping", whole_record_wrapping()),
        *numbered("duplicate ids", duplicate_ids()),
        *numbered("transforms", transforms()),
        *numbered("references", references()),
        *numbered("key confusion", key_confusion()),
        *malleable(),
        *canonicalisation(),
        *numbered("entities", entities()),
        *numbered("comments and instructions", comments()),
        *numbered("encodings", encodings()),
        *numbered("edited data", edited()),
    ]
    return [
        replace(each, neutral=each.neutral or NEUTRAL.fullmatch(each.name) is not None)
        for each in found
    ]
