"""The sandbox's gateway: the six transactions over tables of its own, and a vendor's units."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError

from hocba.errors import HocBaError, Malformed, Refused
from hocba.ids import MessageId
from hocba.packet.answers import CertificateAnswer, PackageAnswer, RegistrationAnswer
from hocba.packet.codes import ResponseCode, code_of_package_error
from hocba.packet.registration import read_registration, serial_text
from hocba.packet.transactions import (
    CertificateQuery,
    PackageRequest,
    RegistrationRequest,
    ResultQuery,
    hash_password,
    read_request,
)
from hocba.record.sample import SCHOOL_CODE
from hocba.trust.path import build_path
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.sandbox.judging import Judgement, Known, judge, pupil_mark
from hocba_server.city.sandbox.models import (
    SandboxPackage,
    SandboxRecord,
    SandboxSeal,
    SandboxUnit,
)
from hocba_server.city.sandbox.samples import shelf
from hocba_server.city.sandbox.world import sandbox_issuers, sandbox_store
from hocba_server.city.vendors.models import Vendor
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

_MOST_UNITS = 20


@dataclass(frozen=True, slots=True)
class OpenedUnit:
    """What the vendor gets once."""

    code: str
    name: str
    password: str = field(repr=False)


def open_unit(*, by: Actor, at: dt.datetime, vendor_code: str) -> OpenedUnit:
    """Open an invented school for a vendor. Raises `Refused` (`role`, `not_found`, `too_many`)."""
    require(deny_role(by, CityRole.ADMINISTRATOR))
    password = secrets.token_urlsafe(12)
    with city_transaction():
        vendor = Vendor.objects.select_for_update().filter(code=vendor_code).first()
        if vendor is None:
            raise Refused("not_found", "Không có nhà cung cấp này.", "There is no such vendor.")
        count = vendor.sandbox_units.count()
        if count >= _MOST_UNITS:
            raise Refused(
                "too_many",
                f"Mỗi nhà cung cấp có tối đa {_MOST_UNITS} đơn vị thử nghiệm.",
                f"A vendor has at most {_MOST_UNITS} sandbox units.",
            )
        code = f"TN{vendor.pk:04d}{count + 1:02d}"
        row = SandboxUnit.objects.create(
            vendor=vendor,
            code=code,
            name=f"Tiểu học Thử nghiệm {count + 1}",
            password=make_password(hash_password(password)),
            opened_by=by.user_id,
            opened_at=at,
        )
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="open_sandbox_unit",
            subject=f"vendor:{vendor_code}",
            detail={"unit": code},
        )
    return OpenedUnit(code, row.name, password)


def answer_request(request: object, *, at: dt.datetime) -> dict[str, Any]:
    """Answer any of the six transactions, as the gateway would. Never raises for what is sent."""
    try:
        read = read_request(request)
    except Malformed as error:
        detail = f"{error.where}: {error.sentence.vi}" if error.where else error.sentence.vi
        code = code_of_package_error(error)
        return PackageAnswer.of(_message_of(request), code, detail).to_json()
    match read:
        case PackageRequest():
            return _receive(read, at).to_json()
        case RegistrationRequest():
            return _register(read, at).to_json()
        case CertificateQuery():
            return _certificate(read).to_json()
        case _:
            return _results(read)


def known_of(unit_code: str) -> Known:
    """What the sandbox knows of a unit, and which numbers and pupils are taken."""
    records = SandboxRecord.objects.filter(unit_code=unit_code)
    in_force = dict(records.values_list("record_uuid", "in_force"))
    pupils = records.filter(in_force=True).values_list("pupil_sha256", flat=True)
    seals = SandboxSeal.objects.filter(unit_code=unit_code).values_list("sha256", flat=True)
    return Known(frozenset(seals), in_force, frozenset(pupils))


def _receive(request: PackageRequest, at: dt.datetime) -> PackageAnswer:
    if request.unit_code == request.user_name == SCHOOL_CODE:
        return shelf().answer_of(request)
    denial = _deny_sender(request)
    if denial is not None:
        return PackageAnswer.of(request.message_id, denial)
    fingerprint = _fingerprint(request)
    first = _first_answer(request, fingerprint)
    if first is not None:
        return first
    judgement = judge(request, known_of(request.unit_code), at, now=lambda: at)
    if not judgement.answer.received:
        return judgement.answer
    try:
        _keep(request, judgement, fingerprint, at)
    except IntegrityError:
        # Two packages at once: the number or pupil was taken by the other one.
        return _first_answer(request, fingerprint) or PackageAnswer.of(
            request.message_id, ResponseCode.SYSTEM_ERROR
        )
    return judgement.answer


def _deny_sender(request: PackageRequest) -> ResponseCode | None:
    unit = SandboxUnit.objects.filter(code=request.user_name, vendor__active=True).first()
    if unit is None or not check_password(request.password, unit.password):
        return ResponseCode.WRONG_ACCOUNT
    return None if unit.code == request.unit_code else ResponseCode.WRONG_UNIT


def _first_answer(request: PackageRequest, fingerprint: str) -> PackageAnswer | None:
    row = SandboxPackage.objects.filter(
        unit_code=request.unit_code, message_id=request.message_id
    ).first()
    if row is None:
        return None
    if row.request_sha256 != fingerprint:
        return PackageAnswer.of(request.message_id, ResponseCode.MESSAGE_ID_REUSED)
    return PackageAnswer.from_json(row.answer)


def _keep(request: PackageRequest, judgement: Judgement, fingerprint: str, at: dt.datetime) -> None:
    with city_transaction():
        SandboxPackage.objects.create(
            unit_code=request.unit_code,
            message_id=request.message_id,
            kind=request.type.value,
            request_sha256=fingerprint,
            answer=judgement.answer.to_json(),
            results=[result.to_json() for result in judgement.results],
            received_at=at,
        )
        SandboxRecord.objects.bulk_create(
            SandboxRecord(
                unit_code=request.unit_code,
                record_uuid=record.record_uuid,
                pupil_sha256=pupil_mark(record),
            )
            for record in judgement.accepted
        )
        SandboxRecord.objects.filter(
            unit_code=request.unit_code, record_uuid__in=judgement.recalled
        ).update(in_force=False)


def _register(request: RegistrationRequest, at: dt.datetime) -> RegistrationAnswer:
    if not SandboxUnit.objects.filter(code=request.unit_code, vendor__active=True).exists():
        code = ResponseCode.WRONG_UNIT
        return RegistrationAnswer(request.message_id, code.value, "ma_don_vi", code.sentence.vi)
    try:
        read = read_registration(request.content)
        if read.fault is not None:
            raise read.fault
        build_path(read.certificate, sandbox_issuers(), sandbox_store(), at)
    except HocBaError as error:
        code = code_of_package_error(error)
        return RegistrationAnswer(
            request.message_id, code.value, error.where or "content", error.sentence.vi
        )
    if read.unit_code != request.unit_code:
        code = ResponseCode.FIELD_CATALOGUE
        return RegistrationAnswer(request.message_id, code.value, "MA_DON_VI", code.sentence.vi)
    SandboxSeal.objects.get_or_create(
        unit_code=request.unit_code,
        sha256=read.certificate.fingerprint(hashes.SHA256()).hex(),
        defaults={
            "message_id": request.message_id,
            "serial": serial_text(read.certificate),
            "received_at": at,
        },
    )
    return RegistrationAnswer(request.message_id)


def _certificate(query: CertificateQuery) -> CertificateAnswer:
    rows = SandboxSeal.objects.filter(unit_code=query.unit_code)
    row = rows.filter(message_id=query.message_id).first() or rows.first()
    if row is None:
        code = ResponseCode.CERTIFICATE_NOT_APPROVED
        return CertificateAnswer(
            query.message_id,
            query.unit_code,
            "",
            None,
            code.value,
            "serial_number",
            "Đơn vị chưa đăng ký chứng thư số nào.",
        )
    return CertificateAnswer(
        query.message_id, query.unit_code, row.serial, True, ResponseCode.RECEIVED.value, "", ""
    )


def _results(query: ResultQuery) -> dict[str, Any]:
    if query.unit_code == SCHOOL_CODE:
        return {"danh_sach": shelf().results_of(query.message_id), "pending_count": 0}
    row = SandboxPackage.objects.filter(
        unit_code=query.unit_code, message_id=query.message_id
    ).first()
    return {"danh_sach": row.results if row else [], "pending_count": 0}


def approve_seal(*, unit_code: str, der: bytes, serial: str, at: dt.datetime) -> None:
    """Approve a certificate that the sandbox itself issued with a unit's credentials."""
    SandboxSeal.objects.get_or_create(
        unit_code=unit_code,
        sha256=hashlib.sha256(der).hexdigest(),
        defaults={"message_id": "", "serial": serial, "received_at": at},
    )


def _fingerprint(request: PackageRequest) -> str:
    whole = f"{request.unit_code}\0{request.first_year}\0{request.type}\0{request.content}"
    return hashlib.sha256(whole.encode()).hexdigest()


def _message_of(request: object) -> MessageId:
    if not isinstance(request, dict):
        return MessageId("")
    sender = request.get("authenticationRequest")
    found = (sender if isinstance(sender, dict) else request).get("messageid")
    return MessageId(found[:100] if isinstance(found, str) else "")
