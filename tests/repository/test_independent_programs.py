"""Programs not written here agree about a record that is valid, and about one that was changed."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from hocba.signature.xml_verify import verify_signatures

FILES = Path(__file__).resolve().parents[2] / "vectors" / "files"
TRUST = FILES.parent / "trust" / "root.pem"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
IDS = (
    "DU_LIEU_HOC_BA",
    "THONG_TIN_HOC_BA",
    "DIEM_TONG_KET",
    "http://www.w3.org/2000/09/xmldsig#:Signature",
    "http://www.w3.org/2000/09/xmldsig#:SignatureProperty",
    "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
)


def needs(program: str) -> str:
    """Path of a program; the test says loudly when it is not there."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"KHÔNG kiểm thử: chưa cài {program} ({program} is not installed)")
    return found


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program and keep what it says."""
    return subprocess.run(
        [str(argument) for argument in arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def authorities(tmp_path: Path) -> Path:
    """Certificates of the authorities, from the evidence, as PEM."""
    target = tmp_path / "authorities.pem"
    with zipfile.ZipFile(FILES / "valid.evidence.zip") as container:
        names = [name for name in container.namelist() if name.startswith("certificates/")]
        found = [x509.load_der_x509_certificate(container.read(name)) for name in names]
    target.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in found))
    for number, one in enumerate(found):  # xmlsec1 reads one certificate from a file
        (tmp_path / f"authority-{number}.pem").write_bytes(one.public_bytes(Encoding.PEM))
    return target


def test_a_record_with_nine_signatures_is_under_40_kilobytes() -> None:
    document = (FILES / "valid.xml").read_bytes()
    assert len(verify_signatures(document)) == 9
    assert len(document) < 40_000


@pytest.mark.parametrize(("name", "right"), [("valid.xml", 9), ("edited-value.xml", 5)])
def test_xmlsec1_verifies_every_signature(name: str, right: int, authorities: Path) -> None:
    program = needs("xmlsec1")
    file = FILES / name
    tree = etree.fromstring(file.read_bytes())
    signatures = [str(one.get("Id")) for one in tree.iter(f"{DS}Signature")]
    options = [option for name in IDS for option in ("--id-attr:Id", name)]
    for authority in authorities.parent.glob("authority-*.pem"):
        options += ["--untrusted-pem", str(authority)]
    passed = 0
    for signature in signatures:
        done = run(
            *(program, "--verify", "--trusted-pem", TRUST),
            *("--verification-time", "2026-05-28 00:00:00", *options),
            *("--node-id", signature, file),
        )
        passed += done.returncode == 0
    assert len(signatures) == 9
    if name == "valid.xml":
        assert passed == right
    else:
        assert 0 < passed < 9, "the teachers' subjects are unchanged, the record is not"


def test_pdfsig_agrees_about_the_seal() -> None:
    program = needs("pdfsig")
    good = run(program, FILES / "valid.pdf").stdout
    assert "Signature is Valid" in good
    assert "Total document signed" in good
    assert "Total document signed" not in run(program, FILES / "appended.pdf").stdout


def test_openssl_verifies_the_time_stamp(tmp_path: Path, authorities: Path) -> None:
    program = needs("openssl")
    seal = verify_signatures((FILES / "valid.xml").read_bytes())[-1]
    assert seal.timestamp is not None
    (tmp_path / "token").write_bytes(seal.timestamp.token)
    arguments = (
        *(program, "ts", "-verify", "-in", tmp_path / "token", "-token_in"),
        *("-CAfile", TRUST, "-untrusted", authorities),
    )
    assert "OK" in run(*arguments, "-digest", seal.timestamp.digest.hex()).stdout
    assert "OK" not in run(*arguments, "-digest", bytes(32).hex()).stdout


def test_openssl_verifies_every_certificate(tmp_path: Path, authorities: Path) -> None:
    program = needs("openssl")
    for number, fact in enumerate(verify_signatures((FILES / "valid.xml").read_bytes())):
        file = tmp_path / f"{number}.pem"
        file.write_bytes(fact.certificate.public_bytes(Encoding.PEM))
        moment = str(int(fact.signing_time.timestamp()))
        done = run(
            *(program, "verify", "-attime", moment, "-CAfile", TRUST),
            *("-untrusted", authorities, file),
        )
        assert done.returncode == 0, done.stderr


def test_mutool_reads_the_form() -> None:
    program = needs("mutool")
    done = run(program, "draw", "-F", "text", FILES / "valid.pdf")
    assert done.returncode == 0
    assert "Nguyễn Thị Mẫu" in done.stdout
    assert run(program, "info", FILES / "valid.pdf").returncode == 0


def test_the_pdf_says_that_it_is_an_archive_and_accessible() -> None:
    with pikepdf.open(io.BytesIO((FILES / "valid.pdf").read_bytes())) as file:
        metadata = file.open_metadata()
        assert metadata.pdfa_status.upper().startswith("3A")
        assert bool(file.Root.MarkInfo.Marked)
        assert str(file.Root.Lang).startswith("vi")
        assert set(file.attachments) == {"hoc-ba.xml", "bang-chung.evidence.zip"}


def test_xmllint_validates_against_our_schema(tmp_path: Path) -> None:
    from hocba.record.model import FormatProfile
    from hocba.record.schema import schema_file

    program = needs("xmllint")
    schema = tmp_path / "v2.xsd"
    schema.write_bytes(schema_file(FormatProfile.V2_2025))
    good = run(program, "--nonet", "--noout", "--schema", schema, FILES / "valid.xml")
    assert good.returncode == 0, good.stderr
    bad = run(program, "--nonet", "--noout", "--schema", schema, FILES / "wrong-code.xml")
    assert bad.returncode != 0
