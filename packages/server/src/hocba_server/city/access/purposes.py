"""Why somebody opens pupils' records: stated once, kept for some minutes, written with each read.

Law on personal data protection 91/2025/QH15 (a stated purpose), QĐ 1789/QĐ-SGDĐT Đ5.3: access by
rights, with a trace. Decision 0027.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from hocba.errors import Refused, Sentence
from hocba_server.web.accounts.actor import Actor

SESSION_KEY: Final = "reading_purpose"
SHORTEST, LONGEST = 5, 200
"""Characters of the words that a person adds."""


class Reason(Enum):
    """The kinds of purposes. Persisted values are the names in lower case."""

    INSPECTION = Sentence("Thanh tra, kiểm tra theo quyết định", "Inspection ordered by a decision")
    PETITION = Sentence("Giải quyết đơn, kiến nghị", "Answering a petition")
    COMPARISON = Sentence("Đối chiếu hồ sơ, số liệu", "Comparing files or figures")
    SUPPORT = Sentence("Hỗ trợ nhà trường về gói nộp, học bạ", "Helping a school with its records")
    OTHER = Sentence("Việc khác", "Something else")

    @property
    def code(self) -> str:
        """As it is kept."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Purpose:
    """What somebody said, and until when it holds."""

    reason: Reason
    words: str
    until: dt.datetime

    @property
    def sentence(self) -> str:
        """As it is written with each read, for the inspector and later for the family."""
        return f"{self.reason.value.vi}: {self.words}"


def state_purpose(
    request: HttpRequest, *, by: Actor, at: dt.datetime, code: str, words: str
) -> Purpose:
    """Keep a purpose for this person, office and session. Raises `Refused` (`reason`, `words`)."""
    reason = next((each for each in Reason if each.code == code), None)
    if reason is None:
        raise Refused(
            "reason", "Chọn một loại mục đích.", "Choose a kind of purpose.", where="reason"
        )
    words = " ".join(words.split())
    if not SHORTEST <= len(words) <= LONGEST:
        raise Refused(
            "words",
            "Ghi rõ việc gì, ví dụ “Quyết định 12/QĐ-TTr ngày 02/06/2026” hoặc “đơn số 45”.",
            "Say what it is about, for example the number of the decision or of the petition.",
            where="words",
        )
    until = at + dt.timedelta(minutes=settings.PURPOSE_MINUTES)
    request.session[SESSION_KEY] = {
        "reason": code,
        "words": words,
        "until": until.isoformat(),
        "person": by.user_id,
        "unit": str(by.unit_code),
    }
    return Purpose(reason, words, until)


def stated_purpose(request: HttpRequest, *, by: Actor, at: dt.datetime) -> Purpose | None:
    """What the person said and still holds here; None when it has to be said."""
    kept = request.session.get(SESSION_KEY)
    if not kept or (kept["person"], kept["unit"]) != (by.user_id, str(by.unit_code)):
        return None
    until = dt.datetime.fromisoformat(kept["until"])
    reason = next((each for each in Reason if each.code == kept["reason"]), None)
    if reason is None or until <= at:
        return None
    return Purpose(reason, kept["words"], until)


def drop_purpose(request: HttpRequest) -> None:
    """The person is done: the next record needs a purpose again."""
    request.session.pop(SESSION_KEY, None)
