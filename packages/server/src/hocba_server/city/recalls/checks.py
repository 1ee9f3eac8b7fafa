"""Every check of one record in a request to recall, and the code with which a failure is answered.

Source: CV 2088/BGDĐT-GDTH II.2.6 (the eight fields), III.3; QĐ 1789/QĐ-SGDĐT Đ21.4.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import unicodedata
from collections.abc import Container
from dataclasses import dataclass

from hocba.errors import HocBaError
from hocba.packet.codes import ResponseCode, code_of_package_error
from hocba.packet.recall import RecallItem, read_recall_item
from hocba.record.codec import read_record
from hocba.record.model import AnnualRecord
from hocba.record.values import VIETNAM
from hocba_server.city.closing.selectors import closing_of
from hocba_server.city.corrections.intake import deny_correction
from hocba_server.city.repository.models import ENDING, StoredRecord
from hocba_server.city.repository.selectors import original_of
from hocba_server.city.role import is_store, sender_of

_C = ResponseCode


@dataclass(frozen=True, slots=True)
class Examined:
    """One record of a request: what was asked, what is stored, and why it is refused, if it is."""

    item: RecallItem | None
    record: StoredRecord | None
    code: ResponseCode = ResponseCode.RECEIVED
    where: str = ""
    """The tag that is wrong."""
    sentence: str = ""

    @property
    def refused(self) -> bool:
        """Is there nothing left to decide?"""
        return self.code is not ResponseCode.RECEIVED


def read_item(document: bytes) -> Examined:
    """Read one element of a recall list and the files in it; never raises for what it holds."""
    try:
        item = read_recall_item(document)
    except HocBaError as fault:
        code = code_of_package_error(fault)
        return Examined(None, None, code, fault.where or "HOC_BA", fault.sentence.vi)
    denial = deny_correction(item)
    return Examined(item, None, *denial) if denial else Examined(item, None)


def examine(
    written: Examined, *, unit_code: str, waiting: Container[str], at: dt.datetime
) -> Examined:
    """Compare what was written with what is stored and closed.

    `waiting` holds the numbers of records about which a request waits for a decision already.
    """
    item = written.item
    if item is None:
        return written
    if not is_store() and item.school_code != unit_code:
        return _refused(item, None, _C.NOT_THE_ISSUER, "MA_TRUONG")
    record = StoredRecord.objects.filter(record_uuid=item.record_uuid).first()
    if record is None:
        return _refused(item, None, _C.RECALL_NOT_FOUND, "MA_TRA_CUU_UUID")
    if not _speaks_for(unit_code, record):
        return _refused(item, None, _C.NOT_THE_ISSUER, "MA_TRA_CUU_UUID")
    if record.changes.filter(kind__in=ENDING).exists():
        return _refused(item, record, _C.ALREADY_RECALLED, "MA_TRA_CUU_UUID")
    if item.record_uuid in waiting:
        return _refused(item, record, _C.RECALL_WAITING, "MA_TRA_CUU_UUID")
    return (
        _deny_closing(item, record, at)
        or _deny_difference(item, record)
        or dataclasses.replace(written, record=record)
    )


def _speaks_for(unit_code: str, record: StoredRecord) -> bool:
    """A school speaks for its own records, a department towards the store for its schools'."""
    if not is_store():
        return record.unit_code == unit_code
    return sender_of(read_record(original_of(record)).record, in_store=True)[0] == unit_code


def _deny_closing(item: RecallItem, record: StoredRecord, at: dt.datetime) -> Examined | None:
    """Before the closing a record is recalled, after it corrected (Đ21.4, Đ21.6)."""
    closing = closing_of(record, at)
    if item.correction is not None and closing is None:
        return _refused(item, record, _C.NOT_CLOSED, "YEU_CAU_CHINH_LY")
    if item.correction is None and closing is not None:
        day = closing.closed_at.astimezone(VIETNAM)
        sentence = (
            f"Lớp {record.classroom_name} năm học {record.school_year} đã chốt ngày "
            f"{day:%d/%m/%Y}; học bạ này không thu hồi được nữa. Gửi yêu cầu chỉnh lý."
        )
        return Examined(item, record, _C.YEAR_CLOSED, "", sentence)
    return None


def _deny_difference(item: RecallItem, record: StoredRecord) -> Examined | None:
    for tag, asked, stored in _compared(item, read_record(original_of(record)).record):
        if _plain(asked) != _plain(stored):
            sentence = (
                f"Yêu cầu ghi “{asked[:200]}”, học bạ đang lưu ghi “{stored[:200]}”. "
                "Gửi lại yêu cầu với đúng thông tin trên học bạ đã nộp."
            )
            return Examined(item, record, _C.RECALL_MISMATCH, tag, sentence)
    return None


def _refused(
    item: RecallItem, record: StoredRecord | None, code: ResponseCode, where: str
) -> Examined:
    return Examined(item, record, code, where, code.sentence.vi)


def _compared(item: RecallItem, record: AnnualRecord) -> list[tuple[str, str, str]]:
    """Tag, what the request says, what the stored original says."""
    pupil, school = record.pupil, record.school
    return [
        ("HO_VA_TEN", item.full_name, pupil.full_name),
        ("GIOI_TINH", item.gender, pupil.gender),
        ("NGAY_SINH", _day(item.birth_date), _day(pupil.birth_date)),
        ("SO_CCCD", item.personal_id, pupil.personal_id),
        ("TEN_TRUONG", item.school_name, school.school_name),
        ("MA_TRUONG", item.school_code, school.school_code),
        ("TEN_NAM_HOC", str(item.school_year), str(record.school_year)),
    ]


def _plain(text: str) -> str:
    """Without what texts of the same meaning differ in: the Ministry's own example of a recall
    leaves the word “Trường” out of a school's name."""
    words = unicodedata.normalize("NFC", text).split()
    return " ".join(words[1:] if words[:1] == ["Trường"] else words)


def _day(text: str) -> str:
    """The day as dd/MM/yyyy; the Ministry's texts write it in two ways."""
    try:
        return dt.date.fromisoformat(text[:10]).strftime("%d/%m/%Y")
    except ValueError:
        return text
