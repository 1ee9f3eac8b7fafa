"""What a school decides in its regulation. Values are plain, so that a JSON column keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Final

from hocba.errors import Refused, Sentence


class Backup(StrEnum):
    """How often the school keeps a copy of its own."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    TERM = "term"


BACKUP_WORDS: Final = {
    Backup.WEEKLY: Sentence("mỗi tuần", "every week"),
    Backup.MONTHLY: Sentence("mỗi tháng", "every month"),
    Backup.TERM: Sentence("cuối mỗi học kỳ", "at the end of each term"),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """Every choice of the page. Dates are dd/mm/yyyy or dd/mm, empty for a dotted line."""

    number: str = ""
    """Number and sign of the decision that puts the regulation into force."""
    issued_on: str = ""
    school_year: str = ""
    board_number: str = ""
    """Number of the decision that set up the board; empty when the regulation sets it up."""
    board_date: str = ""
    board: str = ""
    """One member a line: name; position; task on the board."""
    window_mid_1: str = ""
    window_end_1: str = ""
    window_mid_2: str = ""
    window_year: str = ""
    subject_sign_by: str = "20/5"
    homeroom_sign_by: str = "25/5"
    leader_sign_by: str = "28/5"
    issue_by: str = "30/5"
    close_by: str = "30/6"
    """Closing to the department: before 30/6 (QĐ 1789 Đ21.1)."""
    reassessed_close_by: str = "15/8"
    """Closing for pupils who are re-assessed: before 15/8 (QĐ 1789 Đ21.2)."""
    return_days: int = 2
    """Working days in which a returned record is put right."""
    permission_days: int = 1
    """Working days for which a permission to change holds."""
    transfer_days: int = 2
    """Working days in which the results of a pupil who leaves are signed."""
    handover_days: int = 15
    """Days after closing in which families get PDF and XML."""
    request_days: int = 5
    """Working days in which a family's request for correction is answered."""
    token_personal: bool = True
    remote_personal: bool = True
    sim_leader: bool = False
    organisation_keeper: str = ""
    organisation_place: str = "két sắt của phòng văn thư"
    personal_certificates_approved: bool = False
    backup: str = Backup.TERM.value
    backup_person: str = ""
    backup_places: str = "ổ cứng ngoài có mã hoá cất tại trường và một bản ở nơi khác"
    security_person: str = ""
    two_factor: bool = True
    own_devices: bool = True
    paper_copies: bool = True
    """Does the regulation say how prints and certified copies are made?"""
    training_times: int = 2
    inspection_times: int = 2

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Choices:
        """Read what `to_json` wrote; what a later version added keeps its default."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: each for name, each in value.items() if name in known})

    @property
    def board_members(self) -> list[tuple[str, str, str]]:
        """Name, position and task of each member."""
        members = []
        for line in self.board.splitlines():
            parts = [part.strip() for part in line.split(";")]
            if parts[0]:
                position, task = [*parts[1:3], "", ""][:2]
                members.append((parts[0], position, task))
        return members


MAX_LINE, MAX_TEXT = 200, 6000
_DATES: Final = (
    "subject_sign_by",
    "homeroom_sign_by",
    "leader_sign_by",
    "issue_by",
    "close_by",
    "reassessed_close_by",
)
_LIMITS: Final = {"close_by": (6, 30), "reassessed_close_by": (8, 15)}
_MEANINGS: Final = {
    "subject_sign_by": "hạn giáo viên bộ môn ký",
    "homeroom_sign_by": "hạn giáo viên chủ nhiệm ký",
    "leader_sign_by": "hạn lãnh đạo ký",
    "issue_by": "hạn phát hành",
    "close_by": "hạn chốt",
    "reassessed_close_by": "hạn chốt sau đánh giá bổ sung",
}


def check(choices: Choices) -> None:
    """Raise `Refused` for what the city's regulation or common sense forbids.

    Codes: `regulation_date`, `regulation_order`, `regulation_deadline`, `regulation_number`,
    `regulation_text`.
    """
    days = {name: _day(getattr(choices, name), _MEANINGS[name]) for name in _DATES}
    chain = [days[name] for name in _DATES[:5]]
    if chain != sorted(chain):
        raise Refused(
            "regulation_order",
            "Các hạn phải theo thứ tự: bộ môn ký, chủ nhiệm ký, lãnh đạo ký, phát hành, chốt.",
            "The deadlines must follow the order of signing, issuing and closing.",
        )
    for name, latest in _LIMITS.items():
        if days[name] > latest:
            raise Refused(
                "regulation_deadline",
                f"{_MEANINGS[name].capitalize()} không sau ngày {latest[1]}/{latest[0]} "
                "(Quyết định 1789, Điều 21).",
                f"The deadline may not be after {latest[1]}/{latest[0]} (decision 1789, 21).",
            )
    for field in fields(Choices):
        value = getattr(choices, field.name)
        if isinstance(value, int) and not isinstance(value, bool) and not 1 <= value <= 60:
            raise Refused(
                "regulation_number",
                "Số ngày và số lần phải từ 1 đến 60.",
                "Numbers of days and times are from 1 to 60.",
            )
        limit = MAX_TEXT if field.name == "board" else MAX_LINE
        if isinstance(value, str) and len(value) > limit:
            raise Refused(
                "regulation_text", "Có mục quá dài. Rút gọn rồi lưu.", "A text is too long."
            )


def _day(text: str, meaning: str) -> tuple[int, int]:
    """Month and day. The year is that of the school year's end."""
    try:
        day, month = (int(part) for part in text.strip().split("/")[:2])
        dt.date(2028, month, day)
    except ValueError as error:
        raise Refused(
            "regulation_date",
            f"Ghi {meaning} dạng ngày/tháng, ví dụ 20/5.",
            "Write a deadline as day/month, e.g. 20/5.",
        ) from error
    return month, day
