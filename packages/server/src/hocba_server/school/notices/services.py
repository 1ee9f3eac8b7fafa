from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import DateTimeField, Value
from django.db.models.functions import Coalesce

from hocba.errors import Refused, Sentence
from hocba_server.config.jobs import school_jobs
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.notices.models import ByMail, Notice, NoticeKind, NoticePreference
from hocba_server.school.notices.selectors import notice_by_id, notices_of
from hocba_server.school.registry.models import School
from hocba_server.school.registry.selectors import own_school
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

MAIL_JOB: Final = "school.notices.mail"
RHYTHMS: Final = (ByMail.AT_ONCE.value, ByMail.DAILY.value)


def notify(
    *,
    by: Actor,
    at: dt.datetime,
    school: School,
    recipients: Iterable[str],
    kind: NoticeKind,
    title: Sentence,
    url: str,
    text: Sentence | None = None,
    class_name: str = "",
    matter: str = "",
) -> list[int]:
    """Tell people of a school something, in the transaction of the change itself.

    `recipients` are personal numbers; whoever did it is not told of it. `url` is a path of the
    school's pages; neither it nor `class_name` may name a pupil, for both go into the mail.
    `matter` names the work that is asked for, so that `settle` can clear the notice away.
    Call it inside `school_transaction()`: notice, mail job and change exist together or not at
    all. Rights are the caller's matter. Answers the ids of the notices.
    """
    if not transaction.get_connection(SCHOOL_DATABASE).in_atomic_block:
        raise RuntimeError("notify() belongs inside the transaction of the change it tells about")
    if not url.startswith("/truong/"):
        raise ValueError(f"not a page of the school: {url}")
    people = [person for person in dict.fromkeys(recipients) if person != by.personal_id]
    wishes = _wishes(school, people, kind)
    text = text or Sentence("", "")
    rows = Notice.objects.bulk_create(
        Notice(
            school=school,
            recipient=person,
            kind=kind,
            title_vi=title.vi[:200],
            title_en=title.en[:200],
            text_vi=text.vi[:1000],
            text_en=text.en[:1000],
            url=url,
            class_name=class_name,
            matter=matter,
            by_mail=wishes.get(person, ByMail.NO),
            created_by=by.user_id,
            created_at=at,
        )
        for person in people
    )
    return _sent(by, at, school, kind, rows)


def _sent(
    by: Actor, at: dt.datetime, school: School, kind: NoticeKind, rows: Sequence[Notice]
) -> list[int]:
    for row in rows:
        if row.by_mail == ByMail.AT_ONCE:
            school_jobs.configure_task(MAIL_JOB, allow_unknown=True).defer(notice_id=row.pk)
    ids = [row.pk for row in rows]
    if ids:
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="notify",
            subject=f"school:{school.code}",
            detail={"kind": kind.value, "notices": ids},
        )
    return ids


def settle(
    *, at: dt.datetime, school: School, matter: str, waiting: Mapping[str, str] | None = None
) -> set[str]:
    """The work of this matter is done: clear away the notices that asked for it.

    `waiting` names those for whom it is not done, each with the Vietnamese title that is true
    now; their reminders stay, and of the notices that it is their turn the one with this title.
    Answers who of them has been told just that already. Call it inside the transaction of the
    change itself, which is audited by its own room.
    """
    if not transaction.get_connection(SCHOOL_DATABASE).in_atomic_block:
        raise RuntimeError("settle() belongs inside the transaction of the work that is done")
    waiting = waiting or {}
    told: set[str] = set()
    over: list[int] = []
    # Locked in one order: two signers who finish at once never wait for each other.
    rows = (
        Notice.objects.select_for_update()
        .filter(school=school, matter=matter, settled_at__isnull=True)
        .order_by("pk")
    )
    for pk, person, kind, title in rows.values_list("pk", "recipient", "kind", "title_vi"):
        if person in waiting and kind != NoticeKind.TURN:
            continue
        if waiting.get(person) == title:
            told.add(person)
        else:
            over.append(pk)
    Notice.objects.filter(pk__in=over).update(
        settled_at=at, read_at=Coalesce("read_at", Value(at, output_field=DateTimeField()))
    )
    return told


def mark_read(*, by: Actor, at: dt.datetime, notice_id: int) -> Notice:
    """Mark one of the own notices as read; a second time changes nothing."""
    with school_transaction():
        notice = notice_by_id(by, notice_id)
        if notices_of(by).filter(pk=notice_id, read_at__isnull=True).update(read_at=at):
            _audit(by, at, "read_notices", {"notices": [notice_id]})
    return notice


def mark_all_read(*, by: Actor, at: dt.datetime) -> int:
    """Mark every own notice as read that was there at this moment; answers how many."""
    with school_transaction():
        unread = notices_of(by).filter(read_at__isnull=True, created_at__lte=at)
        ids = list(unread.values_list("pk", flat=True))
        Notice.objects.filter(pk__in=ids).update(read_at=at)
        if ids:
            _audit(by, at, "read_notices", {"notices": ids})
    return len(ids)


def set_preference(
    *, by: Actor, at: dt.datetime, email: str, kinds: Collection[str], rhythm: str
) -> int:
    """Choose what also comes by e-mail, where to, and at once or once a day.

    Raises `Refused` for an address that is none, or for kinds without an address.
    """
    email = email.strip()
    _check_choice(email, kinds, rhythm)
    with school_transaction():
        school = own_school(by)
        choice, _ = NoticePreference.objects.update_or_create(
            school=school,
            person=by.personal_id,
            defaults={
                "email": email,
                "kinds": [kind for kind in NoticeKind.values if kind in kinds],
                "rhythm": rhythm,
                "refused_at": None,
                "changed_by": by.user_id,
                "changed_at": at,
            },
        )
        # The address itself is the person's own matter and stays out of the audit.
        detail = {"kinds": sorted(kinds), "rhythm": rhythm, "with_address": bool(email)}
        _audit(by, at, "set_notice_preference", detail)
    return choice.pk


def _check_choice(email: str, kinds: Collection[str], rhythm: str) -> None:
    if rhythm not in RHYTHMS or not set(kinds) <= set(NoticeKind.values):
        raise Refused(
            "choice", "Lựa chọn này không có. Chọn lại rồi lưu.", "There is no such choice."
        )
    if kinds and not email:
        raise Refused(
            "email_missing",
            "Thầy/Cô chọn nhận qua thư nhưng chưa ghi địa chỉ. Ghi địa chỉ thư rồi lưu lại.",
            "You chose e-mail but gave no address. Enter your address and save again.",
        )
    if not email:
        return
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused(
            "email",
            f"“{email[:80]}” không phải địa chỉ thư. Ví dụ đúng: ten@truong.edu.vn.",
            f"“{email[:80]}” is no e-mail address. Example: name@school.edu.vn.",
        ) from error


def _wishes(school: School, people: list[str], kind: NoticeKind) -> dict[str, str]:
    """Person -> rhythm, for those who want this kind by mail and can be reached."""
    if not settings.MAIL_ENABLED or not people:
        return {}
    rows = NoticePreference.objects.filter(school=school, person__in=people).exclude(email="")
    return {row.person: row.rhythm for row in rows if kind.value in row.kinds}


def _audit(by: Actor, at: dt.datetime, action: str, detail: dict[str, object]) -> None:
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"school:{by.unit_code}",
        detail=detail,
    )
