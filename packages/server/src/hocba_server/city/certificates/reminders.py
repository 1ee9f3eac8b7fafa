"""Reminders by e-mail of certificates about to expire, one for each step of the setting."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.mail import EmailMessage

from hocba_server.city.certificates.expiry import due_step, expiring, reminder
from hocba_server.city.certificates.models import CertificateRegistration
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.web.accounts.actor import platform_actor
from hocba_server.web.audit.services import record_event


def send_reminders(*, at: dt.datetime) -> int:
    """Write to every unit whose certificate has come to a step; answers how many were reminded.

    The step is noted before the letter is sent: when sending fails, that letter is lost rather
    than sent every hour; the next step, the school's page and its answers say the same. A unit
    without address is noted, too: the officer's list is its reminder.
    """
    sent = 0
    for one in expiring(CertificateRegistration.objects.all(), at=at):
        step = due_step(one)
        if step is None:
            continue
        with city_transaction():
            row = CertificateRegistration.objects.select_for_update().get(pk=one.row.pk)
            if row.reminded_days is not None and row.reminded_days <= step:
                continue  # another worker was quicker
            row.reminded_days = step
            row.save(update_fields=["reminded_days"])
            record_event(
                using=CITY_DATABASE,
                by=platform_actor("city"),
                at=at,
                action="remind_of_certificate",
                subject=f"certificate:{row.pk}",
                detail={"days": one.days, "by_mail": bool(one.row.unit.email)},
            )
        if settings.MAIL_ENABLED and one.row.unit.email:
            EmailMessage(
                subject=f"Chứng thư số của {one.row.unit.name} sắp hết hạn",
                body=f"Kính gửi {one.row.unit.name},\n\n{reminder(one)}\n\n{settings.PUBLIC_URL}\n",
                to=[one.row.unit.email],
            ).send()
        sent += 1
    return sent
