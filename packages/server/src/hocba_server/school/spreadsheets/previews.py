"""What the importer shows before anything is saved."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hocba_server.school.spreadsheets.cells import CellFault

NEW, CHANGED, SAME, DUPLICATE, INVALID, LEFT = (
    "new",
    "changed",
    "same",
    "duplicate",
    "invalid",
    "left",
)
"""Persisted statuses of a row; `left` is a pupil who by status is not in the class."""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of the file: its Excel row number, what saving it would do, and why."""

    number: int
    status: str
    pupil_code: str
    full_name: str
    reasons: tuple[str, ...]
    values: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> PreviewRow:
        """Read what `to_json` wrote."""
        return cls(**{**value, "reasons": tuple(value["reasons"])})


@dataclass(frozen=True, slots=True)
class Preview:
    """A file that was read: rows, faults by cell, and things worth knowing."""

    preview_id: uuid.UUID
    kind: str
    filename: str
    rows: tuple[PreviewRow, ...]
    faults: tuple[CellFault, ...]
    warnings: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Number of rows by status."""
        found = Counter(row.status for row in self.rows)
        return {status: found[status] for status in (NEW, CHANGED, SAME, DUPLICATE, INVALID, LEFT)}

    @property
    def can_save(self) -> bool:
        """Nothing is saved while any fault exists."""
        return not self.faults and bool(self.rows)


ClassListPreview = Preview
SubjectResultsPreview = Preview
TraitResultsPreview = Preview
