"""`hocba inspect FILE`: what a file holds, without judging it."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator

from hocba.cli import files
from hocba.record.codec import read_any
from hocba.rendition.attachments import RECORD_NAME, extract_attachments
from hocba.signature.xml_verify import verify_signatures
from hocba.trust.evidence import Evidence, read_container
from hocba.trust.identity import issuer_name, signer_name


def run(arguments: argparse.Namespace) -> int:
    """Print facts about the file, its record and its signatures."""
    data = files.read_bounded(arguments.file)
    print("\n".join([f"tệp (file): {arguments.file}", *_file(data)]))
    print("Chỉ xem nội dung, chưa kiểm tra giá trị: dùng “hocba verify”. (Not verified.)")
    return 0


def _file(data: bytes) -> Iterator[str]:
    yield f"  {len(data)} byte, sha256 {hashlib.sha256(data).hexdigest()}"
    if data.startswith(b"%PDF-"):
        attached = extract_attachments(data)
        for name, content in attached.items():
            yield f"  đính kèm (attached): {name}, {len(content)} byte"
        if RECORD_NAME in attached:
            yield from _record(attached[RECORD_NAME])
    elif data.startswith(b"PK\x03\x04"):
        document, evidence = read_container(data)
        yield from _evidence(evidence)
        if document is not None:
            yield from _record(document)
    else:
        yield from _record(data)


def _evidence(evidence: Evidence) -> Iterator[str]:
    yield (
        f"  bằng chứng (evidence): {len(evidence.certificates)} chứng thư, "
        f"{len(evidence.ocsp)} OCSP, {len(evidence.crls)} CRL, "
        f"sổ công khai: {'có' if evidence.log_proof else 'không'}"
    )


def _record(document: bytes) -> Iterator[str]:
    read = read_any(document, strict=False)
    record = read.record
    yield f"  định dạng (profile): {read.profile.value}"
    yield f"  mã tra cứu (record number): {record.record_uuid}"
    yield f"  học sinh (pupil): {record.pupil.full_name}, {record.pupil.birth_date}"
    yield (
        f"  lớp (class): {record.classroom_name}, {record.school.school_name} "
        f"({record.school.school_code}), năm học {record.school_year}"
    )
    yield f"  kết quả (result): {record.summary.words}"
    yield from (f"  lưu ý (note): {warning}" for warning in read.warnings)
    for fact in verify_signatures(document):
        subject = f" {fact.slot.subject}" if fact.slot.subject else ""
        fault = f", HỎNG (broken): {fact.fault}" if fact.fault else ""
        stamp = ", có dấu thời gian (time-stamped)" if fact.timestamp else ""
        yield (
            f"  {fact.slot.role.value}{subject}: {signer_name(fact.certificate)} "
            f"({issuer_name(fact.certificate)}), {fact.signing_time:%d/%m/%Y %H:%M:%S}, "
            f"{fact.algorithm.name}{stamp}{fault}"
        )
