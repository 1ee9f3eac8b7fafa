"""Every check of one incoming record, and the code with which a failure is answered.

In the order of `hocba.verify`: structure, rules, signatures, certificates, approved
seal. Log and status come later: they are what acceptance itself makes true.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from hocba.errors import HocBaError, Unavailable
from hocba.packet.codes import ResponseCode
from hocba.ports import RevocationSource
from hocba.record.codec import read_record
from hocba.record.completeness import check_record
from hocba.record.model import AnnualRecord, SignerRole
from hocba.record.schema import validate_schema
from hocba.signature.xml_verify import SignatureFact
from hocba.trust.collect import collect_evidence
from hocba.trust.evidence import Evidence
from hocba.trust.identity import signer_name, signer_unit
from hocba.trust.store import TrustStore
from hocba.verify.document import Circumstances, verify_opened
from hocba.verify.opening import OpenedRecord, open_record
from hocba.verify.policy import RecordStatus, StatusAnswer
from hocba.verify.verdict import Check, Outcome
from hocba_server.city.role import sender_of

_AFTER_ACCEPTANCE = frozenset({"log", "status"})
_ROLE_CODES = {
    SignerRole.SUBJECT_TEACHER: ResponseCode.SUBJECT_SIGNATURE,
    SignerRole.HOMEROOM_TEACHER: ResponseCode.HOMEROOM_SIGNATURE,
    SignerRole.SCHOOL_LEADER: ResponseCode.LEADER_SIGNATURE,
    SignerRole.ORGANISATION: ResponseCode.ISSUE_SIGNATURE,
}
_FIELD_CODES = {
    "field_missing": ResponseCode.FIELD_MISSING,
    "field_empty": ResponseCode.FIELD_MISSING,
    "field_catalogue": ResponseCode.FIELD_CATALOGUE,
    "subject_missing": ResponseCode.SUBJECT_MISSING,
    "year_result": ResponseCode.RESULT_AGAINST_RULE,
    "promotion": ResponseCode.RESULT_AGAINST_RULE,
    "doctype": ResponseCode.XML_DOCTYPE,
    "entity": ResponseCode.XML_DOCTYPE,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record is refused: code, tag or slot, and a sentence for the school."""

    code: ResponseCode
    where: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CheckedRecord:
    """A record of a package with what was found. Either a refusal, or everything to keep it."""

    document: bytes
    record: AnnualRecord | None
    refusal: Refusal | None
    evidence: Evidence | None = None
    seal_sha256: bytes = b""
    note: str = ""
    """What the officer should know of a record that is accepted all the same."""


class AskOnce:
    """A revocation source that asks about each certificate once for a whole package."""

    def __init__(self, source: RevocationSource, *, patient: bool) -> None:
        self._source = source
        self._patient = patient
        self._ocsp: dict[x509.Certificate, bytes | None] = {}
        self._crl: dict[x509.Certificate, bytes | None] = {}

    def ocsp(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes | None:
        """Return the OCSP answer. Raises `Unavailable` while there is still patience."""
        if certificate not in self._ocsp:
            try:
                self._ocsp[certificate] = self._source.ocsp(certificate, issuer)
            except Unavailable:
                if self._patient:
                    raise
                self._ocsp[certificate] = None
        return self._ocsp[certificate]

    def crl(self, certificate: x509.Certificate) -> bytes | None:
        """Return the CRL. Raises `Unavailable` while there is still patience."""
        if certificate not in self._crl:
            try:
                self._crl[certificate] = self._source.crl(certificate)
            except Unavailable:
                if self._patient:
                    raise
                self._crl[certificate] = None
        return self._crl[certificate]


@dataclass(slots=True)
class Desk:
    """What the checks of one package have in common."""

    unit_code: str
    store: TrustStore
    known_issuers: Sequence[x509.Certificate]
    approved_seals: tuple[bytes, ...]
    revocation: RevocationSource
    at: dt.datetime
    ended_seals: tuple[tuple[bytes, dt.datetime], ...] = ()
    leaders: frozenset[bytes] = frozenset()
    """SHA-256 of the certificates with which this school's leaders may sign."""
    leader_rule: str = "off"
    """`HOCBA_CERTIFICATE_LEADERS`: off, compare or strict."""
    in_store: bool = False
    """The sender is a department that reports to the Ministry's store: it approved the schools'
    seals and vouches for them with its own signature over the package (decision 25)."""
    _gathered: dict[tuple[x509.Certificate, ...], Evidence] = field(default_factory=dict)

    def evidence(self, leaves: tuple[x509.Certificate, ...]) -> Evidence:
        """Gather the evidence about these signers. A class has the same ones: asked for once.

        Raises `Unavailable` as `collect_evidence` does.
        """
        if leaves not in self._gathered:
            self._gathered[leaves] = collect_evidence(
                leaves, self.known_issuers, self.store, self.at, self.revocation
            )
        return self._gathered[leaves]


def check_incoming(document: bytes, desk: Desk) -> CheckedRecord:
    """Check one record. Raises `Unavailable` when a status service is away (and it may be asked
    again); never raises for what the record holds."""
    try:
        opened = open_record(document)
    except HocBaError as fault:
        return CheckedRecord(document, _readable(document), _refusal_of(fault))
    record = opened.read.record
    leaves = tuple(fact.certificate for fact in opened.facts)
    faults = validate_schema(opened.root, opened.read.profile)
    if faults:
        wrong = Refusal(ResponseCode.FIELD_TYPE, faults[0].path, faults[0].sentence.vi)
        return CheckedRecord(document, record, wrong)
    refusal = _deny_content(record, desk)
    if refusal is not None:
        return CheckedRecord(document, record, refusal)
    evidence = desk.evidence(leaves)
    # The organisation signs last; a record that nobody signed is refused below.
    seal = leaves[-1].fingerprint(hashes.SHA256()) if leaves else b""
    approved = desk.approved_seals
    if desk.in_store and leaves and signer_unit(leaves[-1]) in {None, record.school.school_code}:
        approved = (seal,)
    refusal = _deny_signatures(opened, desk, evidence, approved)
    note = "" if refusal else _leader_note(opened.facts, desk)
    if note and desk.leader_rule == "strict":
        refusal = Refusal(ResponseCode.LEADER_SIGNATURE, SignerRole.SCHOOL_LEADER.value, note)
    return CheckedRecord(document, record, refusal, evidence, seal, note)


def _leader_note(facts: Sequence[SignatureFact], desk: Desk) -> str:
    """Compare the leader's certificate with those approved for the school (QĐ 1789 Đ20.3)."""
    if desk.leader_rule == "off":
        return ""
    for fact in facts:
        if fact.slot.role is SignerRole.SCHOOL_LEADER and (
            fact.certificate.fingerprint(hashes.SHA256()) not in desk.leaders
        ):
            return (
                f"Chứng thư số của cán bộ quản lý {signer_name(fact.certificate)} chưa được phê "
                "duyệt cho trường. Nhà trường cần đăng ký chứng thư số này."
            )
    return ""


def _readable(document: bytes) -> AnnualRecord | None:
    try:
        return read_record(document).record
    except HocBaError:
        return None


def _deny_content(record: AnnualRecord, desk: Desk) -> Refusal | None:
    sender, tag = sender_of(record, in_store=desk.in_store)
    if sender != desk.unit_code:
        code = ResponseCode.NOT_THE_ISSUER
        return Refusal(code, tag, code.sentence.vi)
    for finding in check_record(record, from_document=True):
        if finding.severity == "error":
            code = _FIELD_CODES.get(finding.code, ResponseCode.RESULT_AGAINST_RULE)
            return Refusal(code, finding.where, finding.sentence.vi)
    return None


def _deny_signatures(
    opened: OpenedRecord, desk: Desk, evidence: Evidence, approved: tuple[bytes, ...]
) -> Refusal | None:
    status = StatusAnswer(
        status=RecordStatus.UNKNOWN,
        as_of=desk.at,
        sha256=hashlib.sha256(opened.document).digest(),
        approved_seals=approved,
        ended_seals=desk.ended_seals,
    )
    circumstances = Circumstances(store=desk.store, at=desk.at, evidence=evidence, status=status)
    report = verify_opened(opened, name="", circumstances=circumstances)
    for check in report.checks:
        if check.outcome is not Outcome.PASSED and check.code not in _AFTER_ACCEPTANCE:
            return Refusal(_code_of(check), check.where or check.code, check.sentence.vi)
    return None


def _code_of(check: Check) -> ResponseCode:
    if check.code == "revocation":
        failed = check.outcome is Outcome.FAILED
        return (
            ResponseCode.CERTIFICATE_NOT_VALID
            if failed
            else ResponseCode.CERTIFICATE_UNKNOWN_STATUS
        )
    if check.code == "certificates":
        return ResponseCode.CERTIFICATE_NOT_VALID
    if check.code == "approved_seal":
        return ResponseCode.ANOTHER_ISSUE_CERTIFICATE
    return _role_code(check.where)


def _role_code(where: str | None) -> ResponseCode:
    tag = (where or "").partition("/")[0].partition(" ")[0]
    for role, code in _ROLE_CODES.items():
        if tag == role.value:
            return code
    return ResponseCode.ISSUE_SIGNATURE


def _refusal_of(fault: HocBaError) -> Refusal:
    where = fault.where or "HOC_BA"
    tag = where.partition("/")[0].partition(" ")[0]
    if fault.code in _FIELD_CODES:
        code = _FIELD_CODES[fault.code]
    elif tag in {role.value for role in SignerRole}:
        code = _role_code(where)
    else:
        code = ResponseCode.FIELD_TYPE
    return Refusal(code, where, str(fault))
