"""What the importer shows before anything is saved."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from hocba.errors import Sentence
from hocba_server.web.spreadsheets.cells import CellFault

NEW, CHANGED, SAME, DUPLICATE, INVALID, LEFT, EMPTY, OTHER = (
    "new",
    "changed",
    "same",
    "duplicate",
    "invalid",
    "left",
    "empty",
    "other",
)
"""Persisted statuses of a row. `left`: by status not in the class; `empty`: no result in the file
yet; `other`: of another period or grade. These three are not saved and are no fault."""
STATUSES = (NEW, CHANGED, SAME, DUPLICATE, INVALID, LEFT, EMPTY, OTHER)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of the file: its Excel row number, what saving it would do, and why."""

    number: int
    status: str
    pupil_code: str
    full_name: str
    reasons: tuple[Sentence, ...]
    values: Mapping[str, Any]
    old: Mapping[str, str] = field(default_factory=dict)
    """What was kept when the file was read, by field: saving refuses when it is no longer so."""
    enrolment_id: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> PreviewRow:
        """Read what `to_json` wrote."""
        return cls(**{**value, "reasons": tuple(map(sentence_of, value["reasons"]))})


def sentence_of(value: Mapping[str, str] | str) -> Sentence:
    """A sentence from a JSON column; older rows hold the Vietnamese text alone."""
    return Sentence(value, value) if isinstance(value, str) else Sentence(**value)


def count_rows(rows: Iterable[PreviewRow]) -> dict[str, int]:
    """Number of rows by status."""
    found = Counter(row.status for row in rows)
    return {status: found[status] for status in STATUSES}


@dataclass(frozen=True, slots=True)
class Preview:
    """A file that was read: rows, faults by cell, and things worth knowing."""

    preview_id: uuid.UUID
    kind: str
    filename: str
    rows: tuple[PreviewRow, ...]
    faults: tuple[CellFault, ...]
    warnings: tuple[Sentence, ...] = ()
    title: Sentence = field(default_factory=lambda: Sentence("", ""))
    """What the sheet holds: subject or layout, and the period."""

    @property
    def counts(self) -> dict[str, int]:
        """Number of rows by status."""
        return count_rows(self.rows)

    @property
    def can_save(self) -> bool:
        """Nothing is saved while any fault exists."""
        return not self.faults and bool(self.rows)

    @property
    def writes(self) -> int:
        """How many rows saving would write."""
        return sum(1 for row in self.rows if row.status in {NEW, CHANGED})


ClassListPreview = Preview
SubjectResultsPreview = Preview
TraitResultsPreview = Preview
