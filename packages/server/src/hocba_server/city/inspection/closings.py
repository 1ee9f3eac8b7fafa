"""Signed closing lists against their rows, the log and the repository; files of decisions."""

from __future__ import annotations

import hashlib
from datetime import datetime

from hocba.errors import HocBaError
from hocba.tlog.closing_list import NO_FORMER, ClosingList, key_digest, open_closing_list
from hocba.tlog.entry import EntryKind, LogEntry, commit
from hocba_server.city.closing.comparison import compare_closing
from hocba_server.city.closing.models import ClassClosing, Reopening
from hocba_server.city.closing.selectors import held_records
from hocba_server.city.corrections.models import CorrectionFile
from hocba_server.city.inspection.faults import Fault, FaultKind
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.repository.models import ChangeKind, StatusChange
from hocba_server.city.transparency.selectors import entry_at


def check_closings(first: int, last: int, at: datetime) -> tuple[int, list[Fault]]:
    """Verify each closing. Steps as in docs/operations/fsck.md."""
    rows, faults = 0, list[Fault]()
    closings = ClassClosing.objects.filter(pk__gte=first, pk__lte=last).order_by("pk")
    for closing in closings.select_related("former", "reopening", "later"):
        rows += 1
        faults += _check_closing(closing, at)
    return rows, faults


def check_files(first: int, last: int, at: datetime) -> tuple[int, list[Fault]]:
    """Hash the files that schools attached to their requests."""
    del at
    rows, faults = 0, list[Fault]()
    for file in CorrectionFile.objects.filter(pk__gte=first, pk__lte=last).order_by("pk"):
        rows += 1
        content = bytes(file.content)
        if (len(content), _digest(content)) != (file.size, file.sha256):
            faults.append(Fault(FaultKind.FILE_DAMAGED, f"file:correction/{file.pk}"))
    return rows, faults


def _check_closing(closing: ClassClosing, at: datetime) -> list[Fault]:
    subject, signed = f"closing:{closing.pk}", bytes(closing.signed_list)
    # 1. The signed list, and the row that repeats it.
    try:
        listed = open_closing_list(signed, [log_key().public_key()], name=log_origin())
    except HocBaError as fault:
        return [Fault(FaultKind.CLOSING_WRONG, subject, fault.code)]
    faults = [
        Fault(FaultKind.CLOSING_WRONG, subject, name)
        for name, same in _repeated(closing, listed, signed)
        if not same
    ]
    # 2. The log commits to exactly this list.
    if not _is_logged(closing, listed, signed):
        faults.append(Fault(FaultKind.CLOSING_NOT_LOGGED, subject))
    # 3. The repository holds what it lists, and nothing slipped in.
    else:
        found = compare_closing(closing, at)
        faults += [
            Fault(FaultKind.CLOSING_DIFFERS, subject, sentence.vi) for sentence in found.faults
        ]
    # 4. What came afterwards came in the place of a corrected record, or by a decision.
    faults += _check_later(closing, subject)
    return faults


def _repeated(closing: ClassClosing, listed: ClosingList, signed: bytes) -> list[tuple[str, bool]]:
    former = closing.former.sha256 if closing.former else NO_FORMER
    lines = held_records(closing).filter(corrected=False).count()
    return [
        ("sha256", closing.sha256 == _digest(signed)),
        ("unit_code", closing.unit_code == listed.unit_code),
        ("school_year", closing.school_year == str(listed.school_year)),
        ("classroom_name", closing.classroom_name == listed.classroom_name),
        ("round", closing.round == listed.round.value),
        ("number", closing.number == listed.number),
        ("former", former == listed.former),
        ("left_open", closing.left_open == listed.left_open),
        ("closed_at", closing.closed_at.replace(microsecond=0) == listed.closed_at),
        ("record_count", closing.record_count == len(listed.lines) == lines),
    ]


def _is_logged(closing: ClassClosing, listed: ClosingList, signed: bytes) -> bool:
    data = entry_at(closing.log_index)
    if data is None:
        return False
    try:
        entry = LogEntry.parse(data)
        commitment = commit(bytes(closing.salt), signed)
    except HocBaError:
        return False
    return (
        entry.kind is EntryKind.CLOSE
        and entry.commitment == commitment
        and (entry.unit_code, entry.school_year) == (listed.unit_code, listed.school_year)
        and entry.seal_sha256 == key_digest(log_key().public_key())
    )


def _check_later(closing: ClassClosing, subject: str) -> list[Fault]:
    faults: list[Fault] = []
    added = set(held_records(closing).filter(corrected=True).values_list("record_id", flat=True))
    granted = StatusChange.objects.filter(
        successor__in=added, kind=ChangeKind.REPLACE, record__changes__kind=ChangeKind.CORRECT
    )
    without = added - set(granted.values_list("successor_id", flat=True))
    if without:
        detail = f"{len(without)} added without a correction"
        faults.append(Fault(FaultKind.CLOSING_DIFFERS, subject, detail))
    reopening = Reopening.objects.filter(closing=closing).first()
    if reopening is not None and _digest(bytes(reopening.content)) != reopening.sha256:
        faults.append(Fault(FaultKind.FILE_DAMAGED, f"file:reopening/{reopening.pk}"))
    return faults


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
