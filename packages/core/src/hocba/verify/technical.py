"""The report of a verification in the terms of ETSI, as JSON and as XML.

Indications and sub-indications of ETSI EN 319 102-1 clause 5.1; the names of the XML's elements
follow ETSI TS 119 102-2, in a namespace of our own, because checks of a school record (approved
seal, public log, status) have no place there. Facts only: it never says more than the report.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from lxml import etree

from hocba.verify.report import Report
from hocba.verify.verdict import Check, Outcome, Verdict

NAMESPACE: Final = "urn:hocba:validation-report:1"
_INDICATIONS: Final = {
    Verdict.VALID: "TOTAL-PASSED",
    Verdict.INVALID: "TOTAL-FAILED",
    Verdict.UNDETERMINED: "INDETERMINATE",
}
_BY_REASON: Final = {
    "digest_mismatch": "HASH_FAILURE",
    "seal_digest": "HASH_FAILURE",
    "seal_coverage": "HASH_FAILURE",
    "signature_mismatch": "SIG_CRYPTO_FAILURE",
    "seal_signature": "SIG_CRYPTO_FAILURE",
    "algorithm_not_allowed": "CRYPTO_CONSTRAINTS_FAILURE",
    "seal_algorithm": "CRYPTO_CONSTRAINTS_FAILURE",
    "revoked": "REVOKED_NO_POE",
    "revocation_unknown": "TRY_LATER",
    "expired": "OUT_OF_BOUNDS_NO_POE",
    "not_yet_valid": "OUT_OF_BOUNDS_NO_POE",
    "untrusted_issuer": "NO_CERTIFICATE_CHAIN_FOUND",
    "no_roots": "NO_CERTIFICATE_CHAIN_FOUND",
    "no_evidence": "NO_CERTIFICATE_CHAIN_FOUND",
    "time_order": "TIMESTAMP_ORDER_FAILURE",
    "signed_after_timestamp": "TIMESTAMP_ORDER_FAILURE",
    "timestamp_missing": "NO_POE",
    "missing_role": "SIG_CONSTRAINTS_FAILURE",
}
_BY_CHECK: Final = {
    "readable": "FORMAT_FAILURE",
    "structure": "FORMAT_FAILURE",
    "pdf_seal": "FORMAT_FAILURE",
    "pdf_face": "SIG_CONSTRAINTS_FAILURE",
    "signatures": "SIG_CONSTRAINTS_FAILURE",
    "integrity": "SIG_CRYPTO_FAILURE",
    "signers": "SIG_CONSTRAINTS_FAILURE",
    "times": "TIMESTAMP_ORDER_FAILURE",
    "certificates": "CERTIFICATE_CHAIN_GENERAL_FAILURE",
    "revocation": "TRY_LATER",
    "approved_seal": "POLICY_PROCESSING_ERROR",
    "log": "POLICY_PROCESSING_ERROR",
    "status": "POLICY_PROCESSING_ERROR",
    "archive": "NO_POE",
}


def indication(report: Report) -> tuple[str, str | None]:
    """Main indication, and the sub-indication of the check that decided it."""
    main = _INDICATIONS[report.verdict]
    wanted = Outcome.FAILED if report.verdict is Verdict.INVALID else Outcome.NOT_CHECKED
    deciding = next((check for check in report.checks if check.outcome is wanted), None)
    if report.verdict is Verdict.VALID or deciding is None:
        return main, None
    return main, _sub_indication(deciding)


def _sub_indication(check: Check) -> str:
    return _BY_REASON.get(check.reason or "", _BY_CHECK[check.code])


def technical_json(report: Report, data: bytes) -> dict[str, Any]:
    """The report with indications and the digest of the file that was verified."""
    main, sub = indication(report)
    return {
        "standard": "ETSI EN 319 102-1",
        "main_indication": main,
        "sub_indication": sub,
        "signed_data_object": {"digest_method": "SHA-256", "digest": _digest(data)},
        "validation_time": report.checked_at.isoformat(),
        **report.to_json(),
    }


def technical_xml(report: Report, data: bytes) -> bytes:
    """The same as XML, in UTF-8 with a declaration."""
    main, sub = indication(report)
    root = etree.Element(f"{{{NAMESPACE}}}ValidationReport")
    status = _child(root, "SignatureValidationStatus")
    _child(status, "MainIndication", main)
    if sub:
        _child(status, "SubIndication", sub)
    _child(root, "ValidationTime", report.checked_at.isoformat())
    signed = _child(root, "SignedDataObject")
    _child(signed, "DigestMethod", "http://www.w3.org/2001/04/xmlenc#sha256")
    _child(signed, "DigestValue", _digest(data))
    constraints = _child(root, "ValidationConstraintsEvaluationReport")
    for check in report.checks:
        each = _child(constraints, "ValidationConstraint")
        each.set("number", str(check.number))
        _child(each, "Name", check.code)
        _child(each, "Status", check.outcome.value)
        if check.outcome is not Outcome.PASSED:
            _child(each, "SubIndication", _sub_indication(check))
            _child(each, "Reason", check.reason or "")
        _child(each, "Rule", check.clause)
        _child(each, "Message", check.sentence.vi)
    for signer in report.signers:
        each = _child(root, "SignerInformation")
        _child(each, "SignerRole", signer.role)
        _child(each, "SignerName", _clean(signer.name))
        _child(each, "Issuer", _clean(signer.issuer))
        if signer.signed_at:
            _child(each, "ClaimedSigningTime", signer.signed_at.isoformat())
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _child(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text is not None:
        element.text = _clean(text)
    return element


def _clean(text: str) -> str:
    """Certificates of strangers may hold letters that XML cannot."""
    return "".join(
        letter
        if letter in "\t\n" or " " <= letter < "\ud800" or "\ue000" <= letter < "\ufffe"
        else "?"
        for letter in text
    )


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
