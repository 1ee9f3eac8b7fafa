"""The shape of the document: what page and file both show. Pure values, no layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from hocba_server.school.regulation.choices import Choices

DOTS: Final = "………"


@dataclass(frozen=True, slots=True)
class Article:
    """One article; `points` are its numbered clauses, a clause may have lettered items."""

    title: str
    points: tuple[str | tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter with its articles."""

    title: str
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Who issues the regulation."""

    upper_body: str
    school: str
    ward: str
    department: str
    head_name: str
    head_title: str = "Hiệu trưởng"
    public: bool = True


@dataclass(frozen=True, slots=True)
class RegulationDocument:
    """Decision, regulation and annexes, in the order of printing."""

    place: Place
    choices: Choices
    grounds: tuple[str, ...]
    articles_of_decision: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    board: tuple[tuple[str, str, str], ...]
    calendar: tuple[tuple[str, str, str], ...]
    """When, what, who."""
    receivers: tuple[str, ...] = field(
        default=(
            "Như Điều 3;",
            "Cơ quan quản lý cấp trên (để báo cáo);",
            "Niêm yết tại phòng giáo viên;",
            "Lưu: VT.",
        )
    )

    @property
    def number(self) -> str:
        """Number of the decision, dotted while there is none."""
        return self.choices.number.strip() or f"{DOTS}/QĐ-{DOTS}"

    @property
    def place_and_date(self) -> str:
        """Place and date in the official form."""
        return f"{self.place.ward}, {long_date(self.choices.issued_on)}"

    @property
    def short_date(self) -> str:
        """The date for references."""
        return long_date(self.choices.issued_on)

    @property
    def numbered(self) -> list[tuple[str, str, list[tuple[int, Article]]]]:
        """Chapters with Roman numbers, articles counted through."""
        count = 0
        found = []
        for number, chapter in enumerate(self.chapters, start=1):
            articles = []
            for article in chapter.articles:
                count += 1
                articles.append((count, article))
            found.append((roman(number), chapter.title, articles))
        return found


def roman(number: int) -> str:
    """Roman numerals up to ten."""
    return ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")[number - 1]


def long_date(text: str) -> str:
    """ "ngày 05 tháng 9 năm 2026"; dotted while the date is not known."""
    parts = text.split("/")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return f"ngày {DOTS} tháng {DOTS} năm {DOTS}"
    day, month, year = (int(part) for part in parts)
    # Days below 10 and the months 1 and 2 get a zero (NĐ 30/2020/NĐ-CP annex I).
    return f"ngày {day:02d} tháng {f'{month:02d}' if month < 3 else month} năm {year}"


def or_dots(text: str) -> str:
    """The text, or a dotted line to fill in by hand."""
    return text.strip() or DOTS
