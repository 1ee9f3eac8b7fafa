"""What can go wrong: the gateway refused with a reason, or there was no answer."""

from __future__ import annotations

import json
from typing import Any

import httpx

from hocba.errors import Refused, Unavailable

_MOST = 1000


class ApiProblem(Refused):
    """A refusal (RFC 9457): code of the gateway, sentence in both languages, what to do."""

    def __init__(self, status: int, members: dict[str, Any]) -> None:
        title = str(members.get("detail") or members.get("title") or f"HTTP {status}")[:_MOST]
        english = str(members.get("detail_en") or members.get("title_en") or title)[:_MOST]
        field = members.get("field")
        super().__init__(
            str(members.get("code") or status),
            title,
            english,
            where=str(field)[:_MOST] if field else None,
        )
        self.status = status
        self.what_to_do = str(members.get("what_to_do") or "")[:_MOST]
        self.rule = str(members.get("rule") or "")[:_MOST]


class NoAnswer(Unavailable):
    """The gateway could not be reached, or said nothing that can be read. Send the same again."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            "no_answer",
            f"Chưa nhận được trả lời của cổng ({cause}); gửi lại với cùng mã gói là an toàn.",
            f"The gateway did not answer ({cause}); sending the same message id again is safe.",
        )


def problem_of(response: httpx.Response) -> ApiProblem:
    """The refusal in an answer, whatever its body is."""
    try:
        members = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        members = {}
    return ApiProblem(response.status_code, members if isinstance(members, dict) else {})
