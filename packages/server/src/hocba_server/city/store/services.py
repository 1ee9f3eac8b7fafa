"""Supplementary messages: a store takes rows, closings and the question what it holds; a
department takes from its schools how their year stands.

A message is worked on while its sender waits: its rows are checked and kept, the answer is kept
with them, one commit makes all of it true, and only then is it given. The same message again gets
the same answer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from django.db import DataError, IntegrityError

from hocba.errors import HocBaError, Malformed
from hocba.ids import MessageId
from hocba.packet.answers import PackageAnswer
from hocba.packet.codes import ResponseCode, code_of_package_error
from hocba.packet.supplement import (
    ReadSupplement,
    SupplementAnswer,
    SupplementKind,
    SupplementRequest,
    read_supplement,
)
from hocba_server.city.certificates.selectors import approved_seals, unit_by_code
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.oversight.situations import take_situation
from hocba_server.city.role import is_store
from hocba_server.city.scopes import sender_scope
from hocba_server.city.store.closings import take_closings
from hocba_server.city.store.models import ReceivedMessage
from hocba_server.city.store.rows import take_rows
from hocba_server.city.store.selectors import answer_state
from hocba_server.city.store.taken import Taken
from hocba_server.config.acting import acting
from hocba_server.web.accounts.actor import platform_actor
from hocba_server.web.audit.services import record_event

QUESTION_AGE = dt.timedelta(days=1)
"""A question about the holdings is signed anew each time; an old one was taken from somewhere."""


def answer_supplement(request: object, *, at: dt.datetime) -> dict[str, Any]:
    """Answer one supplementary message. Never raises for what a sender wrote."""
    try:
        read = SupplementRequest.from_json(request)
    except Malformed as error:
        code = code_of_package_error(error)
        detail = f"{error.where}: {error.sentence.vi}" if error.where else error.sentence.vi
        return SupplementAnswer.of(MessageId(_message_id(request)), code, detail).to_json()
    with acting(sender_scope(read.unit_code)):
        return _answer(read, at).to_json()


def _answer(request: SupplementRequest, at: dt.datetime) -> SupplementAnswer:
    """Who sends, is it known, is it signed, what does it say; the commit, then the answer."""
    # Rows and closings go to a store, situations to a department, and neither takes the other's.
    for_us = (request.kind is not SupplementKind.SITUATION) == is_store()
    if not for_us or unit_by_code(request.unit_code) is None:
        return SupplementAnswer.of(request.message_id, ResponseCode.WRONG_UNIT)
    fingerprint = hashlib.sha256(f"{request.kind}\0{request.content}".encode()).hexdigest()
    known = _known_answer(request, fingerprint)
    if known is not None:
        return known
    try:
        supplement = read_supplement(request.content)
    except HocBaError as error:
        return SupplementAnswer.of(
            request.message_id, code_of_package_error(error), error.sentence.vi
        )
    refusal = _deny(request, supplement, at)
    if refusal is not None:
        return refusal
    try:
        if supplement.kind is SupplementKind.STATE:
            result = answer_state(request.unit_code, supplement.body)
            return SupplementAnswer(_received(request), result)
        return _keep(request, supplement, fingerprint, at)
    except Malformed as error:
        code = code_of_package_error(error)
        return SupplementAnswer.of(request.message_id, code, f"{error.where}: {error.sentence.vi}")
    except DataError:
        # A value that no column holds, from a sender who does not follow the format.
        return SupplementAnswer.of(request.message_id, ResponseCode.FIELD_TYPE)
    except IntegrityError:
        # The same message, or the same row, came twice at once; the first one has answered.
        again = _known_answer(request, fingerprint)
        return again or SupplementAnswer.of(request.message_id, ResponseCode.SYSTEM_ERROR)


def _deny(
    request: SupplementRequest, supplement: ReadSupplement, at: dt.datetime
) -> SupplementAnswer | None:
    if supplement.fault is not None or supplement.certificate is None:
        fault = supplement.fault
        code = code_of_package_error(fault) if fault else ResponseCode.TRANSACTION_SIGNATURE_MISSING
        return SupplementAnswer.of(request.message_id, code, fault.sentence.vi if fault else "")
    sender = hashlib.sha256(supplement.certificate.public_bytes(Encoding.DER)).digest()
    approved = {seal.sha256: seal for seal in approved_seals(request.unit_code)}.get(sender)
    if approved is None or not approved.holds(at):
        return SupplementAnswer.of(request.message_id, ResponseCode.CERTIFICATE_NOT_APPROVED)
    if supplement.kind is not request.kind:
        return SupplementAnswer.of(
            request.message_id, ResponseCode.FIELD_CATALOGUE, "function: khác loại đã ký."
        )
    moment = supplement.signing_time
    asked = supplement.kind is SupplementKind.STATE
    if asked and (moment is None or abs(at - moment) > QUESTION_AGE):
        return SupplementAnswer.of(request.message_id, ResponseCode.SESSION_EXPIRED)
    return None


def _keep(
    request: SupplementRequest, supplement: ReadSupplement, fingerprint: str, at: dt.datetime
) -> SupplementAnswer:
    with city_transaction():
        message = ReceivedMessage(
            unit_code=request.unit_code,
            message_id=request.message_id,
            kind=request.kind.value,
            request_sha256=fingerprint,
            content=request.content.encode("ascii"),
            received_at=at,
        )
        taken = _take(supplement, request.unit_code, at)
        answer = SupplementAnswer(_received(request), {"hoc_ba": list(taken.results)})
        message.answer = answer.to_json()
        message.accepted, message.refused = taken.accepted, taken.refused
        message.save(force_insert=True)
        taken.write(message)
        record_event(
            using=CITY_DATABASE,
            by=platform_actor("city"),
            at=at,
            action="receive_supplement",
            subject=f"supplement:{message.pk}",
            detail={
                "unit": request.unit_code,
                "kind": request.kind.value,
                "accepted": taken.accepted,
                "refused": taken.refused,
            },
        )
    return answer


def _take(supplement: ReadSupplement, unit_code: str, at: dt.datetime) -> Taken:
    if supplement.kind is SupplementKind.SITUATION:
        return take_situation(supplement.body, unit_code=unit_code, at=at)
    take = take_rows if supplement.kind is SupplementKind.ROWS else take_closings
    return take(supplement.body, unit_code=unit_code)


def _known_answer(request: SupplementRequest, fingerprint: str) -> SupplementAnswer | None:
    row = ReceivedMessage.objects.filter(
        unit_code=request.unit_code, message_id=request.message_id
    ).first()
    if row is None:
        return None
    if row.request_sha256 != fingerprint:
        return SupplementAnswer.of(request.message_id, ResponseCode.MESSAGE_ID_REUSED)
    return SupplementAnswer.from_json(row.answer)


def _received(request: SupplementRequest) -> PackageAnswer:
    return PackageAnswer.of(request.message_id, ResponseCode.RECEIVED)


def _message_id(request: object) -> str:
    found = request.get("messageid") if isinstance(request, Mapping) else ""
    return found[:100] if isinstance(found, str) else ""
