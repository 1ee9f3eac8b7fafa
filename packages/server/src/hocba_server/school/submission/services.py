from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from django.urls import reverse

from hocba.errors import Refused, Sentence, Unavailable
from hocba.packet.package import split_records
from hocba.packet.registration import serial_text
from hocba.ports import Clock
from hocba.workflow.transitions import RecordState
from hocba_server.adapters.clock import SystemClock
from hocba_server.adapters.gateway import GatewayClient
from hocba_server.adapters.keystores import KeyStore
from hocba_server.config.jobs import school_jobs
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import batch_by_id
from hocba_server.school.notices.models import NoticeKind
from hocba_server.school.notices.services import notify
from hocba_server.school.registry.models import Ownership, SchoolRole
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import people_in_role, school_by_id
from hocba_server.school.signing.approval import note_certificate, record_department_answer
from hocba_server.school.signing.certificate_checks import check_owner
from hocba_server.school.submission import messages
from hocba_server.school.submission.models import (
    CertificateRegistration,
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
CERTIFICATE_ISSUERS = {Ownership.PUBLIC: "BAN_CO_YEU", Ownership.PRIVATE: "VNPT"}
"""nha_phat_hanh when the school has set nothing: public schools hold certificates of the
Government's authority, private ones of a public authority (domain: CV 2817/SGDĐT-VP)."""


def submit_batch(
    *, by: Actor, at: dt.datetime, batch_id: int, keystore: KeyStore | None = None
) -> int:
    """Put the issued records of a class into a signed package; sending follows as a job.

    Package and job are committed together: nothing is lost when the program stops here.
    """
    require(deny_role(by, SchoolRole.SCHOOL_CLERK))
    with school_transaction():
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
        school = batch.classroom.school
        key = (keystore or sources_of(school.code).keys()).organisation_key(school.code)
        check_owner(key.certificate, owner=school.code, organisation=True, at=at)
        message_id = str(uuid.uuid4())
        # What does not fit into one package stays issued and goes with the next one.
        group = next(split_records([bytes(row.document) for row in rows]))
        rows = rows[: len(group)]
        request = messages.submission_request(
            group,
            key=key,
            signing_time=at,
            unit_code=school.code,
            school_year=batch.classroom.school_year,
            message_id=message_id,
        )
        package = _keep_package(batch, rows, request, message_id, by, at)
        detail = {"message_id": message_id, "records": [row.record_uuid for row in rows]}
        _audit(by, at, "submit_batch", f"batch:{batch.pk}", detail)
        school_jobs.configure_task(SEND_JOB, allow_unknown=True).defer(package_id=package.pk)
    return package.pk


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
            attempts=package.attempts + 1, problem=fault.sentence.vi[:1000]
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
        package.answer_code, package.problem = acknowledged.code, acknowledged.sentence[:1000]
        if acknowledged.accepted:
            package.state, package.acknowledged_at = PackageState.ACKNOWLEDGED, at
            package.problem = ""
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
        for row in rows.select_related("record"):
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
    return RecordAnswer(row.answer)


def register_certificate(
    *, by: Actor, at: dt.datetime, school_id: int, keystore: KeyStore | None = None
) -> int:
    """Declare the school's certificate to the city (transaction 3), signed with itself."""
    require(deny_role(by, SchoolRole.SCHOOL_CLERK, SchoolRole.PRINCIPAL))
    school = school_by_id(by, school_id)
    key = (keystore or sources_of(school.code).keys()).organisation_key(school.code)
    check_owner(key.certificate, owner=school.code, organisation=True, at=at)
    der = key.certificate.public_bytes(Encoding.DER)
    fingerprint = hashlib.sha256(der).hexdigest()
    with school_transaction():
        known = CertificateRegistration.objects.select_for_update().filter(
            school=school, fingerprint=fingerprint
        )
        if known.exclude(state="refused").exists():
            raise Refused(
                "registered_already",
                "Chứng thư số này đã được đăng ký với Sở.",
                "This certificate is registered already.",
            )
        note_certificate(school=school, certificate=key.certificate, owner=school.code, at=at)
        message_id = str(uuid.uuid4())
        row = CertificateRegistration.objects.create(
            school=school,
            serial=serial_text(key.certificate),
            fingerprint=fingerprint,
            message_id=message_id,
            request=messages.registration_request(
                key=key,
                signing_time=at,
                unit_code=school.code,
                issuer=CERTIFICATE_ISSUERS[Ownership(school.ownership)],
                message_id=message_id,
            ),
            state="waiting",
            actor=by.to_json(),
            registered_by=by.user_id,
            registered_at=at,
        )
        _audit(by, at, "register_certificate", f"school:{school.code}", {"serial": row.serial})
        school_jobs.configure_task(SEND_JOB, allow_unknown=True).defer(registration_id=row.pk)
    return row.pk


def send_registration(
    registration_id: int, *, gateway: GatewayClient | None = None, clock: Clock | None = None
) -> None:
    """Send a registration of the outbox. Raises `Unavailable` when the gateway is away."""
    row = CertificateRegistration.objects.select_related("school").get(pk=registration_id)
    if row.state != "waiting":
        return
    client = gateway or sources_of(row.school.code).gateway()
    answer = messages.read_registration_answer(client.send(row.request))
    at = (clock or SystemClock()).now()
    with school_transaction():
        row = CertificateRegistration.objects.select_for_update().get(pk=registration_id)
        row.state = "sent" if answer.accepted else "refused"
        row.answer = answer.sentence[:1000]
        row.save(update_fields=["state", "answer"])
        detail = {"serial": row.serial, "code": answer.code}
        _audit(Actor.from_json(row.actor), at, "certificate_sent", f"certificate:{row.pk}", detail)


def query_certificate(
    registration_id: int, *, gateway: GatewayClient | None = None, clock: Clock | None = None
) -> str:
    """Ask whether the certificate is approved (transaction 4); answers the state of the row."""
    row = CertificateRegistration.objects.select_related("school").get(pk=registration_id)
    if row.state != "sent":
        return row.state
    at = (clock or SystemClock()).now()
    request = messages.certificate_query(row.message_id, row.school.code, at.year)
    decision = messages.read_certificate_answer(
        (gateway or sources_of(row.school.code).gateway()).send(request)
    )
    if decision is None:
        return row.state
    with school_transaction():
        row.state = "approved" if decision.accepted else "refused"
        row.answer = decision.sentence[:1000]
        row.save(update_fields=["state", "answer"])
        record_department_answer(
            school=row.school,
            fingerprint_hex=row.fingerprint,
            approved=decision.accepted,
            at=at,
        )
        by = Actor.from_json(row.actor)
        _audit(by, at, "certificate_answered", f"certificate:{row.pk}", {"state": row.state})
    return row.state


def _audit(
    by: Actor, at: dt.datetime, action: str, subject: str, detail: Mapping[str, Any]
) -> None:
    record_event(
        using=SCHOOL_DATABASE, by=by, at=at, action=action, subject=subject, detail=dict(detail)
    )
