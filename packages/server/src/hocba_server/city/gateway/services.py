from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, TypeGuard

from cryptography.hazmat.primitives.serialization import Encoding
from django.db import IntegrityError

from hocba.errors import HocBaError, Malformed
from hocba.ids import MessageId
from hocba.packet.answers import PackageAnswer
from hocba.packet.codes import ResponseCode, code_of_package_error
from hocba.packet.dialect import STANDARD, Dialect, dress_answer, read_tolerantly
from hocba.packet.package import MAX_RECORDS, ReadTransaction, read_package
from hocba.packet.transactions import (
    CertificateQuery,
    PackageRequest,
    RegistrationRequest,
    Request,
    ResultQuery,
    TransactionType,
    read_request,
)
from hocba.record.values import VIETNAM
from hocba_server.city.certificates.selectors import (
    ApprovedSeal,
    approved_seals,
    certificate_answer,
)
from hocba_server.city.certificates.services import receive_registration
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.gateway.accounts import deny_sender, open_account
from hocba_server.city.gateway.models import GatewayAccount, IncomingPackage
from hocba_server.city.gateway.processing import process_package
from hocba_server.city.gateway.selectors import query_results, result_answer
from hocba_server.city.recalls.selectors import recall_answer
from hocba_server.city.scopes import sender_scope
from hocba_server.city.vendors.rates import seconds_to_wait
from hocba_server.city.vendors.selectors import dialect_of_account, dialect_of_unit
from hocba_server.config.acting import acting
from hocba_server.config.jobs import city_jobs
from hocba_server.web.accounts.actor import platform_actor
from hocba_server.web.audit.services import record_event

__all__ = [
    "answer_in_dialect",
    "answer_request",
    "open_account",
    "process_package",
    "query_results",
    "receive",
    "receive_from",
]

PROCESS_JOB = "city.gateway.process"
RECALL_JOB = "city.recalls.check"
_RECEIVED = {
    TransactionType.SUBMIT: "receive_package",
    TransactionType.RECALL: "receive_recall_request",
}


def answer_in_dialect(request: object, *, at: dt.datetime) -> Any:
    """Answer any of the six transactions as the sender's software reads and writes them."""
    dialect = _dialect(request)
    return dress_answer(answer_request(read_tolerantly(request, dialect), at=at), dialect)


def answer_request(request: object, *, at: dt.datetime) -> dict[str, Any]:
    """Answer any of the six transactions. Never raises for what a sender wrote."""
    try:
        read = read_request(request)
    except Malformed as error:
        return _unreadable(request, error)
    with acting(sender_scope(read.unit_code)):
        return _answer(read, at)


def _answer(read: Request, at: dt.datetime) -> dict[str, Any]:
    match read:
        case PackageRequest():
            return _receive(read, at).to_json()
        case RegistrationRequest():
            return receive_registration(read, at=at).to_json()
        case CertificateQuery():
            return certificate_answer(read, at=at).to_json()
        case ResultQuery(type=TransactionType.QUERY_RECALL):
            return recall_answer(read).to_json()
        case _:
            return result_answer(read, at=at).to_json()


def receive(request: object, *, at: dt.datetime) -> dict[str, Any]:
    """Take a package in (transactions 1 and 5); the answer means that its bytes are committed."""
    try:
        read = PackageRequest.from_json(request)
    except Malformed as error:
        return _unreadable(request, error)
    with acting(sender_scope(read.unit_code)):
        return _receive(read, at).to_json()


def receive_from(
    account: GatewayAccount, request: PackageRequest, *, at: dt.datetime, identity: str = ""
) -> PackageAnswer:
    """Take a package of an account that was proved already (`city.api`): the same story.

    `identity` stands for the content where the sender did not pack it, so that the same bytes are
    the same message whatever packs them here.
    """
    with acting(sender_scope(request.unit_code)):
        return _receive(request, at, known=account, identity=identity)


def _receive(
    request: PackageRequest,
    at: dt.datetime,
    *,
    known: GatewayAccount | None = None,
    identity: str = "",
) -> PackageAnswer:
    """The story of one delivery; every step before the commit leaves nothing behind.

    A refusal is not kept: the same message may come again when its cause is gone.
    """
    # 1. Who sends?
    denial = deny_sender(request, at, known)
    if denial is not None:
        return PackageAnswer.of(request.message_id, denial)
    # 2. The same message again gets the first answer.
    fingerprint = _fingerprint(request, identity or request.content)
    first = _known_answer(request, fingerprint)
    if first is not None:
        return first
    # 3. Can it be read, and did the unit's approved certificate sign it?
    try:
        package = read_package(request.content)
    except HocBaError as error:
        code = code_of_package_error(error)
        return PackageAnswer.of(request.message_id, code, error.sentence.vi)
    refusal = _deny_package(request, package, at)
    if refusal is not None:
        return refusal
    # Only now is it certain who sends; before, anybody could use up the account's requests.
    if known is None and (wait := _seconds_to_wait(request, at)) is not None:
        code = ResponseCode.TOO_MANY_REQUESTS
        detail = f"{code.sentence.vi} Hãy gửi lại sau {wait} giây."
        return PackageAnswer.of(request.message_id, code, detail)
    # 4. Commit the bytes together with the job that will check the records. A crash before the
    #    commit leaves nothing and the sender, unanswered, sends again; a crash after it leaves
    #    the package and its job, and step 2 gives the sender the answer.
    answer = PackageAnswer.of(request.message_id, ResponseCode.RECEIVED)
    try:
        _keep(request, package, fingerprint, answer, at)
    except IntegrityError:
        # The same message came twice at once; the first one has answered.
        return _known_answer(request, fingerprint) or PackageAnswer.of(
            request.message_id, ResponseCode.SYSTEM_ERROR
        )
    # 5. Only now acknowledge.
    return answer


def _deny_package(
    request: PackageRequest, package: ReadTransaction, at: dt.datetime
) -> PackageAnswer | None:
    if package.fault is not None or package.certificate is None:
        code = (
            code_of_package_error(package.fault)
            if package.fault is not None
            else ResponseCode.TRANSACTION_SIGNATURE_MISSING
        )
        detail = package.fault.sentence.vi if package.fault is not None else ""
        return PackageAnswer.of(request.message_id, code, detail)
    der = package.certificate.public_bytes(Encoding.DER)
    sender = hashlib.sha256(der).digest()
    known = [seal for seal in approved_seals(request.unit_code) if seal.sha256 == sender]
    approved = next((seal for seal in known if seal.holds(at)), known[0] if known else None)
    if approved is None or not approved.holds(at):
        return PackageAnswer.of(
            request.message_id, ResponseCode.CERTIFICATE_NOT_APPROVED, _why_not(approved, at)
        )
    if not package.records:
        return PackageAnswer.of(
            request.message_id, ResponseCode.CONTENT_EMPTY, "Gói không có học bạ nào."
        )
    if len(package.records) > MAX_RECORDS:
        return PackageAnswer.of(
            request.message_id,
            ResponseCode.TOO_LARGE,
            f"Gói có {len(package.records)} học bạ; mỗi gói tối đa {MAX_RECORDS}.",
        )
    return None


def _why_not(seal: ApprovedSeal | None, at: dt.datetime) -> str:
    if seal is None:
        return ""
    if seal.ended_from is not None and seal.ended_from <= at:
        day = f"{seal.ended_from.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
        return (
            f"Phê duyệt chứng thư số này đã chấm dứt từ {day}. Đăng ký chứng thư số khác, chờ "
            "phê duyệt rồi nộp lại."
        )
    return "Chứng thư số đã hết hạn. Đăng ký chứng thư số mới, chờ phê duyệt rồi nộp lại."


def _known_answer(request: PackageRequest, fingerprint: str) -> PackageAnswer | None:
    row = IncomingPackage.objects.filter(
        unit_code=request.unit_code, message_id=request.message_id
    ).first()
    if row is None:
        return None
    if row.request_sha256 != fingerprint:
        return PackageAnswer.of(request.message_id, ResponseCode.MESSAGE_ID_REUSED)
    return PackageAnswer.from_json(row.answer)


def _keep(
    request: PackageRequest,
    package: ReadTransaction,
    fingerprint: str,
    answer: PackageAnswer,
    at: dt.datetime,
) -> None:
    with city_transaction():
        row = IncomingPackage.objects.create(
            message_id=request.message_id,
            unit_code=request.unit_code,
            kind=request.type.value,
            first_year=request.first_year,
            request_sha256=fingerprint,
            content=request.content.encode("ascii"),
            answer=answer.to_json(),
            record_count=len(package.records),
            received_at=at,
        )
        record_event(
            using=CITY_DATABASE,
            by=platform_actor("city"),
            at=at,
            action=_RECEIVED[request.type],
            subject=f"package:{row.pk}",
            detail={"unit": request.unit_code, "records": row.record_count},
        )
        job = RECALL_JOB if request.type is TransactionType.RECALL else PROCESS_JOB
        city_jobs.configure_task(job, allow_unknown=True).defer(package_id=row.pk)


def _fingerprint(request: PackageRequest, identity: str) -> str:
    whole = f"{request.unit_code}\0{request.first_year}\0{request.type}\0{identity}"
    return hashlib.sha256(whole.encode()).hexdigest()


def _seconds_to_wait(request: PackageRequest, at: dt.datetime) -> int | None:
    account = GatewayAccount.objects.filter(user_name=request.user_name, active=True).first()
    return None if account is None else seconds_to_wait(account, at)


def _dialect(request: object) -> Dialect:
    if not isinstance(request, dict):
        return STANDARD
    sender = request.get("authenticationRequest")
    if isinstance(sender, dict):
        name = sender.get("user_name")
        return dialect_of_account(name[:150]) if _storable(name) else STANDARD
    unit = request.get("ma_don_vi")
    return dialect_of_unit(unit[:20]) if _storable(unit) else STANDARD


def _storable(text: object) -> TypeGuard[str]:
    """PostgreSQL takes neither NUL nor halves of surrogate pairs, not even to look for them."""
    return isinstance(text, str) and "\0" not in text and text.isprintable()


def _unreadable(request: object, error: Malformed) -> dict[str, Any]:
    """An answer to a request that cannot be read, in the form of transaction 1."""
    message_id = ""
    if isinstance(request, dict):
        sender = request.get("authenticationRequest")
        found = (sender if isinstance(sender, dict) else request).get("messageid")
        message_id = found[:100] if isinstance(found, str) else ""
    detail = f"{error.where}: {error.sentence.vi}" if error.where else error.sentence.vi
    return PackageAnswer.of(MessageId(message_id), code_of_package_error(error), detail).to_json()
