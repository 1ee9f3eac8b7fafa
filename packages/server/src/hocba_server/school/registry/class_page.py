"""What the page of a class says about its state, and what is next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hocba.errors import Sentence
from hocba_server.school.registry.models import (
    Classroom,
    Enrolment,
    PupilDataReview,
    ReviewState,
)
from hocba_server.school.registry.pupil_values import gaps_of
from hocba_server.school.registry.selectors import class_roll
from hocba_server.school.registry.taught import combined_rooms


@dataclass(frozen=True, slots=True)
class ClassState:
    """Numbers of pupils of a class by what is left to do."""

    pupils: int
    missing: int
    open_sheets: int
    confirmed_sheets: int
    with_record: int

    @property
    def sentence(self) -> Sentence:
        """The state in one sentence."""
        if not self.pupils:
            return Sentence("Lớp chưa có học sinh.", "The class has no pupils yet.")
        if self.with_record:
            return Sentence(
                f"Học bạ đã khởi tạo cho {self.with_record}/{self.pupils} em.",
                f"Records exist for {self.with_record} of {self.pupils} pupils.",
            )
        if self.missing:
            return Sentence(
                f"{self.missing}/{self.pupils} em còn thiếu dữ liệu.",
                f"{self.missing} of {self.pupils} pupils lack data.",
            )
        if self.open_sheets:
            return Sentence(
                f"{self.open_sheets}/{self.pupils} em chưa đối chiếu giấy khai sinh.",
                f"{self.open_sheets} of {self.pupils} pupils are not compared yet.",
            )
        return Sentence(
            f"{self.pupils} em, dữ liệu đã đủ.", f"{self.pupils} pupils, data complete."
        )


def class_state(roll: Sequence[Enrolment]) -> ClassState:
    """Count the pupils of a class."""
    states = Counter(
        PupilDataReview.objects.filter(enrolment__in=roll).values_list("state", flat=True)
    )
    done = sum(states.values()) - states[ReviewState.OPEN.value]
    return ClassState(
        pupils=len(roll),
        missing=sum(1 for row in roll if gaps_of(row.pupil)),
        open_sheets=len(roll) - done,
        confirmed_sheets=states[ReviewState.CONFIRMED.value],
        with_record=sum(1 for row in roll if row.results_locked_at is not None),
    )


@dataclass(frozen=True, slots=True)
class GradeRoll:
    """One grade of a class: the whole of an ordinary class, a part of a combined one."""

    room: Classroom
    roll: tuple[Enrolment, ...]


def grade_rolls(room: Classroom, roll: Sequence[Enrolment]) -> list[GradeRoll]:
    """The pupils of this class and of the other grades of a combined class, lowest grade first."""
    rolls = [GradeRoll(room, tuple(roll))]
    rolls += [GradeRoll(other, tuple(class_roll(other))) for other in combined_rooms(room)]
    return sorted(rolls, key=lambda each: each.room.grade)
