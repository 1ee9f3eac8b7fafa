from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from hocba_server.school.phrases.entries import ABOUT, levels_of
from hocba_server.school.phrases.matching import match_quality
from hocba_server.school.phrases.models import Phrase, PhraseImport, PhraseOrigin
from hocba_server.school.phrases.rights import deny_change, deny_phrase
from hocba_server.school.registry.models import School
from hocba_server.school.registry.permissions import deny_other_school, require
from hocba_server.school.registry.selectors import not_found
from hocba_server.web.accounts.actor import Actor

SUGGESTIONS: Final = 20
OWN, OF_SCHOOL, PROPOSED = "rieng", "truong", "de-xuat"
"""Whose phrases a list shows; as in addresses of pages."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A phrase offered while a comment is typed."""

    phrase_id: int
    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class PhraseFilter:
    """What the list is asked for; empty means everything."""

    about: str = ""
    level: str = ""
    whose: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class PhraseLine:
    """A phrase in the list, with what this person may do with it."""

    phrase: Phrase
    own: bool
    can_change: bool

    @property
    def where(self) -> object:
        """The place of the phrase, as a sentence."""
        return ABOUT[self.phrase.about]

    @property
    def level_words(self) -> object:
        """The level with its words, as a sentence, or None for every level."""
        return levels_of(self.phrase.about).get(self.phrase.level)


def suggestions(
    by: Actor, *, about: str, level: str = "", grade: int | None = None, query: str = ""
) -> list[Suggestion]:
    """Phrases for one cell: own first, then the much used, then the best match; 20 at most.

    One query. A text that stands in both banks comes once, as the person's own.
    """
    rows = _offered(by).filter(about=about)
    if level:
        rows = rows.filter(level__in=["", level])
    if grade is not None:
        rows = rows.filter(
            Q(first_grade__isnull=True) | Q(first_grade__lte=grade),
            Q(last_grade__isnull=True) | Q(last_grade__gte=grade),
        )
    ranked = []
    for pk, text, owner, uses in rows.values_list("pk", "text", "owner", "uses"):
        quality = match_quality(query, text)
        if quality is not None:
            ranked.append((not owner, -uses, quality, text, pk))
    ranked.sort()
    best: dict[str, Suggestion] = {}
    for of_school, _uses, _quality, text, pk in ranked:
        best.setdefault(text, Suggestion(pk, text, not of_school))
    return list(best.values())[:SUGGESTIONS]


def phrases_of(by: Actor, asked: PhraseFilter) -> list[Phrase]:
    """The phrases that this person sees, by place, level and text."""
    rows = proposals(by) if asked.whose == PROPOSED else _offered(by)
    if asked.whose == OWN:
        rows = rows.filter(owner=by.personal_id).exclude(owner="")
    if asked.whose == OF_SCHOOL:
        rows = rows.filter(owner="")
    if asked.about:
        rows = rows.filter(about=asked.about)
    if asked.level:
        rows = rows.filter(level=asked.level)
    places, letters = list(ABOUT), "THĐC"
    found = [row for row in rows if match_quality(asked.query, row.text) is not None]
    return sorted(
        found, key=lambda row: (places.index(row.about), letters.find(row.level), row.text, row.pk)
    )


def lines_of(by: Actor, phrases: list[Phrase]) -> list[PhraseLine]:
    """The phrases of one page of the list."""
    return [
        PhraseLine(
            phrase,
            own=bool(phrase.owner) and phrase.owner == by.personal_id,
            can_change=deny_change(by, phrase) is None,
        )
        for phrase in phrases
    ]


def proposals(by: Actor) -> QuerySet[Phrase]:
    """Phrases that colleagues propose for the school; leaders are asked, others see their own."""
    rows = Phrase.objects.select_related("school").filter(
        school__code=by.unit_code, removed_at__isnull=True, proposed_at__isnull=False
    )
    if by.has("CBQL", "HIEU_TRUONG"):
        return rows
    return rows.filter(owner=by.personal_id)


def phrase_by_id(by: Actor, phrase_id: int, *, lock: bool = False, removed: bool = False) -> Phrase:
    """A phrase that this person may read; `removed` asks for one that was removed."""
    phrase = _stored(phrase_id, lock=lock)
    if (phrase.removed_at is not None) != removed:
        raise not_found()
    require(deny_phrase(by, phrase))
    return phrase


def proposal_by_id(by: Actor, phrase_id: int, *, lock: bool = False) -> Phrase:
    """A colleague's phrase that waits for a leader of the same school."""
    phrase = _stored(phrase_id, lock=lock)
    require(deny_other_school(by, phrase.school.code))
    if phrase.proposed_at is None or phrase.removed_at is not None:
        raise not_found()
    return phrase


def stored_import(by: Actor, preview_id: uuid.UUID, *, lock: bool = False) -> PhraseImport:
    """A file that this person uploaded; those of others do not exist for them."""
    rows = PhraseImport.objects.select_related("school")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(pk=preview_id, owner=by.personal_id).first()
    if found is None:
        raise not_found()
    require(deny_other_school(by, found.school.code))
    return found


def has_starter_set(school: School) -> bool:
    """Whether the school has taken the starter set, also when its phrases were removed since."""
    return Phrase.objects.filter(school=school, origin=PhraseOrigin.STARTER).exists()


def _stored(phrase_id: int, *, lock: bool) -> Phrase:
    rows = Phrase.objects.select_related("school")
    if lock:
        rows = rows.select_for_update(of=("self",))
    phrase = rows.filter(pk=phrase_id).first()
    if phrase is None:
        raise not_found()
    return phrase


def _offered(by: Actor) -> QuerySet[Phrase]:
    """What stands in the school's bank and in the person's own."""
    return Phrase.objects.select_related("school").filter(
        school__code=by.unit_code, owner__in={"", by.personal_id}, removed_at__isnull=True
    )
