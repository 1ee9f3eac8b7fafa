"""What a run has done so far, one JSON line a chunk: a killed run goes on where it stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hocba.errors import Malformed
from hocba_server.city.inspection.faults import Fault
from hocba_server.city.inspection.parts import Chunk, ChunkResult, Part


@dataclass(frozen=True, slots=True)
class Journal:
    """A file that only grows. A last line that a kill cut short is as if it were not written."""

    file: Path

    def begin(self, last: int) -> int:
        """Open a run over the rows up to `last`, or go on with the one that is there.

        Answers up to which row the run goes. Raises `Malformed` with code `journal`.
        """
        for line in self._lines():
            return int(line["last"])
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self._append({"last": last})
        return last

    def add(self, result: ChunkResult) -> None:
        """Write down a finished chunk, durably."""
        self._append(
            {
                "part": result.chunk.part.value,
                "first": result.chunk.first,
                "to": result.chunk.last,
                "records": result.records,
                "formats": dict(result.formats),
                "faults": [fault.to_json() for fault in result.faults],
            }
        )

    def results(self) -> Iterator[ChunkResult]:
        """The finished chunks, in the order in which they were finished."""
        for line in self._lines():
            if "first" in line:
                faults = tuple(Fault.from_json(value) for value in line["faults"])
                chunk = Chunk(line["first"], line["to"], Part(line.get("part", Part.RECORDS)))
                yield ChunkResult(chunk, line["records"], faults, formats=line.get("formats", {}))

    def drop(self) -> None:
        """Forget the run."""
        self.file.unlink(missing_ok=True)

    def _append(self, line: dict[str, Any]) -> None:
        whole = self.file.read_bytes() if self.file.is_file() and not self._ends_well() else None
        if whole is not None:
            self.file.write_bytes(whole[: whole.rfind(b"\n") + 1])
        with self.file.open("ab") as target:
            target.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            target.flush()
            os.fsync(target.fileno())

    def _ends_well(self) -> bool:
        with self.file.open("rb") as source:
            size = source.seek(0, os.SEEK_END)
            source.seek(max(0, size - 1))
            return source.read(1) in {b"\n", b""}

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self.file.is_file():
            return
        with self.file.open("rb") as source:
            for line in source:
                if not line.endswith(b"\n"):
                    return
                try:
                    yield json.loads(line)
                except ValueError:
                    raise Malformed(
                        "journal",
                        f"Nhật ký kiểm tra {self.file} bị hỏng; chạy lại với --anew.",
                        f"The journal {self.file} is damaged; run again with --anew.",
                    ) from None
