from __future__ import annotations

from django.db.models import QuerySet

from hocba_server.school.notices.models import Notice, NoticePreference
from hocba_server.school.registry.selectors import not_found
from hocba_server.web.accounts.actor import Actor


def notices_of(by: Actor) -> QuerySet[Notice]:
    """The notices of this person at the own school: unread first, then the newest."""
    return Notice.objects.filter(school__code=by.unit_code, recipient=by.personal_id)


def unread_count(by: Actor) -> int:
    """How many notices wait; one query on an index that holds unread ones only."""
    return notices_of(by).filter(read_at__isnull=True).count()


def notice_by_id(by: Actor, notice_id: int) -> Notice:
    """One of this person's notices; those of others do not exist for them."""
    found = notices_of(by).filter(pk=notice_id).first()
    if found is None:
        raise not_found()
    return found


def preference_of(by: Actor) -> NoticePreference | None:
    """What this person chose, if they ever did."""
    return NoticePreference.objects.filter(school__code=by.unit_code, person=by.personal_id).first()
