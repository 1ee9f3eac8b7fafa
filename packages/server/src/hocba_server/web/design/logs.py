"""What goes into the log when something fails: where and what kind, never whose.

Messages of exceptions quote what they choked on: PostgreSQL the key that exists already, Python the
text that is no number. Names and numbers of pupils do not belong in logs and error reports
(invariant 8), so that only types, places in the code and SQL states are written.
"""

from __future__ import annotations

import copy
import logging
import traceback
from types import TracebackType
from typing import Any

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlainFormatter(logging.Formatter):
    """A line for each event; of an exception its types and its places, without its words."""

    def format(self, record: logging.LogRecord) -> str:
        """Write anew what another handler may have written with all its words."""
        plain = copy.copy(record)
        plain.exc_text = None
        plain.msg, plain.args = _named(record.msg), _without_words(record.args)
        return super().format(plain)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - the base class's name
        """Chain of types with the lines of code where they arose."""
        return "\n".join(_lines(ei[1])) if ei[1] is not None else ""


def speak_plainly() -> None:
    """Have the handlers that the settings made write so."""
    for handler in logging.getLogger().handlers:
        given = handler.formatter
        if isinstance(handler, logging.StreamHandler) and not isinstance(given, PlainFormatter):
            handler.setFormatter(PlainFormatter(given._fmt if given else None))


def _without_words(arguments: Any) -> Any:
    """Arguments of a log message, exceptions among them by type only."""
    if isinstance(arguments, tuple):
        return tuple(_named(each) for each in arguments)
    return arguments


def _named(argument: object) -> object:
    return _kind(argument) if isinstance(argument, BaseException) else argument


def _kind(fault: BaseException) -> str:
    state = getattr(fault, "sqlstate", None)
    name = f"{type(fault).__module__}.{type(fault).__qualname__}"
    return f"{name} (SQLSTATE {state})" if state else name


def _lines(fault: BaseException, seen: frozenset[int] = frozenset()) -> list[str]:
    """The fault and, indented before it, what it came from."""
    before = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    lines: list[str] = []
    if before is not None and id(before) not in seen:
        lines += _lines(before, seen | {id(fault)})
        lines.append("which led to:")
    lines += [
        f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        for frame in traceback.extract_tb(fault.__traceback__)
    ]
    return [*lines, _kind(fault)]
