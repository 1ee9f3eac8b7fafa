from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from hocba.errors import Refused, Sentence, Unavailable
from hocba.packet.package import split_records
from hocba.ports import Clock, Key
from hocba.workflow.transitions import RecordState
from hocba_server.adapters.clock import SystemClock
from hocba_server.adapters.gateway import GatewayClient
from hocba_server.adapters.keystores import KeyStore
from hocba_server.config.jobs import school_jobs
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import batch_by_id
from hocba_server.school.issuing.successors import note_replaced
from hocba_server.school.notices import matters
from hocba_server.school.notices.models import NoticeKind
from hocba_server.school.notices.services import notify, settle
from hocba_server.school.problem import problem_columns
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import own_school, people_in_role
from hocba_server.school.signing.certificate_checks import check_owner
from hocba_server.school.submission import messages
from hocba_server.school.submission.models import (
    Package,
    PackageRecord,
    PackageState,
    RecordAnswer,
)
from hocba_server.school.submission.selectors import PackageView, package_view
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor, platform_actor
from hocba_server.web.audit.services import record_event

SEND_JOB = "school.submission.send"
POLL_JOB = "school.submission.poll"


@dataclass(frozen=True, slots=True)
class _Parcel:
    """The records of one class that go out together."""

    batch: IssueBatch
    rows: list[AnnualRecordDraft]
    message_id: str


def new_message_id() -> str:
    """The number of a message; the same number again is the same message."""
    return str(uuid.uuid4())


def submit_batch(
    *, by: Actor, at: dt.datetime, batch_id: int, keystore: KeyStore | None = None
) -> int:
    """Send the issued records of one class with a key that the platform reaches."""
    unit = batch_by_id(by, batch_id).classroom.school.code
    key = (keystore or sources_of(unit).keys()).organisation_key(unit)
    [package_id] = submit_batches(by=by, at=at, messages_of={batch_id: new_message_id()}, key=key)
    return package_id


def submit_batches(
    *, by: Actor, at: dt.datetime, messages_of: Mapping[int, str], key: Key
) -> list[int]:
    """Put the issued records of classes into one signed package each; sending follows as jobs.

    `messages_of` names the batches and the number of each one's message; `key` is the school's,
    asked once for all. Packages and jobs are committed together: nothing is lost when the program
    stops here. Raises `Refused`: wrong role, `nothing_to_send`, `package_open`, what
    `check_owner` refuses; then nothing is sent.
    """
    require(deny_role(by, SchoolRole.SCHOOL_CLERK))
    moment = at.replace(microsecond=0)
    with school_transaction():
        # One order for everybody, so that two clerks at once never wait for each other.
        parcels = [
            _parcel(by, batch_id, message_id)
            for batch_id, message_id in sorted((int(k), v) for k, v in messages_of.items())
        ]
        school = own_school(by)
        check_owner(key.certificate, owner=school.code, organisation=True, at=at)
        prepared = [
            messages.prepare_submission([bytes(row.document) for row in parcel.rows], key, moment)
            for parcel in parcels
        ]
        values = key.sign_digests([each.digest for each in prepared])
        packages = []
        for parcel, one, value in zip(parcels, prepared, values, strict=True):
            request = messages.submission_request(
                one,
                value,
                unit_code=school.code,
                school_year=parcel.batch.classroom.school_year,
                message_id=parcel.message_id,
            )
            packages.append(_send_later(parcel, request, by, at).pk)
            settle(at=at, school=school, matter=matters.submit(parcel.batch.classroom))
    return packages


def _parcel(by: Actor, batch_id: int, message_id: str) -> _Parcel:
    """The records that wait, locked. What does not fit into one package goes with the next."""
    batch = batch_by_id(by, batch_id, lock=True)
    _refuse_open_package(batch.pk)
    rows = list(
        AnnualRecordDraft.objects.select_for_update()
        .filter(batch=batch, state=RecordState.ISSUED.value)
        .order_by("pk")
    )
    if not rows:
        raise Refused(
            "nothing_to_send",
            "Lớp này không có học bạ nào đã phát hành mà chưa nộp.",
            "No issued record of this class waits to be sent.",
        )
    group = next(split_records([bytes(row.document) for row in rows]))
    return _Parcel(batch, rows[: len(group)], message_id)


def _send_later(parcel: _Parcel, request: messages.Json, by: Actor, at: dt.datetime) -> Package:
    package = _keep_package(parcel.batch, parcel.rows, request, parcel.message_id, by, at)
    detail = {
        "message_id": parcel.message_id,
        "records": [row.record_uuid for row in parcel.rows],
    }
    _audit(by, at, "submit_batch", f"batch:{parcel.batch.pk}", detail)
    school_jobs.configure_task(SEND_JOB, allow_unknown=True).defer(package_id=package.pk)
    return package


def _keep_package(
    batch: IssueBatch,
    rows: list[AnnualRecordDraft],
    request: messages.Json,
    message_id: str,
    by: Actor,
    at: dt.datetime,
) -> Package:
    package = Package.objects.create(
        school=batch.classroom.school,
        batch=batch,
        message_id=message_id,
        request=request,
        state=PackageState.WAITING,
        actor=by.to_json(),
        created_by=by.user_id,
        created_at=at,
    )
    PackageRecord.objects.bulk_create(
        [PackageRecord(package=package, record=row, answer=RecordAnswer.WAITING) for row in rows]
    )
    return package


def _refuse_open_package(batch_id: int) -> None:
    open_states = [PackageState.WAITING, PackageState.ACKNOWLEDGED]
    if Package.objects.filter(batch_id=batch_id, state__in=open_states).exists():
        raise Refused(
            "package_open",
            "Lớp này đã có gói đang chờ Sở trả lời. Chờ kết quả rồi nộp tiếp.",
            "A package of this class waits for its answer already.",
        )


def send_package(
    package_id: int, *, gateway: GatewayClient | None = None, clock: Clock | None = None
) -> None:
    """Send a package of the outbox; the same message id again gets the same answer.

    Raises `Unavailable` when the gateway cannot be reached: the package stays in the outbox.
    """
    package = Package.objects.select_related("school").get(pk=package_id)
    if package.state != PackageState.WAITING:
        return
    try:
        answer = (gateway or sources_of(package.school.code).gateway()).send(package.request)
    except Unavailable as fault:
        # A crash here leaves the package waiting; it is sent again with the same message id.
        Package.objects.filter(pk=package_id).update(
            attempts=package.attempts + 1, **problem_columns(fault.sentence)
        )
        raise
    at = (clock or SystemClock()).now()
    acknowledged = messages.read_acknowledgement(answer)
    by = Actor.from_json(package.actor)
    with school_transaction():
        package = Package.objects.select_for_update().get(pk=package_id)
        if package.state != PackageState.WAITING:
            return
        package.attempts += 1
        package.answer_code = acknowledged.code
        package.set_problem(None if acknowledged.accepted else acknowledged.why)
        if acknowledged.accepted:
            package.state, package.acknowledged_at = PackageState.ACKNOWLEDGED, at
            AnnualRecordDraft.objects.filter(
                answers__package=package, state=RecordState.ISSUED.value
            ).update(state=RecordState.SUBMITTED.value, state_since=at)
            school_jobs.configure_task(POLL_JOB, allow_unknown=True).defer(package_id=package.pk)
        else:
            package.state = PackageState.REFUSED
        package.save()
        detail = {"message_id": package.message_id, "code": acknowledged.code}
        _audit(by, at, "package_answered", f"package:{package.pk}", detail)


def poll_results(
    package_id: int, *, gateway: GatewayClient | None = None, clock: Clock | None = None
) -> PackageView:
    """Ask for the answers per record (transaction 2) and write them down.

    Raises `Unavailable` while the gateway is away or has not decided every record yet.
    """
    package = Package.objects.select_related("school").get(pk=package_id)
    if package.state != PackageState.ACKNOWLEDGED:
        return package_view(package_id)
    request = messages.query_request(package.message_id, package.school.code)
    answers = messages.read_answers(
        (gateway or sources_of(package.school.code).gateway()).send(request)
    )
    at = (clock or SystemClock()).now()
    by = Actor.from_json(package.actor)
    with school_transaction():
        package = Package.objects.select_for_update().get(pk=package_id)
        rows = PackageRecord.objects.filter(package=package, answer=RecordAnswer.WAITING)
        counts = {RecordAnswer.ACCEPTED: 0, RecordAnswer.REFUSED: 0}
        for row in rows.select_related("record").defer("record__document"):
            answer = answers.get(row.record.record_uuid)
            if answer is not None:
                counts[_write_answer(row, answer, at)] += 1
        open_rows = PackageRecord.objects.filter(package=package, answer=RecordAnswer.WAITING)
        left = open_rows.count()
        if left == 0 and package.state == PackageState.ACKNOWLEDGED:
            package.state, package.answered_at = PackageState.ANSWERED, at
            package.save(update_fields=["state", "answered_at"])
        if left == 0:
            _tell_answer(package, by, at)
        if sum(counts.values()):
            detail = {str(answer): count for answer, count in counts.items()}
            _audit(by, at, "records_answered", f"package:{package.pk}", detail)
    if left:
        raise Unavailable(
            "not_decided",
            f"Sở chưa xử lý xong {left} học bạ. Kết quả sẽ hiện khi có.",
            f"{left} records are not decided yet.",
        )
    return package_view(package_id)


def _tell_answer(package: Package, by: Actor, at: dt.datetime) -> None:
    """The clerk and the principal hear what the department answered."""
    refused = package.records.filter(answer=RecordAnswer.REFUSED).count()
    room = package.batch.classroom
    if refused:
        title = Sentence(
            f"Lớp {room.name}: Sở từ chối {refused} học bạ",
            f"Class {room.name}: the department refused {refused} records",
        )
    else:
        title = Sentence(
            f"Lớp {room.name}: Sở đã tiếp nhận học bạ",
            f"Class {room.name}: the department took the records",
        )
    roles = (SchoolRole.SCHOOL_CLERK, SchoolRole.PRINCIPAL)
    notify(
        by=platform_actor("school"),
        at=at,
        school=room.school,
        recipients={*people_in_role(room.school, room.school_year, *roles), by.personal_id},
        kind=NoticeKind.ANSWER,
        title=title,
        url=reverse("school_submission:package", args=[package.pk]),
        class_name=room.name,
    )


def _write_answer(row: PackageRecord, answer: messages.Answer, at: dt.datetime) -> RecordAnswer:
    row.answer = RecordAnswer.ACCEPTED if answer.accepted else RecordAnswer.REFUSED
    row.code, row.sentence = answer.code[:50], answer.sentence[:1000]
    if not answer.accepted and not row.sentence:
        row.sentence = "Sở từ chối và không nêu lý do."
    row.save(update_fields=["answer", "code", "sentence"])
    state = RecordState.ACCEPTED if answer.accepted else RecordState.REJECTED
    AnnualRecordDraft.objects.filter(pk=row.record_id, state=RecordState.SUBMITTED.value).update(
        state=state.value, state_since=at, refusal="" if answer.accepted else row.sentence
    )
    if answer.accepted:
        note_replaced(row.record, at)
    return RecordAnswer(row.answer)


def _audit(
    by: Actor, at: dt.datetime, action: str, subject: str, detail: Mapping[str, Any]
) -> None:
    record_event(
        using=SCHOOL_DATABASE, by=by, at=at, action=action, subject=subject, detail=dict(detail)
    )
