"""The guided tasks, read from `tasks.toml`: what to do, why, where, and how it is recognised."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from hocba.errors import Sentence

FILE: Final = Path(__file__).with_name("tasks.toml")
_RULE_FIELDS: Final = {"actions", "detail", "positive", "sheet", "period", "corrected"}


@dataclass(frozen=True, slots=True)
class Rule:
    """How a task is recognised as done."""

    actions: frozenset[str] = frozenset()
    detail: tuple[tuple[str, str], ...] = ()
    positive: tuple[str, ...] = ()
    sheet: str = ""
    period: str = ""
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One guided task."""

    key: str
    roles: tuple[str, ...]
    title: Sentence
    why: Sentence
    steps: tuple[Sentence, ...]
    where: str
    """Name of the page to start from."""
    done: Rule


@lru_cache(maxsize=1)
def all_tasks() -> tuple[Task, ...]:
    """Every task in the order of the file. Raises `ValueError` for a task that is not whole."""
    with FILE.open("rb") as file:
        read = tomllib.load(file)["task"]
    tasks = tuple(_task(each) for each in read)
    if len({task.key for task in tasks}) != len(tasks):
        msg = "tasks.toml: a key stands twice"
        raise ValueError(msg)
    return tasks


def tasks_for(roles: Iterable[str]) -> list[Task]:
    """The tasks of somebody with these roles."""
    held = set(roles)
    return [task for task in all_tasks() if held & set(task.roles)]


def _task(value: Mapping[str, Any]) -> Task:
    return Task(
        value["key"],
        tuple(value["roles"]),
        Sentence(value["title"], value["title_en"]),
        Sentence(value["why"], value["why_en"]),
        _steps(value),
        value["where"],
        _rule(value["key"], value["done"]),
    )


def _steps(value: Mapping[str, Any]) -> tuple[Sentence, ...]:
    """The steps in both languages. Raises `ValueError` when one language has more of them."""
    pairs = zip(value["steps"], value["steps_en"], strict=True)
    return tuple(Sentence(vi, en) for vi, en in pairs)


def _rule(key: str, value: Mapping[str, Any]) -> Rule:
    unknown = set(value) - _RULE_FIELDS
    if unknown or not {"actions", "sheet", "corrected"} & set(value):
        msg = f"tasks.toml: the rule of {key} cannot be read"
        raise ValueError(msg)
    return Rule(
        frozenset(value.get("actions", ())),
        tuple((name, str(text)) for name, text in value.get("detail", {}).items()),
        tuple(value.get("positive", ())),
        value.get("sheet", ""),
        value.get("period", ""),
        value.get("corrected", False),
    )
