"""What stands on each page of a print, as lines that a person can compare with the paper.

Taken from the record in the words of display B, whichever form is printed: a code is signed once
for a record (decision 0031). A line is a label and what follows it, a subject has level and score.
What is empty on the paper has no line.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

from hocba.record.model import AnnualRecord
from hocba.rendition.face import build_face

Line = tuple[str, ...]


class PrintPage(IntEnum):
    """A part of the print, named after the page on which it begins. Values are signed."""

    PERSONAL = 1
    SUBJECTS = 2
    TRAITS = 3


_COMMENTS: Final = {
    "subjects": "Nhận xét các môn học",
    "qualities": "Nhận xét phẩm chất",
    "general": "Nhận xét năng lực chung",
    "specific": "Nhận xét năng lực đặc thù",
}


def print_lines(record: AnnualRecord) -> dict[PrintPage, tuple[Line, ...]]:
    """The lines of each page, in the order of the paper."""
    face = build_face(record, (), "", draft=True)
    return {
        PrintPage.PERSONAL: _kept(_personal(record, face)),
        PrintPage.SUBJECTS: _kept(_subjects(face)),
        PrintPage.TRAITS: _kept(_traits(face)),
    }


def _personal(record: AnnualRecord, face: dict[str, Any]) -> list[tuple[Any, ...]]:
    school = ("Trường", record.school.school_name)
    register = ("Số đăng bộ", record.pupil.register_number)
    # A booklet gathers the register numbers of all its records, so they are no part of a row.
    history = [
        ("Quá trình học tập", year, room, name, arrived)
        for year, room, name, _, arrived in face["history"]
    ]
    return [school, *face["personal"], *face["issue"], register, *history]


def _subjects(face: dict[str, Any]) -> list[tuple[Any, ...]]:
    head = [pair for row in face["head"][1:] for pair in row]
    rows = [(row["label"], row["level"], row["score"] or "") for row in face["subjects"]]
    return [*head, *rows, (_COMMENTS["subjects"], face["comments"]["subjects"])]


def _traits(face: dict[str, Any]) -> list[tuple[Any, ...]]:
    groups = [
        line
        for name in ("qualities", "general", "specific")
        for line in (*face[name], (_COMMENTS[name], face["comments"][name]))
    ]
    return [
        *groups,
        ("Đánh giá kết quả giáo dục", face["result"]),
        ("Khen thưởng", face["awards"]),
        ("Hoàn thành chương trình", face["completion"]),
        ("Giáo viên chủ nhiệm", face["homeroom_name"]),
    ]


def _kept(lines: list[tuple[Any, ...]]) -> tuple[Line, ...]:
    return tuple(
        (line[0], *(each for each in line[1:] if each))
        for line in lines
        if any(each for each in line[1:])
    )
