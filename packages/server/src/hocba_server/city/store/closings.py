"""Closings of classes as the store takes them: the signed list, and that its records are here."""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from hocba.errors import HocBaError, Malformed
from hocba.packet.codes import ResponseCode
from hocba.packet.json_fields import Fields
from hocba.packet.package import MAX_RECORDS
from hocba.tlog.closing_list import ClosingList, parse_closing_list
from hocba_server.city.store.models import ReceivedClosing, ReceivedMessage
from hocba_server.city.store.selectors import records_of_department
from hocba_server.city.store.taken import Taken, result_of

_MAX_LIST = 5_000_000


def take_closings(body: Mapping[str, Any], *, unit_code: str) -> Taken:
    """Check every closing of a message. Raises `Malformed` when the message has another form."""
    items = Fields(body, "NOI_DUNG").items("chot")
    if len(items) > MAX_RECORDS:
        raise Malformed("request_too_large", f"Mỗi gói tối đa {MAX_RECORDS} lớp.", "Too many.")
    results: list[dict[str, Any]] = []
    accepted: list[ReceivedClosing] = []
    for item in items:
        fields = Fields(item, "chot")
        key = {"ma_bam": fields.text("ma_bam", limit=64)}
        signed = _decoded(fields.text("ban_ke", limit=_MAX_LIST))
        found = _opened(signed)
        if found is None or hashlib.sha256(signed).hexdigest() != key["ma_bam"]:
            code, sentence = ResponseCode.XML_INVALID, "Bản kê không đọc được hoặc sai mã băm."
            results.append(result_of(key, code, "ban_ke", sentence))
            continue
        held = _held(found, unit_code)
        if held < len(found.lines):
            sentence = (
                f"Kho mới có {held} trên {len(found.lines)} học bạ của bản kê. "
                "Gửi đủ học bạ rồi gửi lại bản kê."
            )
            results.append(result_of(key, ResponseCode.RECALL_NOT_FOUND, "ban_ke", sentence))
            continue
        results.append(result_of(key))
        accepted.append(_row(found, signed, unit_code))
    return Taken(tuple(results), lambda message: _write(accepted, message))


def _held(found: ClosingList, unit_code: str) -> int:
    """Records of the class that the store holds: the list itself names none of them openly."""
    records = records_of_department(unit_code).filter(
        unit_code=found.unit_code,
        school_year=str(found.school_year),
        classroom_name=found.classroom_name,
    )
    return records.count()


def _decoded(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except ValueError:
        raise Malformed(
            "field_type", "Bản kê không phải Base64.", "The list is not Base64.", where="ban_ke"
        ) from None


def _opened(signed: bytes) -> ClosingList | None:
    """The list inside the note. Its sender answers for it with the signature of the message."""
    try:
        text = signed.decode("utf-8").rpartition("\n\n")[0] + "\n"
        return parse_closing_list(text)
    except (UnicodeDecodeError, HocBaError):
        return None


def _row(found: ClosingList, signed: bytes, unit_code: str) -> ReceivedClosing:
    return ReceivedClosing(
        unit_code=unit_code,
        school_code=found.unit_code,
        school_year=str(found.school_year),
        classroom_name=found.classroom_name,
        number=found.number,
        record_count=len(found.lines),
        sha256=hashlib.sha256(signed).hexdigest(),
        signed_list=signed,
    )


def _write(rows: Sequence[ReceivedClosing], message: ReceivedMessage) -> None:
    for row in rows:
        row.message = message
    ReceivedClosing.objects.bulk_create(rows, ignore_conflicts=True)
