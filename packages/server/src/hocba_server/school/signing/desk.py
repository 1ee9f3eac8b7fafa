"""The signing desk: what waits for one person's signature in the whole school, role by role."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from hocba.record.model import SignerRole
from hocba_server.school.registry.models import Classroom
from hocba_server.school.signing.key_sources import key_sources
from hocba_server.school.signing.models import KeySource
from hocba_server.school.signing.rights import STEPS
from hocba_server.school.signing.scopes import SigningScope, batches_in, waiting_in
from hocba_server.web.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class with records that wait."""

    classroom: Classroom
    batch_id: int
    count: int


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One role of this person with everything that waits in it."""

    role: SignerRole
    title: str
    school_year: str
    classes: tuple[ClassLine, ...]
    grades: tuple[tuple[int, int], ...]
    """Grade and number of records, where a grade has more than one class."""
    sources: tuple[KeySource, ...]

    @property
    def total(self) -> int:
        """Records that wait in this role."""
        return sum(line.count for line in self.classes)


def signing_desk(by: Actor) -> list[DeskLine]:
    """Every role in which something waits for this person, newest school year first."""
    batches = batches_in(by, SigningScope())
    years = sorted({batch.classroom.school_year for batch in batches}, reverse=True)
    found = []
    for year in years:
        own = [batch for batch in batches if batch.classroom.school_year == year]
        for step in STEPS:
            waiting, _ = waiting_in(by, step.role, own)
            if not waiting:
                continue
            classes = tuple(
                ClassLine(each.batch.classroom, each.batch.pk, len(each.records))
                for each in waiting
            )
            found.append(
                DeskLine(
                    step.role,
                    step.title,
                    year,
                    classes,
                    _grades(classes),
                    tuple(key_sources(step.role, by.unit_code)),
                )
            )
    return found


def _grades(classes: tuple[ClassLine, ...]) -> tuple[tuple[int, int], ...]:
    counts: dict[int, list[int]] = defaultdict(list)
    for line in classes:
        counts[line.classroom.grade].append(line.count)
    return tuple((grade, sum(each)) for grade, each in sorted(counts.items()) if len(each) > 1)
