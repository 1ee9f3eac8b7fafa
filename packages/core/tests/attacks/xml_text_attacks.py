"""Attacks on signed XML that play with letters, entities and values; and every variant of all."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from family import GENUINE_XML, Attack, numbered, replaced
from lxml import etree
from xml_attacks import (
    DS,
    duplicate_ids,
    key_confusion,
    malleable,
    references,
    signatures,
    transforms,
    tree,
    whole_record_wrapping,
    wrapping,
    written,
)


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
