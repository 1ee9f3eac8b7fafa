"""The form of one school's situation: what was typed, read field by field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from hocba.errors import Malformed, Refused
from hocba.ids import SchoolYear
from hocba.packet.situation import (
    MOST_CLASSES,
    MOST_PUPILS,
    GradeLine,
    OnPaper,
    Situation,
    check_reached,
)

STEP_FIELDS: Final = ("entering", "complete", "signing", "issued", "sent")


def read_form(
    typed: Mapping[str, str], *, school_year: str, grades: tuple[int, ...], at: dt.datetime
) -> Situation:
    """Read the form. Raises `Refused` with the field in `where`.

    A step that is left empty is what the next one says: who has signed had everything entered.
    """
    lines = [line for grade in grades if (line := _grade(typed, grade)) is not None]
    total = _number(typed, "staff_total", MOST_PUPILS)
    trained = _number(typed, "staff_trained", MOST_PUPILS)
    if trained > total:
        raise Refused(
            "trained",
            "Số người đã tập huấn không thể nhiều hơn số cán bộ, giáo viên.",
            "More people are trained than there are.",
            where="staff_trained",
        )
    return Situation(
        school_year=SchoolYear.parse(school_year),
        said_at=at,
        staff_total=total,
        staff_trained=trained,
        grades=tuple(lines),
        on_paper=_paper(typed) if typed.get("on_paper") else None,
    )


def _grade(typed: Mapping[str, str], grade: int) -> GradeLine | None:
    names = [f"{name}-{grade}" for name in ("classes", "pupils", *STEP_FIELDS)]
    if not any(typed.get(name, "").strip() for name in names):
        return None
    classes = _number(typed, names[0], MOST_CLASSES)
    pupils = _number(typed, names[1], MOST_PUPILS)
    reached = [_number(typed, name, MOST_CLASSES) for name in names[2:]]
    for at in range(len(reached) - 2, -1, -1):
        if not typed.get(names[2 + at], "").strip():
            reached[at] = max(reached[at], reached[at + 1])
    try:
        check_reached(classes, reached, names[0])
    except Malformed as fault:
        sentence = fault.sentence
        vi = f"Khối {grade}: {sentence.vi[0].lower()}{sentence.vi[1:]}"
        raise Refused("steps", vi, f"Grade {grade}: {sentence.en}", where=names[0]) from fault
    return GradeLine(grade, classes, pupils, tuple(reached))  # type: ignore[arg-type]


def _number(typed: Mapping[str, str], name: str, most: int) -> int:
    text = typed.get(name, "").strip()
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or int(text) > most:
        raise Refused(
            "number",
            f"“{text[:20]}” không phải số nguyên từ 0 đến {most}.",
            f"“{text[:20]}” is no whole number from 0 to {most}.",
            where=name,
        )
    return int(text)


def _paper(typed: Mapping[str, str]) -> OnPaper:
    reason = " ".join(typed.get("paper_reason", "").split())
    if not reason:
        raise Refused(
            "reason",
            "Trường còn dùng học bạ giấy thì cần ghi lý do.",
            "Say why the school still keeps paper records.",
            where="paper_reason",
        )
    day = typed.get("join_on", "").strip()
    try:
        join_on = dt.datetime.strptime(day, "%d/%m/%Y").date() if day else None  # noqa: DTZ007
    except ValueError:
        raise Refused(
            "day",
            f"“{day[:20]}” không phải ngày dạng 05/09/2027.",
            "Not a day such as 05/09/2027.",
            where="join_on",
        ) from None
    plan = " ".join(typed.get("paper_plan", "").split())
    return OnPaper(reason[:500], plan[:1000], join_on)
