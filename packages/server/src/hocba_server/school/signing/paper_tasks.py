"""What a kind of paper says of itself, so that it is signed with any of the three kinds of keys.

A room that has papers to sign describes them with one `PaperTask`; the room `paperwork` gathers
these and has the pages. So each paper is signed in the same way: with a key that the platform
reaches (demo, training, an HSM), with the device on the signer's computer, or at a remote service.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hocba.errors import Sentence
from hocba.ports import Key
from hocba.record.model import SignerRole
from hocba.workflow.transitions import Denial
from hocba_server.school.signing.key_sources import key_sources
from hocba_server.school.signing.models import KeySource
from hocba_server.web.accounts.actor import Actor

Wish = Mapping[str, Any]
"""What exactly is to be signed, as plain JSON: the same wish gives the same digests."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a person filled into the form of a paper."""

    values: Mapping[str, Sequence[str]]

    def one(self, name: str, most: int = 500) -> str:
        """The last value of a field, as forms have it, cut to `most` characters."""
        found = self.values.get(name) or [""]
        return str(found[-1])[:most]

    def many(self, name: str) -> list[str]:
        """All values of a field."""
        return [str(value) for value in self.values.get(name) or []]

    def number(self, name: str) -> int:
        """A whole number; 0 for anything else."""
        return whole_number(self.one(name))

    def numbers(self, name: str) -> list[int]:
        """The whole numbers among the values of a field, each once."""
        return list(dict.fromkeys(filter(None, map(whole_number, self.many(name)))))


def whole_number(text: str) -> int:
    """A positive whole number of up to nine digits from a form; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the papers: a sentence for the person and where to go on."""

    sentence: Sentence
    address: str
    more: bool = False
    """More papers of this kind wait; a device that is open already signs them too."""


@dataclass(frozen=True, slots=True)
class PaperTask:
    """One kind of paper: who signs it, what was wished, and the work itself."""

    name: str
    """Stands in addresses and, persisted, in `PaperRound.purpose`."""
    title: Sentence
    """What the person reads where the key asks for consent."""
    role: SignerRole
    """`ORGANISATION` for the school's certificate, else the person's own."""
    deny: Callable[[Actor], Denial | None]
    read: Callable[[Actor, Typed], Wish]
    """What was typed becomes a wish. Raises `Refused` when nothing can be signed."""
    sign: Callable[[Actor, Key, dt.datetime, Wish], Kept]
    """Sign what the wish says, all of it or nothing, with every check of it."""
    count: Callable[[Wish], int] = lambda _wish: 1
    limit: Callable[[Wish, int], Wish] = lambda wish, _most: wish
    """A part of the wish with at most so many signatures, for keys that give no more at once."""

    @property
    def organisation(self) -> bool:
        """Is it the school's key that signs?"""
        return self.role is SignerRole.ORGANISATION


@dataclass(frozen=True, slots=True)
class PaperKeys:
    """What the page of a paper offers for signing it."""

    task: str
    title: Sentence
    server: bool
    agent: bool
    remote: bool


def paper_keys(task: PaperTask, by: Actor) -> PaperKeys:
    """The kinds of keys with which this person may sign this paper."""
    found = key_sources(task.role, by.unit_code)
    return PaperKeys(
        task.name,
        task.title,
        KeySource.SERVER in found,
        KeySource.AGENT in found,
        KeySource.REMOTE in found,
    )
