"""`{ten}` and `{em}` in a phrase: given name and word for the pupil, filled on insertion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

GIVEN_NAME, PRONOUN = "{ten}", "{em}"
DEFAULT_PRONOUN: Final = "em"
_BRACES: Final = re.compile(r"\{[^{}]*\}|[{}]")


def filled(text: str, given_name: str, pronoun: str = DEFAULT_PRONOUN) -> str:
    """The phrase for one pupil; the pronoun gets a capital letter where a sentence starts."""
    if text.startswith(PRONOUN):
        text = pronoun[:1].upper() + pronoun[1:] + text[len(PRONOUN) :]
    after_stop = re.compile(r"([.!?…]\s+)" + re.escape(PRONOUN))
    text = after_stop.sub(lambda found: found[1] + pronoun[:1].upper() + pronoun[1:], text)
    return text.replace(PRONOUN, pronoun).replace(GIVEN_NAME, given_name)


def unknown_placeholders(text: str) -> Iterator[str]:
    """What stands in braces, or a lone brace, and would be left standing in a pupil's record."""
    for found in _BRACES.findall(text):
        if found not in {GIVEN_NAME, PRONOUN}:
            yield found
