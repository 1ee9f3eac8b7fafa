"""The school's side of transactions 5 and 6: requests built and signed, answers read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from hocba.ids import MessageId, SchoolYear, UnitCode
from hocba.packet.answers import RecallResult, ResultAnswer
from hocba.packet.attached import AttachedFile
from hocba.packet.codes import ResponseCode
from hocba.packet.package import complete_transaction, pack_content, prepare_transaction
from hocba.packet.recall import CorrectionKind, RecallItem
from hocba.packet.transactions import PackageRequest, ResultQuery, TransactionType
from hocba.ports import Key
from hocba.record.codec import read_record
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_server.school.recalls.models import RecallAnswer
from hocba_server.school.submission.messages import Json


@dataclass(frozen=True, slots=True)
class Decision:
    """What the department said about one record."""

    answer: RecallAnswer
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why a record is to be recalled or, after the closing, corrected."""

    reason: str
    correction: CorrectionKind | None = None
    files: tuple[AttachedFile, ...] = ()


def recall_item(document: bytes, grounds: Grounds) -> RecallItem:
    """Name a record by the eight fields of II.2.6, read from the bytes that were signed."""
    record = read_record(document).record
    return RecallItem(
        record_uuid=record.record_uuid,
        full_name=record.pupil.full_name,
        gender=record.pupil.gender,
        birth_date=record.pupil.birth_date,
        personal_id=record.pupil.personal_id,
        school_name=record.school.school_name,
        school_code=record.school.school_code,
        school_year=record.school_year,
        reason=grounds.reason,
        correction=grounds.correction,
        files=grounds.files,
    )


def recall_request(
    documents: Sequence[bytes],
    *,
    grounds: Grounds,
    key: Key,
    signing_time: dt.datetime,
    unit_code: str,
    school_year: str,
    message_id: str,
) -> Json:
    """Transaction 5: the list of records, signed with the school's key."""
    items = [recall_item(document, grounds).to_xml() for document in documents]
    algorithm = SignatureAlgorithm[key.algorithm]
    prepared = prepare_transaction(items, key.certificate, algorithm, signing_time)
    [value] = key.sign_digests([prepared.digest])
    return PackageRequest(
        message_id=MessageId(message_id),
        unit_code=UnitCode(unit_code),
        first_year=SchoolYear(school_year).first,
        content=pack_content(complete_transaction(prepared, value)),
        type=TransactionType.RECALL,
        user_name=unit_code,
    ).to_json()


def recall_query(message_id: str, unit_code: str) -> Json:
    """Transaction 6."""
    query = ResultQuery(
        MessageId(message_id), UnitCode(unit_code), type=TransactionType.QUERY_RECALL
    )
    return query.to_json()


def read_decisions(answer: object) -> dict[str, Decision]:
    """Answer to transaction 6: record UUID -> what was decided. Raises `Malformed`.

    A record that the department has recalled before counts as recalled, whatever was lost here.
    """
    found: dict[str, Decision] = {}
    for result in ResultAnswer.from_json(answer).results:
        decision = RecallAnswer.REFUSED
        if result.status == RecallResult.PENDING:
            decision = RecallAnswer.WAITING
        elif (
            result.status == RecallResult.AGREED
            or result.error == ResponseCode.ALREADY_RECALLED.value
        ):
            decision = RecallAnswer.AGREED
        where = f" (thẻ {result.error_field_title})" if result.error_field_title else ""
        sentence = f"{result.error_description}{where}" if result.error_description else ""
        found[result.record_uuid] = Decision(decision, result.error, sentence)
    return found
