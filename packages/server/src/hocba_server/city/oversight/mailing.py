"""The progress of the day by e-mail, to the officers who asked for it."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation

from hocba_server.city.closing.calendar import vietnam_day
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.oversight.models import DailyReader, ReportKind
from hocba_server.city.oversight.reporting import office_of_person, tables_of
from hocba_server.city.oversight.tables import shown
from hocba_server.city.oversight.tallying import years_in_work
from hocba_server.city.oversight.workbook import MEDIA_TYPE, Heading, write_workbook
from hocba_server.city.permissions import READERS, deny_role
from hocba_server.city.scopes import scope_of
from hocba_server.config.acting import acting
from hocba_server.web.accounts.actor import Actor, actor_of_user, platform_actor
from hocba_server.web.accounts.models import User
from hocba_server.web.audit.services import record_event


def send_daily_reports(*, at: dt.datetime) -> int:
    """Write to every reader who may still read, once a day; answers how many were written to.

    The day is noted before the letter is sent: one that cannot be sent is lost rather than sent
    again and again; the boards say the same.
    """
    today = vietnam_day(at)
    sent = 0
    for reader in DailyReader.objects.exclude(sent_on=today):
        by = _person(reader)
        if by is None or not settings.MAIL_ENABLED:
            continue
        with city_transaction():
            fresh = DailyReader.objects.select_for_update().filter(pk=reader.pk)
            if not fresh.exclude(sent_on=today).update(sent_on=today):
                continue  # another worker was quicker
            record_event(
                using=CITY_DATABASE,
                by=platform_actor("city"),
                at=at,
                action="mail_daily_report",
                subject=f"user:{reader.user_id}",
            )
        # What the letter says is read as that person would read it (decision 27).
        with acting(scope_of(by)):
            _letter(by, at, reader.email).send()
        sent += 1
    return sent


def _person(reader: DailyReader) -> Actor | None:
    """The reader as the account stands today; who lost the role reads nothing more."""
    user = User.objects.filter(pk=reader.user_id, is_active=True).first()
    if user is None:
        return None
    by = actor_of_user(user)
    return by if deny_role(by, *READERS) is None else None


def _letter(by: Actor, at: dt.datetime, email: str) -> EmailMessage:
    year = _year_to_report(at)
    tables = tables_of(by=by, at=at, kind=ReportKind.DAILY, school_year=year)
    office = office_of_person(by)
    steps = tables[0]
    lines = [
        f"- {row.cells[0]}: {shown(row.cells[4], steps.columns[4].kind)}/"
        f"{shown(row.cells[5], steps.columns[5].kind)} {row.cells[3]}, {row.cells[7]}"
        for row in steps.rows
    ]
    title = f"Tiến độ học bạ số năm học {year}, ngày {vietnam_day(at):%d/%m/%Y}"
    body = "\n".join(
        [
            f"Kính gửi {by.name},",
            "",
            f"{office}: {title.lower()}.",
            "",
            *lines,
            "",
            f"Việc đang vướng: {len(tables[3].rows)}. Chi tiết trong tệp kèm theo và tại "
            f"{settings.PUBLIC_URL}/so/toan-canh/.",
            "",
        ]
    )
    letter = EmailMessage(subject=title, body=body, to=[email])
    with translation.override("vi"):
        heading = Heading(office, "Báo cáo tiến độ ngày", year, at, by.name)
        content = write_workbook(heading, tables)
    letter.attach(f"tien-do-{vietnam_day(at):%Y%m%d}.xlsx", content, MEDIA_TYPE)
    return letter


def _year_to_report(at: dt.datetime) -> str:
    """The year whose records are being made: until December the former one is still closed."""
    this, before = years_in_work(at)
    return before if vietnam_day(at).month in {9, 10} else this
