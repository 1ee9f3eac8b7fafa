from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError
from django.db.models import F
from django.urls import reverse

from hocba.errors import Refused, Sentence
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.notices.models import NoticeKind
from hocba_server.school.notices.services import notify
from hocba_server.school.phrases.entries import PhraseEntry
from hocba_server.school.phrases.models import Phrase, PhraseOrigin
from hocba_server.school.phrases.rights import (
    deny_bank,
    deny_change,
    deny_own_bank,
    deny_school_bank,
)
from hocba_server.school.phrases.selectors import (
    PROPOSED,
    has_starter_set,
    phrase_by_id,
    proposal_by_id,
)
from hocba_server.school.phrases.starter import starter_phrases
from hocba_server.school.registry.models import School
from hocba_server.school.registry.permissions import require
from hocba_server.school.registry.selectors import leaders, own_school, school_years
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

BANK_LIMIT: Final = 2000
"""Phrases of one person, and of a school: every one of them is looked at with every letter, and
both banks together fit into one spreadsheet that can be read in again."""


def add_phrase(*, by: Actor, at: dt.datetime, entry: PhraseEntry, for_school: bool = False) -> int:
    """Add a phrase to the own bank, or to the school's as a leader."""
    require(deny_bank(by))
    require(deny_school_bank(by) if for_school else deny_own_bank(by))
    with school_transaction():
        school = lock_school(by)
        owner = "" if for_school else str(by.personal_id)
        refuse_full_bank(school, owner, adding=1)
        phrase = new_phrase(school, owner, entry, PhraseOrigin.TYPED, by, at)
        _keep(phrase)
        _audit(by, at, "add_phrase", phrase, {"about": entry.about, "level": entry.level})
    return phrase.pk


def edit_phrase(*, by: Actor, at: dt.datetime, phrase_id: int, entry: PhraseEntry) -> int:
    """Change a phrase; comments that were made with it stay as they are."""
    with school_transaction():
        phrase = phrase_by_id(by, phrase_id, lock=True)
        require(deny_change(by, phrase))
        change_phrase(phrase, entry, by, at)
    return phrase.pk


def change_phrase(phrase: Phrase, entry: PhraseEntry, by: Actor, at: dt.datetime) -> None:
    """Write new values of a locked phrase in the open transaction, with what they were."""
    before = {name: getattr(phrase, name) for name in PhraseEntry.__slots__}
    after = {name: getattr(entry, name) for name in PhraseEntry.__slots__}
    changed = {name: value for name, value in before.items() if value != after[name]}
    if not changed:
        return
    for name, value in after.items():
        setattr(phrase, name, value)
    phrase.changed_by, phrase.changed_at = by.user_id, at
    _keep(phrase)
    _audit(by, at, "edit_phrase", phrase, {"before": changed})


def remove_phrase(*, by: Actor, at: dt.datetime, phrase_id: int) -> int:
    """Take a phrase out of the bank; `restore_phrase` puts it back."""
    with school_transaction():
        phrase = phrase_by_id(by, phrase_id, lock=True)
        require(deny_change(by, phrase))
        phrase.removed_by, phrase.removed_at = by.user_id, at
        _keep(phrase)
        _audit(by, at, "remove_phrase", phrase, {})
    return phrase.pk


def restore_phrase(*, by: Actor, at: dt.datetime, phrase_id: int) -> int:
    """Put a removed phrase back, unless the same one was added in the meantime."""
    with school_transaction():
        phrase = phrase_by_id(by, phrase_id, lock=True, removed=True)
        require(deny_change(by, phrase))
        phrase.removed_by = phrase.removed_at = None
        _keep(phrase)
        _audit(by, at, "restore_phrase", phrase, {})
    return phrase.pk


def propose_phrase(*, by: Actor, at: dt.datetime, phrase_id: int) -> int:
    """Propose an own phrase for the school's bank; the leaders are told."""
    with school_transaction():
        phrase = phrase_by_id(by, phrase_id, lock=True)
        require(deny_change(by, phrase))
        if not phrase.owner or phrase.proposed_at is not None:
            raise Refused(
                "proposed_already",
                "Câu này đã là của trường hoặc đã được đề xuất.",
                "This phrase is the school's already, or was proposed before.",
            )
        phrase.proposed_at = at
        _keep(phrase)
        _audit(by, at, "propose_phrase", phrase, {})
        years = school_years(phrase.school)
        asked = leaders(phrase.school, years[0]) if years else []
        notify(
            by=by,
            at=at,
            school=phrase.school,
            recipients=[person.personal_id for person in asked],
            kind=NoticeKind.PHRASE,
            title=Sentence("Có câu nhận xét được đề xuất", "A phrase was proposed"),
            text=Sentence(
                "Một giáo viên đề xuất một câu cho mẫu nhận xét của trường. Thầy/Cô xem và quyết "
                "định.",
                "A teacher proposed a phrase for the school's comment bank. Please decide.",
            ),
            url=f"{reverse('school_phrases:phrases')}?cua={PROPOSED}",
        )
    return phrase.pk


def accept_proposal(*, by: Actor, at: dt.datetime, phrase_id: int) -> int:
    """Make a proposed phrase one of the school; the proposer is told."""
    require(deny_school_bank(by))
    with school_transaction():
        phrase = proposal_by_id(by, phrase_id, lock=True)
        proposer, phrase.owner, phrase.proposed_at = phrase.owner, "", None
        _keep(phrase)
        _audit(by, at, "accept_phrase", phrase, {})
        title = Sentence("Câu của Thầy/Cô đã vào mẫu chung", "Your phrase is the school's now")
        text = Sentence(
            "Lãnh đạo nhà trường đã nhận câu Thầy/Cô đề xuất vào mẫu nhận xét của trường.",
            "A leader accepted the phrase that you proposed into the school's bank.",
        )
        _tell_proposer(by, at, phrase.school, proposer, title, text)
    return phrase.pk


def decline_proposal(*, by: Actor, at: dt.datetime, phrase_id: int) -> int:
    """Leave a proposed phrase with its owner; the proposer is told."""
    require(deny_school_bank(by))
    with school_transaction():
        phrase = proposal_by_id(by, phrase_id, lock=True)
        phrase.proposed_at = None
        _keep(phrase)
        _audit(by, at, "decline_phrase", phrase, {})
        title = Sentence("Câu của Thầy/Cô vẫn là câu riêng", "Your phrase stays your own")
        text = Sentence(
            "Lãnh đạo nhà trường chưa nhận câu Thầy/Cô đề xuất. Thầy/Cô vẫn dùng được câu này.",
            "The phrase that you proposed was not taken. You can still use it yourself.",
        )
        _tell_proposer(by, at, phrase.school, phrase.owner, title, text)
    return phrase.pk


def take_starter_set(*, by: Actor, at: dt.datetime) -> int:
    """Put the starter set into the school's bank, once; answers how many phrases were new."""
    require(deny_school_bank(by))
    with school_transaction():
        school = lock_school(by)
        if has_starter_set(school):
            raise Refused(
                "starter_taken",
                "Trường đã lấy bộ mẫu rồi. Thầy/Cô sửa hoặc thêm câu ngay trong danh sách.",
                "The starter set was taken before. Edit or add phrases in the list.",
            )
        entries = starter_phrases()
        refuse_full_bank(school, "", adding=len(entries))
        rows = [new_phrase(school, "", entry, PhraseOrigin.STARTER, by, at) for entry in entries]
        before = Phrase.objects.filter(school=school, owner="").count()
        Phrase.objects.bulk_create(rows, ignore_conflicts=True)
        added = Phrase.objects.filter(school=school, owner="").count() - before
        record_event(
            using=SCHOOL_DATABASE,
            by=by,
            at=at,
            action="take_starter_phrases",
            subject=f"school:{school.code}",
            detail={"added": added},
        )
    return added


def count_use(*, by: Actor, at: dt.datetime, phrase_id: int) -> None:
    """Count that a phrase went into a comment.

    No audit row: the number says nothing about a pupil, and who wrote the comment is kept with it.
    """
    del at  # the same signature as every service; a counter has no time
    require(deny_bank(by))
    phrase = phrase_by_id(by, phrase_id)
    with school_transaction():
        Phrase.objects.filter(pk=phrase.pk).update(uses=F("uses") + 1)


def lock_school(by: Actor) -> School:
    """The own school, locked until commit: its bank is counted and filled by one at a time."""
    return School.objects.select_for_update().get(pk=own_school(by).pk)


def refuse_full_bank(school: School, owner: str, *, adding: int) -> None:
    """Refuse what would make a bank too large to be searched with every letter."""
    kept = Phrase.objects.filter(school=school, owner=owner, removed_at__isnull=True).count()
    if kept + adding > BANK_LIMIT:
        raise Refused(
            "bank_full",
            f"Mẫu nhận xét chỉ giữ nhiều nhất {BANK_LIMIT} câu. Xoá bớt câu không dùng.",
            f"A comment bank holds at most {BANK_LIMIT} phrases. Remove some that are not used.",
        )


def new_phrase(
    school: School,
    owner: str,
    entry: PhraseEntry,
    origin: PhraseOrigin,
    by: Actor,
    at: dt.datetime,
) -> Phrase:
    """A phrase with who and when, not yet saved."""
    return Phrase(
        school=school,
        owner=owner,
        about=entry.about,
        level=entry.level,
        first_grade=entry.first_grade,
        last_grade=entry.last_grade,
        text=entry.text,
        origin=origin,
        created_by=by.user_id,
        created_at=at,
        changed_by=by.user_id,
        changed_at=at,
    )


def _keep(phrase: Phrase) -> None:
    """Save; the database knows whether the same phrase is there already."""
    try:
        with school_transaction():
            phrase.save()
    except IntegrityError as error:
        if "phrase_once" not in str(error):
            raise
        raise Refused(
            "phrase_once",
            "Câu này đã có sẵn cho cùng môn, mức và khối.",
            "The same phrase for this place, level and grades is there already.",
        ) from error


def _tell_proposer(
    by: Actor, at: dt.datetime, school: School, proposer: str, title: Sentence, text: Sentence
) -> None:
    notify(
        by=by,
        at=at,
        school=school,
        recipients=[proposer],
        kind=NoticeKind.PHRASE,
        title=title,
        text=text,
        url=reverse("school_phrases:phrases"),
    )


def _audit(
    by: Actor, at: dt.datetime, action: str, phrase: Phrase, detail: Mapping[str, Any]
) -> None:
    record_event(
        using=SCHOOL_DATABASE,
        by=by,
        at=at,
        action=action,
        subject=f"phrase:{phrase.pk}",
        detail=detail,
    )
