"""What is inspected: ranges of rows of several tables, each by itself and on any core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hocba_server.city.inspection.faults import Fault


class Part(StrEnum):
    """What a chunk is of. Values stand in journals."""

    RECORDS = "records"
    STAMPS = "stamps"
    CLOSINGS = "closings"
    FILES = "files"
    """Files that schools attached to requests for corrections."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows by their numbers, both ends included."""

    first: int
    last: int
    part: Part = Part.RECORDS


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What was found in a chunk."""

    chunk: Chunk
    records: int
    """Rows that were looked at."""
    faults: tuple[Fault, ...]
    seconds: float = 0.0
    """How long a core was busy with it."""
    formats: Mapping[str, int] = field(default_factory=dict)
    """Format profile -> how many of the records follow it."""
