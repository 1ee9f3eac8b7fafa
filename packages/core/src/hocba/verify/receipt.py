"""What the department said: its receipt in the public log, or its repository's answer online.

The entry of the log is the receipt: it names the unit, the year and the approved seal, and commits
to exactly these bytes. So a proof makes the checks of seal, log and status possible offline, as of
the time of its checkpoint; a later recall is only known online (decision 0004).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives import hashes

from hocba.errors import HocBaError
from hocba.record.codec import AnyRead
from hocba.record.model import SignerRole
from hocba.record.values import VIETNAM
from hocba.signature.timestamp import read_token
from hocba.signature.xml_verify import SignatureFact
from hocba.tlog.entry import EntryKind
from hocba.tlog.proof import LogFact, verify_log_proof
from hocba.tlog.trust_policy import LogPolicy
from hocba.trust.evidence import Evidence
from hocba.trust.store import TrustStore
from hocba.verify import catalogue
from hocba.verify.certificates import known_certificates
from hocba.verify.policy import CORRECTED, RecordStatus, StatusAnswer
from hocba.verify.status_list import EndedRecords
from hocba.verify.verdict import Check

_IN_FORCE = frozenset({EntryKind.ISSUE, EntryKind.REPLACE})


@dataclass(frozen=True, slots=True)
class Receipt:
    """The verified fact of the log, or the reason why there is none."""

    fact: LogFact | None
    check: Check


def read_receipt(
    document: bytes,
    read: AnyRead,
    store: TrustStore,
    evidence: Evidence | None,
    policy: LogPolicy,
) -> Receipt:
    """Verify the log proof of the evidence for exactly these bytes, and who witnessed it."""
    if evidence is None or evidence.log_proof is None or evidence.log_entry is None:
        return Receipt(
            None,
            catalogue.LOG.not_checked(
                "no_log_proof",
                "Không có bằng chứng của sổ công khai kèm theo.",
                "There is no proof of the public log.",
            ),
        )
    keys = (*store.log_keys, *(log.key for log in policy.logs))
    if not keys:
        return Receipt(
            None,
            catalogue.LOG.not_checked(
                "no_log_key",
                "Chưa chỉ ra khoá của sổ công khai (dùng --trust).",
                "The key of the public log was not given (use --trust).",
            ),
        )
    try:
        fact = verify_log_proof(
            document, evidence.log_entry, evidence.log_proof, keys, policy.witness_keys
        )
    except HocBaError as fault:
        failed = catalogue.LOG.failed(fault.code, fault.sentence.vi, fault.sentence.en)
        return Receipt(None, failed)
    record = read.record
    if (fact.entry.unit_code, fact.entry.school_year) != (
        record.school.school_code,
        record.school_year,
    ):
        failed = catalogue.LOG.failed(
            "log_entry_other",
            "Mục trong sổ công khai ghi trường hoặc năm học khác với học bạ.",
            "The entry of the log names another school or year.",
        )
        return Receipt(None, failed)
    return Receipt(fact, _witnessed(fact, policy))


def _witnessed(fact: LogFact, policy: LogPolicy) -> Check:
    """The entry is proved; enough witnesses must have seen the same log (decision 0021)."""
    names = _witness_names(fact, policy)
    if not policy.accepts(each.name for each in fact.witnesses):
        return catalogue.LOG.not_checked(
            "too_few_witnesses",
            f"Sổ công khai chưa đủ nhân chứng cùng ký (mới có: {names or 'không ai'}).",
            f"Not enough witnesses cosigned the log (so far: {names or 'none'}).",
        )
    vi = f" Nhân chứng cùng ký: {names}." if names else ""
    en = f" Cosigned by the witnesses: {names}." if names else ""
    if fact.entry.kind not in _IN_FORCE:
        return catalogue.LOG.passed(
            f"Mục số {fact.index} trong sổ công khai của Sở nói về chính học bạ này.{vi}",
            f"Entry {fact.index} of the department's public log is about this record.{en}",
        )
    return catalogue.LOG.passed(
        f"Sở đã tiếp nhận học bạ này, mục số {fact.index} trong sổ công khai.{vi}",
        f"The department accepted this record: entry {fact.index} of the public log.{en}",
    )


def _witness_names(fact: LogFact, policy: LogPolicy) -> str:
    return ", ".join(
        f"{policy.label(each.name)} ({each.at.astimezone(VIETNAM):%H:%M %d/%m/%Y})"
        for each in fact.witnesses
    )


def check_log(receipt: Receipt) -> Check:
    """The department accepted exactly these bytes."""
    return receipt.check


def check_seal_approval(
    facts: Sequence[SignatureFact],
    receipt: Receipt,
    status: StatusAnswer | None,
    evidence: Evidence | None = None,
) -> Check:
    """The seal is one that the department approved for the school (CV 2088 III.1).

    When that approval ended later, only a seal that its time-stamp proves to be older holds: the
    time that a signer writes is worth nothing once the key may be in other hands (decision 0026).
    """
    approved = set(status.approved_seals) if status else set()
    if receipt.fact is not None:
        approved.add(receipt.fact.entry.seal_sha256)
    if not approved and (status is None or status.status is RecordStatus.UNKNOWN):
        return catalogue.APPROVED_SEAL.not_checked(
            "no_approval_known",
            "Không có thông tin về con dấu số được Sở phê duyệt.",
            "It is not known which seal was approved.",
        )
    seals = [
        fact.certificate.fingerprint(hashes.SHA256())
        for fact in facts
        if fact.slot.role is SignerRole.ORGANISATION
    ]
    if not seals:
        return catalogue.APPROVED_SEAL.not_checked(
            "no_seal", "Học bạ chưa có con dấu của trường.", "The record carries no seal."
        )
    if not set(seals) <= approved:
        return catalogue.APPROVED_SEAL.failed(
            "seal_not_approved",
            "Con dấu số trên học bạ không phải con dấu Sở đã phê duyệt cho trường.",
            "The seal is not the one that the department approved for the school.",
        )
    ended = dict(status.ended_seals) if status else {}
    if set(seals) & set(ended):
        ending = min(ended[seal] for seal in seals if seal in ended)
        return _sealed_before(ending, facts, evidence)
    return catalogue.APPROVED_SEAL.passed(
        "Con dấu số đúng là con dấu Sở đã phê duyệt cho trường.",
        "The seal is the one that the department approved for the school.",
    )


def _sealed_before(
    ended: datetime, facts: Sequence[SignatureFact], evidence: Evidence | None
) -> Check:
    day = f"{ended.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    proven = proven_seal_time(facts, evidence)
    if proven is not None and proven < ended:
        return catalogue.APPROVED_SEAL.passed(
            "Con dấu số đúng là con dấu Sở đã phê duyệt cho trường. Phê duyệt này chấm dứt từ "
            f"{day}, sau khi học bạ được đóng dấu, nên học bạ vẫn có giá trị.",
            "The seal is the one that the department approved for the school. The approval ended "
            f"at {ended.isoformat()}, after this record was sealed, so it stays valid.",
        )
    return catalogue.APPROVED_SEAL.failed(
        "seal_ended",
        f"Sở đã chấm dứt phê duyệt con dấu số này từ {day}; không có bằng chứng rằng học bạ được "
        "đóng dấu trước lúc đó.",
        f"The department ended its approval of this seal at {ended.isoformat()}; nothing proves "
        "that the record was sealed before.",
    )


def proven_seal_time(facts: Sequence[SignatureFact], evidence: Evidence | None) -> datetime | None:
    """When the seal existed, as its RFC 3161 time-stamp says; None without one that holds.

    Whether the time-stamp service is trusted is a check of its own (`check_times`).
    """
    for fact in facts:
        if fact.slot.role is SignerRole.ORGANISATION and fact.timestamp is not None:
            stamp = fact.timestamp
            try:
                return read_token(stamp.token, stamp.digest, known_certificates(evidence)).time
            except HocBaError:
                return None
    return None


def check_status(
    document: bytes,
    record_uuid: str,
    receipt: Receipt,
    status: StatusAnswer | None,
    ended: EndedRecords | None = None,
) -> Check:
    """The record is in force: by the repository's answer, else as of the log's checkpoint and of
    the list of ended records, whichever is newer."""
    digest = hashlib.sha256(document).digest()
    if status is not None:
        return status_by_digest(catalogue.STATUS, digest, status)
    if ended is not None and ended.has(record_uuid, digest):
        return listed_as_ended(catalogue.STATUS, ended)
    fact = receipt.fact
    if fact is None or fact.checkpoint_at is None:
        return catalogue.STATUS.not_checked(
            "no_status",
            "Chưa biết học bạ còn lưu hành không.",
            "It is not known whether the record is in force.",
        )
    when = fact.checkpoint_at.astimezone(VIETNAM)
    if fact.entry.kind not in _IN_FORCE:
        recalled = fact.entry.accepted_at.astimezone(VIETNAM)
        return catalogue.STATUS.failed(
            "recalled",
            f"Sổ công khai ghi học bạ đã bị thu hồi ngày {recalled:%d/%m/%Y}.",
            f"The log says that the record was recalled on {recalled:%d/%m/%Y}.",
        )
    if ended is not None and ended.made_at > fact.checkpoint_at:
        day = f"{ended.made_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
        return catalogue.STATUS.passed(
            f"Đang lưu hành tính đến {day}: Sở đã tiếp nhận, và danh sách của Sở lúc đó không ghi "
            "học bạ này đã hết lưu hành.",
            f"In force as of {ended.made_at.isoformat()}: accepted, and not among the department's "
            "ended records of that time.",
        )
    return catalogue.STATUS.passed(
        f"Đang lưu hành tính đến {when:%H:%M %d/%m/%Y} (theo sổ công khai; thu hồi sau đó chỉ "
        "biết khi tra cứu trực tuyến).",
        f"In force as of {when.isoformat()}; a later recall is only known online.",
    )


def listed_as_ended(kind: catalogue.CheckKind, ended: EndedRecords) -> Check:
    """The file stands in the department's list of ended records."""
    day = f"{ended.made_at.astimezone(VIETNAM):%d/%m/%Y}"
    return kind.failed(
        "ended",
        f"Học bạ không còn lưu hành: có trong danh sách thu hồi, thay thế của Sở lập ngày {day}.",
        f"In force no more: the department's list of ended records of {day} names this file.",
    )


def status_by_digest(
    kind: catalogue.CheckKind, digest: bytes, status: StatusAnswer | None
) -> Check:
    """The repository's answer about the file of this SHA-256, as the check `kind`."""
    if status is None:
        return kind.not_checked(
            "no_status",
            "Chưa biết học bạ còn lưu hành không.",
            "It is not known whether the record is in force.",
        )
    when = f"{status.as_of.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    if status.status is RecordStatus.UNKNOWN:
        return kind.failed(
            "not_in_repository",
            "Kho học bạ số của Sở không có học bạ này.",
            "The department's repository does not hold this record.",
        )
    if status.sha256 is not None and status.sha256 != digest:
        return kind.failed(
            "another_original",
            "Tệp này khác bản gốc đang lưu ở Sở.",
            "The file differs from the original in the repository.",
        )
    if status.status is not RecordStatus.IN_FORCE:
        return _gone(kind, status)
    return kind.passed(
        f"Đang lưu hành tại kho của Sở (lúc {when}).",
        f"In force in the department's repository at {when}.",
    )


def _gone(kind: catalogue.CheckKind, status: StatusAnswer) -> Check:
    """It was in force once: since when not any more, and what stands in its place."""
    day = f" ngày {status.since.astimezone(VIETNAM):%d/%m/%Y}" if status.since else ""
    on = f" on {status.since.astimezone(VIETNAM):%d/%m/%Y}" if status.since else ""
    vi, en = f"Học bạ đã bị thu hồi{day}", f"The record was recalled{on}"
    if status.reason == CORRECTED:
        vi = f"Học bạ đã được Sở cho chỉnh lý{day}, bản này không còn hiệu lực"
        en = f"The department granted a correction{on}; this file is in force no more"
    if status.replaced_by:
        vi = f"{vi} và được thay bằng học bạ mang mã {status.replaced_by}"
        en = f"{en} and replaced by the record {status.replaced_by}"
    return kind.failed(status.status.value, f"{vi}.", f"{en}.")
