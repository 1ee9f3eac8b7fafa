"""Notices by e-mail. A mail says that there is something new, for which class, and where to look;
never what: mailboxes are not part of the school (design: no personal data of pupils leaves)."""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formatdate
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q

from hocba.errors import Unavailable
from hocba.ports import Clock
from hocba_server.school.database import school_transaction
from hocba_server.school.notices.models import ByMail, Notice, NoticePreference

LIST_PAGE: Final = "/truong/thong-bao/"


@dataclass(frozen=True, slots=True)
class MailText:
    """Subject and body of one mail."""

    subject: str
    body: str


def mail_text(class_names: Sequence[str], *, count: int, link: str) -> MailText:
    """The words of a mail about `count` notices of these classes."""
    classes = ", ".join(dict.fromkeys(name for name in class_names if name))
    number = f"{count} " if count > 1 else ""
    lines = [
        f"Thầy/Cô có {number}việc mới trên Học bạ số.",
        *([f"Lớp: {classes}"] if classes else []),
        f"Mở tại: {link}",
        "",
        "Để đổi cách nhận thư, mở trang Thông báo, mục Cài đặt.",
        "",
        f"You have {f'{count} new notices' if count > 1 else 'a new notice'} in Học bạ số"
        + (f" (class {classes})." if classes else "."),
    ]
    return MailText("Thầy/Cô có việc mới trên Học bạ số", "\n".join(lines) + "\n")


def send_notice(notice_id: int, *, clock: Clock) -> None:
    """Send the mail of one notice. Raises `Unavailable` when it should be tried again.

    Run twice it sends once: the row is locked and remembers. When the program dies between the
    server's answer and the commit, the mail goes again under the same Message-ID.
    """
    with school_transaction():
        notice = (
            Notice.objects.select_for_update(of=("self",))
            .filter(pk=notice_id, emailed_at__isnull=True)
            .exclude(by_mail=ByMail.NO)
            .first()
        )
        if notice is None:
            return
        at = clock.now()
        link = f"{settings.PUBLIC_URL}{notice.url}"
        text = mail_text([notice.class_name], count=1, link=link)
        _send([notice], text, f"notice-{notice.pk}", at)


def send_daily(*, clock: Clock) -> int:
    """One mail for each person who wants one a day and has unread notices; answers how many.

    Each person is a transaction of its own: one refused address stops nobody else's mail.
    Raises `Unavailable` at the end when some could not be sent; those stay for the next try.
    """
    waiting = (
        Notice.objects.filter(_FOR_DAILY_MAIL)
        .order_by("school_id", "recipient")
        .values_list("school_id", "recipient")
        .distinct()
    )
    sent, fault = 0, None
    for school_id, person in list(waiting):
        try:
            sent += _send_daily(school_id, person, clock.now())
        except Unavailable as unavailable:
            fault = unavailable
    if fault is not None:
        raise fault
    return sent


_FOR_DAILY_MAIL: Final = Q(by_mail=ByMail.DAILY, emailed_at__isnull=True, read_at__isnull=True)


def _send_daily(school_id: int, person: str, at: dt.datetime) -> bool:
    with school_transaction():
        rows = list(
            Notice.objects.select_for_update(of=("self",))
            .filter(_FOR_DAILY_MAIL, school_id=school_id, recipient=person)
            .order_by("pk")
        )
        if not rows:
            return False
        link = f"{settings.PUBLIC_URL}{LIST_PAGE}"
        text = mail_text([row.class_name for row in rows], count=len(rows), link=link)
        return _send(rows, text, f"notices-{rows[0].pk}-{rows[-1].pk}", at)


def _send(rows: list[Notice], text: MailText, number: str, at: dt.datetime) -> bool:
    """Send to the address that holds now and remember it. False: there is no usable address."""
    choice = NoticePreference.objects.filter(
        school_id=rows[0].school_id, person=rows[0].recipient
    ).first()
    if choice is None or not choice.email or choice.refused_at is not None:
        return False
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    message = EmailMessage(
        text.subject,
        text.body,
        to=[choice.email],
        headers={
            "Message-ID": f"<{number}@{host}>",
            "Date": formatdate(at.timestamp(), localtime=False),
            "Auto-Submitted": "auto-generated",
        },
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused:
        choice.refused_at = at
        choice.save(update_fields=["refused_at"])
        return False
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable(
            "mail",
            "Chưa gửi được thư. Hệ thống sẽ thử lại.",
            "The mail could not be sent; it will be tried again.",
        ) from error
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(emailed_at=at)
    return True
