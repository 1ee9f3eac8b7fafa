"""Signing and verifying never parse a key, certificate or schema again for each record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from lxml import etree

from hocba.cli.files import evidence_beside, read_trust
from hocba.record.model import FormatProfile
from hocba.record.safe_xml import parse_xml
from hocba.record.schema import validate_schema
from hocba.verify.document import Circumstances, verify_document
from hocba.verify.verdict import Verdict

VECTORS = Path(__file__).resolve().parents[4] / "vectors"
AT = datetime.fromisoformat(json.loads((VECTORS / "manifest.json").read_text("utf-8"))["at"])


def counting(calls: list[str], name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, but its calls are counted."""

    def counted(*arguments: Any, **named: Any) -> Any:
        calls.append(name)
        return work(*arguments, **named)

    return counted


def test_the_second_verification_parses_nothing_but_the_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = VECTORS / "files" / "valid.xml"
    document = file.read_bytes()
    circumstances = Circumstances(
        store=read_trust([VECTORS / "trust"]), at=AT, evidence=evidence_beside(file)
    )

    def verify() -> Verdict:
        validate_schema(parse_xml(document), FormatProfile.V2_2025)
        return verify_document(document, name="", circumstances=circumstances).verdict

    assert verify() is Verdict.VALID
    calls: list[str] = []
    for owner, name in (
        (x509, "load_der_x509_certificate"),
        (x509, "load_pem_x509_certificate"),
        (x509, "load_der_x509_crl"),
        (ocsp, "load_der_ocsp_response"),
        (etree, "XMLSchema"),
    ):
        monkeypatch.setattr(owner, name, counting(calls, name, getattr(owner, name)))
    assert verify() is Verdict.VALID
    assert calls == []
