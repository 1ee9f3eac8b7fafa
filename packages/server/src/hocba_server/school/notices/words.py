"""Notices as people read them, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hocba.errors import Sentence
from hocba_server.school.notices.models import ByMail, Notice, NoticeKind

KINDS: Final = {
    NoticeKind.REMINDER.value: Sentence("Được nhắc việc", "Somebody reminds you"),
    NoticeKind.TURN.value: Sentence("Đến lượt Thầy/Cô", "It is your turn"),
    NoticeKind.RETURNED.value: Sentence("Học bạ bị trả lại", "Records were returned"),
    NoticeKind.PERMISSION.value: Sentence(
        "Xin và cho phép sửa kết quả", "Permission to change results"
    ),
    NoticeKind.ANSWER.value: Sentence("Trả lời của Sở", "The department answered"),
    NoticeKind.PUPIL.value: Sentence(
        "Dữ liệu học sinh cần xem lại", "Pupils' data need another look"
    ),
    NoticeKind.PHRASE.value: Sentence("Mẫu nhận xét", "Comment bank"),
}
RHYTHMS: Final = {
    ByMail.AT_ONCE.value: Sentence("Gửi ngay khi có", "At once"),
    ByMail.DAILY.value: Sentence("Gộp một thư mỗi ngày, lúc 17:00", "One mail a day, at 17:00"),
}


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice in the list."""

    notice: Notice
    kind: Sentence
    title: Sentence
    text: Sentence


def notice_line(notice: Notice) -> NoticeLine:
    """The notice with its words."""
    return NoticeLine(
        notice,
        KINDS[notice.kind],
        Sentence(notice.title_vi, notice.title_en),
        Sentence(notice.text_vi, notice.text_en),
    )
