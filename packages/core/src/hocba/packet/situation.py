"""What a school says of its year: classes, pupils, how far each is, staff trained, paper or not.

The department cannot see what happens before records are sent. QĐ 1789/QĐ-SGDĐT Đ28.2 has it watch
over the work and Đ34.1 has schools report on it; no text gives a form. Ours is the body of one
signed supplementary message (decision 30), kind `TINH_HINH`: numbers only, no pupil and no name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from hocba.errors import Malformed, Sentence
from hocba.ids import SchoolYear
from hocba.packet.json_fields import Fields

GRADES: Final = range(1, 13)
MOST_CLASSES: Final = 400
MOST_PUPILS: Final = 20_000
"""Of one grade or class, far above any school: a slip of the keyboard is caught."""
_NAME, _REASON, _PLAN = 50, 500, 1000


class SchoolStep(StrEnum):
    """How far a class is before the department sees it. Values are sent and stored; in order."""

    NOT_STARTED = "CHUA_NHAP"
    ENTERING = "DANG_NHAP"
    COMPLETE = "DU_KET_QUA"
    SIGNING = "DANG_KY"
    ISSUED = "PHAT_HANH"
    SENT = "DA_NOP"

    @property
    def words(self) -> Sentence:
        """The step for a person."""
        return _WORDS[self]

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return tuple(SchoolStep).index(self)


_WORDS: Final = {
    SchoolStep.NOT_STARTED: Sentence("chưa nhập", "not begun"),
    SchoolStep.ENTERING: Sentence("đang nhập kết quả", "results being entered"),
    SchoolStep.COMPLETE: Sentence("đủ kết quả", "results complete"),
    SchoolStep.SIGNING: Sentence("đang ký", "being signed"),
    SchoolStep.ISSUED: Sentence("đã phát hành", "issued"),
    SchoolStep.SENT: Sentence("đã nộp", "sent"),
}
COUNTED: Final = tuple(step for step in SchoolStep if step is not SchoolStep.NOT_STARTED)
"""Steps of which a grade says how many classes have reached them."""
_COUNT_NAMES: Final = {
    SchoolStep.ENTERING: "da_nhap",
    SchoolStep.COMPLETE: "du_ket_qua",
    SchoolStep.SIGNING: "da_ky",
    SchoolStep.ISSUED: "phat_hanh",
    SchoolStep.SENT: "da_nop",
}


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class: how many pupils are to have a record, and how far it is."""

    name: str
    grade: int
    pupils: int
    step: SchoolStep


@dataclass(frozen=True, slots=True)
class GradeLine:
    """One grade: `reached` says of each step of `COUNTED` how many classes are there or further."""

    grade: int
    classes: int
    pupils: int
    reached: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class OnPaper:
    """The school still keeps paper records: why, and how and when it will join."""

    reason: str
    plan: str = ""
    join_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What a school says of one school year at one moment."""

    school_year: SchoolYear
    said_at: dt.datetime
    staff_total: int
    staff_trained: int
    grades: tuple[GradeLine, ...]
    classes: tuple[ClassLine, ...] = ()
    on_paper: OnPaper | None = None

    def to_json(self) -> dict[str, Any]:
        """The body of the message."""
        body: dict[str, Any] = {
            "nam_hoc": str(self.school_year),
            "thoi_diem": self.said_at.isoformat(timespec="seconds"),
            "can_bo": {"tong": self.staff_total, "da_tap_huan": self.staff_trained},
            "khoi": [_grade_json(line) for line in self.grades],
        }
        if self.classes:
            body["lop"] = [
                {
                    "ten_lop": line.name,
                    "khoi": line.grade,
                    "so_hoc_sinh": line.pupils,
                    "buoc": line.step.value,
                }
                for line in self.classes
            ]
        if self.on_paper is not None:
            join_on = self.on_paper.join_on
            body["hoc_ba_giay"] = {
                "ly_do": self.on_paper.reason,
                "ke_hoach": self.on_paper.plan,
                "ngay_tham_gia": join_on.isoformat() if join_on else None,
            }
        return body


def grades_of(classes: Iterable[ClassLine]) -> tuple[GradeLine, ...]:
    """Count classes by grade."""
    found: dict[int, list[ClassLine]] = {}
    for line in classes:
        found.setdefault(line.grade, []).append(line)
    return tuple(
        GradeLine(
            grade,
            len(lines),
            sum(line.pupils for line in lines),
            tuple(  # type: ignore[arg-type] # one number for each of the five steps
                sum(line.step.rank >= step.rank for line in lines) for step in COUNTED
            ),
        )
        for grade, lines in sorted(found.items())
    )


def read_situation(body: Mapping[str, Any]) -> Situation:
    """Read the body of a message. Raises `Malformed` with the field in `where`.

    Where classes are named, the numbers of the grades are counted from them; a grade that says
    otherwise is refused, so that nobody can read two truths out of one message.
    """
    fields = Fields(body, "NOI_DUNG")
    staff = fields.sub("can_bo")
    total = _number(staff, "tong", most=MOST_PUPILS)
    classes = tuple(map(_class, fields.items("lop"))) if fields.has("lop") else ()
    # A combined class stands once for each of its grades.
    _once([(line.name, line.grade) for line in classes], "ten_lop")
    grades = tuple(map(_grade, fields.items("khoi"))) if fields.has("khoi") else ()
    _once([line.grade for line in grades], "khoi")
    if classes:
        counted = grades_of(classes)
        if grades and sorted(grades, key=lambda line: line.grade) != list(counted):
            raise _wrong(
                "khoi",
                "Số liệu theo khối không khớp với danh sách lớp.",
                "The numbers by grade do not agree with the classes.",
            )
        grades = counted
    return Situation(
        school_year=SchoolYear.parse(fields.text("nam_hoc", limit=20), where="nam_hoc"),
        said_at=_moment(fields),
        staff_total=total,
        staff_trained=_number(staff, "da_tap_huan", most=total),
        grades=tuple(sorted(grades, key=lambda line: line.grade)),
        classes=classes,
        on_paper=_on_paper(fields.sub("hoc_ba_giay")) if fields.has("hoc_ba_giay") else None,
    )


def check_reached(classes: int, reached: Sequence[int], where: str) -> None:
    """A later step has no more classes than an earlier one. Raises `Malformed`."""
    most = classes
    for number in reached:
        if not 0 <= number <= most:
            raise _wrong(
                where,
                "Số lớp ở bước sau không thể nhiều hơn ở bước trước.",
                "A later step cannot have more classes than an earlier one.",
            )
        most = number


def _grade_json(line: GradeLine) -> dict[str, int]:
    named = {_COUNT_NAMES[step]: line.reached[at] for at, step in enumerate(COUNTED)}
    return {"khoi": line.grade, "so_lop": line.classes, "so_hoc_sinh": line.pupils, **named}


def _class(value: object) -> ClassLine:
    fields = Fields(value, "lop")
    try:
        step = SchoolStep(fields.text("buoc", limit=_NAME))
    except ValueError:
        raise _wrong("buoc", "Bước không có trong danh mục.", "There is no such step.") from None
    return ClassLine(
        name=" ".join(fields.text("ten_lop", limit=_NAME).split()),
        grade=_number(fields, "khoi", least=GRADES[0], most=GRADES[-1]),
        pupils=_number(fields, "so_hoc_sinh", most=MOST_PUPILS),
        step=step,
    )


def _grade(value: object) -> GradeLine:
    fields = Fields(value, "khoi")
    classes = _number(fields, "so_lop", most=MOST_CLASSES)
    reached = tuple(
        _number(fields, name, most=MOST_CLASSES) if fields.has(name) else 0
        for name in _COUNT_NAMES.values()
    )
    check_reached(classes, reached, "khoi")
    return GradeLine(
        grade=_number(fields, "khoi", least=GRADES[0], most=GRADES[-1]),
        classes=classes,
        pupils=_number(fields, "so_hoc_sinh", most=MOST_PUPILS),
        reached=reached,  # type: ignore[arg-type] # one number for each of the five steps
    )


def _on_paper(fields: Fields) -> OnPaper:
    return OnPaper(
        reason=fields.text("ly_do", limit=_REASON).strip(),
        plan=fields.text("ke_hoach", empty=True, limit=_PLAN).strip()
        if fields.has("ke_hoach")
        else "",
        join_on=fields.date("ngay_tham_gia") if fields.has("ngay_tham_gia") else None,
    )


def _moment(fields: Fields) -> dt.datetime:
    text = fields.text("thoi_diem", limit=_NAME)
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _wrong(
            "thoi_diem",
            "Thời điểm phải có dạng 2026-05-29T08:00:00+07:00.",
            "The moment must look like 2026-05-29T08:00:00+07:00.",
        )
    return moment


def _number(fields: Fields, name: str, *, least: int = 0, most: int) -> int:
    value = fields.number(name)
    if not least <= value <= most:
        raise _wrong(
            name, f"Số phải từ {least} đến {most}.", f"The number must be {least} to {most}."
        )
    return value


def _once(values: Sequence[object], where: str) -> None:
    if len(set(values)) != len(values):
        raise _wrong(where, "Có giá trị lặp lại.", "A value stands twice.")


def _wrong(where: str, vi: str, en: str) -> Malformed:
    return Malformed("field_catalogue", vi, en, where=where)
