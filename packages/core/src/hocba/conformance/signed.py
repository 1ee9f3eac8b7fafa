"""The signatures of a record: every slot, every fault, and who is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree

from hocba.conformance.catalogue import CheckName
from hocba.conformance.report import Gathering
from hocba.errors import HocBaError, Sentence
from hocba.record.codec import AnyRead
from hocba.record.model import FormatProfile
from hocba.record.slots import required_slots
from hocba.signature.slots import slot_name
from hocba.signature.xml_verify import SignatureFact, survey_signatures
from hocba.trust.evidence import Evidence
from hocba.trust.store import TrustStore
from hocba.verify.certificates import check_certificates
from hocba.verify.policy import Policy
from hocba.verify.signers import check_identities
from hocba.verify.times import check_times
from hocba.verify.verdict import Check, Outcome

_CHECKS: Final = {
    CheckName.XML: "comment_in_data",
    CheckName.IDS: "duplicate_id foreign_reference wrong_reference missing_reference identifier",
    CheckName.ALGORITHMS: "algorithm_not_allowed extra_transform",
    CheckName.INTEGRITY: "digest_mismatch signature_mismatch certificate_digest_mismatch",
    CheckName.TIMES: "signing_time_mismatch signing_time",
}
_CHECK_OF: Final = {code: check for check, codes in _CHECKS.items() for code in codes.split()}
SIGNED: Final = (
    CheckName.IDS,
    CheckName.SIGNATURES,
    CheckName.ALGORITHMS,
    CheckName.INTEGRITY,
    CheckName.SIGNERS,
    CheckName.TIMES,
    CheckName.CERTIFICATES,
)
_NO_TRUST = Sentence(
    "Chưa có chứng thư gốc để kiểm tra đường dẫn chứng thư số.",
    "No roots were given, so that certificate paths cannot be checked.",
)
_NO_DATA = Sentence(
    "Dữ liệu học bạ còn lỗi nên chưa so được người ký với học bạ.",
    "The data have faults, so that signers cannot be compared with them.",
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the checks need from outside."""

    at: datetime
    store: TrustStore | None = None
    """None: certificates are not checked."""
    issuers: tuple[bytes, ...] = ()
    """DER certificates of issuing authorities, to build paths with."""
    timestamp_required: bool = True

    @property
    def evidence(self) -> Evidence | None:
        """The issuers as evidence, which is where paths look for them."""
        return Evidence(certificates=self.issuers) if self.issuers else None


def look_at_signatures(
    root: etree._Element,
    profile: FormatProfile,
    read: AnyRead | None,
    surroundings: Surroundings,
    gathering: Gathering,
    record: int | None,
) -> None:
    """Gather every fault of the signatures of one record."""
    try:
        facts, faults = survey_signatures(root, profile)
    except HocBaError as error:
        gathering.add_error(check_of(error), error, record=record)
        return
    gathering.make(CheckName.IDS, CheckName.SIGNATURES, CheckName.ALGORITHMS, CheckName.INTEGRITY)
    for each in faults:
        gathering.add_error(check_of(each), each, record=record)
    for fact in facts:
        if fact.fault is not None:
            gathering.add_error(check_of(fact.fault), fact.fault, record=record)
    if read is None:
        gathering.skip(_NO_DATA, CheckName.SIGNERS, CheckName.TIMES)
    else:
        _look_at_people(read, facts, surroundings, gathering, record)
    _look_at_certificates(facts, surroundings, gathering, record)


def check_of(error: HocBaError) -> CheckName:
    """The check to which a fault of a signature belongs."""
    return _CHECK_OF.get(error.code, CheckName.SIGNATURES)


def _look_at_people(
    read: AnyRead,
    facts: Sequence[SignatureFact],
    surroundings: Surroundings,
    gathering: Gathering,
    record: int | None,
) -> None:
    gathering.make(CheckName.SIGNERS, CheckName.TIMES)
    filled = {fact.slot for fact in facts}
    for slot in required_slots(read.record):
        if slot not in filled:
            name = slot_name(slot)
            sentence = Sentence(
                f"Thiếu chữ ký ở ô {name}.", f"The signature of slot {name} is missing."
            )
            gathering.add(
                CheckName.SIGNATURES, sentence, where=name, record=record, code="missing_role"
            )
    for fact in facts:
        check = check_identities(read, (fact,), None)
        _take(check, CheckName.SIGNERS, slot_name(fact.slot), gathering, record)
    policy = Policy(timestamp_required=surroundings.timestamp_required)
    if facts and surroundings.store is not None:
        check = check_times(
            facts, surroundings.at, surroundings.store, surroundings.evidence, policy
        )
        _take(check, CheckName.TIMES, "", gathering, record)


def _look_at_certificates(
    facts: Sequence[SignatureFact],
    surroundings: Surroundings,
    gathering: Gathering,
    record: int | None,
) -> None:
    if surroundings.store is None:
        gathering.skip(_NO_TRUST, CheckName.CERTIFICATES)
        return
    gathering.make(CheckName.CERTIFICATES)
    for fact in facts:
        check, _ = check_certificates((fact,), None, surroundings.store, surroundings.evidence)
        _take(check, CheckName.CERTIFICATES, slot_name(fact.slot), gathering, record)


def _take(
    check: Check, name: CheckName, where: str, gathering: Gathering, record: int | None
) -> None:
    if check.outcome is Outcome.PASSED:
        return
    gathering.add(
        name,
        check.sentence,
        where=check.where or where,
        record=record,
        code=check.reason or "",
        warning=check.outcome is Outcome.NOT_CHECKED,
    )
