"""One stored record against its bytes, its evidence, the log and its history."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import zstandard
from lxml import etree

from hocba.errors import HocBaError
from hocba.record.codec import ReadRecord, parse_xml, read_record
from hocba.signature.xml_verify import verify_signatures
from hocba.tlog.entry import EntryKind, LogEntry, commit
from hocba.trust.evidence import Evidence
from hocba.trust.store import TrustStore
from hocba.verify.document import Circumstances, verify_opened
from hocba.verify.opening import OpenedRecord
from hocba.verify.policy import RecordStatus, StatusAnswer
from hocba.verify.verdict import Outcome
from hocba_server.city.inspection.faults import Fault, FaultKind
from hocba_server.city.inspection.formats import record_format
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.repository.selectors import index_values, original_of

_BY_OTHERS = frozenset({"log", "status"})
"""Checks of the verifier that are made here from the log's own rows."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored record with everything that is kept about it elsewhere."""

    row: StoredRecord
    evidence: Evidence | None
    """None when a piece is missing or damaged: a fault of its own."""
    entries: Sequence[bytes]
    """What the log says about it, in the log's order."""
    replaces: bool
    """It was accepted in the place of a recalled record."""
    recall_salt: bytes | None
    """Opens the entry of its recall; None while it was never recalled."""
    in_force: tuple[str, str] | None
    """Personal number and year under which it is in force; None when it is not."""
    replaced_by: tuple[str, str, str, str] | None = None
    """Personal number, year, unit and pupil's code of its successor, when it has one."""


def check_original(kept: Kept, store: TrustStore) -> list[Fault]:
    """Verify a stored record from its bytes. Steps as in docs/operations/fsck.md."""
    row, subject = kept.row, f"record:{kept.row.record_uuid}"
    # 1. The exact bytes. Without them nothing else can be judged.
    try:
        document = original_of(row)
        root = parse_xml(document)
        read = read_record(root)
    except (HocBaError, zstandard.ZstdError) as fault:
        return [Fault(FaultKind.ORIGINAL_DAMAGED, subject, str(fault)[:300])]
    # 2. The index repeats them, and the seal that the log names.
    logged = _parsed(kept.entries)
    expected = {**index_values(read.record), "unit_code": str(read.record.school.school_code)}
    expected |= {"size": len(document)}
    if logged:
        expected["seal_sha256"] = logged[0].seal_sha256.hex()
    wrong = [name for name, value in expected.items() if getattr(row, name) != value]
    if row.original.unit_code != expected["unit_code"]:
        wrong.append("original.unit_code")  # who may read the bytes hangs on it
    faults: list[Fault] = []
    if wrong:
        faults.append(Fault(FaultKind.INDEX_DIFFERS, subject, ", ".join(sorted(wrong))))
    wrong_format = record_format(root, read)
    if wrong_format:
        faults.append(Fault(FaultKind.FORMAT_WRONG, subject, wrong_format[:300]))
    # 3. The log says what was done with exactly these bytes.
    faults += _check_entries(kept, logged, document, read, subject)
    # 4.-5. Signatures, certificates and revocation, with the evidence when all of it is there.
    if kept.evidence is not None and logged:
        seal = logged[0].seal_sha256
        faults += _check_signatures(kept, kept.evidence, Parsed(document, root, read), seal, store)
    # 6. In force exactly when it was not recalled, for this pupil and year.
    own = (read.record.pupil.personal_id, str(read.record.school_year))
    if kept.in_force != (None if kept.recall_salt is not None else own):
        faults.append(Fault(FaultKind.FORCE_WRONG, subject))
    # 7. Only what was ended is replaced, by a record of the same pupil and year.
    if kept.replaced_by is not None and not _may_replace(kept, kept.replaced_by):
        faults.append(Fault(FaultKind.HISTORY_WRONG, subject))
    return faults


def _may_replace(kept: Kept, successor: tuple[str, str, str, str]) -> bool:
    personal_id, school_year, unit_code, pupil_code = successor
    row = kept.row
    same = personal_id == row.personal_id or (unit_code, pupil_code) == (
        row.unit_code,
        row.pupil_code,
    )
    return kept.recall_salt is not None and same and school_year == row.school_year


def _parsed(entries: Sequence[bytes]) -> list[LogEntry]:
    try:
        return [LogEntry.parse(data) for data in entries]
    except HocBaError:
        return []  # the inspection of the log names the entry; here it counts as none


def _check_entries(
    kept: Kept, logged: Sequence[LogEntry], document: bytes, read: ReadRecord, subject: str
) -> list[Fault]:
    first = EntryKind.REPLACE if kept.replaces else EntryKind.ISSUE
    wanted = [(first, bytes(kept.row.salt))]
    if kept.recall_salt is not None:
        wanted.append((EntryKind.RECALL, kept.recall_salt))
    if len(logged) < len(wanted):
        return [Fault(FaultKind.NOT_LOGGED, subject)]
    fits = len(logged) == len(wanted) and all(
        entry.kind is kind
        and _commits(entry, salt, document)
        and entry.unit_code == read.record.school.school_code
        and entry.school_year == read.record.school_year
        for entry, (kind, salt) in zip(logged, wanted, strict=True)
    )
    return [] if fits else [Fault(FaultKind.LOG_DIFFERS, subject)]


def _commits(entry: LogEntry, salt: bytes, document: bytes) -> bool:
    try:
        return entry.commitment == commit(salt, document)
    except HocBaError:
        return False  # a salt of a wrong length


@dataclass(frozen=True, slots=True)
class Parsed:
    """An original's bytes and what one reading of them gave."""

    document: bytes
    root: etree._Element
    read: ReadRecord


def _check_signatures(
    kept: Kept, evidence: Evidence, parsed: Parsed, seal: bytes, store: TrustStore
) -> list[Fault]:
    accepted, subject = kept.row.accepted_at, f"record:{kept.row.record_uuid}"
    status = StatusAnswer(
        status=RecordStatus.IN_FORCE,
        as_of=accepted,
        sha256=hashlib.sha256(parsed.document).digest(),
        approved_seals=(seal,),
    )
    circumstances = Circumstances(store=store, at=accepted, evidence=evidence, status=status)
    try:
        facts = verify_signatures(parsed.root, parsed.read.profile)
    except HocBaError as fault:
        return [_invalid(subject, fault.code, fault.sentence.vi)]
    opened = OpenedRecord(parsed.document, parsed.root, parsed.read, facts)
    report = verify_opened(opened, name="", circumstances=circumstances)
    return [
        _invalid(subject, check.code, check.sentence.vi)
        for check in report.checks
        if check.outcome is not Outcome.PASSED and check.code not in _BY_OTHERS
    ]


def _invalid(subject: str, code: str, sentence: str) -> Fault:
    return Fault(FaultKind.ORIGINAL_INVALID, subject, f"{code}: {sentence}"[:300])
