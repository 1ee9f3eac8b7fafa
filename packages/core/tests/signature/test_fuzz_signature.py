"""Whatever bytes come, only our errors leave, and changed data never verify."""

from __future__ import annotations

import base64
import re
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from plain_world import add_slot, plain_record, sign_plain
from signature_world import GVCN, SEAL, V1, V2, sign_one, signed, unsigned

from hocba.errors import HocBaError
from hocba.record.safe_xml import parse_xml
from hocba.signature.certificates import certificate_from_der
from hocba.signature.sign import add_seal_timestamp, seal_timestamp_digest
from hocba.signature.timestamp import make_request, read_token, token_of_response
from hocba.signature.xml_verify import verify_signatures

pytestmark = pytest.mark.filterwarnings("ignore:Parsed a serial number")
FUZZ = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@cache
def documents() -> tuple[bytes, ...]:
    """Strict records of both profiles and a plain one, each with the leader's slot."""
    plain = plain_record(V1)
    sign_plain(add_slot(plain, "DANH_SACH_THONG_TIN_KY", "CBQL"), "#data")
    return (signed(V1), signed(V2), etree.tostring(plain))


@cache
def data_of(document: bytes) -> bytes:
    """The canonical data that every leader's signature covers."""
    return etree.tostring(etree.fromstring(document)[0], method="c14n", exclusive=True)


def check(original: bytes, changed: bytes) -> None:
    """No other error than ours; a leader's valid signature means the data are the signed ones."""
    try:
        facts = verify_signatures(changed)
    except HocBaError:
        return
    for fact in facts:
        if fact.fault is None and fact.slot.role.value in ("CBQL", "KY_PHAT_HANH"):
            # The order of data and slots means nothing here; the codec refuses another one.
            data = parse_xml(changed, max_bytes=10_000_000).find("DU_LIEU_HOC_BA")
            assert data is not None
            assert etree.tostring(data, method="c14n", exclusive=True) == data_of(original)


@given(
    which=st.integers(0, 2), at=st.floats(0, 1), junk=st.binary(max_size=12), cut=st.integers(0, 40)
)
@FUZZ
def test_bytes_replaced(which: int, at: float, junk: bytes, cut: int) -> None:
    original = documents()[which]
    start = int(at * len(original))
    check(original, original[:start] + junk + original[start + cut :])


@given(
    which=st.integers(0, 2),
    first=st.integers(0, 400),
    second=st.integers(0, 400),
    move=st.booleans(),
)
@FUZZ
def test_elements_moved_and_copied(which: int, first: int, second: int, move: bool) -> None:
    original = documents()[which]
    root = etree.fromstring(original)
    elements = list(root.iter(etree.Element))
    source, target = elements[first % len(elements)], elements[second % len(elements)]
    if source is root or source in target.iterancestors() or source is target:
        return
    piece = source if move else etree.fromstring(etree.tostring(source, with_tail=False))
    target.insert(second % (len(target) + 1), piece)
    check(original, etree.tostring(root))


@given(which=st.integers(0, 2), at=st.integers(0, 500), text=st.text(max_size=12), data=st.data())
@FUZZ
def test_texts_and_attributes_changed(which: int, at: int, text: str, data: st.DataObject) -> None:
    original = documents()[which]
    root = etree.fromstring(original)
    elements = list(root.iter(etree.Element))
    element = elements[at % len(elements)]
    names = [*map(str, element.attrib), "Id", "id", "X"]
    name = data.draw(st.sampled_from(names))
    try:
        if data.draw(st.booleans()):
            element.text = text
        else:
            element.set(name, text)
    except ValueError:
        return
    check(original, etree.tostring(root))


TAGS = st.from_regex(rb"(<HOC_BA>)?(</?[A-Z_]{2,9}( Id='a')?/?>){0,9}")


@given(data=st.binary(max_size=300) | TAGS)
@FUZZ
def test_any_bytes(data: bytes) -> None:
    for call in (
        lambda: verify_signatures(data),
        lambda: sign_one(data, GVCN),
        lambda: seal_timestamp_digest(data),
        lambda: add_seal_timestamp(data, b"x"),
        lambda: certificate_from_der(data),
        lambda: read_token(data, bytes(32), []),
        lambda: token_of_response(data, make_request(bytes(32), 1)),
    ):
        try:
            call()
        except HocBaError:
            continue


@given(at=st.integers(0, 10_000), value=st.integers(0, 255), length=st.integers(0, 3))
@FUZZ
def test_certificates_with_changed_bytes(at: int, value: int, length: int) -> None:
    document = documents()[0]
    found = re.search(rb"<X509Certificate>([^<]*)<", document)
    assert found
    der = bytearray(base64.b64decode(found[1]))
    at %= len(der)
    der[at : at + length] = bytes([value]) * length
    changed = base64.b64encode(bytes(der))
    check(document, document.replace(found[1], changed, 1))


@given(at=st.floats(0, 1), junk=st.binary(min_size=1, max_size=6))
@FUZZ
def test_signing_a_changed_record_never_breaks_it_further(at: float, junk: bytes) -> None:
    """If a changed record can still be signed, the new signature verifies in it."""
    original = unsigned(V2)
    start = int(at * len(original))
    changed = original[:start] + junk + original[start:]
    try:
        result = sign_one(changed, SEAL)
        facts = verify_signatures(result)
    except HocBaError as error:
        assert error.code
        return
    assert [fact.fault for fact in facts] == [None]


@pytest.mark.parametrize("size", [1_000, 200_000])
def test_many_identifiers_and_references_end_soon(size: int) -> None:
    noise = b"".join(b"<A Id='x%d'/>" % number for number in range(size // 20))
    document = signed(V1).replace(b"<TONG_KET>", b"<TONG_KET>" + noise, 1)
    facts = verify_signatures(document)
    assert {fact.fault.code for fact in facts if fact.fault} == {"digest_mismatch"}
