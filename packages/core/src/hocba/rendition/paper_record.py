"""The Ministry's paper form with the personal data filled and every result left to the hand.

TT 27/2020/TT-BGDĐT annex 1, for a pupil whom the record format cannot hold: with a disability and
not assessed (Điều 4, Điều 8). Teacher and head write, sign and stamp on the paper; nothing here is
a digital record, so there is no look-up number, no code to scan and no place for a digital stamp.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hocba.assessment.catalogue import SUBJECTS
from hocba.ids import SchoolYear
from hocba.record.model import IssuingSchool, PupilData, StudyYear
from hocba.rendition.compiler import compile_pdf
from hocba.rendition.face import (
    GENERAL_COMPETENCES,
    QUALITIES,
    SCORED_ROWS,
    SPECIFIC_COMPETENCES,
    TRAINING_MARK,
    TRAINING_SIGN,
    cover_lines,
    date_text,
    personal_lines,
    year_text,
)

_TEMPLATE: Final = ("guidance.typ", "record_parts.typ", "paper_record.typ")
_DOTS: Final = "................"
_HISTORY_ROWS: Final = 5
"""Primary school has five years; rows that nothing is known of stay empty for the hand."""


@dataclass(frozen=True, slots=True)
class PaperRecord:
    """What is known of a pupil before anybody writes on the paper."""

    school: IssuingSchool
    school_year: SchoolYear
    classroom_name: str
    pupil: PupilData
    """Fields that the school does not know are empty and leave dots."""
    history: Sequence[StudyYear]
    """The years at this school, oldest first."""
    register_numbers: Mapping[str, str] = field(default_factory=dict)
    """School year -> number in the school's register."""
    subject_names: Mapping[str, str] = field(default_factory=dict)
    """Subject code -> name with the language that the class learns; others as on the form."""


def render_paper_record(record: PaperRecord, *, fonts: Path | None, timestamp: datetime) -> bytes:
    """Render the form for writing by hand: cover, guidance, personal data, the pages of the year.

    `timestamp` is the moment of printing; its day stands in the footer. Same arguments, same
    bytes. Raises `Refused` with code `rendition` when a text cannot be set.
    """
    face = _face(record, timestamp)
    inputs = {"face": json.dumps(face, ensure_ascii=False, separators=(",", ":"))}
    return compile_pdf(
        inputs,
        fonts=fonts,
        timestamp=timestamp.replace(microsecond=0),
        template=_TEMPLATE,
    )


def _face(record: PaperRecord, timestamp: datetime) -> dict[str, Any]:
    year = year_text(record.school_year)
    training = record.school.school_name.endswith(TRAINING_SIGN)
    return {
        "form": "A",
        "mark": TRAINING_MARK if training else None,
        "title": f"Mẫu học bạ giấy của {record.pupil.full_name}, năm học {year}",
        "author": record.school.school_name,
        "school_year": year,
        "printed_on": date_text(timestamp),
        "place": record.school.ward_name,
        "cover": cover_lines(
            record.school, record.pupil.full_name, record.classroom_name, year, form="A"
        ),
        "personal": [(label, value or None) for label, value in personal_lines(record.pupil, "A")],
        "history": _history(record),
        "head": [
            [("Họ và tên học sinh", record.pupil.full_name), ("Lớp", record.classroom_name)],
            [("Chiều cao", f"{_DOTS} cm"), ("Cân nặng", f"{_DOTS} kg")],
            [("Số ngày nghỉ", _DOTS), ("Có phép", _DOTS), ("Không phép", _DOTS)],
        ],
        "titles": {"score": "Điểm KTĐK"},
        "scored_rows": SCORED_ROWS,
        "subjects": [
            {
                "label": record.subject_names.get(str(subject.code), subject.name_on_form),
                "level": None,
                "score": None,
            }
            for subject in SUBJECTS
        ],
        "qualities": _names(QUALITIES),
        "general": _names(GENERAL_COMPETENCES),
        "specific": _names(SPECIFIC_COMPETENCES),
        "comments": {"subjects": "", "traits": ""},
    }


def _history(record: PaperRecord) -> list[list[str]]:
    rows = [
        [
            year_text(each.school_year),
            each.classroom_name,
            each.school_name,
            record.register_numbers.get(each.school_year, ""),
            date_text(each.arrived_on),
        ]
        for each in record.history
    ]
    return rows + [[""] * 5 for _ in range(_HISTORY_ROWS - len(rows))]


def _names(traits: Sequence[tuple[str, str]]) -> list[tuple[str, None]]:
    return [(name, None) for _code, name in traits]
