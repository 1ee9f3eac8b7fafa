"""What a decision says: lines of assignments, and which of them are not signed yet.

The state "signed so far" is folded from the decisions of the year: a full one starts it, each
supplement removes and adds lines (QĐ 1789/QĐ-SGDĐT Đ20.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hocba_server.school.registry.models import School, StaffAssignment
from hocba_server.school.staffing.models import AssignmentDecision, DecisionKind
from hocba_server.school.staffing.selectors import assignments_of, line_key, place_title

LineKey = tuple[int, str, int | None, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One assignment as a decision names it; names are those of the day of signing."""

    staff_id: int
    full_name: str
    personal_id: str
    title: str
    role: str
    role_name: str
    classroom_id: int | None
    classroom: str
    subject_code: str
    subject: str

    @property
    def key(self) -> LineKey:
        """Person, role, class and subject."""
        return self.staff_id, self.role, self.classroom_id, self.subject_code

    @property
    def duty(self) -> str:
        """The duty in words."""
        if not self.classroom:
            return self.role_name
        if not self.subject_code:
            return f"Chủ nhiệm lớp {self.classroom}"
        return f"Dạy {self.subject} lớp {self.classroom}"

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Line:
        """Read what `to_json` wrote."""
        return cls(**value)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the next decision would say, and what the decisions so far cover."""

    school_year: str
    decisions: tuple[AssignmentDecision, ...]
    """Newest first."""
    kind: str
    signed: frozenset[LineKey]
    added: tuple[Line, ...]
    """Assigned and not signed yet."""
    removed: tuple[Line, ...]
    """Signed and no longer assigned."""

    @property
    def complete(self) -> bool:
        """Everything assigned is signed, and there is something."""
        return bool(self.decisions) and not self.added and not self.removed


def coverage_of(school: School, school_year: str) -> Coverage:
    """Compare the assignments of a year with its signed decisions."""
    decisions = list(
        AssignmentDecision.objects.filter(school=school, school_year=school_year)
        .defer("content", "data")
        .order_by("signed_at", "pk")
    )
    standing: dict[LineKey, Line] = {}
    for decision in decisions:
        if decision.kind == DecisionKind.FULL:
            standing = {}
        for value in decision.removed:
            standing.pop(Line.from_json(value).key, None)
        for value in decision.added:
            line = Line.from_json(value)
            standing[line.key] = line
    now = {line_key(row): line_of(row) for row in assignments_of(school, school_year)}
    return Coverage(
        school_year=school_year,
        decisions=tuple(reversed(decisions)),
        kind=DecisionKind.SUPPLEMENT.value if decisions else DecisionKind.FULL.value,
        signed=frozenset(standing),
        added=tuple(line for key, line in now.items() if key not in standing),
        removed=tuple(line for key, line in standing.items() if key not in now),
    )


def line_of(row: StaffAssignment) -> Line:
    """An assignment as a line."""
    return Line(
        staff_id=row.staff_id,
        full_name=row.staff.full_name,
        personal_id=row.staff.personal_id,
        title=row.staff.title,
        role=row.role,
        role_name=row.get_role_display(),
        classroom_id=row.classroom_id,
        classroom=row.classroom.name if row.classroom else "",
        subject_code=row.subject_code,
        subject=place_title(row) if row.subject_code else "",
    )


def grouped(lines: tuple[Line, ...]) -> list[tuple[str, str, list[str]]]:
    """Name, position and duties of each person, subjects of the same classes gathered."""
    people: dict[int, tuple[str, str, list[str]]] = {}
    taught: dict[int, dict[str, list[str]]] = {}
    for line in lines:
        entry = people.setdefault(line.staff_id, (line.full_name, line.title, []))
        if line.subject_code:
            taught.setdefault(line.staff_id, {}).setdefault(line.classroom, []).append(line.subject)
        else:
            entry[2].append(line.duty)
    for staff_id, by_class in taught.items():
        together: dict[tuple[str, ...], list[str]] = {}
        for room, subjects in by_class.items():
            together.setdefault(tuple(subjects), []).append(room)
        for subjects_of, rooms in together.items():
            duty = f"Dạy {', '.join(subjects_of)} lớp {', '.join(rooms)}"
            people[staff_id][2].append(duty)
    return list(people.values())
