"""Do the times of signing agree, and does the time-stamp on the seal prove them?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hocba.errors import HocBaError, Sentence
from hocba.record.model import SignerRole
from hocba.record.values import VIETNAM
from hocba.signature.timestamp import read_token
from hocba.signature.xml_verify import SignatureFact
from hocba.trust.evidence import Evidence
from hocba.trust.path import Usage, build_path
from hocba.trust.store import TrustStore
from hocba.verify import catalogue
from hocba.verify.certificates import known_certificates
from hocba.verify.policy import Policy
from hocba.verify.verdict import Check

_ORDER = {role: place for place, role in enumerate(SignerRole)}


def check_times(
    facts: Sequence[SignatureFact],
    at: datetime,
    store: TrustStore,
    evidence: Evidence | None,
    policy: Policy,
) -> Check:
    """Demand the order teacher, leader, school; nothing in the future; a time-stamp that holds."""
    latest: datetime | None = None
    for fact in sorted(facts, key=lambda each: (_ORDER[each.slot.role], each.signing_time)):
        if fact.signing_time > at + policy.clock_tolerance:
            return catalogue.TIMES.failed(
                "time_in_future",
                f"Có chữ ký ghi thời điểm {_shown(fact.signing_time)}, sau lúc kiểm tra.",
                "A signing time lies in the future.",
            )
        if _before_those_below(fact, facts, policy):
            return catalogue.TIMES.failed(
                "time_order",
                "Người ký sau lại có thời điểm ký trước người ký trước.",
                "A later signer has an earlier signing time.",
            )
        latest = max(latest, fact.signing_time) if latest else fact.signing_time
    seal = next((fact for fact in facts if fact.slot.role is SignerRole.ORGANISATION), None)
    if seal is None or latest is None:
        return catalogue.TIMES.not_checked(
            "no_seal", "Chưa có con dấu của trường.", "There is no seal of the school."
        )
    return _check_timestamp(seal, latest, store, evidence, policy)


def _before_those_below(
    fact: SignatureFact, facts: Sequence[SignatureFact], policy: Policy
) -> bool:
    """Subject teachers before the homeroom teacher, she before the leader, he before the seal."""
    below = [
        other.signing_time for other in facts if _ORDER[other.slot.role] < _ORDER[fact.slot.role]
    ]
    return bool(below) and fact.signing_time + policy.clock_tolerance < max(below)


def _check_timestamp(
    seal: SignatureFact,
    latest: datetime,
    store: TrustStore,
    evidence: Evidence | None,
    policy: Policy,
) -> Check:
    if seal.timestamp is None:
        missing = Sentence("Con dấu số không có dấu thời gian.", "The seal carries no time-stamp.")
        if policy.timestamp_required:
            return catalogue.TIMES.failed("timestamp_missing", missing.vi, missing.en)
        return catalogue.TIMES.passed(
            f"Các thời điểm ký đúng thứ tự. {missing.vi}", f"Times are in order. {missing.en}"
        )
    try:
        stamp = read_token(
            seal.timestamp.token, seal.timestamp.digest, known_certificates(evidence)
        )
        build_path(
            stamp.certificate, known_certificates(evidence), store, stamp.time, Usage.TIMESTAMP
        )
    except HocBaError as fault:
        if fault.code in {"timestamp_service", "untrusted_issuer"} and (
            evidence is None or not store.roots
        ):
            return catalogue.TIMES.not_checked(fault.code, fault.sentence.vi, fault.sentence.en)
        return catalogue.TIMES.failed(fault.code, fault.sentence.vi, fault.sentence.en)
    if latest > stamp.time + policy.clock_tolerance:
        return catalogue.TIMES.failed(
            "signed_after_timestamp",
            f"Có chữ ký ghi {_shown(latest)}, sau dấu thời gian {_shown(stamp.time)}.",
            "A signing time lies after the time-stamp.",
        )
    return catalogue.TIMES.passed(
        f"Các thời điểm ký đúng thứ tự; dấu thời gian chứng minh con dấu có từ "
        f"{_shown(stamp.time)}.",
        f"Times are in order; the time-stamp proves the seal at {stamp.time.isoformat()}.",
    )


def _shown(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).strftime("%H:%M:%S %d/%m/%Y")
