"""What journeys know of the demo that runs for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Platform:
    """A running demo."""

    url: str
    var: Path
    agent_port: int = 14500
    """Where its pages look for the signing agent."""

    @property
    def spreadsheets(self) -> Path:
        """The files of the class that waits for its visitor."""
        return self.var / "demo" / "bang-tinh" / "5A1"
