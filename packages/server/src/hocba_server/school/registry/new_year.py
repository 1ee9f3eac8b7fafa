"""Next year's classes from this year's: a plan of plain values, nothing is written here.

4A1 becomes 5A1; who is promoted moves up with the class, who is not is proposed for a class of the
same grade, who has completed grade 5 leaves the level (QĐ 1789 Đ20.4, Đ30.6; TT 27/2020 Điều 11).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

LAST_GRADE: Final = 5


class Outcome(StrEnum):
    """What follows for one pupil. The values stand in forms."""

    UP = "up"
    REPEATS = "repeats"
    COMPLETES = "completes"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Leaving:
    """A pupil of this year, and whether the record says that the pupil is promoted."""

    enrolment_id: int
    pupil_id: int
    full_name: str
    room_id: int
    promoted: bool | None
    concluded: bool = True
    """The record or the head says so; False when a person chooses in the preview."""


@dataclass(frozen=True, slots=True)
class OldRoom:
    """A class of this year."""

    room_id: int
    name: str
    grade: int


@dataclass(frozen=True, slots=True)
class NewRoom:
    """A class of next year: `name` in `grade`, made from the class `source_id`."""

    source_id: int
    name: str
    grade: int


@dataclass(frozen=True, slots=True)
class Placement:
    """One pupil's way into next year. `target` is (name, grade), None where there is none."""

    pupil: Leaving
    outcome: Outcome
    target: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class NewYearPlan:
    """What opening the new year would do."""

    rooms: tuple[NewRoom, ...]
    placements: tuple[Placement, ...]

    def of(self, outcome: Outcome) -> tuple[Placement, ...]:
        """The pupils with this outcome."""
        return tuple(each for each in self.placements if each.outcome is outcome)

    def targets_of_grade(self, grade: int) -> tuple[str, ...]:
        """Names of next year's classes of a grade."""
        return tuple(room.name for room in self.rooms if room.grade == grade)

    @property
    def fingerprint(self) -> str:
        """Changes when anything of the plan changes, so that what was previewed is what is done."""
        facts = [
            [[room.source_id, room.name, room.grade] for room in self.rooms],
            [[each.pupil.enrolment_id, each.outcome, each.target] for each in self.placements],
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def next_name(name: str, grade: int) -> str:
    """The class name one grade on: 4A1 -> 5A1, "Lớp 4/2" -> "Lớp 5/2", others as they are."""
    return re.sub(rf"(?<![0-9]){grade}(?![0-9])", str(grade + 1), name, count=1)


def plan_new_year(
    rooms: Sequence[OldRoom],
    pupils: Iterable[Leaving],
    *,
    known: Iterable[tuple[str, int]] = (),
    names: Mapping[int, str] | None = None,
) -> NewYearPlan:
    """Propose next year. `known` are classes of next year that exist already (name, grade).

    `names` are other names than the proposed ones, by class of this year. Grade 1 gets its classes
    again for the new pupils. A pupil who repeats is proposed for the class of the same name, else
    the first of the grade.
    """
    chosen = names or {}
    wanted = {
        (chosen.get(room.room_id) or next_name(room.name, room.grade), room.grade + 1): room.room_id
        for room in rooms
        if room.grade < LAST_GRADE
    }
    intake = {(room.name, room.grade): room.room_id for room in rooms if room.grade == 1}
    every = {**dict.fromkeys(known, 0), **intake, **wanted}
    plan = NewYearPlan(
        tuple(
            NewRoom(source, name, grade)
            for (name, grade), source in sorted(
                every.items(), key=lambda item: (item[0][1], item[0][0])
            )
        ),
        (),
    )
    by_id = {room.room_id: room for room in rooms}
    up = {source: key for key, source in wanted.items()}
    return replace(plan, placements=tuple(_place(each, by_id, plan, up) for each in pupils))


def _place(
    pupil: Leaving,
    rooms: Mapping[int, OldRoom],
    plan: NewYearPlan,
    up: Mapping[int, tuple[str, int]],
) -> Placement:
    room = rooms[pupil.room_id]
    if pupil.promoted is None:
        return Placement(pupil, Outcome.UNDECIDED, None)
    if not pupil.promoted:
        return Placement(pupil, Outcome.REPEATS, same_grade(room, plan))
    if room.grade == LAST_GRADE:
        return Placement(pupil, Outcome.COMPLETES, None)
    return Placement(pupil, Outcome.UP, up[pupil.room_id])


def same_grade(room: OldRoom, plan: NewYearPlan) -> tuple[str, int] | None:
    """The class of the same grade next year for a pupil who repeats."""
    names = plan.targets_of_grade(room.grade)
    if not names:
        return None
    return (room.name if room.name in names else names[0], room.grade)
