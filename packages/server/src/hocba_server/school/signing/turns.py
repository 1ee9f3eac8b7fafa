"""Telling people that it is their turn: after a session, or when records have been created."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.dispatch import receiver
from django.urls import reverse

from hocba.errors import Sentence
from hocba.record.model import SignerRole
from hocba_server.school.issuing import happenings
from hocba_server.school.issuing.models import AnnualRecordDraft, IssueBatch
from hocba_server.school.issuing.selectors import records_of, records_of_batches
from hocba_server.school.notices import matters
from hocba_server.school.notices.models import NoticeKind
from hocba_server.school.notices.services import notify, settle
from hocba_server.school.registry.models import SchoolRole
from hocba_server.school.registry.selectors import people_in_role
from hocba_server.school.signing.models import SigningSession
from hocba_server.school.signing.rights import waits_for
from hocba_server.web.accounts.actor import Actor


@receiver(happenings.records_moved)
def records_have_moved(*, by: Actor, at: dt.datetime, batch: IssueBatch, **_: object) -> None:
    """Records were created, returned or created anew."""
    _tell_signers(batch, records_of(batch), by, at)


def tell_next_signers(session: SigningSession, by: Actor, at: dt.datetime) -> None:
    """After a session: whoever is next in its classes hears of it, once per class."""
    batches = list(
        IssueBatch.objects.filter(records__in=session.items.values("record_id"))
        .select_related("classroom__school", "signing_leader")
        .order_by("pk")
        .distinct()
    )
    records = records_of_batches(batches)
    for batch in batches:
        _tell_signers(batch, records[batch.pk], by, at)


def _tell_signers(
    batch: IssueBatch, records: Iterable[AnnualRecordDraft], by: Actor, at: dt.datetime
) -> None:
    """Tell those whose signature the records of a class wait for now; those who have signed
    need no notice any more, and nobody is told twice of the same."""
    room = batch.classroom
    counts = Counter(person for record in records for person in _next_people(batch, record))
    titles = {
        person: Sentence(
            f"Lớp {room.name}: {count} học bạ chờ Thầy/Cô ký",
            f"Class {room.name}: {count} records wait for your signature",
        )
        for person, count in counts.items()
    }
    told = settle(
        at=at,
        school=room.school,
        matter=matters.sign(room),
        waiting={person: title.vi for person, title in titles.items()},
    )
    for person in sorted(titles.keys() - told):
        notify(
            by=by,
            at=at,
            school=room.school,
            recipients=[person],
            kind=NoticeKind.TURN,
            title=titles[person],
            url=reverse("school_signing:desk"),
            class_name=room.name,
            matter=matters.sign(room),
        )


def _next_people(batch: IssueBatch, record: AnnualRecordDraft) -> set[str]:
    found: set[str] = set()
    for code in record.pending_subjects:
        person = record.subject_signers.get(code, "")
        if waits_for(record, SignerRole.SUBJECT_TEACHER, person):
            found.add(person)
    if waits_for(record, SignerRole.HOMEROOM_TEACHER, record.homeroom_signer):
        found.add(record.homeroom_signer)
    leader = batch.signing_leader.personal_id
    if waits_for(record, SignerRole.SCHOOL_LEADER, leader):
        found.add(leader)
    if waits_for(record, SignerRole.ORGANISATION, ""):
        room = batch.classroom
        found |= set(people_in_role(room.school, room.school_year, SchoolRole.SCHOOL_CLERK))
    return found
