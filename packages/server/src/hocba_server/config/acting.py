"""For whom the city's database is asked, so that row security knows which rows to let through.

The scope lives in a context variable and is set where a request's actor becomes known or a job
starts. The connection tells it to PostgreSQL before a statement whenever it has changed
(`hocba_server.config.guarded`). Whoever forgets to set it is nobody, and nobody sees a row.
Decision 0027.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.http import HttpRequest, HttpResponse


class Kind(StrEnum):
    """Who acts. The policies name these values (`city/access/policies.py`)."""

    NOBODY = ""
    PLATFORM = "platform"
    """The platform itself: jobs, inspection, export."""
    CITY = "city"
    """Somebody of the department who may read the whole city."""
    ADMINISTRATOR = "administrator"
    """The department's administrator: people and rights, never a result."""
    UNITS = "units"
    """A ward officer, or the software of one school: the rows of these units."""
    RECORD = "record"
    """The public page: one record whose number somebody has, and what stands before and after."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the database is told."""

    kind: Kind = Kind.NOBODY
    unit: str = ""
    """Code of the office or school that acts; its own audit entries."""
    units: tuple[str, ...] = ()
    """Codes of the schools whose rows may be seen (`Kind.UNITS`)."""
    record: str = ""
    """Number of the record (`Kind.RECORD`)."""

    def __post_init__(self) -> None:
        """A list is told as one text with commas; a code with a comma would name two units."""
        if any("," in code for code in self.units):
            raise ValueError("a unit code holds a comma")


NOBODY: Final = Scope()
PLATFORM: Final = Scope(Kind.PLATFORM)

_current: ContextVar[Scope] = ContextVar("hocba_scope", default=NOBODY)


def current_scope() -> Scope:
    """The scope that holds here."""
    return _current.get()


@contextmanager
def acting(scope: Scope) -> Iterator[None]:
    """Act in this scope inside; afterwards the one before holds again."""
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


def act_from_here(scope: Scope) -> None:
    """Act in this scope until the program ends, or the request: `NobodyAtFirst` bounds it."""
    _current.set(scope)


class NobodyAtFirst:
    """Middleware: a request begins as nobody and leaves nothing behind in its thread.

    What finds out who asks may so say `act_from_here`, e.g. an API once it knows the sender.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        with acting(NOBODY):
            return self.get_response(request)


def one_record(record_uuid: str) -> Scope:
    """The scope of somebody who names one record, e.g. on the public page."""
    return Scope(Kind.RECORD, record=record_uuid.replace("\0", ""))
