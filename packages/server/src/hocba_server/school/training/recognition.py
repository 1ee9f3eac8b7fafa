"""Recognising completed tasks from what really happened in the training school. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hocba_server.school.training.task_list import Rule, Task


@dataclass(frozen=True, slots=True)
class Event:
    """One act of the person in the training school, from the audit trail."""

    action: str
    at: dt.datetime
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EnteredSheet:
    """What the person entered into one sheet of one class."""

    sheet: str
    period: str
    pupils: int
    """Pupils for whom the person entered something."""
    roll: int
    """Pupils of the class."""
    corrected: int
    """Values that were there before and were changed."""
    last_at: dt.datetime

    @property
    def whole(self) -> bool:
        """Was something entered for every pupil of the class?"""
        return self.roll > 0 and self.pupils >= self.roll


def done_tasks(
    tasks: Iterable[Task], events: Sequence[Event], sheets: Sequence[EnteredSheet]
) -> list[tuple[Task, dt.datetime]]:
    """The tasks that are done, each with the moment from which it is."""
    found = []
    for task in tasks:
        moment = _moment(task.done, events, sheets)
        if moment is not None:
            found.append((task, moment))
    return found


def _moment(
    rule: Rule, events: Sequence[Event], sheets: Sequence[EnteredSheet]
) -> dt.datetime | None:
    if rule.actions:
        moments = [event.at for event in events if _fits(rule, event)]
    elif rule.corrected:
        moments = [sheet.last_at for sheet in sheets if sheet.corrected]
    else:
        moments = [
            sheet.last_at
            for sheet in sheets
            if sheet.whole
            and sheet.sheet.startswith(rule.sheet)
            and rule.period in {"", sheet.period}
        ]
    return min(moments, default=None)


def _fits(rule: Rule, event: Event) -> bool:
    if event.action not in rule.actions:
        return False
    for name, text in rule.detail:
        if str(event.detail.get(name, "")) != text:
            return False
    return all(_number(event.detail.get(name)) > 0 for name in rule.positive)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
