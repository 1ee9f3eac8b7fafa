"""Certificates that are about to expire: whom to remind, when, and in which words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from hocba.record.values import VIETNAM
from hocba_server.city.certificates.models import (
    CertificateRegistration,
    RegistrationState,
)


@dataclass(frozen=True, slots=True)
class Expiring:
    """A certificate that holds now and ends soon."""

    row: CertificateRegistration
    days: int
    """Whole days that are left."""
    successor: CertificateRegistration | None
    """A newer one of the same holder that holds longer, or waits for its approval."""


def days_left(row: CertificateRegistration, at: dt.datetime) -> int:
    """Whole days until the certificate ends; negative when it is over."""
    return (row.valid_until - at).days


def successor_of(
    row: CertificateRegistration, others: Iterable[CertificateRegistration]
) -> CertificateRegistration | None:
    """The declared certificate that takes its place: same holder, holds longer, not refused."""
    for other in others:
        same = (other.unit_id, other.holder, other.personal_id) == (
            row.unit_id,
            row.holder,
            row.personal_id,
        )
        open_ = other.state != RegistrationState.REFUSED and other.ended_from is None
        if same and open_ and other.pk != row.pk and other.valid_until > row.valid_until:
            return other
    return None


def expiring(
    rows: QuerySet[CertificateRegistration], *, at: dt.datetime, within: int | None = None
) -> list[Expiring]:
    """Approved certificates among `rows` that end within so many days, the nearest first.

    `within` is the longest step of `CERTIFICATE_REMINDER_DAYS` unless given.
    """
    days = max(settings.CERTIFICATE_REMINDER_DAYS, default=0) if within is None else within
    ending = rows.filter(
        state=RegistrationState.APPROVED,
        ended_from__isnull=True,
        valid_until__gte=at,
        valid_until__lt=at + dt.timedelta(days=days + 1),
    ).order_by("valid_until", "pk")
    found = list(ending.select_related("unit"))
    others = list(
        CertificateRegistration.objects.filter(unit__in={row.unit_id for row in found}).defer(
            "certificate"
        )
    )
    return [Expiring(row, days_left(row, at), successor_of(row, others)) for row in found]


def reminder_of(row: CertificateRegistration, *, at: dt.datetime) -> str:
    """The sentence for the school in the answer to transaction 4; empty when there is no haste."""
    found = expiring(CertificateRegistration.objects.filter(pk=row.pk), at=at)
    if not found or found[0].successor is not None:
        return ""
    return reminder(found[0])


def reminder(one: Expiring) -> str:
    """What to do and until when."""
    day = f"{one.row.valid_until.astimezone(VIETNAM):%d/%m/%Y}"
    return (
        f"Chứng thư số {one.row.serial} hết hạn ngày {day} (còn {one.days} ngày). Xin cấp chứng "
        "thư số mới và đăng ký ngay khi chứng thư cũ còn hạn; trong thời gian đó dùng được cả hai."
    )


def due_step(one: Expiring) -> int | None:
    """The step of the reminder that is due and was not sent yet; None when none is."""
    steps = [step for step in settings.CERTIFICATE_REMINDER_DAYS if one.days <= step]
    if not steps or one.successor is not None:
        return None
    nearest = min(steps)
    sent = one.row.reminded_days
    return nearest if sent is None or nearest < sent else None
