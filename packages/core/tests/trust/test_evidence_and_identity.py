"""The evidence container, and whose a certificate is."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from trust_world import issue

from hocba.errors import Malformed
from hocba.trust.evidence import Evidence, read_container, write_container
from hocba.trust.identity import issuer_name, signer_name, signer_personal_id, signer_unit
from hocba_certworld.world import CertWorld

WHOLE = Evidence((b"c0", b"c1"), (b"o0",), (b"l0",), b"proof", b"entry")


@given(
    st.builds(
        Evidence,
        certificates=st.lists(st.binary(max_size=20), max_size=5).map(tuple),
        ocsp=st.lists(st.binary(max_size=20), max_size=5).map(tuple),
        crls=st.lists(st.binary(max_size=20), max_size=5).map(tuple),
        log_proof=st.none() | st.binary(max_size=20),
        log_entry=st.none() | st.binary(max_size=20),
    ),
    st.none() | st.binary(max_size=50),
)
def test_round_trip(evidence: Evidence, record: bytes | None) -> None:
    packed = write_container(record, evidence)
    assert packed == write_container(record, evidence)
    assert read_container(packed) == (record, evidence)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_malformed(data: bytes) -> None:
    for content in (data, b"PK\x03\x04" + data, write_container(None, WHOLE)[:-9] + data):
        try:
            read_container(content)
        except Malformed as fault:
            assert fault.code == "evidence"


def _zip(entries: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", method) as container:
        for name, content in entries:
            container.writestr(zipfile.ZipInfo(name), content, method)
    return output.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        _zip([(f"ocsp/{number:02d}.ors", b"") for number in range(101)]),
        _zip([("hoc-ba.xml", bytes(10_000_001))], zipfile.ZIP_DEFLATED),
        _zip([("../hoc-ba.xml", b"")]),
        _zip([("ocsp/0.ors", b"")]),
        _zip([("ocsp/00.crl", b"")]),
        _zip([("ocsp/", b"")]),
        _zip([("hoc-ba.xml", b"")]).replace(b"hoc-ba.xml", b"hoc-ba.exe"),
    ],
    ids=["many", "bomb", "escape", "number", "kind", "folder", "name"],
)
def test_refused(content: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        read_container(content)
    assert refused.value.code == "evidence"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_doubled_and_encrypted_entries() -> None:
    doubled = _zip([("log/entry", b"a"), ("log/entry", b"b")])
    encrypted = bytearray(_zip([("log/entry", b"a")]))
    at = encrypted.index(b"PK\x01\x02") + 8
    encrypted[at] |= 1
    for content in (doubled, bytes(encrypted)):
        with pytest.raises(Malformed):
            read_container(content)


def test_a_lying_size_does_not_unpack_more() -> None:
    honest = _zip([("hoc-ba.xml", bytes(9_000_000))], zipfile.ZIP_DEFLATED)
    lying = honest.replace((9_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(Malformed):
        read_container(lying)


def test_the_container_is_a_plain_zip_without_times() -> None:
    packed = write_container(b"<HOC_BA/>", WHOLE)
    with zipfile.ZipFile(io.BytesIO(packed)) as container:
        assert container.testzip() is None
        assert [entry.filename for entry in container.infolist()] == [
            "hoc-ba.xml",
            "certificates/00.cer",
            "certificates/01.cer",
            "ocsp/00.ors",
            "crl/00.crl",
            "log/entry",
            "log/proof.tlog-proof",
        ]
        for entry in container.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)


def test_other_writers_may_deflate() -> None:
    packed = _zip([("log/entry", b"entry" * 99)], zipfile.ZIP_DEFLATED)
    assert read_container(packed)[1].log_entry == b"entry" * 99


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_methods_that_ask_for_much_memory(method: int) -> None:
    with pytest.raises(Malformed):
        read_container(_zip([("log/entry", b"entry")], method))


def test_a_huge_directory_is_not_even_read() -> None:
    """217,000 entries fit into 10 MB and would become as many objects."""
    one = _zip([("a", b"")])
    start, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    entry = one[start:end]
    number = 9_900_000 // len(entry)
    tail = bytearray(one[end:])
    tail[12:16] = (number * len(entry)).to_bytes(4, "little")
    began = time.perf_counter()
    with pytest.raises(Malformed):
        read_container(one[:start] + entry * number + bytes(tail))
    assert time.perf_counter() - began < 0.5


def test_what_could_not_be_read_again_is_not_written() -> None:
    for evidence in (Evidence(ocsp=(b"",) * 101), Evidence(ocsp=(bytes(10_000_001),))):
        with pytest.raises(ValueError, match="more evidence"):
            write_container(None, evidence)
    assert len(read_container(write_container(None, Evidence(ocsp=(b"",) * 100)))[1].ocsp) == 100


def test_more_than_the_limit_is_refused_unread() -> None:
    with pytest.raises(Malformed):
        read_container(bytes(10_000_001))


@given(at=st.floats(0, 1), junk=st.binary(min_size=1, max_size=5))
@settings(max_examples=250, deadline=None)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_changed_containers(at: float, junk: bytes) -> None:
    packed = write_container(b"<HOC_BA/>", WHOLE)
    start = int(at * len(packed))
    try:
        read_container(packed[:start] + junk + packed[start + len(junk) :])
    except Malformed as fault:
        assert fault.code == "evidence"


def test_names_and_numbers(world: CertWorld) -> None:
    person = world.issue_person("Cô Mẫu", "000190000001").certificate
    school = world.issue_organisation("Trường Mẫu", "00000401").certificate
    assert (signer_name(person), issuer_name(person)) == ("Cô Mẫu DEMO", "CA công cộng DEMO")
    assert (signer_personal_id(person), signer_unit(person)) == ("000190000001", None)
    assert (signer_personal_id(school), signer_unit(school)) == (None, "00000401")


def test_a_subject_that_names_nobody_or_two() -> None:
    def subject(*values: tuple[x509.ObjectIdentifier, str]) -> x509.Certificate:
        return issue(
            "x", subject=x509.Name([x509.NameAttribute(oid, value) for oid, value in values])
        ).certificate

    uid, serial = NameOID.USER_ID, NameOID.SERIAL_NUMBER
    nobody = subject((NameOID.ORGANIZATION_NAME, "Trường Mẫu"))
    assert signer_name(nobody) == issuer_name(nobody) == "O=Trường Mẫu"
    assert (signer_personal_id(nobody), signer_unit(nobody)) == (None, None)
    two = subject((uid, "CCCD:000190000001"), (uid, "CCCD:000190000002"))
    assert signer_personal_id(two) is None
    for text in ("CCCD:00019000001", "cccd:000190000001", "CCCD:0001900000012", "000190000001"):
        assert signer_personal_id(subject((uid, text))) is None
    for text in ("MATRUONG:", "MATRUONG:0000/401", "00000401"):
        assert signer_unit(subject((serial, text))) is None
    both = subject((uid, "MST:0000000000"), (uid, "CCCD:000190000001"))
    assert signer_personal_id(both) == "000190000001"
