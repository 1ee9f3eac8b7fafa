"""The one parser: bounded, UTF-8, no DOCTYPE, no entity, and never anything but `Malformed`."""

from __future__ import annotations

import codecs
import time
from pathlib import Path

import pytest
from documents import document
from lxml import etree

from hocba.errors import Malformed
from hocba.record.codec import parse_xml, read_record
from hocba.record.safe_xml import MAX_DEPTH

SECRET = "bí mật không ai được đọc"


def code_of(data: bytes, **limits: int) -> str:
    with pytest.raises(Malformed) as refused:
        parse_xml(data, **limits)
    assert SECRET not in str(refused.value)
    return refused.value.code


def nested(depth: int) -> bytes:
    return b"<a>" * depth + b"</a>" * depth


@pytest.mark.parametrize(
    "prolog",
    [
        b"",
        b'<?xml version="1.0" encoding="UTF-8"?>\n',
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf<?xml version='1.0'?>",
        b"\n\t ",
        b"<!-- a -->",
        b"<!-- <a> --><!---->",
        b"<!--><a/>-->",
        b"<?a b?>",
        b"<?a <!-- ?><!-- ?> -->",
        b'<?xml version="1.0"?><!-- a --> <?b?>\r\n',
    ],
)
@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE HOC_BA>",
        b"<!doctype HOC_BA>",
        b"<!DocType HOC_BA []>",
        b'<!DOCTYPE HOC_BA SYSTEM "http://127.0.0.1:9/x.dtd">',
        b'<!DOCTYPE HOC_BA [<!ENTITY a "b">]>',
    ],
)
def test_doctype_anywhere_in_the_prolog(prolog: bytes, doctype: bytes) -> None:
    assert code_of(prolog + doctype + b"<HOC_BA/>") == "doctype"


@pytest.mark.parametrize("data", [b"<HOC_BA/><!DOCTYPE a>", b"<HOC_BA><!DOCTYPE a></HOC_BA>"])
def test_a_doctype_in_another_place_is_not_xml(data: bytes) -> None:
    assert code_of(data) == "xml"


def test_the_word_doctype_in_text_is_fine() -> None:
    root = parse_xml(b"<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]>&lt;!DOCTYPE a></a>")
    assert root.text == "<!DOCTYPE a><!DOCTYPE a>"


def test_entity_bombs_are_refused_at_once() -> None:
    laughs = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10 if at else "ha"}">' for at in range(10))
    bombs = [
        f"<!DOCTYPE a [{laughs}]><a>&l9;</a>",
        f"<!DOCTYPE a [{laughs}]><a b='&l9;'/>",
        f'<!--><x>--><!DOCTYPE a [{laughs}]><a b="&l9;"/>',
        f'<!DOCTYPE a [<!ENTITY b "{"x" * 50_000}">]><a>{"&b;" * 50_000}</a>',
        "<!DOCTYPE a [<!ENTITY % p \"<!ENTITY q 'x'>\"> %p;]><a>&q;</a>",
    ]
    start = time.monotonic()
    for bomb in bombs:
        assert code_of(bomb.encode()) == "doctype"
    assert time.monotonic() - start < 2


def test_an_external_entity_is_never_read(tmp_path: Path) -> None:
    file = tmp_path / "bi-mat.txt"
    file.write_text(SECRET, encoding="utf-8")
    for declared in (
        f'<!ENTITY e SYSTEM "{file.as_uri()}">',
        f'<!ENTITY % e SYSTEM "{file.as_uri()}"> %e;',
        f'<!ENTITY e PUBLIC "x" "{file}">',
    ):
        assert code_of(f"<!DOCTYPE a [{declared}]><a>&e;</a>".encode()) == "doctype"
    include = (
        f'<a xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="{file.as_uri()}"/></a>'
    )
    assert SECRET not in etree.tostring(parse_xml(include.encode()), encoding="unicode")


def test_an_undeclared_entity_is_not_xml() -> None:
    assert code_of(b"<a>&nbsp;</a>") == "xml"
    assert parse_xml(b"<a>&amp;&lt;&#225;</a>").text == "&<á"


@pytest.mark.parametrize(
    "name",
    ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "latin-1", "cp1258", "cp500"],
)
def test_other_encodings(name: str) -> None:
    text = f'<?xml version="1.0" encoding="{name}"?><a>áb</a>'
    assert code_of(text.encode(name)) in {"encoding", "xml"}
    if name not in {"utf-7", "cp500"}:  # not ASCII compatible, or no byte above 127
        assert code_of("<a>á</a>".encode(name)) == "encoding"
    assert code_of(text.encode()) == "encoding"  # the label lies


@pytest.mark.parametrize(
    "declaration",
    [
        '<?xml version="1.0" encoding="ISO-8859-1"?>',
        "<?xml version='1.0' encoding = 'windows-1258' ?>",
        '<?xml version="1.0"' + " " * 400 + 'encoding="ISO-8859-1"?>',
        '<?xml version="1.0"\n\tencoding="US-ASCII" standalone="yes"?>',
        '<?xml version="1.0" encoding="khong-co"?>',
        '<?xml version="1.0" encoding="UTF-16"?>',
    ],
)
def test_a_label_of_another_encoding_is_refused(declaration: str) -> None:
    data = f"{declaration}<a>Mẫu</a>".encode()
    assert code_of(data) == "encoding"
    assert code_of(codecs.BOM_UTF8 + data) == "encoding"


@pytest.mark.parametrize("label", ["UTF-8", "utf-8", "Utf-8"])
def test_utf_8_in_every_spelling(label: str) -> None:
    data = f'<?xml version="1.0" encoding="{label}"?><a>Mẫu</a>'.encode()
    assert parse_xml(data).text == "Mẫu"
    assert parse_xml(codecs.BOM_UTF8 + data).text == "Mẫu"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\0", "encoding"),
        (b"<a>\0</a>", "encoding"),
        (b"<a>\xff</a>", "encoding"),
        (b"<a>\xc0\x80</a>", "encoding"),
        (b"<a>\xed\xa0\x80</a>", "encoding"),
        (b"\xef\xbb\xbf", "xml"),
        (b"a", "xml"),
        (b"<a>", "xml"),
        (b"<a></b>", "xml"),
        (b"<a/><b/>", "xml"),
        (b"<a/>b", "xml"),
        (b"<a b=1/>", "xml"),
        (b"<a b='1' b='2'/>", "xml"),
        (b"<a>&#0;</a>", "xml"),
        (b"<a>&#xD800;</a>", "xml"),
        (b"<a>\x01</a>", "xml"),
        (b"<!-- a", "xml"),
        (b"<?a", "xml"),
        (b" <?xml version='1.0'?><a/>", "xml"),
        (b"<a:b/>", "xml"),
        (b"{}", "xml"),
        (b"%PDF-1.7", "xml"),
        (b"PK\x03\x04", "xml"),
    ],
)
def test_what_is_not_xml(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_the_place_of_a_syntax_error() -> None:
    with pytest.raises(Malformed) as refused:
        parse_xml(b"<a>\n<b>\n</a>")
    assert (refused.value.code, refused.value.where) == ("xml", "dòng 3")


@pytest.mark.parametrize("limits", [{}, {"max_bytes": 200_000_000}], ids=["record", "package"])
def test_depth(limits: dict[str, int]) -> None:
    assert parse_xml(nested(MAX_DEPTH), **limits).tag == "a"
    for depth in (MAX_DEPTH + 1, 255, 256, 257, 3000, 10_000, 100_000):
        assert code_of(nested(depth), **limits) == "depth"
    assert MAX_DEPTH == 32


def test_too_deep_by_one_branch_only() -> None:
    assert code_of(b"<a>" + b"<b/>" * 1000 + nested(32) + b"</a>") == "depth"


def test_size() -> None:
    assert parse_xml(b"<a/>", max_bytes=4).tag == "a"
    assert code_of(b"<a/>", max_bytes=3) == "too_large"
    most = b"<a>" + b"x" * (10_000_000 - 7) + b"</a>"
    assert len(parse_xml(most).text or "") == 9_999_993
    assert code_of(most + b" ") == "too_large"
    with pytest.raises(Malformed) as refused:
        read_record(document(), max_bytes=1000)
    assert refused.value.code == "too_large"


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" + b"<b/>" * 1_000_000 + b"</a>",
        b"<a>" + b'<b c=""/>' * 160_000 + b"</a>",
        b"<a " + b" ".join(b'a%d=""' % number for number in range(160_000)) + b"/>",
        nested(1_000_000),
    ],
    ids=["elements", "both", "attributes", "depth"],
)
def test_more_than_memory_should_hold_is_refused_before_it_is_parsed(data: bytes) -> None:
    assert code_of(data) == "too_many"


def test_each_document_has_its_own_error() -> None:
    for line in range(1, 5):
        with pytest.raises(Malformed) as refused:
            parse_xml(b"\n" * (line - 1) + b"<a")
        assert refused.value.where == f"dòng {line}"
    assert parse_xml(b"<a/>").tag == "a"


def test_hostile_but_small_documents_end_quickly() -> None:
    start = time.monotonic()
    attributes = b" ".join(b'a%d="x"' % number for number in range(20_000))
    parse_xml(b"<a " + attributes + b"/>")
    parse_xml(b"<a>" + b"&amp;" * 1_000_000 + b"</a>")
    parse_xml(b"<a>" + b"<b/>" * 140_000 + b"</a>")
    code_of(b"<!--" * 1_000_000)
    code_of(b"<?" * 1_000_000)
    code_of(b"<!-- -->" * 500_000)
    code_of(b"<?xml " + b"encoding " * 1_000_000)
    namespaces = b" ".join(b'xmlns:n%d="urn:%d"' % (number, number) for number in range(5_000))
    parse_xml(b"<a " + namespaces + b"/>")
    assert time.monotonic() - start < 30
