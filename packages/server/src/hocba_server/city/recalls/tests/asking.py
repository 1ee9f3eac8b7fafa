"""A school's requests to recall, as its software sends them, and the work of the department."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from hocba.ids import MessageId, UnitCode
from hocba.packet.package import complete_transaction, pack_content, prepare_transaction
from hocba.packet.recall import RecallItem
from hocba.packet.transactions import PackageRequest, ResultQuery, TransactionType
from hocba.record.codec import read_record
from hocba.record.sample import SCHOOL_CODE
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_certworld.softkey import SoftKey
from hocba_server.city.gateway.models import IncomingPackage
from hocba_server.city.gateway.services import answer_request
from hocba_server.city.recalls.models import RecallCase
from hocba_server.city.recalls.services import check_request, decide_cases
from hocba_server.city.tests.cast import OFFICER, SENT, FixedClock
from hocba_server.web.accounts.actor import Actor

REASON = "Ghi sai nơi sinh"


def item_of(document: bytes, **changes: Any) -> RecallItem:
    """The eight fields of a record, with changes."""
    record = read_record(document).record
    item = RecallItem(
        record.record_uuid,
        record.pupil.full_name,
        record.pupil.gender,
        record.pupil.birth_date,
        record.pupil.personal_id,
        record.school.school_name,
        record.school.school_code,
        record.school_year,
        REASON,
    )
    return dataclasses.replace(item, **changes)


def recall_message(
    items: Sequence[RecallItem | bytes],
    key: SoftKey,
    *,
    message_id: str = "",
    unit_code: str = SCHOOL_CODE,
) -> dict[str, Any]:
    """Transaction 5, signed by an organisation."""
    algorithm = SignatureAlgorithm[key.algorithm]
    elements = [one.to_xml() if isinstance(one, RecallItem) else one for one in items]
    prepared = prepare_transaction(elements, key.certificate, algorithm, SENT)
    signed = complete_transaction(prepared, key.sign_digests([prepared.digest])[0])
    return PackageRequest(
        message_id=MessageId(message_id or str(uuid.uuid4())),
        unit_code=UnitCode(unit_code),
        first_year=2025,
        content=pack_content(signed),
        type=TransactionType.RECALL,
        user_name=unit_code,
    ).to_json()


def ask(
    items: Sequence[RecallItem | bytes],
    key: SoftKey,
    *,
    unit_code: str = SCHOOL_CODE,
    at: dt.datetime = SENT,
) -> IncomingPackage:
    """Send a request and let the job check it."""
    answer = answer_request(recall_message(items, key, unit_code=unit_code), at=at)
    assert answer["Error"] == "0", answer
    package = IncomingPackage.objects.filter(kind="5").latest("pk")
    check_request(package.pk, clock=FixedClock(at))
    package.refresh_from_db()
    return package


def decide(
    package: IncomingPackage, *, approve: bool = True, sentence: str = "", by: Actor = OFFICER
) -> int:
    """Decide on everything that the request names."""
    numbers = list(RecallCase.objects.filter(package=package).values_list("pk", flat=True))
    return decide_cases(
        by=by,
        at=SENT,
        package_id=package.pk,
        case_ids=numbers,
        approve=approve,
        sentence=sentence,
    )


def results(package: IncomingPackage) -> list[dict[str, Any]]:
    """Transaction 6."""
    query = ResultQuery(
        MessageId(package.message_id), UnitCode(package.unit_code), TransactionType.QUERY_RECALL
    )
    found: list[dict[str, Any]] = answer_request(query.to_json(), at=SENT)["danh_sach"]
    return found
