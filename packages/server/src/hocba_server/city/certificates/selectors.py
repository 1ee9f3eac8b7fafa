from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from django.db.models import QuerySet
from django.utils.translation import gettext

from hocba.errors import Refused
from hocba.ids import MessageId
from hocba.packet.answers import CertificateAnswer
from hocba.packet.codes import ResponseCode
from hocba.packet.transactions import CertificateQuery
from hocba_server.city.certificates.expiry import expiring, reminder_of
from hocba_server.city.certificates.issuers import deny_issuer
from hocba_server.city.certificates.models import (
    CertificateRegistration,
    Holder,
    RegistrationState,
    Unit,
)
from hocba_server.city.certificates.offices import deny_deciding, own
from hocba_server.city.permissions import READERS, deny_role, require
from hocba_server.web.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class ApprovedSeal:
    """A certificate with which a unit may seal and send, until its approval ends."""

    unit_code: str
    sha256: bytes
    """SHA-256 of the DER certificate."""
    certificate: bytes
    """DER."""
    valid_from: dt.datetime
    valid_until: dt.datetime
    ended_from: dt.datetime | None = None
    """From when it is approved no more; what was sealed before stays as it is."""

    def holds(self, at: dt.datetime) -> bool:
        """May the unit seal and send with it at `at`?"""
        ended = self.ended_from is not None and self.ended_from <= at
        return self.valid_from <= at <= self.valid_until and not ended


def unit_by_code(code: str) -> Unit | None:
    """The unit with this code, or None."""
    return Unit.objects.filter(code=code).first()


def approved_seals(unit_code: str) -> tuple[ApprovedSeal, ...]:
    """Every seal approved for a unit, newest approval first; old ones stay for old records."""
    return tuple(_seal(row, unit_code) for row in _approved(unit_code, Holder.ORGANISATION))


def every_approved_seal() -> list[tuple[ApprovedSeal, str]]:
    """Every seal that was ever approved, with the name of its unit: for the list of print keys."""
    rows = CertificateRegistration.objects.filter(
        state=RegistrationState.APPROVED, holder=Holder.ORGANISATION
    ).select_related("unit")
    return [(_seal(row, row.unit.code), row.unit.name) for row in rows.order_by("decided_at", "pk")]


def ended_seals(seals: tuple[ApprovedSeal, ...]) -> tuple[tuple[bytes, dt.datetime], ...]:
    """Those whose approval ended, and from when. One that was approved again has not ended."""
    running = {seal.sha256 for seal in seals if seal.ended_from is None}
    return tuple(
        (seal.sha256, seal.ended_from)
        for seal in seals
        if seal.ended_from is not None and seal.sha256 not in running
    )


def approved_leaders(unit_code: str, at: dt.datetime) -> frozenset[bytes]:
    """SHA-256 of the certificates with which leaders of a unit may sign at `at` (Đ20.3)."""
    seals = (_seal(row, unit_code) for row in _approved(unit_code, Holder.LEADER))
    return frozenset(seal.sha256 for seal in seals if seal.holds(at))


def _approved(unit_code: str, holder: Holder) -> QuerySet[CertificateRegistration]:
    rows = CertificateRegistration.objects.filter(
        unit__code=unit_code, state=RegistrationState.APPROVED, holder=holder
    )
    return rows.order_by("-decided_at", "-pk")


def approved_seal(unit_code: str, at: dt.datetime) -> ApprovedSeal | None:
    """The newest approved certificate of a unit that is valid at `at`."""
    for seal in approved_seals(unit_code):
        if seal.holds(at):
            return seal
    return None


def certificate_answer(query: CertificateQuery, *, at: dt.datetime) -> CertificateAnswer:
    """Answer to transaction 4: the decision on the registration sent under this message id.

    A unit may also ask without knowing that id; then its newest registration answers.
    """
    rows = CertificateRegistration.objects.filter(unit__code=query.unit_code)
    row = (
        rows.filter(message_id=query.message_id).first()
        or rows.filter(holder=Holder.ORGANISATION).first()
    )
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
    approved = {RegistrationState.APPROVED: True, RegistrationState.REFUSED: False}.get(
        RegistrationState(row.state)
    )
    if approved and row.ended_from is not None and row.ended_from <= at:
        approved = False
    code = ResponseCode.RECEIVED if approved is not False else ResponseCode.CERTIFICATE_NOT_APPROVED
    return CertificateAnswer(
        MessageId(query.message_id),
        query.unit_code,
        row.serial,
        approved,
        code.value,
        "" if approved is not False else "serial_number",
        (row.end_reason or row.reason) if approved is False else "",
        valid_until=row.valid_until.isoformat(timespec="seconds"),
        ended_from=row.ended_from.isoformat(timespec="seconds") if row.ended_from else "",
        reminder=reminder_of(row, at=at) if approved else "",
    )


def registrations(*, by: Actor, state: str | None = None) -> QuerySet[CertificateRegistration]:
    """Declared certificates of the units that the person sees, newest first."""
    require(deny_role(by, *READERS))
    rows = CertificateRegistration.objects.select_related("unit").filter(own(by, "unit__code"))
    return rows.filter(state=state) if state else rows


def waiting_for(*, by: Actor) -> list[CertificateRegistration]:
    """What waits for a decision of this very person, oldest first."""
    rows = registrations(by=by, state=RegistrationState.WAITING).order_by("received_at", "pk")
    return [row for row in rows if deny_deciding(by, row.unit) is None]


def asked_to_end(*, by: Actor) -> list[CertificateRegistration]:
    """Certificates of which the unit asked to end the approval, as far as this person decides."""
    rows = registrations(by=by, state=RegistrationState.APPROVED).filter(
        end_asked_at__isnull=False, ended_from__isnull=True
    )
    return [row for row in rows if deny_deciding(by, row.unit) is None]


def registration_by_id(*, by: Actor, registration_id: int) -> CertificateRegistration:
    """One declared certificate. Raises `Refused` with code `not_found`."""
    row = registrations(by=by).filter(pk=registration_id).first()
    if row is None:
        raise Refused(
            "not_found",
            "Không tìm thấy bản đăng ký chứng thư số này.",
            "There is no such registration.",
        )
    return row


@dataclass(frozen=True, slots=True)
class Shelf:
    """One part of the list of certificates: its name in the address, its rows and their number."""

    name: str
    title: str
    rows: QuerySet[CertificateRegistration]
    count: int


def shelves(*, by: Actor, at: dt.datetime) -> list[Shelf]:
    """The certificates that the person sees, by where they stand."""
    rows = registrations(by=by)
    approved = rows.filter(state=RegistrationState.APPROVED)
    running = approved.filter(ended_from__isnull=True, valid_until__gte=at)
    nearest = [one.row.pk for one in expiring(rows, at=at)]
    parts = (
        ("cho-duyet", gettext("Chờ duyệt"), rows.filter(state=RegistrationState.WAITING)),
        (
            "sap-het-han",
            gettext("Sắp hết hạn"),
            rows.filter(pk__in=nearest).order_by("valid_until"),
        ),
        ("dang-dung", gettext("Đang dùng"), running),
        ("da-het", gettext("Đã hết hạn, đã chấm dứt"), approved.exclude(pk__in=running)),
        ("tu-choi", gettext("Đã từ chối"), rows.filter(state=RegistrationState.REFUSED)),
    )
    return [Shelf(name, title, found, found.count()) for name, title, found in parts]


def warning_of(row: CertificateRegistration) -> str:
    """What the officer should see before deciding; empty when nothing speaks against it."""
    if row.holder == Holder.LEADER:
        return ""
    denial = deny_issuer(x509.load_der_x509_certificate(bytes(row.certificate)), row.unit.ownership)
    return denial.sentence.vi if denial else ""


def _seal(row: CertificateRegistration, unit_code: str) -> ApprovedSeal:
    return ApprovedSeal(
        unit_code,
        bytes.fromhex(row.fingerprint),
        bytes(row.certificate),
        row.valid_from,
        row.valid_until,
        row.ended_from,
    )
