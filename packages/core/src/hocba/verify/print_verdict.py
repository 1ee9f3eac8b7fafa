"""Verify the codes of a print and turn them back into the results, to compare with the paper.

    1  each code can be read, and together they are the codes of one record
    2  a key signed them that the department published         QĐ 1789 Đ3.3
    3  the key was the school's (or the department's) and could be used when they were signed
    4  the record is in force in the department's repository   QĐ 1789 Đ12, Đ21
    5  the codes say what the original says (where it is at hand: at the department)

A code proves what the page said when it was signed. Whether the record is still in force only the
department's answer tells, and only its original shows that nobody misused the school's key: without
them the verdict stays open, however genuine the paper is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from hocba.errors import HocBaError, Malformed, Sentence
from hocba.ids import UnitCode
from hocba.record.model import AnnualRecord
from hocba.record.values import VIETNAM
from hocba.rendition.print_code import PREFIX, PrintedPage, ReadCode, open_code, peek, read_code
from hocba.rendition.print_codes_on_page import says_nothing_else
from hocba.rendition.print_lines import PrintPage
from hocba.verify.catalogue import CheckKind
from hocba.verify.policy import StatusAnswer
from hocba.verify.print_keys import PrintKey, PrintKeys, unknown_key
from hocba.verify.receipt import listed_as_ended, status_by_digest
from hocba.verify.report import SIGNS, WORDS
from hocba.verify.status_list import EndedRecords
from hocba.verify.verdict import HEADLINES, Check, Outcome, Verdict, decide

_ASK_SCHOOL = Sentence(
    "Không dùng bản giấy này. Hãy xin bản in mới hoặc tệp gốc từ trường đã phát hành.",
    "Do not use this paper. Ask the issuing school for a new print or the original file.",
)
_SCAN_AGAIN = Sentence(
    "Quét lại cho rõ, đủ mọi mã của học bạ; nếu vẫn vậy thì không dùng bản giấy này.",
    "Scan all codes of the record again; if it stays so, do not use this paper.",
)
_GET_LIST = Sentence(
    "Tải danh sách khoá bản in từ cổng xác thực của Sở, rồi kiểm tra lại.",
    "Get the list of print keys from the department's portal and check again.",
)
READABLE = CheckKind(
    1,
    "code_readable",
    Sentence("Mã đọc được", "The codes can be read"),
    "RFC 9052",
    _SCAN_AGAIN,
)
SIGNED = CheckKind(
    2,
    "code_signature",
    Sentence("Chữ ký trên mã", "Signature of the codes"),
    "QĐ 1789 Đ3.3",
    _ASK_SCHOOL,
)
SIGNER = CheckKind(
    3,
    "code_key",
    Sentence("Khoá đã ký mã", "The key that signed"),
    "CV 2088 III.1",
    _ASK_SCHOOL,
)
STATUS = CheckKind(
    4,
    "code_status",
    Sentence("Đang lưu hành", "In force"),
    "QĐ 1789 Đ12, Đ21",
    Sentence(
        "So từng dòng với giấy, rồi tra cứu trực tuyến trên cổng xác thực của Sở.",
        "Compare each line with the paper, then look the record up on the department's portal.",
    ),
)
MATCHES = CheckKind(
    5,
    "code_matches",
    Sentence("Khớp bản gốc ở Sở", "Agrees with the original"),
    "QĐ 1789 Đ2.13",
    _ASK_SCHOOL,
)
UNCOMPARED = CheckKind(
    MATCHES.number,
    MATCHES.code,
    MATCHES.title,
    MATCHES.clause,
    Sentence(
        "So từng dòng với giấy; khi có mạng, kiểm tra các mã trên cổng xác thực của Sở.",
        "Compare each line with the paper; with a network, check the codes on the portal.",
    ),
)
COMPARE = Sentence(
    "So từng dòng dưới đây với giấy. Khác một chữ, hoặc trong cùng phần ấy trên giấy có thêm dòng "
    "mà ở đây không có, là giấy đã bị sửa.",
    "Compare each line with the paper. One different letter, or a line more on the paper in the "
    "same part, means that the paper was changed.",
)


PAGE_NAMES = {
    PrintPage.PERSONAL: Sentence("phần thông tin học sinh", "personal data"),
    PrintPage.SUBJECTS: Sentence("phần môn học", "subjects"),
    PrintPage.TRAITS: Sentence("phần phẩm chất, năng lực, kết quả", "qualities, competences"),
}


@dataclass(frozen=True, slots=True)
class Original:
    """The record as the repository keeps it."""

    record: AnnualRecord
    document: bytes


@dataclass(frozen=True, slots=True)
class PrintReport:
    """What the codes of a print say, and how far they are to be believed."""

    name: str
    verdict: Verdict
    checks: tuple[Check, ...]
    checked_at: datetime
    pages: tuple[PrintedPage, ...] = ()
    """Only what was signed by a known key, in the order of the parts."""
    missing: tuple[int, ...] = ()
    """Parts of the record that were not shown."""
    signer: PrintKey | None = None

    @property
    def headline(self) -> Sentence:
        """The verdict in plain words."""
        if self.verdict is Verdict.VALID:
            return Sentence("Bản in đúng với học bạ", "The print is genuine")
        if self.verdict is Verdict.INVALID:
            return Sentence("Bản in không có giá trị", "The print has no value")
        return HEADLINES[self.verdict]

    @property
    def because(self) -> Sentence:
        """One sentence that says why."""
        worst = self._worst
        return worst.sentence if worst else COMPARE

    @property
    def advice(self) -> Sentence | None:
        """What to do, when the verdict is not valid."""
        return self._worst.advice if self._worst else None

    @property
    def _worst(self) -> Check | None:
        for outcome in (Outcome.FAILED, Outcome.NOT_CHECKED):
            for check in self.checks:
                if check.outcome is outcome:
                    return check
        return None

    def to_json(self) -> dict[str, Any]:
        """Stable keys; times in ISO 8601."""
        return {
            "file": self.name,
            "kind": "print",
            "verdict": self.verdict.value,
            "checked_at": self.checked_at.isoformat(),
            "checks": [
                {
                    "number": each.number,
                    "code": each.code,
                    "outcome": each.outcome.value,
                    "reason": each.reason,
                    "sentence": {"vi": each.sentence.vi, "en": each.sentence.en},
                }
                for each in self.checks
            ],
            "signer": self.signer.name if self.signer else None,
            "missing_parts": list(self.missing),
            "pages": [_page_json(each) for each in self.pages],
        }

    def to_text(self) -> str:
        """For the terminal: the verdict, the checks, then page after page."""
        lines = [f"{self.name}: {self.headline.vi} ({self.headline.en})", f"  {self.because.vi}"]
        lines += [
            f"  {each.number:>2} {SIGNS[each.outcome]} {each.title.vi}: "
            f"{WORDS[each.outcome].vi}. {each.sentence.vi} [{each.clause}]"
            for each in self.checks
        ]
        if self.pages:
            first = self.pages[0]
            lines += [
                f"  Mã tra cứu: {first.record_uuid}",
                f"  {first.full_name}, lớp {first.classroom_name}, năm học {first.school_year}",
                f"  {COMPARE.vi}",
            ]
        for page in self.pages:
            lines.append(f"  Mã {page.part}/{page.parts}, {PAGE_NAMES[page.page].vi}:")
            lines += [f"     {line[0]}: {' · '.join(line[1:])}" for line in page.lines]
        if self.missing:
            numbers = ", ".join(map(str, self.missing))
            lines.append(f"  Chưa quét mã {numbers}: các phần đó chưa được kiểm tra.")
        return "\n".join(lines) + "\n"


def find_codes(text: str) -> list[str]:
    """The codes in a text, one a line, each once."""
    lines = (line.strip() for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line.startswith(PREFIX)))


def unreadable(fault: HocBaError, *, name: str, at: datetime) -> PrintReport:
    """The report on a picture that shows no code."""
    check = READABLE.failed(fault.code, fault.sentence.vi, fault.sentence.en)
    return _report(name, at, (check,))


def verify_print(
    texts: Sequence[str],
    *,
    name: str,
    keys: PrintKeys | None,
    at: datetime,
    status: StatusAnswer | None = None,
    original: Original | None = None,
    ended: EndedRecords | None = None,
) -> PrintReport:
    """Verify the codes of one print. Never raises for any text."""
    try:
        codes = [read_code(text) for text in texts]
        claimed = [peek(code) for code in codes]
        _require_one_record(claimed)
    except HocBaError as fault:
        return unreadable(fault, name=name, at=at)
    readable = READABLE.passed("Đọc được mã.", "The codes can be read.")
    if keys is None:
        return _report(name, at, (readable, _no_list()))
    report = _judge(codes, name, keys, at, (status, ended), readable)
    if not report.pages:
        return report
    return _compared(report, original)


def _judge(
    codes: Sequence[ReadCode],
    name: str,
    keys: PrintKeys,
    at: datetime,
    known: tuple[StatusAnswer | None, EndedRecords | None],
    readable: Check,
) -> PrintReport:
    try:
        pages, signer = _opened(codes, keys)
    except HocBaError as fault:
        failed = SIGNED.failed(fault.code, fault.sentence.vi, fault.sentence.en)
        return _report(name, at, (readable, failed))
    signed = SIGNED.passed(
        f"Chữ ký đúng, của {signer.name}.", f"The signature holds, by {signer.name}."
    )
    pages = tuple(sorted(set(pages), key=lambda each: each.part))
    checks = (readable, signed, _check_signer(pages, signer, at), _status(pages[0], *known))
    shown = {each.part for each in pages}
    missing = tuple(part for part in range(1, pages[0].parts + 1) if part not in shown)
    return _report(name, at, checks, pages, missing, signer)


def _compared(report: PrintReport, original: Original | None) -> PrintReport:
    """Only with the original at hand is a print called genuine: whoever holds the school's key,
    also somebody who stole it, can sign another mark for a record that is in force."""
    if original is None:
        check = UNCOMPARED.not_checked(
            "no_original",
            "Chưa so được với bản gốc đang lưu ở Sở.",
            "The codes were not compared with the original in the repository.",
        )
    elif says_nothing_else(report.pages, original.record, original.document):
        check = MATCHES.passed(
            "Mọi dòng trong mã đúng với bản gốc đang lưu ở Sở.",
            "Every line of the codes is that of the original in the repository.",
        )
    else:
        check = MATCHES.failed(
            "code_differs",
            "Mã ghi khác với bản gốc đang lưu ở Sở.",
            "The codes say something else than the original in the repository.",
        )
    checks = (*report.checks, check)
    return replace(report, checks=checks, verdict=decide(checks))


def _require_one_record(pages: Sequence[PrintedPage]) -> None:
    if not pages:
        raise Malformed("print_code", "Không thấy mã xác thực nào.", "There is no code.")
    if len({(each.record_uuid, each.document_sha256, each.parts) for each in pages}) != 1:
        raise Malformed(
            "print_codes_mixed",
            "Các mã thuộc nhiều học bạ khác nhau. Kiểm tra riêng từng học bạ; nếu chúng nằm trên "
            "các trang của cùng một bản in thì bản in đã bị tráo trang.",
            "The codes belong to different records. Check each record by itself; if they stand on "
            "one print, its pages were exchanged.",
        )


def _opened(codes: Sequence[ReadCode], keys: PrintKeys) -> tuple[tuple[PrintedPage, ...], PrintKey]:
    pages = []
    signer = None
    for code in codes:
        signer = keys.find(code.key_id)
        if signer is None:
            raise unknown_key()
        pages.append(open_code(code, signer.public_key))
    if signer is None or len({code.key_id for code in codes}) != 1:
        raise Malformed(
            "print_codes_mixed",
            "Các mã do nhiều khoá khác nhau ký: hãy kiểm tra riêng từng bản in.",
            "The codes were signed with different keys: check each print by itself.",
        )
    return tuple(pages), signer


def _check_signer(pages: Sequence[PrintedPage], signer: PrintKey, at: datetime) -> Check:
    if any(each.unit_code != signer.unit_code for each in pages):
        return SIGNER.failed(
            "foreign_key",
            f"Mã ghi là của đơn vị {UnitCode(pages[0].unit_code)} nhưng khoá là của {signer.name}.",
            "The codes name another unit than that of the key.",
        )
    for each in pages:
        if each.issued_at > at:
            return SIGNER.failed(
                "time_in_future", "Mã ghi ngày ký sau lúc kiểm tra.", "Signed in the future."
            )
        if not signer.valid_from <= each.issued_at <= signer.valid_until:
            day = f"{each.issued_at.astimezone(VIETNAM):%d/%m/%Y}"
            return SIGNER.failed(
                "key_not_in_use",
                f"Ngày ký {day} nằm ngoài thời gian khoá này được dùng.",
                "It was signed outside the time in which the key could be used.",
            )
    day = f"{pages[0].issued_at.astimezone(VIETNAM):%d/%m/%Y}"
    if signer.ended:
        return SIGNER.not_checked(
            "key_ended",
            f"Sở đã chấm dứt việc dùng khoá này của {signer.name}: ngày ký {day} ghi trong mã "
            "không chứng minh được. Hãy kiểm tra tệp XML hoặc PDF.",
            f"The department ended the use of this key of {signer.name}: the date in the code "
            "proves nothing. Verify the XML or the PDF instead.",
        )
    return SIGNER.passed(
        f"Khoá của {signer.name}, được dùng khi ký ngày {day}.",
        f"The key of {signer.name}, in use when it signed on {day}.",
    )


def _no_list() -> Check:
    return CheckKind(
        SIGNED.number, SIGNED.code, SIGNED.title, SIGNED.clause, _GET_LIST
    ).not_checked(
        "no_print_keys",
        "Chưa có danh sách khoá bản in của Sở nên chưa biết ai đã ký mã.",
        "There is no list of print keys, so nobody knows who signed the codes.",
    )


def _status(page: PrintedPage, status: StatusAnswer | None, ended: EndedRecords | None) -> Check:
    if status is None and ended is not None:
        if ended.has(page.record_uuid, page.document_sha256):
            return listed_as_ended(STATUS, ended)
        day = f"{ended.made_at.astimezone(VIETNAM):%d/%m/%Y}"
        return STATUS.not_checked(
            "not_ended",
            f"Danh sách của Sở lập ngày {day} không ghi học bạ này đã bị thu hồi hay thay thế; mã "
            "không cho biết Sở đã tiếp nhận hay chưa.",
            f"The department's list of {day} does not name it as ended; the code does not say "
            "whether the department ever accepted it.",
        )
    return status_by_digest(STATUS, page.document_sha256, status)


def _report(
    name: str,
    at: datetime,
    checks: tuple[Check, ...],
    pages: tuple[PrintedPage, ...] = (),
    missing: tuple[int, ...] = (),
    signer: PrintKey | None = None,
) -> PrintReport:
    return PrintReport(name, decide(checks), checks, at, pages, missing, signer)


def _page_json(page: PrintedPage) -> dict[str, Any]:
    return {
        "page": int(page.page),
        "part": page.part,
        "parts": page.parts,
        "record_uuid": page.record_uuid,
        "document_sha256": page.document_sha256.hex(),
        "unit_code": page.unit_code,
        "school_year": str(page.school_year),
        "full_name": page.full_name,
        "classroom_name": page.classroom_name,
        "issued_at": page.issued_at.isoformat(),
        "lines": [list(line) for line in page.lines],
    }
