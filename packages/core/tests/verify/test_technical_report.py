"""The technical report and the signed receipt of a verification, for every vector."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from lxml import etree

from hocba.cli.files import evidence_beside, read_trust
from hocba.errors import Malformed, NotTrusted
from hocba.tlog.note import sign_note
from hocba.verify.document import Circumstances, verify_document
from hocba.verify.report import Report
from hocba.verify.technical import NAMESPACE, indication, technical_json, technical_xml
from hocba.verify.verdict import Verdict
from hocba.verify.verification_receipt import read_receipt, sign_receipt

VECTORS = Path(__file__).resolve().parents[4] / "vectors"
MANIFEST: dict[str, Any] = json.loads((VECTORS / "manifest.json").read_text("utf-8"))
KEY = Ed25519PrivateKey.generate()
FILES = [each for each in MANIFEST["vectors"] if each["file"].endswith(".xml")]


def verified(name: str, at: str = MANIFEST["at"]) -> tuple[Report, bytes]:
    file = VECTORS / "files" / name
    circumstances = Circumstances(
        store=read_trust([VECTORS / "trust"]),
        at=datetime.fromisoformat(at),
        evidence=evidence_beside(file),
    )
    data = file.read_bytes()
    return verify_document(data, name=name, circumstances=circumstances), data


@pytest.mark.parametrize("vector", FILES, ids=lambda vector: vector["file"])
def test_every_vector_has_its_indication(vector: dict[str, Any]) -> None:
    report, data = verified(vector["file"], vector.get("at", MANIFEST["at"]))
    main, sub = indication(report)
    expected = {
        "valid": "TOTAL-PASSED",
        "invalid": "TOTAL-FAILED",
        "undetermined": "INDETERMINATE",
    }
    assert main == expected[vector["verdict"]]
    assert (sub is None) == (report.verdict is Verdict.VALID)
    read = etree.fromstring(technical_xml(report, data))
    spaces = {"v": NAMESPACE}
    assert read.findtext("v:SignatureValidationStatus/v:MainIndication", namespaces=spaces) == main
    assert read.findtext("v:SignedDataObject/v:DigestValue", namespaces=spaces) == (
        hashlib.sha256(data).hexdigest()
    )
    assert len(read.findall(".//v:ValidationConstraint", spaces)) == len(report.checks)
    told = json.loads(json.dumps(technical_json(report, data)))
    assert (told["main_indication"], told["sub_indication"]) == (main, sub)
    assert told["verdict"] == vector["verdict"]


def test_the_receipt_names_the_file_and_nobody() -> None:
    report, data = verified("valid.xml")
    made = sign_receipt(report, data, name="so/cong-khai", key=KEY.public_key(), sign=KEY.sign)
    assert b"Nguy" not in made
    read = read_receipt(made, [KEY.public_key()])
    assert read.sha256 == hashlib.sha256(data).digest()
    assert (read.verdict, read.at) == (Verdict.VALID, report.checked_at)
    assert read.checks[0] == "check 1 readable passed"


def test_a_changed_receipt_is_refused() -> None:
    report, data = verified("recalled.xml")
    made = sign_receipt(report, data, name="so/cong-khai", key=KEY.public_key(), sign=KEY.sign)
    assert b"verdict invalid" in made
    with pytest.raises(NotTrusted):
        read_receipt(made.replace(b"verdict invalid", b"verdict valid"), [KEY.public_key()])
    with pytest.raises(NotTrusted):
        read_receipt(made, [Ed25519PrivateKey.generate().public_key()])


@pytest.mark.parametrize(
    "text",
    [
        "x\nfile 00\nverdict valid\nat 2026-06-02T00:00:00Z\n",
        "hocba-verification/v1\nfile zz\nverdict valid\nat 2026-06-02T00:00:00Z\n",
        "hocba-verification/v1\nfile 00\nverdict perhaps\nat 2026-06-02T00:00:00Z\n",
        "hocba-verification/v1\nverdict valid\nfile 00\nat 2026-06-02T00:00:00Z\n",
        "hocba-verification/v1\n",
    ],
)
def test_a_note_of_another_form_is_no_receipt(text: str) -> None:
    made = sign_note(text, "so/cong-khai", KEY.public_key(), KEY.sign).encode()
    with pytest.raises(Malformed):
        read_receipt(made, [KEY.public_key()])
