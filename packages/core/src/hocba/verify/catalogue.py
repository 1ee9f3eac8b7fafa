"""The numbered list of checks: one place for number, title, clause and advice.

The prose, the code in `document.py` and the report carry the same numbers.

    1  the file can be read within its bounds
    2  structure: schema and rules of the format                   QĐ 1789 Đ12.2a, CV 2088 II.1
    3  the PDF's seal, whole file                                  QĐ 1789 Đ12.2b (PDF only)
    4  the PDF holds the signed XML, and its face shows the same   QĐ 1789 Đ3, Đ12.2b (PDF only)
    5  every required signature is there, and no other             QĐ 1789 Đ20.5
    6  the data are unchanged since they were signed               QĐ 1789 Đ12.2a
    7  each signer is who the record names                         QĐ 1789 Đ12.2a, CV 2088 III.1
    8  times of signing agree and are proved by the time-stamp     QĐ 1789 Đ12.2a
    9  each certificate leads to a trusted root, valid when used   QĐ 1789 Đ8, Đ12.2a
   10  no certificate was revoked when it was used                 QĐ 1789 Đ12.2a
   11  the seal is the one approved for that school                CV 2088 III.1
   12  the department accepted the record: public log              design invariant 2
   13  the record is in force in the department's repository       QĐ 1789 Đ12, Đ21
   14  what has aged was time-stamped again in time                RFC 4998 (when stamped or aged)
"""

from __future__ import annotations

from dataclasses import dataclass

from hocba.errors import Sentence
from hocba.verify.verdict import Check, Outcome


@dataclass(frozen=True, slots=True)
class CheckKind:
    """Constant part of one check."""

    number: int
    code: str
    title: Sentence
    clause: str
    advice: Sentence

    def passed(self, vi: str, en: str) -> Check:
        """Report the check as passed."""
        return self._check(Outcome.PASSED, vi, en, None)

    def failed(self, reason: str, vi: str, en: str, *, where: str | None = None) -> Check:
        """Report the check as failed for `reason`."""
        return self._check(Outcome.FAILED, vi, en, reason, where)

    def not_checked(self, reason: str, vi: str, en: str) -> Check:
        """Report that the check could not be made."""
        return self._check(Outcome.NOT_CHECKED, vi, en, reason)

    def _check(
        self, outcome: Outcome, vi: str, en: str, reason: str | None, where: str | None = None
    ) -> Check:
        advice = None if outcome is Outcome.PASSED else self.advice
        return Check(
            number=self.number,
            code=self.code,
            title=self.title,
            outcome=outcome,
            sentence=Sentence(vi, en),
            clause=self.clause,
            reason=reason,
            advice=advice,
            where=where,
        )


_ASK_SCHOOL = Sentence(
    "Không dùng tệp này. Hãy xin trường đã phát hành cấp lại tệp gốc.",
    "Do not use this file. Ask the issuing school for the original file.",
)
_BRING_EVIDENCE = Sentence(
    "Đặt tệp bằng chứng (.evidence.zip) cạnh tệp học bạ, hoặc tra cứu trực tuyến.",
    "Put the evidence file (.evidence.zip) beside the record, or verify online.",
)

UNREADABLE_CODES = frozenset(
    {"empty", "too_large", "too_many", "encoding", "doctype", "entity", "xml", "depth", "root"}
)
"""Faults of files that are no record at all; every other fault of reading is one of structure."""

READABLE = CheckKind(
    1, "readable", Sentence("Tệp đọc được", "The file can be read"), "CV 2088 II.1", _ASK_SCHOOL
)
STRUCTURE = CheckKind(
    2, "structure", Sentence("Cấu trúc tệp", "Structure of the file"), "QĐ 1789 Đ12.2a", _ASK_SCHOOL
)
PDF_SEAL = CheckKind(
    3,
    "pdf_seal",
    Sentence("Con dấu số của tệp PDF", "Seal of the PDF"),
    "QĐ 1789 Đ12.2b",
    _ASK_SCHOOL,
)
PDF_FACE = CheckKind(
    4,
    "pdf_face",
    Sentence("Bản thể hiện khớp dữ liệu đã ký", "The face shows the signed data"),
    "QĐ 1789 Đ3, Đ12.2b",
    _ASK_SCHOOL,
)
COMPLETE = CheckKind(
    5, "signatures", Sentence("Đủ chữ ký", "All signatures present"), "QĐ 1789 Đ20.5", _ASK_SCHOOL
)
INTEGRITY = CheckKind(
    6,
    "integrity",
    Sentence("Tính toàn vẹn của dữ liệu", "Integrity of the data"),
    "QĐ 1789 Đ12.2a",
    _ASK_SCHOOL,
)
SIGNERS = CheckKind(
    7, "signers", Sentence("Tên chữ ký số", "Names of the signers"), "QĐ 1789 Đ12.2a", _ASK_SCHOOL
)
TIMES = CheckKind(
    8, "times", Sentence("Thời gian ký số", "Times of signing"), "QĐ 1789 Đ12.2a", _ASK_SCHOOL
)
CERTIFICATES = CheckKind(
    9,
    "certificates",
    Sentence("Chứng thư số", "Certificates"),
    "QĐ 1789 Đ8, Đ12.2a",
    Sentence(
        "Kiểm tra tệp chứng thư gốc tin cậy; nếu đã đúng thì không dùng tệp này.",
        "Check which roots you trust; if they are right, do not use this file.",
    ),
)
REVOCATION = CheckKind(
    10,
    "revocation",
    Sentence("Trạng thái chứng thư số", "Status of the certificates"),
    "QĐ 1789 Đ12.2a",
    _BRING_EVIDENCE,
)
APPROVED_SEAL = CheckKind(
    11,
    "approved_seal",
    Sentence("Con dấu số được Sở phê duyệt cho trường", "Seal approved for the school"),
    "CV 2088 III.1",
    _BRING_EVIDENCE,
)
LOG = CheckKind(
    12,
    "log",
    Sentence("Sổ công khai của Sở", "Public log of the department"),
    "Bất biến 2",
    _BRING_EVIDENCE,
)
STATUS = CheckKind(
    13,
    "status",
    Sentence("Đang lưu hành", "In force"),
    "QĐ 1789 Đ12, Đ21",
    Sentence(
        "Tra cứu trực tuyến trên cổng xác thực của Sở, hoặc hỏi trường đã phát hành.",
        "Look the record up on the department's portal, or ask the issuing school.",
    ),
)
ARCHIVE = CheckKind(
    14,
    "archive",
    Sentence("Dấu thời gian lưu trữ", "Archive time-stamps"),
    "RFC 4998",
    Sentence(
        "Tải tệp bằng chứng mới từ cổng xác thực của Sở, hoặc tra cứu trực tuyến.",
        "Get newer evidence from the department's portal, or verify online.",
    ),
)
