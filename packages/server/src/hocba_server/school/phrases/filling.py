"""Fill the comments of a class from phrases, and say when nearly everybody has the same text.

Comments are about one pupil each (TT 27/2020/TT-BGDĐT Điều 6): phrases rotate, so that neighbours
on the class list differ, and what a teacher has written already stays. Pure functions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hocba.errors import Sentence
from hocba_server.school.phrases.placeholders import GIVEN_NAME, filled

SAME_TEXT_SHARE: Final = 0.6
SAME_TEXT_PUPILS: Final = 10
_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class FillRow:
    """One pupil of the class list, in its order."""

    enrolment_id: int
    given_name: str
    level: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The comment proposed for one pupil; a person still decides."""

    enrolment_id: int
    text: str


@dataclass(frozen=True, slots=True)
class NamedComment:
    """A comment and the given name of the pupil whom it is about."""

    given_name: str
    text: str


def propose_comments(
    rows: Sequence[FillRow],
    phrases: Sequence[str],
    *,
    level: str,
    overwrite: bool = False,
    limit: int | None = None,
) -> list[Proposal]:
    """Propose a comment for each pupil of a level; an existing one is replaced only if asked.

    Two proposals next to each other differ as soon as there are two phrases; with three they also
    differ from the comments that stay. `limit` (characters): longer texts are not proposed.
    """
    wheel = list(dict.fromkeys(phrases))
    proposals: list[Proposal] = []
    turn, before = 0, ""
    for place, row in enumerate(rows):
        if row.level != level or (row.comment and not overwrite):
            before = _bare(row.comment, row.given_name)
            continue
        after = _comment_that_stays(rows, place + 1, level, overwrite)
        chosen = _choose(wheel, turn, row.given_name, before, after, limit)
        if chosen is None:
            before = _bare(row.comment, row.given_name)
            continue
        turn = chosen + 1
        text = filled(wheel[chosen], row.given_name)
        proposals.append(Proposal(row.enrolment_id, text))
        before = _bare(text, row.given_name)
    return proposals


def same_text_warning(comments: Sequence[NamedComment]) -> Sentence | None:
    """Say when more than 60 percent of at least ten pupils have the same text, names aside.

    Allowed, but never without saying so. Empty comments do not count.
    """
    texts = [_bare(each.text, each.given_name) for each in comments if each.text.strip()]
    if len(texts) < SAME_TEXT_PUPILS:
        return None
    most = Counter(texts).most_common(1)[0][1]
    if most <= SAME_TEXT_SHARE * len(texts):
        return None
    return Sentence(
        f"{most} trong {len(texts)} em có cùng một nhận xét. Thầy/Cô nên viết thêm điều riêng của "
        "từng em.",
        f"{most} of {len(texts)} pupils have the same comment. Add something about each pupil.",
    )


def _choose(
    wheel: list[str], turn: int, given_name: str, before: str, after: str, limit: int | None
) -> int | None:
    """The next phrase of the wheel that differs from both neighbours, or at least from the one
    before; None when no phrase fits."""
    order = [(turn + step) % len(wheel) for step in range(len(wheel))]
    texts = {index: filled(wheel[index], given_name) for index in order}
    fitting = [index for index in order if limit is None or len(texts[index]) <= limit]
    bare = {index: _bare(texts[index], given_name) for index in fitting}
    other = [index for index in fitting if bare[index] != before]
    best = [index for index in other if bare[index] != after]
    return next(iter(best or other or fitting), None)


def _comment_that_stays(rows: Sequence[FillRow], place: int, level: str, overwrite: bool) -> str:
    if place >= len(rows):
        return ""
    row = rows[place]
    stays = row.level != level or not overwrite
    return _bare(row.comment, row.given_name) if stays else ""


def _bare(text: str, given_name: str) -> str:
    """The text without the pupil's name, case and blanks: what makes two comments the same."""
    if given_name:
        name = re.compile(rf"(?<!\w){re.escape(given_name)}(?!\w)")
        text = name.sub(GIVEN_NAME, text)
    return _SPACES.sub(" ", text).strip(" .").casefold()
