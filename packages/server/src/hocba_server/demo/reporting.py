"""What a headless run did, step by step: on the terminal as it happens, and as report.json."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Step:
    """One step of the line."""

    name: str
    title: str
    counts: dict[str, int] = field(default_factory=dict)
    refused: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "step": self.name,
            "title": self.title,
            "seconds": round(self.seconds, 3),
            "counts": self.counts,
            "refused": self.refused,
            "notes": self.notes,
        }


@dataclass(slots=True)
class RunReport:
    """Everything that a run reports."""

    steps: list[Step] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    ok: bool = False

    @contextmanager
    def step(self, name: str, title: str) -> Iterator[Step]:
        """Time one step; its line on the terminal is finished when it ends."""
        step = Step(name, title)
        self.steps.append(step)
        began = time.monotonic()
        if sys.stderr.isatty():
            _say(f"• {title} …")
        try:
            yield step
        finally:
            step.seconds = time.monotonic() - began
            counts = ", ".join(f"{key} {value}" for key, value in step.counts.items())
            sign = "✗" if step.refused else "✓"
            start = "\r" if sys.stderr.isatty() else ""
            _say(f"{start}{sign} {title}: {counts or 'xong'} ({step.seconds:.1f} s)\n")

    def progress(self, title: str) -> Progress:
        """A line on the terminal that is written over as the work goes on."""

        def show(done: int, total: int) -> None:
            if sys.stderr.isatty():
                _say(f"\r• {title} … {done}/{total}")

        return show

    def write(self, folder: Path) -> None:
        """Write report.json."""
        content = {
            "ok": self.ok,
            **self.facts,
            "seconds": round(sum(step.seconds for step in self.steps), 3),
            "steps": [step.to_json() for step in self.steps],
        }
        text = json.dumps(content, ensure_ascii=False, indent=2)
        (folder / "report.json").write_text(text + "\n", encoding="utf-8")


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
