"""What the gateway would answer, without a table: the checks are those of the gateway.

`judge` is a pure question about a package of an invented unit; what was sent before comes in as
`Known`. Only the steps that keep and log records are missing here, and they cannot be reached from
this room (import contract; `tests/test_nothing_crosses.py` tries).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.serialization import Encoding

from hocba.errors import HocBaError
from hocba.packet.answers import PackageAnswer, RecallResult, RecordResult, SubmissionResult
from hocba.packet.codes import ResponseCode, code_of_package_error
from hocba.packet.package import ReadTransaction, read_package
from hocba.packet.recall import read_recall_item
from hocba.packet.transactions import PackageRequest, TransactionType
from hocba.record.model import AnnualRecord
from hocba_server.city.gateway.intake import AskOnce, CheckedRecord, Desk, check_incoming
from hocba_server.city.sandbox.world import sandbox_issuers, sandbox_revocation, sandbox_store

MOST_RECORDS = 50
"""Of one package in the sandbox; the gateway itself takes 500."""

INVENTED = "000"
"""Personal numbers of invented pupils begin so: a place code that nobody has."""
_REAL_PUPIL = (
    "Nơi thử nghiệm chỉ nhận học sinh bịa: số định danh bắt đầu bằng 000. Không gửi dữ liệu của "
    "học sinh thật."
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the unit sent before."""

    seals: frozenset[str] = frozenset()
    """SHA-256 of its approved certificates."""
    in_force: dict[str, bool] = field(default_factory=dict)
    """Record number -> is it in force?"""
    pupils: frozenset[str] = frozenset()
    """`pupil_mark` of the pupils with a record in force."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The immediate answer and, when the package is taken, one result for each record."""

    answer: PackageAnswer
    results: tuple[RecordResult, ...] = ()
    accepted: tuple[AnnualRecord, ...] = ()
    recalled: tuple[str, ...] = ()


def pupil_mark(record: AnnualRecord) -> str:
    """Names a pupil and year without keeping the number."""
    whole = f"{record.pupil.personal_id}\0{record.school_year}"
    return hashlib.sha256(whole.encode()).hexdigest()


def judge(
    request: PackageRequest, known: Known, at: dt.datetime, *, now: Callable[[], dt.datetime]
) -> Judgement:
    """Say what the gateway would answer to a package of this unit."""
    try:
        package = read_package(request.content)
    except HocBaError as error:
        code = code_of_package_error(error)
        return Judgement(PackageAnswer.of(request.message_id, code, error.sentence.vi))
    refusal = _deny(request, package, known)
    if refusal is not None:
        return Judgement(refusal)
    answer = PackageAnswer.of(request.message_id, ResponseCode.RECEIVED)
    if request.type is TransactionType.RECALL:
        return _recall(answer, package.records, known)
    desk = Desk(
        unit_code=request.unit_code,
        store=sandbox_store(),
        known_issuers=sandbox_issuers(),
        approved_seals=tuple(bytes.fromhex(seal) for seal in known.seals),
        revocation=AskOnce(sandbox_revocation(now), patient=False),
        at=at,
    )
    checked = [check_incoming(document, desk) for document in package.records]
    return _submission(answer, checked, known)


def _deny(request: PackageRequest, package: ReadTransaction, known: Known) -> PackageAnswer | None:
    if package.fault is not None or package.certificate is None:
        fault = package.fault
        code = (
            code_of_package_error(fault)
            if fault is not None
            else ResponseCode.TRANSACTION_SIGNATURE_MISSING
        )
        detail = fault.sentence.vi if fault is not None else ""
        return PackageAnswer.of(request.message_id, code, detail)
    der = package.certificate.public_bytes(Encoding.DER)
    if hashlib.sha256(der).hexdigest() not in known.seals:
        return PackageAnswer.of(request.message_id, ResponseCode.CERTIFICATE_NOT_APPROVED)
    if not package.records:
        return PackageAnswer.of(
            request.message_id, ResponseCode.CONTENT_EMPTY, "Gói không có học bạ nào."
        )
    if len(package.records) > MOST_RECORDS:
        return PackageAnswer.of(
            request.message_id,
            ResponseCode.TOO_LARGE,
            f"Gói có {len(package.records)} học bạ; nơi thử nghiệm nhận tối đa {MOST_RECORDS}.",
        )
    return None


def _submission(answer: PackageAnswer, checked: Sequence[CheckedRecord], known: Known) -> Judgement:
    results, accepted = [], []
    uuids, pupils = dict(known.in_force), set(known.pupils)
    for one in checked:
        record = one.record
        code, where, sentence = ResponseCode.RECEIVED, "", ""
        if record is not None and not record.pupil.personal_id.startswith(INVENTED):
            # A real pupil's data have no business here: said, and not kept.
            results.append(_result(None, ResponseCode.FIELD_CATALOGUE, "SO_CCCD", _REAL_PUPIL))
            continue
        if one.refusal is not None:
            code, where, sentence = one.refusal.code, one.refusal.where, one.refusal.sentence
        elif record is not None and record.record_uuid in uuids:
            taken = uuids[record.record_uuid]
            code = ResponseCode.UUID_EXISTS if taken else ResponseCode.UUID_RECALLED
            where = "MA_TRA_CUU_UUID"
        elif record is not None and pupil_mark(record) in pupils:
            code, where = ResponseCode.RECORD_IN_FORCE, "SO_CCCD"
        if code is ResponseCode.RECEIVED and record is not None:
            uuids[record.record_uuid] = True
            pupils.add(pupil_mark(record))
            accepted.append(record)
        results.append(_result(record, code, where, sentence))
    return Judgement(answer, tuple(results), tuple(accepted))


def _recall(answer: PackageAnswer, documents: Sequence[bytes], known: Known) -> Judgement:
    """The sandbox agrees to every recall that is asked for rightly: no officer works here."""
    results, recalled = [], []
    for document in documents:
        uuid, name, number = "", "", ""
        code, where = ResponseCode.RECEIVED, ""
        try:
            item = read_recall_item(document)
        except HocBaError as error:
            code, where = code_of_package_error(error), error.where or ""
        else:
            uuid, name, number = item.record_uuid, item.full_name, item.personal_id
            if uuid not in known.in_force:
                code, where = ResponseCode.RECALL_NOT_FOUND, "MA_TRA_CUU_UUID"
            elif not known.in_force[uuid] or uuid in recalled:
                code, where = ResponseCode.ALREADY_RECALLED, "MA_TRA_CUU_UUID"
            else:
                recalled.append(uuid)
        agreed = code is ResponseCode.RECEIVED
        results.append(
            RecordResult(
                pupil_code="",
                pupil_name=name,
                personal_id=number,
                record_uuid=uuid,
                status=RecallResult.AGREED if agreed else RecallResult.REFUSED,
                error=code.value,
                error_field_title=where,
                error_description="" if agreed else code.sentence.vi,
            )
        )
    return Judgement(answer, tuple(results), recalled=tuple(recalled))


def _result(
    record: AnnualRecord | None, code: ResponseCode, where: str, sentence: str
) -> RecordResult:
    good = code is ResponseCode.RECEIVED
    return RecordResult(
        pupil_code=record.pupil.pupil_code if record else "",
        pupil_name=record.pupil.full_name if record else "",
        personal_id=record.pupil.personal_id if record else "",
        record_uuid=record.record_uuid if record else "",
        status=SubmissionResult.APPROVED if good else SubmissionResult.REJECTED,
        error=code.value,
        error_field_title=where[:200],
        error_description="" if good else (sentence or code.sentence.vi)[:1000],
    )
