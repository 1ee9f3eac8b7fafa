"""Verify one file: gather facts, apply the policy, number the checks, decide.

Bytes in, report out: no clock, no network, no repository. What only the outside knows (evidence,
the repository's status) comes as an argument; without it the check is reported as not made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from hocba.errors import HocBaError, Malformed, NotTrusted
from hocba.record.codec import AnyRead, parse_xml, read_any
from hocba.rendition.attachments import EVIDENCE_NAME, RECORD_NAME, extract_attachments
from hocba.rendition.booklet import is_year_attachment
from hocba.rendition.seal import PdfSealFact, read_seal
from hocba.signature.xml_verify import SignatureFact, verify_signatures
from hocba.trust.evidence import Evidence, read_container
from hocba.trust.store import TrustStore
from hocba.verify import catalogue
from hocba.verify.certificates import check_certificates, check_revocations
from hocba.verify.face import check_face
from hocba.verify.long_term import judge_long_term
from hocba.verify.opening import OpenedDocument, OpenedRecord
from hocba.verify.policy import Policy, StatusAnswer
from hocba.verify.receipt import (
    Receipt,
    check_log,
    check_seal_approval,
    check_status,
    read_receipt,
)
from hocba.verify.report import Report
from hocba.verify.signers import check_complete, check_identities, signer_lines, summary
from hocba.verify.status_list import EndedRecords
from hocba.verify.times import check_times
from hocba.verify.verdict import Check, decide

MAX_BYTES = 10_000_000
"""Largest file that is opened (CV 2088 II.1: 10 MB a transaction)."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Everything a verification needs beside the file itself."""

    store: TrustStore
    at: datetime
    evidence: Evidence | None = None
    status: StatusAnswer | None = None
    policy: Policy = field(default_factory=Policy)
    fonts: Path | None = None
    ended: EndedRecords | None = None
    """The signed list of records that are in force no more, for who asks nobody."""


def verify_document(data: bytes, *, name: str, circumstances: Circumstances) -> Report:
    """Verify an XML, a PDF or an evidence container with its record. Never raises for any bytes."""
    kind = _kind(data)
    try:
        if len(data) > MAX_BYTES:
            raise Malformed(
                "too_large",
                "Tệp lớn hơn 10 MB nên không phải học bạ số.",
                "The file is larger than 10 MB and cannot be a record.",
            )
        if kind == "pdf":
            return _verify_pdf(data, name, circumstances)
        if kind == "container":
            return _verify_container(data, name, circumstances)
        return _verify_xml(data, name, "xml", circumstances, ())
    except HocBaError as error:
        check = catalogue.READABLE.failed(error.code, error.sentence.vi, error.sentence.en)
        return _report(name, kind, (check,), circumstances)


def verify_opened(opened: OpenedRecord, *, name: str, circumstances: Circumstances) -> Report:
    """Verify a record that was opened already, with the same checks as its bytes would get."""
    whole = OpenedDocument(opened.document, opened.root, opened.read, opened.facts)
    return _judge(whole, name, "xml", circumstances, ())


def _kind(data: bytes) -> str:
    if data.startswith(b"%PDF-"):
        return "pdf"
    return "container" if data.startswith(b"PK\x03\x04") else "xml"


def _verify_container(data: bytes, name: str, circumstances: Circumstances) -> Report:
    document, evidence = read_container(data)
    if document is None:
        raise Malformed(
            "no_record",
            "Tệp bằng chứng này không kèm học bạ; hãy chọn cả tệp XML.",
            "This evidence file holds no record; choose the XML as well.",
        )
    return _verify_xml(document, name, "container", _with(circumstances, evidence), ())


def _verify_pdf(data: bytes, name: str, circumstances: Circumstances) -> Report:
    attached = extract_attachments(data)
    try:
        found = read_seal(data)
        seal: PdfSealFact | None = found
        seal_check = _seal_check(found)
    except NotTrusted as fault:
        seal = None
        seal_check = catalogue.PDF_SEAL.failed(fault.code, fault.sentence.vi, fault.sentence.en)
    if RECORD_NAME not in attached:
        return _report(name, "pdf", (seal_check, _no_record(attached)), circumstances)
    if EVIDENCE_NAME in attached and circumstances.evidence is None:
        _, evidence = read_container(attached[EVIDENCE_NAME])
        circumstances = _with(circumstances, evidence)
    document = attached[RECORD_NAME]
    checks = (seal_check, _face(data, circumstances, seal))
    return _verify_xml(document, name, "pdf", circumstances, checks, seal)


def _face(data: bytes, circumstances: Circumstances, seal: PdfSealFact | None) -> Check:
    certificate = seal.certificate if seal else None
    return check_face(data, fonts=circumstances.fonts, seal=certificate)


def _no_record(attached: Mapping[str, bytes]) -> Check:
    """A PDF that is no record. A booklet or a certified copy holds the records of its years, each
    of which is verified by itself: it is neither shown as valid nor refused."""
    years = sorted(each for each in attached if is_year_attachment(each))
    if not years:
        return catalogue.PDF_FACE.failed(
            "no_attachment",
            "Tệp PDF không kèm tệp XML đã ký nên không kiểm tra được dữ liệu.",
            "The PDF holds no signed XML.",
        )
    names = ", ".join(years)
    return catalogue.PDF_FACE.not_checked(
        "many_records",
        "Đây là bản in nhiều năm hoặc bản sao y, chưa phải học bạ của một năm. Lưu từng tệp đính "
        f"kèm ({names}) rồi xác thực từng tệp.",
        "This is a booklet or a certified copy. Save each attached file and verify it by itself: "
        f"{names}.",
    )


def _seal_check(seal: PdfSealFact) -> Check:
    if seal.fault is not None:
        return catalogue.PDF_SEAL.failed(
            seal.fault.code, seal.fault.sentence.vi, seal.fault.sentence.en
        )
    return catalogue.PDF_SEAL.passed(
        "Con dấu số phủ toàn bộ tệp, không có gì được thêm hay sửa sau đó.",
        "The seal covers the whole file; nothing was added or changed after it.",
    )


def _verify_xml(
    document: bytes,
    name: str,
    kind: str,
    circumstances: Circumstances,
    before: tuple[Check, ...],
    seal: PdfSealFact | None = None,
) -> Report:
    try:
        root = parse_xml(document, max_bytes=MAX_BYTES)
        read = read_any(root)
    except HocBaError as error:
        if error.code in catalogue.UNREADABLE_CODES:
            raise
        structure = catalogue.STRUCTURE.failed(
            error.code, str(error), error.sentence.en, where=error.where
        )
        return _report(name, kind, (_readable(), structure, *before), circumstances)
    try:
        facts = verify_signatures(root, read.profile)
    except HocBaError as error:
        broken = catalogue.INTEGRITY.failed(
            error.code, error.sentence.vi, error.sentence.en, where=error.where
        )
        checks = (_readable(), _structure(read), *before, broken)
        return _report(name, kind, checks, circumstances, read)
    opened = OpenedDocument(document, root, read, facts)
    return _judge(opened, name, kind, circumstances, before, seal)


def _judge(
    opened: OpenedDocument,
    name: str,
    kind: str,
    circumstances: Circumstances,
    before: tuple[Check, ...],
    seal: PdfSealFact | None = None,
) -> Report:
    document, read, facts = opened.document, opened.read, opened.facts
    store, policy = circumstances.store, circumstances.policy
    kept = judge_long_term(document, facts, circumstances.at, store, circumstances.evidence, policy)
    circumstances = replace(circumstances, evidence=kept.evidence)
    receipt = read_receipt(document, read, store, kept.evidence, policy.log)
    found = _checks(document, read, facts, circumstances, seal, receipt)
    aged = () if kept.check is None else (kept.check,)
    checks = (_readable(), _structure(read), *before, *found, *aged)
    return _report(name, kind, checks, circumstances, read, facts, receipt)


def _readable() -> Check:
    return catalogue.READABLE.passed("Tệp đọc được.", "The file can be read.")


def _structure(read: AnyRead) -> Check:
    return catalogue.STRUCTURE.passed(
        f"Đúng cấu trúc của Bộ, phiên bản {read.profile.value}.",
        f"Follows the Ministry's structure, profile {read.profile.value}.",
    )


def _checks(
    document: bytes,
    read: AnyRead,
    facts: tuple[SignatureFact, ...],
    circumstances: Circumstances,
    seal: PdfSealFact | None,
    receipt: Receipt,
) -> tuple[Check, ...]:
    store, evidence, policy = circumstances.store, circumstances.evidence, circumstances.policy
    certificates, used = check_certificates(facts, seal, store, evidence)
    return (
        check_complete(read, facts, policy),
        _integrity(facts),
        check_identities(read, facts, seal),
        check_times(facts, circumstances.at, store, evidence, policy),
        certificates,
        check_revocations(used, evidence),
        check_seal_approval(facts, receipt, circumstances.status, evidence),
        check_log(receipt),
        check_status(
            document, read.record.record_uuid, receipt, circumstances.status, circumstances.ended
        ),
    )


def _integrity(facts: tuple[SignatureFact, ...]) -> Check:
    for fact in facts:
        if fact.fault is not None:
            sentence = fact.fault.sentence
            return catalogue.INTEGRITY.failed(
                fact.fault.code, sentence.vi, sentence.en, where=fact.fault.where
            )
    return catalogue.INTEGRITY.passed(
        f"Cả {len(facts)} chữ ký khớp với dữ liệu: không có gì thay đổi sau khi ký.",
        f"All {len(facts)} signatures match the data: nothing changed since signing.",
    )


def _with(circumstances: Circumstances, evidence: Evidence) -> Circumstances:
    return replace(circumstances, evidence=circumstances.evidence or evidence)


def _report(
    name: str,
    kind: str,
    checks: tuple[Check, ...],
    circumstances: Circumstances,
    read: AnyRead | None = None,
    facts: tuple[SignatureFact, ...] = (),
    receipt: Receipt | None = None,
) -> Report:
    return Report(
        name=name,
        kind=kind,
        verdict=decide(checks),
        checks=tuple(sorted(checks, key=lambda check: check.number)),
        checked_at=circumstances.at,
        signers=signer_lines(read, facts) if read else (),
        record=summary(read) if read else None,
        witnesses=receipt.fact.witnesses if receipt and receipt.fact else (),
    )
