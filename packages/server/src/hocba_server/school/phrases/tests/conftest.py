"""Fixtures of the comment bank: a phrase, and people of the cast at their pages."""

from __future__ import annotations

from hocba_server.school.phrases.entries import PhraseEntry


def entry(text: str = "Đọc to, trôi chảy.", **changes: object) -> PhraseEntry:
    """A phrase of Tiếng Việt, level T, unless the test says otherwise."""
    values: dict[str, object] = {
        "about": "02",
        "level": "T",
        "first_grade": None,
        "last_grade": None,
        "text": text,
    }
    return PhraseEntry(**{**values, **changes})  # type: ignore[arg-type]
