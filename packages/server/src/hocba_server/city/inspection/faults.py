"""What can be wrong in the repository or the log, each with its sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hocba.errors import Sentence


class FaultKind(StrEnum):
    """One kind of damage. The values stand in reports that software reads."""

    ORIGINAL_DAMAGED = "original_damaged"
    ORIGINAL_INVALID = "original_invalid"
    INDEX_DIFFERS = "index_differs"
    EVIDENCE_MISSING = "evidence_missing"
    EVIDENCE_DAMAGED = "evidence_damaged"
    NOT_LOGGED = "not_logged"
    LOG_DIFFERS = "log_differs"
    FORCE_WRONG = "force_wrong"
    TWO_IN_FORCE = "two_in_force"
    RECORD_MISSING = "record_missing"
    ENTRY_MISSING = "entry_missing"
    ENTRY_UNREADABLE = "entry_unreadable"
    LEAF_WRONG = "leaf_wrong"
    TILE_WRONG = "tile_wrong"
    HEAD_WRONG = "head_wrong"
    COSIGNATURE_WRONG = "cosignature_wrong"
    PUBLISHED_WRONG = "published_wrong"
    FORMAT_WRONG = "format_wrong"
    HISTORY_WRONG = "history_wrong"
    ARCHIVE_BROKEN = "archive_broken"
    ARCHIVE_ENDED = "archive_ended"
    ARCHIVE_MISSING = "archive_missing"
    CLOSING_WRONG = "closing_wrong"
    CLOSING_NOT_LOGGED = "closing_not_logged"
    CLOSING_DIFFERS = "closing_differs"
    CLOSING_MISSING = "closing_missing"
    FILE_DAMAGED = "file_damaged"


SENTENCES = {
    FaultKind.ORIGINAL_DAMAGED: Sentence(
        "Bản gốc không còn đúng từng byte như khi tiếp nhận",
        "The original is not byte for byte what was accepted",
    ),
    FaultKind.ORIGINAL_INVALID: Sentence(
        "Bản gốc không qua được kiểm tra khi kiểm lại bằng bằng chứng đã lưu",
        "The original does not pass when it is verified again with the kept evidence",
    ),
    FaultKind.INDEX_DIFFERS: Sentence(
        "Cột tra cứu khác với nội dung bản gốc", "A column of the index differs from the original"
    ),
    FaultKind.EVIDENCE_MISSING: Sentence(
        "Thiếu chứng thư hoặc trả lời thu hồi kèm theo", "A piece of the evidence is missing"
    ),
    FaultKind.EVIDENCE_DAMAGED: Sentence(
        "Bằng chứng kèm theo không khớp mã băm", "A piece of the evidence does not match its hash"
    ),
    FaultKind.NOT_LOGGED: Sentence(
        "Sổ công khai thiếu mục về học bạ này", "The log has no entry about this record"
    ),
    FaultKind.LOG_DIFFERS: Sentence(
        "Mục trong sổ công khai không nói về đúng bản gốc này",
        "The entry of the log is not about exactly this original",
    ),
    FaultKind.FORCE_WRONG: Sentence(
        "Tình trạng lưu hành không khớp với lịch sử của học bạ",
        "Being in force does not agree with the history of the record",
    ),
    FaultKind.TWO_IN_FORCE: Sentence(
        "Một học sinh có hơn một học bạ lưu hành trong một năm học",
        "A pupil has more than one record in force for a year",
    ),
    FaultKind.RECORD_MISSING: Sentence(
        "Sổ công khai có mục về một học bạ mà kho không còn giữ",
        "The log has an entry about a record that the repository does not hold",
    ),
    FaultKind.ENTRY_MISSING: Sentence(
        "Sổ công khai bị thiếu mục", "An entry of the log is missing"
    ),
    FaultKind.ENTRY_UNREADABLE: Sentence(
        "Mục trong sổ công khai không đọc được", "An entry of the log cannot be read"
    ),
    FaultKind.LEAF_WRONG: Sentence(
        "Mã băm lưu cạnh mục không phải của mục đó", "The hash beside an entry is not the entry's"
    ),
    FaultKind.TILE_WRONG: Sentence(
        "Mảnh cây băm không khớp với các mục", "A hash tile does not fit the entries"
    ),
    FaultKind.HEAD_WRONG: Sentence(
        "Điểm chốt đã ký không khớp với các mục", "A signed head does not fit the entries"
    ),
    FaultKind.COSIGNATURE_WRONG: Sentence(
        "Chữ ký nhân chứng không đúng", "A witness's cosignature is wrong"
    ),
    FaultKind.PUBLISHED_WRONG: Sentence(
        "Thư mục sổ công khai khác với cơ sở dữ liệu",
        "The published folder differs from the database",
    ),
    FaultKind.FORMAT_WRONG: Sentence(
        "Tệp không đúng định dạng đã khai", "A file does not follow its declared format"
    ),
    FaultKind.HISTORY_WRONG: Sentence(
        "Lịch sử thu hồi, thay thế của học bạ không hợp lý",
        "Recall and replacement of a record do not fit together",
    ),
    FaultKind.ARCHIVE_BROKEN: Sentence(
        "Dấu thời gian lưu trữ không khớp với những gì đang giữ",
        "An archive time-stamp does not fit what is kept",
    ),
    FaultKind.ARCHIVE_ENDED: Sentence(
        "Dấu thời gian lưu trữ đã hết giá trị hoặc chưa có chứng cứ",
        "An archive time-stamp has ended or is not proven",
    ),
    FaultKind.ARCHIVE_MISSING: Sentence(
        "Học bạ chưa có dấu thời gian lưu trữ dù học bạ sau nó đã có",
        "A record has no archive time-stamp although later ones have",
    ),
    FaultKind.CLOSING_WRONG: Sentence(
        "Bản kê chốt không đúng chữ ký hoặc không nói như dòng lưu cạnh nó",
        "A closing list is not signed, or says something else than the row beside it",
    ),
    FaultKind.CLOSING_NOT_LOGGED: Sentence(
        "Sổ công khai không có mục về bản kê chốt này", "The log has no entry about a closing list"
    ),
    FaultKind.CLOSING_DIFFERS: Sentence(
        "Kho không khớp với bản kê chốt đã ký", "The repository differs from a signed closing list"
    ),
    FaultKind.CLOSING_MISSING: Sentence(
        "Sổ công khai có mục chốt mà kho không còn bản kê",
        "The log has an entry about a closing that is not kept",
    ),
    FaultKind.FILE_DAMAGED: Sentence(
        "Tệp quyết định hoặc tệp kèm yêu cầu không khớp mã băm",
        "The file of a decision or request does not match its hash",
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: of what kind, about which thing, and what exactly."""

    kind: FaultKind
    subject: str
    """`record:<uuid>`, `entry:<index>`, `tile:<path>`, `head:<number>`, `stamp:<number>`,
    `closing:<number>`, `file:<table>/<number>`; no person's name."""
    detail: str = ""

    def to_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {"kind": self.kind.value, "subject": self.subject, "detail": self.detail}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Fault:
        """Read what `to_json` wrote."""
        return cls(FaultKind(value["kind"]), value["subject"], value["detail"])
