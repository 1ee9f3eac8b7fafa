"""Results up to a day of a pupil who leaves in mid-year, for the signatures of head and school.

Regulation 1789/QĐ-SGDĐT Điều 22.2; TT 15/2026/TT-BGDĐT (the transfer needs the results to date).
It is no record of the year: that one comes from the school where the year ends.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

from hocba.rendition.compiler import compile_pdf

DATA_NAME = "ket-qua.json"


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One subject or trait with what stands in each period: level, or level and score."""

    group: str
    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResultsToDate:
    """What is known of a pupil's year on a day."""

    number: str
    school_name: str
    department_name: str
    place: str
    school_year: str
    classroom_name: str
    full_name: str
    birth_date: str
    personal_id: str
    pupil_code: str
    until: date
    reason: str
    periods: tuple[str, ...]
    lines: tuple[ResultLine, ...]
    absences: str
    homeroom_teacher: str
    head: str
    head_title: str


def render_results_to_date(
    results: ResultsToDate, *, fonts: Path | None, timestamp: datetime
) -> bytes:
    """Render the sheet; its data are attached as JSON (`ket-qua.json`, relationship Data).

    Same arguments, same bytes. Raises `Refused` with code `rendition`.
    """
    face = {**asdict(results), "until": results.until.strftime("%d/%m/%Y")}
    text = json.dumps(face, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return compile_pdf(
        {"face": text},
        fonts=fonts,
        timestamp=timestamp.replace(microsecond=0),
        template="results_to_date.typ",
    )
